// What a client tells of its calls: hooks, log lines, the scopes of a refused token.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, rejection, TOKEN } from "../lib/double.mjs";

export const cases = () => [...hooks, ...logs, ...failing, ...secrets, ...scopes, ...wrong];

const NAMES = ["request", "response", "retry", "token"];

/** `{ hooks, events }`: each event as `[hook, event without what no two runs share]`. */
function listener(more = () => {}) {
  const events = [];
  const hooks = Object.fromEntries(
    NAMES.map((name) => [
      name,
      (event) => {
        const { call, duration, wait, headers, ...rest } = event;
        ok(Number.isInteger(call) && call > 0, `call of ${name}: ${call}`);
        equal(typeof duration, ["response", "token"].includes(name) ? "number" : "undefined", `duration of ${name}`);
        equal(typeof wait, name === "retry" ? "number" : "undefined", `wait of ${name}`);
        if (name === "request") deepEqual(headers, {}, `headers of ${name}`);
        else equal(Object.keys(event).includes("headers"), false, `headers of ${name} in a log`);
        events.push([name, rest]);
        return more(name, event);
      },
    ]),
  );
  return { hooks, events };
}

const LIST = {
  operation: "getBusiness",
  name: "business.get",
  method: "GET",
  domain: DOMAIN,
  path: "/api/v1/business",
};
const busy = () => new Response(null, { status: 503, headers: { "retry-after": "0.02" } });
const inTurn = (...answers) => {
  let calls = 0;
  return () => answers[Math.min(calls++, answers.length - 1)]();
};
const credentials = () => ({ clientId: crypto.randomUUID(), clientSecret: "a-client-secret" });
const token = () => Response.json({ access_token: "new-token", expires_in: 3600 });

