// What is tried again, how often and when; and what must not be done twice.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";

export const cases = () => [...answers, ...failures, ...tokens, ...wrongOptions];
/** Those that measure time, for the suite `waits`. */
export const clocks = () => waits;

const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const NOW = { "retry-after": "0" };
const status = (code, headers = NOW) => new Response(null, { status: code, headers });

/** A client to which these answers come one after another, the last one from then on. */
function clientWith(sdk, options, ...answers) {
  const client = clientOn(sdk, { maxRetries: undefined, ...options }, (url, init) => {
    const answer = answers[Math.min(client.calls.length, answers.length) - 1];
    return typeof answer === "function" ? answer(url, init) : answer.clone();
  });
  return client;
}

/** Runs with no backoff: full jitter allows for that, too. */
async function withoutBackoff(run) {
  const { random } = Math;
  Math.random = () => 0;
  try {
    return await run();
  } finally {
    Math.random = random;
  }
}

const methods = {
  GET: (kinde, options) => kinde.business.get(options),
  PUT: (kinde, options) => kinde.applications.properties.set("a", "k", { value: "v" }, options),
  DELETE: (kinde, options) => kinde.apis.delete("a", options),
  POST: (kinde, options) => kinde.apis.create({ name: "n", audience: "a" }, options),
  PATCH: (kinde, options) => kinde.users.update("a", { given_name: "Ada" }, options),
};

/** POSTs and PATCHes that set single values, or read. */
const IDEMPOTENT = {
  "apis.scopes.update": (kinde, options) => kinde.apis.scopes.update("a", "s", { description: "d" }, options),
  "applications.tokens.update": (kinde, options) =>
    kinde.call("updateApplicationTokens", { application_id: "a" }, options),
  "environment.featureFlags.set": (kinde, options) =>
    kinde.environment.featureFlags.set("f", { value: "true" }, options),
  "environmentVariables.update": (kinde, options) => kinde.environmentVariables.update("v", { value: "1" }, options),
  "oauth.introspect": (kinde, options) => kinde.call("tokenIntrospection", { token: "a token" }, options),
  "oauth.revoke": (kinde, options) => kinde.call("tokenRevocation", { token: "a token", client_id: "c" }, options),
  "organizations.featureFlags.set": (kinde, options) =>
    kinde.organizations.featureFlags.set("o", "f", { value: "true" }, options),
  "organizations.properties.update": (kinde, options) =>
    kinde.organizations.properties.update("o", { properties: { p: "1" } }, options),
  "organizations.sessions.update": (kinde, options) =>
    kinde.call("UpdateOrganizationSessions", { org_code: "o", is_use_org_sso_session_policy: true }, options),
  "users.featureFlags.set": (kinde, options) => kinde.users.featureFlags.set("u", "f", { value: "true" }, options),
  "users.properties.update": (kinde, options) =>
    kinde.users.properties.update("u", { properties: { p: "1" } }, options),
};

/** Some that are near those, and are not: they add, take away, or make things. */
const WRITES = {
  "users.update": methods.PATCH,
  "apis.create": methods.POST,
  "roles.permissions.update": (kinde) => kinde.roles.permissions.update("r", { permissions: [{ id: "p" }] }),
  "organizations.users.update": (kinde) => kinde.organizations.users.update("o", { users: [{ id: "u" }] }),
  "a PATCH that names its path itself": (kinde) => kinde.request("PATCH", "/api/v1/users/u/properties", { body: {} }),
};
const lost = () => Promise.reject(new TypeError("fetch failed"));

const isHarmless = (method) => !["POST", "PATCH"].includes(method);

