// Calls that get no answer, or one that is none: every one settles, with the right error.

import { deepEqual, equal, ok, show } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";
import { script } from "../lib/script.mjs";

export const cases = () => [
  ...network,
  ...timeouts,
  ...aborts,
  ...strangeFetches(),
  ...tokenFunctions(),
  ...tokenEndpoints,
];

const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const SECRET = "a-client-secret";
const never = () => new Promise(() => {});

/** A client whose calls the scripted server answers so. */
async function serverClient(host, answer, options) {
  const { key, arrived } = await script(host, answer);
  return { kinde: new host.sdk.Kinde({ domain: host.server, accessToken: key, maxRetries: 0, ...options }), arrived };
}

/** The rejection of a call that has to settle within `limit` milliseconds. */
async function quickRejection(sdk, promise, limit = 15_000) {
  const late = soon(limit).then(() => {
    throw new Error(`not settled after ${limit} ms`);
  });
  return rejection(sdk, Promise.race([promise, late]));
}

const network = [
  {
    name: "nobody listens",
    async run({ sdk, refused }) {
      const error = await quickRejection(
        sdk,
        new sdk.Kinde({ domain: refused, accessToken: "t", maxRetries: 0 }).business.get(),
      );
      deepEqual([error.code, error.attempts, error.operation], ["connection", 1, "getBusiness"], "error");
      ok(error.cause instanceof Error, "the cause is not what fetch was rejected with");
      deepEqual([error.status, error.headers], [undefined, undefined], "what no answer has");
    },
  },
  ...["head", "body"].map((cut) => ({
    name: `the connection breaks before the end of the ${cut}`,
    async run(host) {
      const { kinde } = await serverClient(host, { cut, body: `{"users":[` });
      const error = await quickRejection(host.sdk, kinde.business.get());
      equal(error.code, "connection", "code");
      ok(error.cause !== undefined, "there is no cause");
    },
  })),
  {
    name: "the client works after a broken connection",
    async run(host) {
      const { key } = await script(host, { cut: "head" }, { json: { a: 1 } });
      const kinde = new host.sdk.Kinde({ domain: host.server, accessToken: key, maxRetries: 0 });
      // Some runtimes repeat a request whose connection was reset; an answer is fine, too.
      await kinde.users.create({}).catch(() => {});
      deepEqual(await kinde.business.get(), { a: 1 }, "answer");
    },
  },
];

const timeouts = [
  ...["head", "body"].flatMap((wait) => [
    {
      name: `no end of the ${wait} in the client's time`,
      async run(host) {
        const { kinde } = await serverClient(host, { wait, body: `{"a":` }, { timeout: 200 });
        const start = Date.now();
        const error = await quickRejection(host.sdk, kinde.business.get());
        equal(error.code, "timeout", "code");
        ok(Date.now() - start >= 190, "it did not wait as long as it was told to");
      },
    },
    {
      name: `no end of the ${wait} in the call's time`,
      async run(host) {
        const { kinde } = await serverClient(host, { wait, body: `{"a":` });
        const error = await quickRejection(host.sdk, kinde.business.get({ timeout: 100 }));
        equal(error.code, "timeout", "code");
      },
    },
  ]),
  {
    name: "a timeout aborts the request",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { timeout: 50 }, never);
      const error = await quickRejection(sdk, kinde.business.get());
      equal(error.code, "timeout", "code");
      equal(calls[0].init.signal.aborted, true, "aborted");
    },
  },
  {
    name: "a finished call leaves nothing to abort",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { timeout: 50 });
      await kinde.business.get();
      await soon(100);
      equal(calls[0].init.signal.aborted, false, "aborted");
    },
  },
  {
    name: "a fetch that ignores its signal cannot hold a call",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { timeout: 50 }, async () => ({
        status: 200,
        headers: new Headers(),
        text: never,
      }));
      equal((await quickRejection(sdk, kinde.business.get())).code, "timeout", "code");
    },
  },
  {
    name: "the time of one call is not that of the next",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { timeout: 500 }, async () => (await soon(200), new Response("{}")));
      for (let calls = 0; calls < 4; calls++) deepEqual(await kinde.business.get(), {}, "answer");
    },
  },
  {
    name: "no limit, and one that is longer than timers can tell",
    async run({ sdk }) {
      for (const timeout of [Infinity, 2 ** 31, Number.MAX_VALUE]) {
        const { kinde } = clientOn(sdk, { timeout }, async () => (await soon(20), new Response("{}")));
        deepEqual(await kinde.business.get(), {}, "answer");
      }
    },
  },
  {
    name: "a slow token counts too",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { timeout: 80, accessToken: never });
      const error = await quickRejection(sdk, kinde.business.get());
      deepEqual([error.code, error.attempts], ["timeout", 0], "error");
    },
  },
];