const hooks = [
  {
    name: "the headers of an answer, and what they say of the rate",
    async run({ sdk }) {
      const told = [];
      const answers = [
        { "ratelimit-limit": "50, 50;w=1", "ratelimit-remaining": "7", "ratelimit-reset": "1" },
        { "x-ratelimit-remaining": "0", "x-mine": "1" },
        { "ratelimit-limit": "none", "x-mine": "2" },
      ];
      for (const headers of answers) {
        const hooks = { response: (event) => told.push([event.rateLimit, event.headers.get("x-mine")]) };
        await clientOn(sdk, { hooks }, () => Response.json({}, { headers })).kinde.business.get();
      }
      deepEqual(
        told,
        [
          [{ limit: 50, remaining: 7, reset: 1 }, null],
          [{ remaining: 0 }, "1"],
          [undefined, "2"],
        ],
        "told",
      );
    },
  },
  {
    name: "the headers of a refusal, and of a double that has none",
    async run({ sdk }) {
      const told = [];
      const hooks = {
        response: (event) => told.push(event.headers?.get("x-request-id"), event.rateLimit, event.status),
      };
      const refused = () =>
        Response.json({}, { status: 404, headers: { "x-request-id": "r1", "ratelimit-remaining": "3" } });
      await rejection(sdk, clientOn(sdk, { hooks }, refused).kinde.business.get());
      await clientOn(sdk, { hooks }, () => ({ status: 200, text: async () => "{}" })).kinde.business.get();
      deepEqual(told, ["r1", { remaining: 3 }, 404, undefined, undefined, 200], "told");
    },
  },
  {
    name: "a call that succeeds",
    async run({ sdk }) {
      const { hooks, events } = listener();
      const { kinde } = clientOn(sdk, { hooks });
      await kinde.business.get();
      deepEqual(
        events,
        [
          ["request", { ...LIST, attempt: 1 }],
          ["response", { ...LIST, attempt: 1, status: 200 }],
        ],
        "events",
      );
    },
  },
  {
    name: "the path is the template, and holds no value",
    async run({ sdk }) {
      const { hooks, events } = listener();
      const { kinde } = clientOn(sdk, { hooks });
      await kinde.organizations.logos.set("org_1", "dark", { logo: new Uint8Array(3) });
      const said = {
        operation: "AddOrganizationLogo",
        name: "organizations.logos.set",
        method: "POST",
        domain: DOMAIN,
        path: "/api/v1/organizations/{org_code}/logos/{type}",
      };
      deepEqual(events[0], ["request", { ...said, attempt: 1 }], "event");
    },
  },
  {
    name: "a path of the caller's own, without its query",
    async run({ sdk }) {
      const { hooks, events } = listener();
      const { kinde } = clientOn(sdk, { hooks });
      await kinde.request("GET", "/api/v1/new", { query: { email: "ada@example.com" } });
      deepEqual(events[0], ["request", { method: "GET", domain: DOMAIN, path: "/api/v1/new", attempt: 1 }], "event");
    },
  },
  {
    name: "attempts, retries and how long they wait",
    async run({ sdk }) {
      const waits = [];
      const { hooks, events } = listener((name, { wait }) => name === "retry" && waits.push(wait));
      const offline = () => Promise.reject(new TypeError("offline"));
      const { random } = Math;
      Math.random = () => 0.002;
      try {
        const { kinde } = clientOn(
          sdk,
          { hooks, maxRetries: 2 },
          inTurn(busy, offline, () => Response.json({})),
        );
        await kinde.business.get();
      } finally {
        Math.random = random;
      }
      deepEqual(
        events,
        [
          ["request", { ...LIST, attempt: 1 }],
          ["response", { ...LIST, attempt: 1, status: 503, error: "server" }],
          ["retry", { ...LIST, attempt: 1, status: 503, error: "server" }],
          ["request", { ...LIST, attempt: 2 }],
          ["response", { ...LIST, attempt: 2, error: "connection" }],
          ["retry", { ...LIST, attempt: 2, error: "connection" }],
          ["request", { ...LIST, attempt: 3 }],
          ["response", { ...LIST, attempt: 3, status: 200 }],
        ],
        "events",
      );
      deepEqual(waits, [20, 2], "waits");
    },
  },
  {
    name: "the token, and its replacement after a 401",
    async run({ sdk }) {
      const { hooks, events } = listener();
      let calls = 0;
      const answer = (url) => {
        if (url.endsWith("/token")) return token();
        return ++calls === 1 ? new Response(null, { status: 401 }) : Response.json({});
      };
      const { kinde } = clientOn(sdk, { hooks, ...credentials() }, answer);
      await kinde.business.get();
      deepEqual(
        events.map(([name, { attempt, status, error, stored }]) => [name, attempt, status, error, stored]),
        [
          ["token", 1, undefined, undefined, false],
          ["request", 1, undefined, undefined, undefined],
          ["response", 1, 401, "authentication", undefined],
          ["retry", 1, 401, "authentication", undefined],
          ["token", 2, undefined, undefined, false],
          ["request", 2, undefined, undefined, undefined],
          ["response", 2, 200, undefined, undefined],
        ],
        "events",
      );
    },
  },
  {
    name: "a token that is refused",
    async run({ sdk }) {
      const { hooks, events } = listener();
      const no = () => Response.json({ error: "invalid_client" }, { status: 401 });
      const { kinde } = clientOn(sdk, { hooks, ...credentials() }, no);
      await rejection(sdk, kinde.business.get());
      deepEqual(
        events,
        [["token", { ...LIST, attempt: 1, status: 401, error: "authentication", stored: false }]],
        "events",
      );
    },
  },
  {
    name: "answers that cannot be read, come late, or are not waited for",
    async run({ sdk }) {
      const hang = (_, { signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      for (const [expected, answer, options] of [
        [{ status: 200, error: "decode" }, () => new Response("{"), {}],
        [{ error: "timeout" }, hang, { timeout: 20 }],
        [{ error: "aborted" }, hang, { signal: AbortSignal.timeout(20) }],
      ]) {
        const { hooks, events } = listener();
        const { kinde } = clientOn(sdk, { hooks }, answer);
        await rejection(sdk, kinde.business.get(options));
        deepEqual(events[1], ["response", { ...LIST, attempt: 1, ...expected }], "event");
        equal(events.length, 2, "events");
      }
    },
  },
  {
    name: "events of one call share a number that no other has",
    async run({ sdk }) {
      const seen = new Map();
      const note = ({ call, attempt }) => seen.set(call, [...(seen.get(call) ?? []), attempt]);
      const { kinde } = clientOn(sdk, { hooks: { request: note, response: note } });
      await Promise.all(Array.from({ length: 20 }, () => kinde.business.get()));
      equal(seen.size, 20, "numbers");
      for (const attempts of seen.values()) deepEqual(attempts, [1, 1], "attempts");
    },
  },
  {
    name: "headers that a hook adds go out with that attempt",
    async run({ sdk }) {
      const hooks = {
        request({ headers, attempt }) {
          headers.traceparent = `attempt-${attempt}`;
          headers["x-both"] = "hook";
        },
      };
      const { kinde, calls } = clientOn(
        sdk,
        { hooks, maxRetries: 1 },
        inTurn(busy, () => Response.json({})),
      );
      await kinde.business.get({ headers: { "x-both": "call" } });
      deepEqual(
        calls.map(({ init }) => init.headers.traceparent),
        ["attempt-1", "attempt-2"],
        "traceparent",
      );
      deepEqual(
        calls.map(({ init }) => init.headers["x-both"]),
        ["call", "call"],
        "x-both",
      );
      equal(calls[0].init.headers.authorization, `Bearer ${TOKEN}`, "authorization");
    },
  },
  {
    name: "hooks are called on their object, as they are then",
    async run({ sdk }) {
      class Counter {
        requests = 0;
        request() {
          this.requests++;
        }
      }
      const hooks = new Counter();
      const { kinde } = clientOn(sdk, { hooks });
      await kinde.business.get();
      hooks.request = undefined;
      await kinde.business.get();
      equal(hooks.requests, 1, "requests");
    },
  },
];

/** A logger that keeps its lines as `level: line`, times taken out. */
function keeper() {
  const lines = [];
  const log = (level) => (message, event) => {
    equal(typeof event.call, "number", "call of the event");
    lines.push(`${level}: ${message.replace(/\d+ ms/g, "# ms")}`);
  };
  return { lines, logger: Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, log(level)])) };
}