const answers = [
  ...Object.entries(methods).flatMap(([method, call]) =>
    [408, 429, 500, 502, 503, 504].map((code) => ({
      name: `${method}: ${code}`,
      async run({ sdk }) {
        const { kinde, calls } = clientWith(sdk, {}, status(code), status(code), Response.json({ a: 1 }));
        if (isHarmless(method) || code === 429) {
          deepEqual(await call(kinde), { a: 1 }, "answer");
          equal(calls.length, 3, "requests");
          const told = calls.map(({ url, init }) => [url, init.method, init.body, init.headers]);
          deepEqual([told[1], told[2]], [told[0], told[0]], "requests after the first");
        } else {
          const error = await rejection(sdk, call(kinde));
          deepEqual([error.code, error.status, error.attempts], [code < 500 ? "api" : "server", code, 1], "error");
          equal(calls.length, 1, "requests");
        }
      },
    })),
  ),
  ...[
    [400, "api"],
    [401, "authentication"],
    [403, "permission_denied"],
    [404, "not_found"],
    [406, "api"],
    [409, "conflict"],
    [422, "api"],
    [501, "server"],
  ].map(([code, kind]) => ({
    name: `${code} is final`,
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(code));
      const error = await rejection(sdk, kinde.business.get());
      deepEqual([error.code, error.status, error.attempts], [kind, code, 1], "error");
      equal(calls.length, 1, "requests");
    },
  })),
  {
    name: "an answer that cannot be read is final",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, new Response("<html>"));
      const error = await rejection(sdk, kinde.business.get());
      deepEqual([error.code, error.status, error.attempts], ["decode", 200, 1], "error");
      equal(calls.length, 1, "requests");
    },
  },
  ...[
    [{}, {}, 3],
    [{ maxRetries: 0 }, {}, 1],
    [{ maxRetries: 4 }, {}, 5],
    [{ maxRetries: 4 }, { maxRetries: 1 }, 2],
    [{}, { maxRetries: 0 }, 1],
  ].map(([options, callOptions, attempts]) => ({
    name: `client ${JSON.stringify(options)}, call ${JSON.stringify(callOptions)}: ${attempts} attempts`,
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, options, status(503));
      const error = await rejection(sdk, kinde.business.get(callOptions));
      deepEqual([error.code, error.status, error.attempts, calls.length], ["server", 503, attempts, attempts], "error");
    },
  })),
  ...["POST", "PATCH"].flatMap((method) =>
    [
      [{ retryWrites: true }, {}, true],
      [{}, { retryWrites: true }, true],
      [{ retryWrites: true }, { retryWrites: false }, false],
    ].map(([options, callOptions, isRetried]) => ({
      name: `${method} with client ${JSON.stringify(options)} and call ${JSON.stringify(callOptions)}`,
      async run({ sdk }) {
        const { kinde, calls } = clientWith(sdk, options, status(500), Response.json({ a: 1 }));
        const call = methods[method](kinde, callOptions);
        if (isRetried) {
          deepEqual(await call, { a: 1 }, "answer");
        } else {
          const error = await rejection(sdk, call);
          deepEqual([error.code, error.status, error.attempts], ["server", 500, 1], "error");
        }
        equal(calls.length, isRetried ? 2 : 1, "requests");
      },
    })),
  ),
  ...Object.entries(IDEMPOTENT).flatMap(([name, call]) => [
    {
      name: `${name} is sent again, as it was`,
      async run({ sdk }) {
        for (const failure of [status(503), lost]) {
          const { kinde, calls } = clientWith(sdk, {}, failure, Response.json({ a: 1 }));
          deepEqual(await withoutBackoff(() => call(kinde)), { a: 1 }, "answer");
          const sent = calls.map(({ url, init: { method, body } }) => ({ url, method, body }));
          deepEqual([sent.length, sent[1]], [2, sent[0]], "requests");
        }
        for (const retryWrites of [true, "idempotent"]) {
          const { kinde, calls } = clientWith(sdk, { retryWrites: false }, status(503), Response.json({}));
          await call(kinde, { retryWrites });
          equal(calls.length, 2, "requests");
        }
      },
    },
    {
      name: `${name} is sent once with retryWrites: false`,
      async run({ sdk }) {
        const { kinde, calls } = clientWith(sdk, {}, status(503));
        equal((await rejection(sdk, call(kinde, { retryWrites: false }))).attempts, 1, "attempts");
        equal(calls.length, 1, "requests");
      },
    },
  ]),
  ...Object.entries(WRITES).map(([name, call]) => ({
    name: `${name} is never done twice by itself`,
    async run({ sdk }) {
      for (const failure of [status(503), lost]) {
        for (const options of [{}, { retryWrites: "idempotent" }]) {
          const { kinde, calls } = clientWith(sdk, options, failure);
          await rejection(sdk, call(kinde));
          equal(calls.length, 1, "requests");
        }
      }
    },
  })),
  {
    name: "an upload is sent again whole",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(503), Response.json({}));
      await kinde.environment.logos.set("dark", { logo: new Uint8Array([1, 2, 3]) });
      equal(calls.length, 2, "requests");
      for (const { init } of calls) {
        const { "content-type": type } = init.headers;
        const form = await new Response(init.body, { headers: { "content-type": type } }).formData();
        deepEqual([...new Uint8Array(await form.get("logo").arrayBuffer())], [1, 2, 3], "bytes");
      }
    },
  },
  {
    name: "a stream is not sent again: it can be read once",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(503), Response.json({}));
      const body = new Blob(["text"]).stream();
      const error = await rejection(sdk, kinde.request("PUT", "/a", { body }));
      deepEqual([error.code, error.status, error.attempts], ["server", 503, 1], "error");
      equal(calls.length, 1, "requests");
    },
  },
];