const REASONS = [
  ["an Error", () => new Error("enough")],
  ["a string", () => "enough"],
  ["an object", () => ({ because: "enough" })],
];

const aborts = [
  ...REASONS.flatMap(([kind, make]) => [
    {
      name: `aborted before, for ${kind}`,
      async run({ sdk }) {
        const reason = make();
        const { kinde, calls } = clientOn(sdk);
        const error = await quickRejection(sdk, kinde.business.get({ signal: AbortSignal.abort(reason) }));
        equal(error.code, "aborted", "code");
        equal(error.cause, reason, "cause");
        equal(calls.length, 0, "requests");
      },
    },
    ...["head", "body"].map((wait) => ({
      name: `aborted in the ${wait}, for ${kind}`,
      async run(host) {
        const reason = make();
        const { kinde } = await serverClient(host, { wait, body: `{"a":` });
        const controller = new AbortController();
        const promise = kinde.business.get({ signal: controller.signal });
        setTimeout(() => controller.abort(reason), 100);
        const error = await quickRejection(host.sdk, promise);
        equal(error.code, "aborted", "code");
        equal(error.cause, reason, "cause");
      },
    })),
  ]),
  {
    name: "aborted without a reason",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, never);
      const controller = new AbortController();
      const promise = kinde.business.get({ signal: controller.signal });
      controller.abort();
      const error = await quickRejection(sdk, promise);
      equal(error.code, "aborted", "code");
      equal(error.cause, controller.signal.reason, "cause");
    },
  },
  {
    name: "aborted by a timer of the caller's",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, never);
      const error = await quickRejection(sdk, kinde.business.get({ signal: AbortSignal.timeout(50) }));
      deepEqual([error.code, error.cause.name], ["aborted", "TimeoutError"], "error");
    },
  },
  {
    name: "aborted while a token is being fetched",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: SECRET }, never);
      const controller = new AbortController();
      const promise = kinde.business.get({ signal: controller.signal });
      setTimeout(() => controller.abort("enough"), 50);
      const error = await quickRejection(sdk, promise);
      deepEqual([error.code, error.cause, calls.length], ["aborted", "enough", 1], "error");
      equal(calls[0].init.signal.aborted, true, "aborted");
    },
  },
  {
    name: "aborted while another call fetches the token",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: SECRET }, async (url) => {
        await soon(200);
        return Response.json(url.endsWith("/token") ? { access_token: "t", expires_in: 60 } : { a: 1 });
      });
      const first = kinde.business.get();
      const controller = new AbortController();
      const second = kinde.business.get({ signal: controller.signal });
      setTimeout(() => controller.abort("enough"), 50);
      equal((await quickRejection(sdk, second)).code, "aborted", "code");
      deepEqual(await first, { a: 1 }, "answer of the first");
    },
  },
  {
    name: "one who gives up on the token does not take it from the others",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: SECRET }, async (url) => {
        await soon(100);
        return Response.json(url.endsWith("/token") ? { access_token: "t", expires_in: 60 } : { a: 1 });
      });
      const controller = new AbortController();
      const first = kinde.business.get({ signal: controller.signal });
      const second = kinde.business.get();
      setTimeout(() => controller.abort("enough"), 20);
      equal((await quickRejection(sdk, first)).code, "aborted", "code");
      deepEqual(await second, { a: 1 }, "answer of the second");
    },
  },
  {
    name: "aborted after the answer",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk);
      const controller = new AbortController();
      deepEqual(await kinde.business.get({ signal: controller.signal }), {}, "answer");
      controller.abort();
      equal(calls[0].init.signal.aborted, false, "aborted");
    },
  },
  {
    name: "a signal for a hundred calls is left without listeners",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk);
      const { signal } = new AbortController();
      let listeners = 0;
      const counted = {
        aborted: false,
        reason: undefined,
        addEventListener: (...args) => (listeners++, signal.addEventListener(...args)),
        removeEventListener: (...args) => (listeners--, signal.removeEventListener(...args)),
      };
      await Promise.all(Array.from({ length: 100 }, () => kinde.business.get({ signal: counted })));
      equal(listeners, 0, "listeners");
    },
  },
  ...Object.entries({
    "that says it is aborted": { aborted: true, reason: "r", addEventListener() {}, removeEventListener() {} },
    "that cannot be let go of": { aborted: false, addEventListener() {} },
    "that throws when it is let go of": {
      aborted: false,
      addEventListener() {},
      removeEventListener() {
        throw new Error("x");
      },
    },
    "that rings at once": {
      aborted: false,
      addEventListener: (_, listener) => listener(),
      removeEventListener() {},
    },
    "that throws when it is asked": {
      get aborted() {
        throw new Error("x");
      },
      addEventListener() {},
      removeEventListener() {},
    },
    "that throws when it is listened to": {
      aborted: false,
      addEventListener() {
        throw new Error("x");
      },
    },
  }).map(([kind, signal]) => ({
    name: `a signal ${kind}`,
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { timeout: 300 });
      const outcome = await Promise.race([
        kinde.business.get({ signal }).then(
          () => "resolved",
          (error) => error.code,
        ),
        soon(2_000).then(() => "stuck"),
      ]);
      ok(["resolved", "timeout", "aborted", "invalid_request"].includes(outcome), `it is ${outcome}`);
      deepEqual(await kinde.business.get(), {}, "the next answer");
    },
  })),
];