const ALL = [
  "info: kinde-edge: business.get: GET /api/v1/business: new token after # ms (attempt 1)",
  "debug: kinde-edge: business.get: GET /api/v1/business: sent (attempt 1)",
  "debug: kinde-edge: business.get: GET /api/v1/business: server: 503 after # ms (attempt 1)",
  "info: kinde-edge: business.get: GET /api/v1/business: tried again: server: 503 in # ms (attempt 1)",
  "debug: kinde-edge: business.get: GET /api/v1/business: sent (attempt 2)",
  "debug: kinde-edge: business.get: GET /api/v1/business: server: 500 after # ms (attempt 2)",
  "error: kinde-edge: business.get: GET /api/v1/business: failed: server: 500 (attempt 2)",
];

const logs = [
  {
    name: "a path of the caller's own is in one line",
    async run({ sdk }) {
      const { lines, logger } = keeper();
      const { kinde } = clientOn(sdk, { logger, logLevel: "debug" });
      await kinde.request("GET", "/api/v1/a\u2028kinde-edge:forged\u0085\u202e");
      for (const line of lines) ok(!["\u2028", "\u0085", "\u202e"].some((end) => line.includes(end)), line);
      equal(lines.length > 0, true, "whether there are lines");
    },
  },
  {
    name: "KINDE_LOG: to the console, unless there is a logger; the options win",
    async run({ sdk }) {
      const { debug } = console;
      const printed = [];
      console.debug = (line) => printed.push(line);
      const { lines, logger } = keeper();
      const fetch = async () => Response.json({});
      const of = (level, options) =>
        sdk.Kinde.fromEnv({ KINDE_DOMAIN: DOMAIN, KINDE_LOG: level }, { accessToken: TOKEN, fetch, ...options });
      try {
        await of("debug").business.get();
        equal(printed.length, 2, "lines on the console");
        await of("debug", { logger }).business.get();
        equal(lines.length, 2, "lines of the logger");
        await of("debug", { logger, logLevel: "info" }).business.get();
        await of("warn").business.get();
        await of("").business.get();
        await of(undefined).business.get();
        deepEqual([printed.length, lines.length], [2, 2], "lines in the end");
      } finally {
        console.debug = debug;
      }
      const error = await rejection(sdk, (async () => of("verbose-secret"))());
      equal(error.message, "KINDE_LOG must be debug, info, warn, error or off", "message");
    },
  },
  ...[
    ["debug", () => true],
    ["info", (line) => !line.startsWith("debug")],
    [undefined, (line) => !line.startsWith("debug")],
    ["warn", (line) => line.startsWith("error")],
    ["error", (line) => line.startsWith("error")],
    ["off", () => false],
  ].map(([logLevel, wanted]) => ({
    name: `log lines of ${logLevel ?? "no level in particular"}`,
    async run({ sdk }) {
      const { lines, logger } = keeper();
      const answers = inTurn(token, busy, () => new Response(null, { status: 500 }));
      const { kinde } = clientOn(sdk, { logger, logLevel, maxRetries: 1, ...credentials() }, answers);
      await rejection(sdk, kinde.business.get());
      deepEqual(lines, ALL.filter(wanted), "lines");
    },
  })),
  {
    name: "what the caller ended or did wrong is no failure",
    async run({ sdk }) {
      const { lines, logger } = keeper();
      const { kinde } = clientOn(sdk, { logger });
      await rejection(sdk, kinde.business.get({ signal: AbortSignal.abort() }));
      await rejection(sdk, kinde.users.get(5));
      deepEqual(lines, [], "lines");
    },
  },
  {
    name: "the console can be the logger",
    async run({ sdk }) {
      const { debug } = console;
      const lines = [];
      console.debug = (line) => lines.push(line);
      try {
        await clientOn(sdk, { logger: console, logLevel: "debug" }).kinde.business.get();
      } finally {
        console.debug = debug;
      }
      equal(lines.length, 2, "lines");
    },
  },
];

