// What callers get for the answers that the service, or something in front of it, really gives.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";
import { script } from "../lib/script.mjs";

/** V8 begins a stack with the error's name and message. */
const isV8 = String(new Error("text").stack).startsWith("Error: text");

export const cases = () => [
  ...answers.map(({ name, ...one }) => ({ name, run: (host) => checkAnswer(host, one) })),
  ...others,
];

const HTML = "<html><head><title>502 Bad Gateway</title></head></html>";
const USER = `{"id":"kp_1","email":null,"first_name":"Zoë 🎉","a_new_field":[1,{"two":2}],"total_sign_ins":null}`;

/**
 * Answers, and what comes of them: `data` as JSON text (`undefined` for none), or the `error`.
 * `list` calls another operation than `business.get`.
 */
const answers = [
  // Success
  {
    name: "fields that are new, fields that are null",
    answer: { body: `{"code":"OK","users":[${USER}],"next_token":null}` },
    data: `{"code":"OK","users":[${USER}],"next_token":null}`,
  },
  {
    name: "connections as the document has them",
    call: (kinde) => kinde.connections.list(),
    answer: { body: `{"connections":[{"connection":{"id":"c","name":"n"}}],"has_more":false}` },
    data: `{"connections":[{"connection":{"id":"c","name":"n"}}],"has_more":false}`,
  },
  {
    name: "connections as the service has them",
    call: (kinde) => kinde.connections.list(),
    answer: { body: `{"connections":[{"id":"c","name":"n","display_name":"N","strategy":"s"}]}` },
    data: `{"connections":[{"id":"c","name":"n","display_name":"N","strategy":"s"}]}`,
  },
  {
    name: "an array, where the document says so",
    call: (kinde) => kinde.subscribers.get("s"),
    answer: { body: `{"subscribers":[]}` },
    data: `{"subscribers":[]}`,
  },
  ...[`[]`, `[{"id":1}]`, `"text"`, `""`, `0`, `false`, `null`].map((body) => ({
    name: `the JSON ${body}`,
    answer: { body },
    data: body,
  })),
  { name: "JSON in blanks", answer: { body: ` \r\n{"a":1}\n` }, data: `{"a":1}` },
  { name: "an empty 200", answer: { status: 200 }, data: undefined },
  { name: "an empty 201", answer: { status: 201 }, data: undefined },
  { name: "a 204", answer: { status: 204 }, data: undefined },
  { name: "JSON with a 202", answer: { status: 202, body: `{"a":1}` }, data: `{"a":1}` },
  {
    name: "keys that objects have anyway",
    answer: { body: `{"__proto__":{"admin":true},"constructor":1,"toString":null,"users":[{"__proto__":null}]}` },
    data: `{"__proto__":{"admin":true},"constructor":1,"toString":null,"users":[{"__proto__":null}]}`,
  },
  {
    name: "JSON that is said to be something else",
    answer: { headers: { "content-type": "text/plain" }, body: `{"a":1}` },
    data: `{"a":1}`,
  },
  {
    name: "numbers as JSON.parse reads them",
    answer: { body: `{"id":12345678901234567890,"zero":-0,"tiny":1e-400}` },
    data: `{"id":12345678901234567890,"zero":-0,"tiny":1e-400}`,
  },

  // Success that is none
  {
    name: "a page in place of the answer",
    answer: { headers: { "content-type": "text/html" }, body: HTML },
    error: { code: "decode", status: 200, body: HTML },
  },
  {
    name: "JSON that breaks off",
    answer: { body: `{"users":[{"id":"kp_` },
    error: { code: "decode", status: 200, body: `{"users":[{"id":"kp_` },
  },
  { name: "blanks", answer: { body: "  " }, error: { code: "decode", status: 200, body: "  " } },

  // Errors, in all their forms
  {
    name: "errors in an array",
    answer: { status: 400, body: `{"errors":[{"code":"A","message":"a"},{"code":"B","message":"b","more":1}]}` },
    error: {
      code: "api",
      status: 400,
      errors: [
        { code: "A", message: "a" },
        { code: "B", message: "b" },
      ],
      body: {
        errors: [
          { code: "A", message: "a" },
          { code: "B", message: "b", more: 1 },
        ],
      },
    },
  },
  {
    name: "errors as an object",
    answer: { status: 400, body: `{"errors":{"code":"A","message":"a"}}` },
    error: {
      code: "api",
      status: 400,
      errors: [{ code: "A", message: "a" }],
      body: { errors: { code: "A", message: "a" } },
    },
  },
  ...[
    [400, "USER_ALREADY_EXISTS", "conflict"],
    [400, "USER_EXISTS", "api"],
    [403, "USER_ALREADY_EXISTS", "permission_denied"],
    [409, "X", "conflict"],
  ].map(([status, code, kind]) => ({
    name: `a ${status} that says ${code}`,
    answer: {
      status,
      body: JSON.stringify({
        errors: [
          { code: "X", message: "x" },
          { code, message: "m" },
        ],
      }),
    },
    error: {
      code: kind,
      status,
      ...(status === 403 && { requiredScope: "read:businesses" }),
      errors: [
        { code: "X", message: "x" },
        { code, message: "m" },
      ],
      body: {
        errors: [
          { code: "X", message: "x" },
          { code, message: "m" },
        ],
      },
    },
  })),
  ...[
    [{ "x-request-id": "r1", "cf-ray": "r3" }, "r1"],
    [{ "x-amzn-requestid": "r2", "cf-ray": "r3" }, "r2"],
    [{ "cf-ray": "r3" }, "r3"],
    [{ "x-request-id": "" }, undefined],
  ].map(([headers, requestId]) => ({
    name: `an error with ${JSON.stringify(headers)}`,
    answer: { status: 500, headers },
    error: { code: "server", status: 500, ...(requestId && { requestId }) },
  })),
  {
    name: "an error without errors around it",
    answer: { status: 400, body: `{"code":"A","message":"a"}` },
    error: { code: "api", status: 400, errors: [{ code: "A", message: "a" }], body: { code: "A", message: "a" } },
  },
  {
    name: "an error of OAuth",
    call: (kinde) => kinde.oauth.userProfile(),
    operation: "getUserProfileV2",
    answer: { status: 400, body: `{"error":"invalid_token","error_description":"expired"}` },
    error: {
      code: "api",
      status: 400,
      errors: [{ code: "invalid_token", message: "expired" }],
      body: { error: "invalid_token", error_description: "expired" },
    },
  },
  {
    name: "errors that are none",
    answer: { status: 400, body: `{"errors":[null,"x",5,[],{"code":7,"message":{}},{"message":"m"}]}` },
    error: {
      code: "api",
      status: 400,
      errors: [{ code: "", message: "m" }],
      body: { errors: [null, "x", 5, [], { code: 7, message: {} }, { message: "m" }] },
    },
  },
  ...[
    `{"errors":null}`,
    `{"errors":[]}`,
    `{"errors":"no"}`,
    `[]`,
    `null`,
    `5`,
    `"no"`,
    `{"errors":{"__proto__":[]}}`,
  ].map((body) => ({
    name: `the error ${body}`,
    answer: { status: 409, body },
    error: { code: "conflict", status: 409, body: JSON.parse(body) },
  })),
  {
    name: "a page of a proxy",
    answer: { status: 502, headers: { "content-type": "text/html", "x-request-id": "r1" }, body: HTML },
    error: { code: "server", status: 502, body: HTML, requestId: "r1" },
    headers: { "x-request-id": "r1" },
  },
  {
    name: "a broken error",
    answer: { status: 500, body: `{"errors":[` },
    error: { code: "server", status: 500, body: `{"errors":[` },
  },
  ...[
    [400, "api"],
    [401, "authentication"],
    [403, "permission_denied"],
    [404, "not_found"],
    [406, "api"],
    [429, "rate_limited"],
    [500, "server"],
    [503, "server"],
  ].map(([status, code]) => ({
    name: `an empty ${status}`,
    answer: { status },
    error: { code, status, ...(status === 403 && { requiredScope: "read:businesses" }) },
  })),
  {
    name: "a 403 of an operation that needs no scope",
    call: (kinde) => kinde.oauth.introspect({ token: "t" }),
    operation: "tokenIntrospection",
    answer: { status: 403 },
    error: { code: "permission_denied", status: 403 },
  },
  ...[
    [{ "ratelimit-reset": "17" }, 17],
    [{ "retry-after": "5" }, 5],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "5", "ratelimit-reset": "17" }, 5],
    [{ "retry-after": "soon", "ratelimit-reset": "17" }, 17],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
  ].map(([headers, retryAfter]) => ({
    name: `a 429 with ${JSON.stringify(headers)}`,
    answer: { status: 429, headers },
    error: { code: "rate_limited", status: 429, ...(retryAfter !== undefined && { retryAfter }) },
  })),
  {
    name: "a 503 that says when",
    answer: { status: 503, headers: { "retry-after": "120" } },
    error: { code: "server", status: 503, retryAfter: 120 },
  },
];