/** Values that come back from a fetch that is none: each call settles, and the next one works. */
function strangeFetches() {
  const text = async () => "{}";
  const good = { status: 200, headers: new Headers(), text };
  const throwing = () => {
    throw new Error("hostile");
  };
  const hostile = new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const withThen = (then) => Object.assign(Promise.resolve(new Response("{}")), { then });

  const responses = {
    nothing: () => undefined,
    null: () => null,
    "a number": () => 200,
    "a string": () => "{}",
    "a symbol": () => Symbol("response"),
    "a function": () => () => {},
    "an array": () => [],
    "an empty object": () => ({}),
    "a status alone": () => ({ status: 200 }),
    "a proxy that throws": () => hostile,
    "a revoked proxy": () => revoked.proxy,
    "a status that throws": () => ({
      ...good,
      get status() {
        return throwing();
      },
    }),
    "headers that throw": () => ({
      status: 429,
      text,
      get headers() {
        return throwing();
      },
    }),
    "a text that throws when it is looked at": () => ({
      ...good,
      get text() {
        return throwing();
      },
    }),
    "a text that throws when it is called": () => ({ ...good, text: throwing }),
    "a text that is rejected with nothing": () => ({ ...good, text: () => Promise.reject() }),
    "a text that is no function": () => ({ ...good, text: "{}" }),
    "a text that never comes": () => ({ ...good, text: never }),
    "a text that is a proxy": () => ({ ...good, text: () => hostile }),
    "a text that is a symbol": () => ({ ...good, text: async () => Symbol("text") }),
    "a text that is an object with a strange toString": () => ({ ...good, text: async () => ({ toString: throwing }) }),
    "an error whose text is a proxy": () => ({ ...good, status: 400, text: async () => hostile }),
    "an error whose text is an object": () => ({
      ...good,
      status: 400,
      text: async () => ({
        get errors() {
          return throwing();
        },
      }),
    }),
    "a 429 without headers": () => ({ status: 429, text }),
    "a 429 whose headers are strange": () => ({ status: 429, text, headers: { get: throwing } }),
    "a 429 whose headers are null": () => ({ status: 429, text, headers: null }),
    "a status that is a symbol": () => ({ ...good, status: Symbol("200") }),
    "a status that is NaN": () => ({ ...good, status: NaN }),
    "a status that is a string": () => ({ ...good, status: "200" }),
    "a status that is huge": () => ({ ...good, status: 65536 + 200 }),
    "a response that was read already": async () => {
      const response = new Response("{}");
      await response.text();
      return response;
    },
    "a promise that never settles": never,
    "a thenable that throws": () => ({ then: throwing }),
    "a then that throws when it is looked at": () => ({
      get then() {
        return throwing();
      },
    }),
    "a thenable that never calls back": () => ({ then() {} }),
    "a thenable that calls back twice": () => ({ then: (resolve, reject) => (resolve(null), reject(1), resolve(2)) }),
    "a promise whose constructor throws": () =>
      Object.defineProperty(Promise.resolve(), "constructor", { get: throwing }),
  };
  const fine = {
    "the smallest thing that will do": () => good,
    "a thenable of a response": () => ({ then: (resolve) => resolve(good) }),
    // A native promise has a result of its own; its own then is not asked, or may as well be.
    "a promise whose own then throws": () => withThen(throwing),
    "a promise whose own then never calls back": () => withThen(() => {}),
    "a promise whose own then calls back twice, at once": () => withThen((resolve) => (resolve(good), resolve(good))),
    "a promise whose own then calls back later": () => withThen((resolve) => void setTimeout(resolve, 10, good)),
    "a text that is no promise": () => ({ ...good, text: () => "{}" }),
  };
  const reasons = {
    an_error: new TypeError("x"),
    a_string: "x",
    undefined: undefined,
    null: null,
    a_symbol: Symbol("x"),
    a_proxy: hostile,
  };

  return [
    ...Object.entries(responses).map(([kind, respond]) => ({
      name: `fetch gives ${kind}`,
      async run({ sdk }) {
        let strange = true;
        const options = { timeout: 200, maxRetries: 0, fetch: () => (strange ? respond() : new Response(`{"a":1}`)) };
        const kinde = new sdk.Kinde({ domain: "acme.kinde.com", accessToken: "t", ...options });
        const error = await quickRejection(sdk, kinde.business.get());
        ok(
          ["connection", "timeout", "decode", "api", "server", "rate_limited"].includes(error.code),
          `code ${error.code}`,
        );
        strange = false;
        deepEqual(await kinde.business.get(), { a: 1 }, "the next answer");
      },
    })),
    ...Object.entries(fine).map(([kind, respond]) => ({
      name: `fetch gives ${kind}`,
      async run({ sdk }) {
        deepEqual(await clientOn(sdk, { timeout: 5_000, fetch: respond }).kinde.business.get(), {}, "answer");
      },
    })),
    ...Object.entries(reasons).flatMap(([kind, reason]) =>
      [
        [
          "throws",
          () => {
            throw reason;
          },
        ],
        ["is rejected with", () => Promise.reject(reason)],
      ].map(([how, fetch]) => ({
        name: `fetch ${how} ${kind.replace("_", " ")}`,
        async run({ sdk }) {
          const error = await quickRejection(sdk, clientOn(sdk, { fetch }).kinde.business.get());
          deepEqual([error.code, error.attempts], ["connection", 1], "error");
          ok(Object.is(error.cause, reason), `the cause is ${show(error.cause)}`);
        },
      })),
    ),
  ];
}