const failing = [
  ...Object.entries({
    throws: () => {
      throw new Error("a hook's own");
    },
    rejects: async () => {
      throw new Error("a hook's own");
    },
    "never settles": () => new Promise(() => {}),
    "gives a strange promise": () => ({
      then() {
        throw new Error("a hook's own");
      },
    }),
    "changes the event": (_name, event) => {
      for (const key of Object.keys(event)) event[key] = {};
    },
    "freezes the event": (_, event) => void Object.freeze(event),
  }).map(([how, hook]) => ({
    name: `a hook that ${how} harms no call`,
    async run({ sdk }) {
      const { lines, logger } = keeper();
      const { hooks, events } = listener(hook);
      const { kinde, calls } = clientOn(
        sdk,
        { hooks, logger, logLevel: "warn", maxRetries: 1 },
        inTurn(busy, () => Response.json({ a: 1 })),
      );
      deepEqual(await kinde.business.get(), { a: 1 }, "answer");
      deepEqual(
        events.map(([name]) => name),
        ["request", "response", "retry", "request", "response"],
        "events",
      );
      equal(calls.length, 2, "requests");
      if (how === "throws")
        match(lines[0], /^warn: kinde-edge: business.get: GET \/api\/v1\/business: a hook failed/, "line");
      equal(lines.length, how === "throws" ? 5 : 0, "lines");
    },
  })),
  {
    name: "a header of a hook that HTTP does not allow is left out",
    async run({ sdk }) {
      const { lines, logger } = keeper();
      const hooks = { request: ({ headers }) => (headers["x-bad"] = "a\nb") };
      const { kinde, calls } = clientOn(sdk, { hooks, logger });
      await kinde.business.get();
      equal(calls[0].init.headers["x-bad"], undefined, "x-bad");
      equal(lines.length, 1, "lines");
    },
  },
  {
    name: "a logger that throws harms no call",
    async run({ sdk }) {
      const log = () => {
        throw new Error("a logger's own");
      };
      const logger = { debug: log, info: log, warn: log, error: log };
      const { kinde } = clientOn(sdk, { logger, logLevel: "debug" });
      deepEqual(await kinde.business.get(), {}, "answer");
    },
  },
];

const secrets = [
  {
    name: "no secret, token, parameter or body is in an event or a line",
    async run({ sdk, inspect }) {
      const told = [];
      const tell = (...args) => told.push(...args);
      const hooks = Object.fromEntries(NAMES.map((name) => [name, tell]));
      const logger = { debug: tell, info: tell, warn: tell, error: tell };
      const answer = (url) => {
        if (url.endsWith("/token")) return token();
        return Response.json(
          { errors: [{ code: "NO", message: "said new-token" }], private: "in the answer" },
          { status: 500 },
        );
      };
      const { kinde } = clientOn(
        sdk,
        { hooks, logger, logLevel: "debug", headers: { "x-key": "a-header-value" }, ...credentials() },
        answer,
      );
      await rejection(sdk, kinde.users.update("kp_in_the_query", { given_name: "in the body" }));
      ok(told.length >= 7, `${told.length} things told`);
      const all = inspect ? told.map(inspect).join("\n") : JSON.stringify(told);
      for (const secret of [
        "a-client-secret",
        "new-token",
        "kp_in_the_query",
        "in the body",
        "in the answer",
        "a-header-value",
        "said",
      ]) {
        ok(!all.includes(secret), `${secret} is in ${all}`);
      }
    },
  },
];