/** Once with a Response that a double makes, once with one that came over the network. */
async function checkAnswer(host, expected) {
  const { status, headers, body } = { status: 200, headers: {}, ...expected.answer };
  const init = { status, headers: { "content-type": "application/json", ...headers } };
  await check(host, expected, clientOn(host.sdk, {}, () => new Response(body ?? null, init)).kinde);
  const { key } = await script(host, { status, headers, body });
  await check(host, expected, new host.sdk.Kinde({ domain: host.server, accessToken: key, maxRetries: 0 }));
}

async function check(
  { sdk },
  { call = (kinde) => kinde.business.get(), operation = "getBusiness", data, error, headers = {} },
  kinde,
) {
  if (!error) return deepEqual(await call(kinde), data === undefined ? undefined : JSON.parse(data), "data");
  const thrown = await rejection(sdk, call(kinde));
  const { headers: given, body } = thrown;
  // No serializer finds the headers and the body.
  ok(!("headers" in { ...thrown } || "body" in { ...thrown }), "headers or body are enumerable");
  const fields = { ...thrown, ...(body !== undefined && { body }) };
  deepEqual(fields, { errors: [], attempts: 1, operation, ...error }, "fields");
  for (const [name, value] of Object.entries(headers)) equal(given.get(name), value, name);
  ok(given.get("content-type"), "the headers are not those of the answer");
  return match(thrown.message, new RegExp(`\\(${operation}\\): .*\\(${error.status}\\)`), "message");
}