const failures = [
  ...Object.entries(methods).flatMap(([method, call]) => {
    const ways = {
      "no connection": () => Promise.reject(new TypeError("offline")),
      "no answer in time": () => new Promise(() => {}),
    };
    return Object.entries(ways).map(([way, fail]) => ({
      name: `${method}: ${way}`,
      run: ({ sdk }) =>
        withoutBackoff(async () => {
          const { kinde, calls } = clientWith(sdk, { timeout: 50 }, fail, Response.json({ a: 1 }));
          if (isHarmless(method)) {
            deepEqual(await call(kinde), { a: 1 }, "answer");
          } else {
            const error = await rejection(sdk, call(kinde));
            const code = way === "no connection" ? "connection" : "timeout";
            deepEqual([error.code, error.status, error.attempts], [code, undefined, 1], "error");
          }
          equal(calls.length, isHarmless(method) ? 2 : 1, "requests");
        }),
    }));
  }),
  {
    name: "a wrong call is not tried at all",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(503));
      const error = await rejection(sdk, kinde.users.get());
      deepEqual([error.code, error.status, error.attempts], ["invalid_request", undefined, 0], "error");
      equal(calls.length, 0, "requests");
    },
  },
];

async function timed(run) {
  const start = Date.now();
  const result = await run();
  return [result, Date.now() - start];
}

const waits = [
  {
    name: "the wait that the service asks for",
    async run({ sdk }) {
      const { kinde } = clientWith(sdk, {}, status(429, { "retry-after": "1" }), Response.json({}));
      const [, time] = await timed(() => kinde.business.get());
      ok(time >= 950 && time < 10_000, `it waited ${time} ms`);
    },
  },
  {
    name: "the wait until the limits are reset",
    async run({ sdk }) {
      const { kinde } = clientWith(sdk, {}, status(429, { "ratelimit-reset": "1" }), Response.json({}));
      const [, time] = await timed(() => kinde.business.get());
      ok(time >= 950 && time < 10_000, `it waited ${time} ms`);
    },
  },
  {
    name: "a wait that is too long is left to the caller",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(429, { "retry-after": "3600" }));
      const [error, time] = await timed(() => rejection(sdk, kinde.business.get()));
      deepEqual([error.code, error.retryAfter, calls.length], ["rate_limited", 3600, 1], "error");
      ok(time < 10_000, `it waited ${time} ms`);
    },
  },
  {
    name: "a wait that goes beyond the deadline is not begun",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, { deadline: 500 }, status(503, { "retry-after": "5" }));
      const [error, time] = await timed(() => rejection(sdk, kinde.business.get()));
      deepEqual([error.code, error.status, calls.length], ["server", 503, 1], "error");
      ok(time < 4_000, `it waited ${time} ms`);
    },
  },
  {
    name: "the deadline ends a call, whatever attempt it is at",
    run: ({ sdk }) =>
      withoutBackoff(async () => {
        const { kinde, calls } = clientWith(sdk, { timeout: 100, maxRetries: 50 }, () => new Promise(() => {}));
        const [error, time] = await timed(() => rejection(sdk, kinde.business.get({ deadline: 1_000 })));
        equal(error.code, "timeout", "code");
        ok(time >= 900 && time < 5_000, `it took ${time} ms`);
        ok(calls.length >= 2 && calls.length <= 12, `${calls.length} requests`);
        equal(error.attempts, calls.length, "attempts");
      }),
  },
  {
    name: "aborted in the wait between two attempts",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(503, { "retry-after": "30" }));
      const controller = new AbortController();
      setTimeout(() => controller.abort("enough"), 100);
      const [error, time] = await timed(() => rejection(sdk, kinde.business.get({ signal: controller.signal })));
      deepEqual([error.code, error.cause, calls.length], ["aborted", "enough", 1], "error");
      ok(time < 10_000, `it took ${time} ms`);
    },
  },
];