const segment = (value) =>
  btoa(typeof value === "string" ? value : JSON.stringify(value))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const jwt = (claims) => `${segment({ alg: "RS256" })}.${segment(claims)}.c2ln`;
const forbidden = () => Response.json({ errors: [{ code: "FORBIDDEN", message: "no" }] }, { status: 403 });

const scopes = [
  ...[
    ["a list", jwt({ scp: ["read:roles", "create:users"] }), ["read:roles", "create:users"]],
    ["words", jwt({ scope: "read:roles  create:users" }), ["read:roles", "create:users"]],
    ["both", jwt({ scp: ["read:roles"], scope: "other" }), ["read:roles"]],
    ["none", jwt({ scp: [] }), []],
    ["strange ones", jwt({ scp: [1, null, "read:roles"] }), ["read:roles"]],
    ["one that is long and not ASCII", jwt({ a: "\xfc".repeat(99), scp: ["read:roles"] }), ["read:roles"]],
    ["a number", jwt({ scp: 5 }), undefined],
    ["nothing", jwt({ sub: "a" }), undefined],
    ["no object", jwt([1]), undefined],
    ["null", jwt(null), undefined],
    ["no JSON", `a.${segment("{")}.c`, undefined],
    ["no base64", "a.!!!.c", undefined],
    ["an opaque token", "opaque", undefined],
  ].map(([what, accessToken, expected]) => ({
    name: `a token with ${what} for its scopes`,
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { accessToken }, forbidden);
      const error = await rejection(sdk, kinde.business.get());
      deepEqual(
        [error.code, error.requiredScope, error.tokenScopes],
        ["permission_denied", "read:businesses", expected],
        "error",
      );
      const says = expected ? "needs scope read:businesses, which the token lacks" : "needs scope read:businesses";
      equal(error.message, `business.get (getBusiness): the service refused (403): FORBIDDEN: no; ${says}`, "message");
    },
  })),
  {
    name: "a token that has the scope all the same",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { accessToken: jwt({ scp: ["read:businesses"] }) }, forbidden);
      const error = await rejection(sdk, kinde.business.get());
      match(error.message, /; needs scope read:businesses, which the token has$/, "message");
    },
  },
  {
    name: "other refusals say nothing of scopes",
    async run({ sdk }) {
      const { kinde } = clientOn(
        sdk,
        { accessToken: jwt({ scp: ["read:businesses"] }) },
        () => new Response(null, { status: 404 }),
      );
      const error = await rejection(sdk, kinde.business.get());
      deepEqual([error.requiredScope, error.tokenScopes], [undefined, undefined], "error");
    },
  },
];

const wrong = [
  ...[5, "x", true, { request: 1 }, { response: {} }].map((hooks) => [
    "hooks",
    hooks,
    "request, response, retry, token",
  ]),
  ...[5, "console", {}, { info() {} }].map((logger) => ["logger", logger, "debug, info, warn, error"]),
].map(([option, value, names]) => ({
  name: `${option} cannot be ${typeof value === "object" ? `an object with ${Object.keys(value)}` : value}`,
  async run({ sdk }) {
    const made = async () => clientOn(sdk, { [option]: value });
    const error = await rejection(sdk, made());
    const given = /, got (-?\d+|true|an object|a string of \d+ characters?)$/.exec(error.message);
    ok(given, error.message);
    deepEqual(
      [error.code, error.message],
      ["configuration", `${option} must be an object with functions: ${names}${given[0]}`],
      "error",
    );
  },
}));
for (const logLevel of ["trace", "INFO", 1, {}]) {
  wrong.push({
    name: `logLevel cannot be ${typeof logLevel === "string" ? JSON.stringify(logLevel) : logLevel}`,
    async run({ sdk }) {
      const made = async () => clientOn(sdk, { logLevel });
      const error = await rejection(sdk, made());
      equal(error.code, "configuration", "code");
      ok(error.message.startsWith("logLevel: expected debug, info, warn, error or off"), error.message);
    },
  });
}