const others = [
  {
    name: "a 429 with a date",
    async run({ sdk }) {
      const at = new Date(Date.now() + 90_000).toUTCString();
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 429, headers: { "retry-after": at } }));
      const { retryAfter } = await rejection(sdk, kinde.business.get());
      ok(retryAfter > 80 && retryAfter <= 90, `retryAfter is ${retryAfter}`);
    },
  },
  {
    name: "a huge answer",
    async run(host) {
      const times = 400;
      const middle = JSON.stringify({ id: "x".repeat(50_000) });
      const { key } = await script(host, {
        repeat: { first: `{"users":[${middle}`, middle: `,${middle}`, times, last: "]}" },
      });
      const { users } = await new host.sdk.Kinde({
        domain: host.server,
        accessToken: key,
        maxRetries: 0,
      }).business.get();
      equal(users.length, times + 1, "users");
      equal(users.at(-1).id.length, 50_000, "length of the last id");
    },
  },
  {
    name: "a huge page of a proxy",
    async run(host) {
      const middle = "x".repeat(100_000);
      const { key } = await script(host, { status: 503, repeat: { first: "<html>", middle, times: 100, last: "" } });
      const error = await rejection(
        host.sdk,
        new host.sdk.Kinde({ domain: host.server, accessToken: key, maxRetries: 0 }).business.get(),
      );
      equal(error.body.length, 10_000_006, "length of the body");
      ok(error.message.length < 500, `the message has ${error.message.length} characters`);
    },
  },
  {
    name: "keys of an answer change nothing else",
    async run({ sdk }) {
      const { kinde } = clientOn(
        sdk,
        {},
        () => new Response(`{"__proto__":{"polluted":1},"errors":{"__proto__":{"polluted":1}}}`),
      );
      const data = await kinde.business.get();
      equal({}.polluted, undefined, "a property of every object");
      equal(Object.getPrototypeOf(data), Object.prototype, "prototype");
    },
  },
  {
    name: "data is new at each call",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => new Response(`{"users":[]}`));
      const first = await kinde.business.get();
      first.users.push("mine");
      deepEqual(await kinde.business.get(), { users: [] }, "data");
    },
  },
  {
    name: "no answer names the host, and the reason where the runtime tells it",
    async run({ sdk, refused, runtime }) {
      const { host } = new URL(refused);
      const call = new sdk.Kinde({ domain: refused, accessToken: "t", maxRetries: 0 }).business.get();
      const { code, message } = await rejection(sdk, call);
      equal(code, "connection", "code");
      ok(message.startsWith(`business.get (getBusiness): no answer came from ${host}`), message);
      if (runtime === "Node") ok(message.endsWith(": ECONNREFUSED: nothing listens there"), message);
      const told = async (cause) => {
        const { kinde } = clientOn(sdk, {}, () => Promise.reject(new TypeError("fetch failed", { cause })));
        return (await rejection(sdk, kinde.business.get())).message;
      };
      match(await told({ code: "ENOTFOUND" }), /from acme\.kinde\.com: ENOTFOUND: no such host/, "unknown host");
      match(
        await told({ code: "CERT_HAS_EXPIRED" }),
        /CERT_HAS_EXPIRED: its certificate is not trusted/,
        "certificate",
      );
      const secret = await told({ code: "eyJ.secret" });
      ok(!secret.includes("secret"), secret);
    },
  },
  {
    name: "withResponse gives the Response too",
    async run({ sdk }) {
      const response = new Response(`{"a":1}`, { status: 201, headers: { "x-request-id": "r1" } });
      const { kinde } = clientOn(sdk, {}, () => response);
      const promise = kinde.business.get();
      const both = await promise.withResponse();
      deepEqual(Object.keys(both).sort(), ["data", "response"], "keys");
      deepEqual(both.data, { a: 1 }, "data");
      equal(both.response, response, "response");
      equal(both.data, await promise, "data, awaited");
      equal((await promise.withResponse()).response, response, "response, once more");
    },
  },
  {
    name: "withResponse for calls by id and for kinde.request",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 204 }));
      for (const promise of [kinde.call("getBusiness"), kinde.request("GET", "/x"), kinde.oauth.userProfile()]) {
        const { data, response } = await promise.withResponse();
        equal(data, undefined, "data");
        equal(response.status, 204, "status");
      }
    },
  },
  {
    name: "withResponse is rejected as the call is",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 404 }));
      const promise = kinde.business.get();
      const error = await rejection(sdk, promise.withResponse());
      equal(error, await rejection(sdk, promise), "error");
      equal(error.code, "not_found", "code");
    },
  },
  {
    name: "a call is a promise in every way",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => new Response(`{"a":1}`));
      const promise = kinde.business.get();
      ok(promise instanceof Promise, "no Promise");
      equal(await promise.then(({ a }) => a), 1, "then");
      equal((await promise.catch(() => 0)).a, 1, "catch");
      equal((await promise.finally(() => 0)).a, 1, "finally");
      deepEqual(await Promise.all([promise, kinde.business.get()]), [{ a: 1 }, { a: 1 }], "all");
      equal(Object.prototype.toString.call(promise), "[object Promise]", "tag");
    },
  },
  {
    name: "an error's stack leads to those who wait for the call",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 500 }));
      const limit = Error.stackTraceLimit;
      async function whoAsks() {
        return await kinde.business.get();
      }
      const error = await whoAsks().catch((error) => error);
      // Firefox and WebKit know no callers that wait, once a promise lies between.
      if (isV8) match(error.stack, /^KindeError: business\.get.*\n(.*\n)* *at async whoAsks/, "stack");
      equal(typeof error.stack, "string", "type of the stack");
      equal(Error.stackTraceLimit, limit, "the limit of stacks");
    },
  },
  {
    name: "a KindeError is an Error and can be told from others",
    async run({ sdk }) {
      const { KindeError } = sdk;
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 500 }));
      const error = await rejection(sdk, kinde.business.get());
      ok(error instanceof Error, "no Error");
      equal(error.name, "KindeError", "name");
      equal(KindeError.name, "KindeError", "name of the class");
      if (isV8) match(error.stack, /KindeError: business\.get/, "stack");
      equal(String(error), `KindeError: ${error.message}`, "text");
      equal(KindeError.is(error), true, "is, for one");
      for (const other of [
        new Error("x"),
        { name: "KindeError", code: "api" },
        null,
        undefined,
        "KindeError",
        0,
        KindeError,
      ]) {
        equal(KindeError.is(other), false, "is, for another");
      }
    },
  },
  {
    name: "an error goes elsewhere as JSON, without headers, body and cause, and comes back",
    async run({ sdk }) {
      const { KindeError } = sdk;
      const answer = { errors: [{ code: "NO", message: "No." }], email: "ada@example.com" };
      const { kinde } = clientOn(sdk, {}, () =>
        Response.json(answer, { status: 404, headers: { "set-cookie": "s=1" } }),
      );
      const error = await rejection(sdk, kinde.business.get());
      const text = JSON.stringify(error);
      deepEqual(
        JSON.parse(text),
        {
          name: "KindeError",
          message: error.message,
          code: "not_found",
          status: 404,
          errors: answer.errors,
          attempts: 1,
          operation: "getBusiness",
        },
        "JSON",
      );
      const back = KindeError.from(JSON.parse(text));
      ok(back instanceof KindeError, "class");
      deepEqual([back.message, { ...back }], [error.message, { ...error }], "message and fields");
      deepEqual(error.body, answer, "the body is there");
      const bare = KindeError.from({ message: "no", code: "api" });
      deepEqual([bare.errors, bare.attempts], [[], 0], "what others left out");
    },
  },
  {
    name: "an error is made of nothing else than an error's JSON",
    run({ sdk }) {
      const { KindeError } = sdk;
      for (const [json, what] of [
        [null, "null"],
        [undefined, "undefined"],
        ["a secret", "string"],
        [{ error: "no" }, "object"],
        [{ message: "no" }, "object"],
      ]) {
        let thrown;
        try {
          KindeError.from(json);
        } catch (error) {
          thrown = error;
        }
        ok(KindeError.is(thrown), what);
        equal(
          thrown.message,
          `KindeError.from: expected what toJSON() gave, with message and code, got ${what}`,
          "message",
        );
        equal(thrown.code, "invalid_request", "code");
      }
    },
  },
  {
    name: "an error that came elsewhere with its fields is a KindeError",
    run({ sdk }) {
      const { KindeError } = sdk;
      const fields = { code: "api", status: 500, errors: [], attempts: 1 };
      equal(KindeError.is(Object.assign(new Error("no"), fields)), true, "is");
      equal(KindeError.is(Object.assign(new Error("no"), { code: "ENOENT" })), false, "is, for an error of Node");
      equal(KindeError.is(fields), false, "is, for no error");
    },
  },
  {
    name: "an error for a framework has no status, and others stay what they are",
    async run({ sdk }) {
      const { KindeError } = sdk;
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 401 }));
      const error = await rejection(sdk, kinde.business.get());
      const internal = KindeError.internal(error);
      deepEqual(
        [internal.message, internal.cause, internal.status, KindeError.is(internal)],
        [error.message, error, undefined, false],
        "message, cause, status, is",
      );
      const other = new Error("mine");
      equal(KindeError.internal(other), other, "another");
    },
  },
  {
    name: "an error says what to do about a missing scope",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () =>
        Response.json({ errors: [{ code: "FORBIDDEN", message: "No." }] }, { status: 403 }),
      );
      const { message } = await rejection(sdk, kinde.business.get());
      for (const part of ["business.get", "getBusiness", "403", "FORBIDDEN", "No.", "read:businesses"]) {
        ok(message.includes(part), `"${part}" is not in: ${message}`);
      }
    },
  },
];