/** What an accessToken function may do. */
function tokenFunctions() {
  const throwing = () => {
    throw new Error("no token");
  };
  const wrong = {
    throws: throwing,
    "throws nothing": () => {
      throw undefined;
    },
    "is rejected": async () => throwing(),
    "is rejected with nothing": () => Promise.reject(),
    "gives nothing": () => {},
    "gives null": async () => null,
    "gives a number": () => 5,
    "gives an object": () => ({ access_token: "t" }),
    "gives a symbol": async () => Symbol("t"),
    "gives a String object": () => new String("t"),
    "gives an empty string": () => "",
    "gives a token with a line break": () => "to\nken",
    "gives a token with a blank": () => "to ken",
    "gives a token with an umlaut": async () => "tökn",
    "gives a token with half a character": () => "t\ud83d",
    "gives a proxy that throws": () => new Proxy({}, { get: throwing }),
  };
  const right = {
    "gives a string": () => "token",
    "gives a promise": async () => "token",
    "gives a thenable": () => ({ then: (resolve) => resolve("token") }),
    "gives a promise whose own then throws": () => Object.assign(Promise.resolve("token"), { then: throwing }),
    "gives a promise whose own then calls back twice": () =>
      Object.assign(Promise.resolve("token"), { then: (resolve) => (resolve("token"), resolve("token")) }),
  };
  return [
    ...Object.entries(wrong).map(([kind, accessToken]) => ({
      name: `accessToken ${kind}`,
      async run({ sdk }) {
        const { kinde, calls } = clientOn(sdk, { accessToken, timeout: 500 });
        const error = await quickRejection(sdk, kinde.business.get());
        equal(error.code, "authentication", "code");
        equal(error.operation, "getBusiness", "operation");
        equal(calls.length, 0, "requests");
      },
    })),
    ...Object.entries(right).map(([kind, accessToken]) => ({
      name: `accessToken ${kind}`,
      async run({ sdk }) {
        const { kinde, calls } = clientOn(sdk, { accessToken, timeout: 5_000 });
        await kinde.business.get();
        equal(calls[0].init.headers.authorization, "Bearer token", "authorization");
      },
    })),
    {
      name: "accessToken fails once, then works",
      async run({ sdk }) {
        let asked = 0;
        const { kinde } = clientOn(sdk, { accessToken: () => (++asked === 1 ? throwing() : "t") });
        equal((await quickRejection(sdk, kinde.business.get())).cause.message, "no token", "cause");
        deepEqual(await kinde.business.get(), {}, "answer");
      },
    },
    {
      name: "a token as a string that no header can hold",
      async run({ sdk }) {
        const { kinde, calls } = clientOn(sdk, { accessToken: "to\nken" });
        equal((await quickRejection(sdk, kinde.business.get())).code, "authentication", "code");
        equal(calls.length, 0, "requests");
      },
    },
  ];
}