const isToken = ({ url }) => url.endsWith("/oauth2/token");

/** A client with credentials; `api` and `token` answer the n-th request of their kind. */
function credentialed(sdk, { api, token }, options) {
  const { kinde, calls } = clientOn(
    sdk,
    { maxRetries: undefined, clientId: crypto.randomUUID(), clientSecret: "a secret", ...options },
    (url, init) => {
      const is = isToken({ url });
      const number = calls.filter((call) => isToken(call) === is).length;
      return is ? token(number) : api(number, init);
    },
  );
  return { kinde, calls };
}
const newToken = (number) => Response.json({ access_token: `token-${number}`, expires_in: 3600 });

const tokens = [
  {
    name: "a token that is not taken any more is replaced, once",
    async run({ sdk }) {
      const api = (number) => (number === 1 ? status(401) : Response.json({ a: 1 }));
      const { kinde, calls } = credentialed(sdk, { api, token: newToken }, { maxRetries: 0 });
      deepEqual(await kinde.apis.create({ name: "n", audience: "a" }), { a: 1 }, "answer");
      deepEqual(
        calls.map((call) => call.init.headers.authorization),
        [undefined, "Bearer token-1", undefined, "Bearer token-2"],
        "tokens",
      );
    },
  },
  {
    name: "a new token that is not taken either is an error",
    async run({ sdk }) {
      const { kinde, calls } = credentialed(sdk, { api: () => status(401), token: newToken });
      const error = await rejection(sdk, kinde.business.get());
      deepEqual([error.code, error.status], ["authentication", 401], "error");
      equal(calls.filter(isToken).length, 2, "token requests");
    },
  },
  {
    name: "the caller's own token is not replaced",
    async run({ sdk }) {
      const { kinde, calls } = clientWith(sdk, {}, status(401));
      const error = await rejection(sdk, kinde.business.get());
      deepEqual([error.code, error.status, error.attempts], ["authentication", 401, 1], "error");
      equal(calls.length, 1, "requests");
    },
  },
  {
    name: "a token endpoint that is down for a moment",
    async run({ sdk }) {
      const token = (number) => (number < 3 ? status(503) : newToken(number));
      const { kinde, calls } = credentialed(sdk, { api: () => Response.json({ a: 1 }), token });
      deepEqual(await kinde.apis.create({ name: "n", audience: "a" }), { a: 1 }, "answer");
      deepEqual([calls.filter(isToken).length, calls.length], [3, 4], "requests");
    },
  },
  {
    name: "a token endpoint that refuses is not asked again",
    async run({ sdk }) {
      const { kinde, calls } = credentialed(sdk, {
        token: () => Response.json({ error: "invalid_client" }, { status: 401 }),
      });
      equal((await rejection(sdk, kinde.business.get())).code, "authentication", "code");
      equal(calls.length, 1, "requests");
    },
  },
  {
    name: "50 calls whose token is not taken any more need one new one",
    async run({ sdk }) {
      let revoked = false;
      const api = async (_, { headers }) => {
        await soon(20);
        return revoked && headers.authorization === "Bearer token-1" ? status(401) : Response.json({ a: 1 });
      };
      const { kinde, calls } = credentialed(sdk, { api, token: newToken });
      await kinde.business.get();
      revoked = true;
      const all = await Promise.all(Array.from({ length: 50 }, () => kinde.business.get()));
      for (const answer of all) deepEqual(answer, { a: 1 }, "answer");
      equal(calls.filter(isToken).length, 2, "token requests");
    },
  },
];

const wrongOptions = [
  ...[-1, 1.5, NaN, "2", {}].map((maxRetries) => ({ maxRetries })),
  ...[1, "true", {}].map((retryWrites) => ({ retryWrites })),
  ...[0, -1, NaN, "1s", {}].map((deadline) => ({ deadline })),
].map((options) => {
  const [[name, value]] = Object.entries(options);
  return {
    name: `${name} cannot be ${typeof value === "string" ? JSON.stringify(value) : value}`,
    async run({ sdk }) {
      const made = async () => clientOn(sdk, options);
      equal((await rejection(sdk, made())).code, "configuration", "code of the client's error");
      const { kinde, calls } = clientOn(sdk);
      equal((await rejection(sdk, kinde.business.get(options))).code, "invalid_request", "code of the call's error");
      equal(calls.length, 0, "requests");
    },
  };
});