const credentials = () => ({ clientId: crypto.randomUUID(), clientSecret: SECRET });
const tokenCase = (name, answer, check) => ({
  name: `the token endpoint ${name}`,
  async run({ sdk }) {
    let works = false;
    const { kinde, calls } = clientOn(sdk, { ...credentials(), timeout: 300 }, (url) => {
      if (!url.endsWith("/oauth2/token")) return Response.json({ a: 1 });
      return works ? Response.json({ access_token: "t", expires_in: 60 }) : answer();
    });
    const error = await quickRejection(sdk, kinde.business.get());
    check(error);
    equal(error.operation, "getBusiness", "operation");
    equal(calls.length, 1, "requests");
    works = true;
    deepEqual(await kinde.business.get(), { a: 1 }, "the next answer");
  },
});

const tokenEndpoints = [
  tokenCase(
    "refuses",
    () => Response.json({ error: "invalid_client", error_description: "no such client" }, { status: 401 }),
    (error) => {
      deepEqual([error.code, error.status], ["authentication", 401], "error");
      deepEqual(error.errors, [{ code: "invalid_client", message: "no such client" }], "errors");
    },
  ),
  tokenCase(
    "answers with a page",
    () => new Response("<html>", { status: 502 }),
    (error) => deepEqual([error.code, error.status, error.body], ["authentication", 502, "<html>"], "error"),
  ),
  ...[
    "",
    "{}",
    "null",
    "[]",
    "{",
    `"t"`,
    `{"access_token":null}`,
    `{"access_token":5}`,
    `{"access_token":""}`,
    `{"access_token":"a b"}`,
  ].map((body) =>
    tokenCase(
      `answers ${body || "nothing"}`,
      () => new Response(body),
      (error) => equal(error.code, "authentication", "code"),
    ),
  ),
  tokenCase(
    "cannot be reached",
    () => Promise.reject(new TypeError("offline")),
    (error) => deepEqual([error.code, error.cause.message], ["connection", "offline"], "error"),
  ),
  tokenCase("does not answer", never, (error) => equal(error.code, "timeout", "code")),
  {
    name: "those who wait for a token hear of its failure, and nobody asks again",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, credentials(), async () => {
        await soon(50);
        return Response.json({ error: "invalid_client" }, { status: 401 });
      });
      const all = await Promise.all(Array.from({ length: 20 }, () => quickRejection(sdk, kinde.business.get())));
      for (const { code } of all) equal(code, "authentication", "code");
      equal(calls.length, 1, "token requests");
    },
  },
  {
    name: "a secret that is a part of the answer",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { ...credentials(), clientSecret: "e" }, (url) =>
        Response.json(url.endsWith("/token") ? { access_token: "token", expires_in: 60 } : {}),
      );
      await kinde.business.get();
      equal(calls[1].init.headers.authorization, "Bearer token", "authorization");
    },
  },
  {
    name: "a token without a lifetime, or with a strange one, is used",
    async run({ sdk }) {
      for (const expires_in of [undefined, null, "3600", -1, 0, {}, 1e300]) {
        const { kinde, calls } = clientOn(sdk, credentials(), (url) =>
          Response.json(url.endsWith("/token") ? { access_token: "t", expires_in } : {}),
        );
        await kinde.business.get();
        await kinde.business.get();
        equal(calls.length, 3, `requests with ${show(expires_in)}`);
      }
    },
  },
  {
    name: "no credentials at all",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { accessToken: undefined });
      equal((await quickRejection(sdk, kinde.business.get())).code, "configuration", "code");
      equal(calls.length, 0, "requests");
    },
  },
];
