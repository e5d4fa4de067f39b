// Token stores: what a client asks of one and when, what becomes of a call when it fails, and the
// ones that come with the package.

import { deepEqual, equal, fail, match, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, rejection } from "../lib/double.mjs";
import { hostile } from "../lib/hostile.mjs";

export const cases = () => [...uses, ...misuses, ...failures, ...wrongOptions, ...memory, ...kv, ...cache, ...sealed];
/** Those that measure time, for the suite `waits`. */
export const clocks = () => hanging;

const HOUR = 3_600;

/** A store in a Map that notes what it is asked, and can be made to do otherwise. */
function noted(overrides = {}) {
  const [kept, asked] = [new Map(), []];
  const real = {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    delete: (key) => void kept.delete(key),
  };
  const store = Object.fromEntries(
    Object.entries({ ...real, ...overrides }).map(([name, method]) => [
      name,
      (...args) => (asked.push([name, ...args]), method(...args)),
    ]),
  );
  return { store, kept, asked, names: () => asked.map(([name]) => name) };
}

const isToken = ({ url }) => url.endsWith("/oauth2/token");
const REFUSED = new Response(null, { status: 401 });

/**
 * A service with a machine's credentials: it hands out `<id>-token-1`, `-2` …, and takes all tokens but
 * the `refused` ones. `isolate(options)` is a client with these credentials that shares no memory with the
 * others: clients share a token by their secret too, which no store knows.
 */
function service(sdk, tokenStore) {
  const clientId = crypto.randomUUID();
  const tokens = { asked: 0, refused: new Set(), used: [] };
  const answer = (url, { headers }) => {
    if (isToken({ url })) {
      tokens.asked += 1;
      return Response.json({ access_token: `${clientId}-token-${tokens.asked}`, expires_in: HOUR });
    }
    const used = headers.authorization.slice(`Bearer ${clientId}-`.length);
    tokens.used.push(used);
    return tokens.refused.has(used) ? REFUSED.clone() : Response.json({ a: 1 });
  };
  const isolate = (options) =>
    clientOn(sdk, { clientId, clientSecret: secret(), tokenStore: common(tokenStore), ...options }, answer).kinde;
  return { clientId, tokens, isolate };
}

/** A store for clients with different secrets: their hash, at the end of each key, is left out. What is no store stays. */
function common(store) {
  const names = ["get", "set", "delete"];
  try {
    if (!names.every((name) => typeof store[name] === "function")) return store;
  } catch {
    return store;
  }
  const call = (name) => [name, (key, ...rest) => store[name](key.slice(0, key.lastIndexOf(":")), ...rest)];
  return Object.fromEntries(names.map(call));
}
const secret = () => `the-secret-${crypto.randomUUID()}`;

/** What a store holds for the `n`-th token of a service, unless `fields` say otherwise. */
const record = ({ clientId }, n, fields) =>
  JSON.stringify({
    access_token: `${clientId}-token-${n}`,
    expires_in: HOUR,
    expires_at: Date.now() + HOUR * 1000,
    ...fields,
  });

/** Runs as if so many seconds had passed. */
async function later(seconds, run) {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  try {
    return await run();
  } finally {
    Date.now = now;
  }
}

const uses = [
  {
    name: "a token is kept with its lifetime, under a key without a secret",
    async run({ sdk }) {
      const { store, asked } = noted();
      const { clientId, isolate } = service(sdk, store);
      const before = Date.now();
      await isolate({ scope: "read:users read:apis" }).business.get();
      const [[get, key], [set, sameKey, value, seconds, ...more]] = asked;
      deepEqual([get, set, asked.length, more], ["get", "set", 2, []], "calls of the store");
      const parts = [DOMAIN, clientId, `${DOMAIN}/api`, "read:users read:apis"];
      equal(key, ["kinde-edge", ...parts.map(encodeURIComponent)].join(":"), "key");
      equal(sameKey, key, "key of the value");
      equal(seconds, HOUR, "seconds");
      const { expires_at, ...rest } = JSON.parse(value);
      deepEqual(rest, { access_token: `${clientId}-token-1`, expires_in: HOUR }, "value");
      ok(expires_at >= before + HOUR * 1000 && expires_at <= Date.now() + HOUR * 1000, `it ends at ${expires_at}`);
    },
  },
  {
    name: "a token of one secret is not for another, and no key tells it",
    async run({ sdk }) {
      const { store, asked } = noted();
      const clientSecret = "a-secret-of-the-service";
      const answer = () => Response.json({ access_token: "t", expires_in: HOUR });
      const clientId = crypto.randomUUID();
      for (const given of [clientSecret, `${clientSecret}2`]) {
        await clientOn(sdk, { clientId, clientSecret: given, tokenStore: store }, answer).kinde.business.get();
      }
      deepEqual(
        asked.map(([name]) => name),
        ["get", "set", "get", "set"],
        "calls of the store",
      );
      const [key, , other] = asked.map(([, key]) => key);
      const [start, hash] = [key.slice(0, -23), key.slice(-23)];
      ok(other.startsWith(start) && !other.endsWith(hash), `${other} beside ${key}`);
      match(hash, /^:[A-Za-z0-9_-]{22}$/, "hash");
      for (const text of asked.flat()) ok(!String(text).includes(clientSecret), "the secret is in the store");
      // By RFC 2104, so that another program can find it.
      const text = new TextEncoder();
      const hmac = { name: "HMAC", hash: "SHA-256" };
      const secretKey = await crypto.subtle.importKey("raw", text.encode(clientSecret), hmac, false, ["sign"]);
      const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", secretKey, text.encode(start)));
      const whole = btoa(String.fromCharCode(...bytes))
        .replaceAll("+", "-")
        .replaceAll("/", "_");
      equal(hash, `:${whole.slice(0, 22)}`, "hash");
    },
  },
  {
    name: "no two credentials have one key",
    async run({ sdk }) {
      const { store, asked } = noted();
      const sets = [
        {},
        { domain: "https://other.kinde.com" },
        { clientId: "b" },
        { audience: "a" },
        { scope: "s" },
        { audience: "a", scope: "s" },
        { audience: "s", scope: "a" },
        // Where one part ends and the next begins must be certain.
        { audience: "a:s" },
        { audience: "a%3As" },
        { audience: "a", scope: ":s" },
        { audience: "a:", scope: "s" },
      ];
      for (const options of sets) {
        const { kinde } = clientOn(sdk, { clientId: "a", clientSecret: "one", tokenStore: store, ...options }, () =>
          Response.json({ access_token: "t", expires_in: HOUR }),
        );
        await kinde.business.get();
      }
      const keys = asked.filter(([name]) => name === "set").map(([, key]) => key);
      equal(new Set(keys).size, sets.length, "keys");
    },
  },
  {
    name: "what one client has kept is the token of the next, in another isolate",
    async run({ sdk }) {
      const { store } = noted();
      const { tokens, isolate } = service(sdk, store);
      deepEqual(await isolate().business.get(), { a: 1 }, "answer");
      const events = [];
      const hooks = { token: ({ stored, error }) => void events.push([stored, error]) };
      deepEqual(await isolate({ hooks }).business.get(), { a: 1 }, "answer");
      deepEqual(tokens, { asked: 1, refused: new Set(), used: ["token-1", "token-1"] }, "tokens");
      deepEqual(events, [[true, undefined]], "events");
    },
  },
  {
    name: "50 calls of each of 4 isolates need one token, and ask the store once each",
    async run({ sdk }) {
      const { store, names } = noted({ delete: () => fail("nothing is to be dropped") });
      const { tokens, isolate } = service(sdk, store);
      for (let isolates = 0; isolates < 4; isolates++) {
        const kinde = isolate();
        await Promise.all(Array.from({ length: 50 }, () => kinde.business.get()));
      }
      equal(tokens.asked, 1, "token requests");
      deepEqual(names(), ["get", "set", "get", "get", "get"], "calls of the store");
    },
  },
  {
    name: "the store is not asked while the token at hand is good",
    async run({ sdk }) {
      const { store, names } = noted();
      const kinde = service(sdk, store).isolate();
      for (let calls = 0; calls < 5; calls++) await kinde.business.get();
      deepEqual(names(), ["get", "set"], "calls of the store");
    },
  },
  ...[
    ["has expired", { expires_at: Date.now() - 1_000 }],
    ["is about to expire", { expires_at: Date.now() + 50_000 }],
  ].map(([what, fields]) => ({
    name: `a token that ${what} is not used, and replaced`,
    async run({ sdk }) {
      const { store, kept } = noted();
      const world = service(sdk, store);
      store.get = (key) => kept.get(key) ?? record(world, 99, fields);
      await world.isolate().business.get();
      await world.isolate().business.get();
      deepEqual(world.tokens.used, ["token-1", "token-1"], "tokens");
      equal(world.tokens.asked, 1, "token requests");
    },
  })),
  {
    name: "ahead of the end, the store is asked first",
    async run({ sdk }) {
      const { store, kept, names } = noted();
      const world = service(sdk, store);
      const kinde = world.isolate();
      await kinde.business.get();
      await later(HOUR - 30, async () => {
        const [key] = kept.keys();
        kept.set(key, record(world, "of-another-isolate"));
        await kinde.business.get();
      });
      deepEqual(world.tokens.used, ["token-1", "token-of-another-isolate"], "tokens");
      deepEqual(names(), ["get", "set", "get"], "calls of the store");
      equal(world.tokens.asked, 1, "token requests");
    },
  },
  {
    name: "ahead of the end, the token at hand does while the store is slow",
    async run({ sdk }) {
      const { store } = noted();
      const world = service(sdk, store);
      const kinde = world.isolate();
      await kinde.business.get();
      let answer;
      store.get = () => new Promise((resolve) => (answer = resolve));
      await later(HOUR - 30, async () => {
        const first = kinde.business.get();
        while (!answer) await new Promise((resolve) => setTimeout(resolve));
        await kinde.business.get();
        deepEqual(world.tokens.used, ["token-1", "token-1"], "tokens while it is slow");
        answer(record(world, 2));
        await first;
        deepEqual(world.tokens.used, ["token-1", "token-1", "token-2"], "tokens");
      });
      equal(world.tokens.asked, 1, "token requests");
    },
  },
  {
    name: "a token that the service refuses is replaced in the store",
    async run({ sdk }) {
      const { store, kept, names } = noted();
      const { tokens, isolate } = service(sdk, store);
      await isolate().business.get();
      tokens.refused.add("token-1");
      deepEqual(await isolate().business.get(), { a: 1 }, "answer");
      deepEqual(tokens.used, ["token-1", "token-1", "token-2"], "tokens");
      deepEqual(names(), ["get", "set", "get", "get", "delete", "set"], "calls of the store");
      match([...kept.values()].join(), /token-2/, "what is kept");
      await isolate().business.get();
      deepEqual([tokens.asked, tokens.used.at(-1)], [2, "token-2"], "tokens");
    },
  },
  {
    name: "a refused token that another isolate has replaced already needs no new one",
    async run({ sdk }) {
      const { store, names } = noted();
      const { tokens, isolate } = service(sdk, store);
      const [first, second] = [isolate(), isolate()];
      await first.business.get();
      await second.business.get();
      tokens.refused.add("token-1");
      await first.business.get();
      await second.business.get();
      equal(tokens.asked, 2, "token requests");
      equal(names().filter((name) => name === "delete").length, 1, "tokens dropped");
      equal(tokens.used.at(-1), "token-2", "token of the last call");
    },
  },
  {
    name: "a store may be of a class, and answer at once or later",
    async run({ sdk }) {
      class Store {
        #kept = new Map();
        get(key) {
          return { then: (resolve) => setTimeout(() => resolve(this.#kept.get(key) ?? null), 5) };
        }
        async set(key, value) {
          this.#kept.set(key, value);
        }
        delete(key) {
          return this.#kept.delete(key);
        }
      }
      const { tokens, isolate } = service(sdk, new Store());
      await isolate().business.get();
      await isolate().business.get();
      tokens.refused.add("token-1");
      await isolate().business.get();
      equal(tokens.asked, 2, "token requests");
    },
  },
];

/** A logger that keeps its lines, of every level, with the events as JSON. */
function listening() {
  const lines = { debug: [], info: [], warn: [], error: [] };
  const logger = Object.fromEntries(
    Object.keys(lines).map((level) => [
      level,
      (line, event) => void lines[level].push(`${line} ${JSON.stringify(event)}`),
    ]),
  );
  return { lines, options: { logger, logLevel: "debug" } };
}

/** One call on a store: it has to succeed. Gives what became of the tokens, and how often the log has warned. */
async function callOn(sdk, storeOf) {
  const { lines, options } = listening();
  const world = service(sdk);
  const clientSecret = secret();
  const kinde = world.isolate({ tokenStore: storeOf(world, clientSecret), clientSecret, ...options });
  const start = Date.now();
  deepEqual(await kinde.business.get(), { a: 1 }, "answer");
  const time = Date.now() - start;
  for (const line of lines.warn)
    match(line, /^kinde-edge: business\.get: GET \/api\/v1\/business: the token store failed \(attempt 1\) \{/);
  for (const line of Object.values(lines).flat()) {
    ok(!line.includes(clientSecret) && !line.includes(world.clientId), `a secret in the log: ${line}`);
  }
  return { asked: world.tokens.asked, used: world.tokens.used, warned: lines.warn.length, time };
}

/** What a store gives that is no token: the call gets one itself, and the log says so. */
const rubbish = {
  "a number": () => 5,
  "an object": () => ({ access_token: "t", expires_in: HOUR, expires_at: Date.now() + 1e6 }),
  "an empty text": () => "",
  "no JSON": () => "rubbish",
  "JSON that is no object": () => `"a text"`,
  "an array": () => "[]",
  "a token alone": () => `{"access_token":"t"}`,
  "no token": (world) => record(world, 1, { access_token: undefined }),
  "a token that is a number": (world) => record(world, 1, { access_token: 5 }),
  "an empty token": (world) => record(world, 1, { access_token: "" }),
  "a token with a line break": (world) => record(world, 1, { access_token: "a\nb" }),
  "a token with a header in it": (world) => record(world, 1, { access_token: "a\r\nx-injected: 1" }),
  "a lifetime in words": (world) => record(world, 1, { expires_in: "an hour" }),
  "a lifetime below zero": (world) => record(world, 1, { expires_in: -1 }),
  "no end": (world) => record(world, 1, { expires_at: undefined }),
  "an end beyond numbers": (world) => record(world, 1).replace(/"expires_at":\d+/, `"expires_at":1e999`),
};

/** All that a store needs, and nothing in it. */
const whole = { get() {}, set() {}, delete() {} };

const thrown = ({ clientId }, clientSecret) => new Error(`no access to ${clientId} with ${clientSecret}`);

const misuses = [
  ...Object.entries(rubbish).map(([what, value]) => ({
    name: `a store that gives ${what}`,
    async run({ sdk }) {
      const { asked, used, warned } = await callOn(sdk, (world) => noted({ get: () => value(world) }).store);
      deepEqual({ asked, used, warned }, { asked: 1, used: ["token-1"], warned: 1 }, "outcome");
    },
  })),
  ...Object.keys(hostile)
    .filter((what) => what !== "undefined" && what !== "null")
    .map((what) => ({
      name: `a store that gives ${what}, whatever that is`,
      async run({ sdk }) {
        const { asked, warned } = await callOn(sdk, () => noted({ get: hostile[what], set: hostile[what] }).store);
        equal(asked, 1, "token requests");
        ok(warned >= 1, "there was no warning");
      },
    })),
  {
    name: "a lifetime that another clock measured is not believed beyond the token's own",
    async run({ sdk }) {
      const { store, kept } = noted();
      const world = service(sdk, store);
      store.get = () => record(world, 99, { expires_at: 1e18 });
      const kinde = world.isolate();
      await kinde.business.get();
      store.get = (key) => kept.get(key);
      await later(HOUR + 1, () => kinde.business.get());
      deepEqual([world.tokens.used, world.tokens.asked], [["token-99", "token-1"], 1], "tokens");
    },
  },
];

const failures = [
  {
    name: "a store whose get throws",
    async run({ sdk }) {
      const { asked, warned } = await callOn(
        sdk,
        (...about) =>
          noted({
            get() {
              throw thrown(...about);
            },
          }).store,
      );
      deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
    },
  },
  {
    name: "a store whose get rejects",
    async run({ sdk }) {
      const { asked, warned } = await callOn(
        sdk,
        (...about) => noted({ get: () => Promise.reject(thrown(...about)) }).store,
      );
      deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
    },
  },
  {
    name: "a store whose set throws",
    async run({ sdk }) {
      const { asked, warned } = await callOn(
        sdk,
        (...about) =>
          noted({
            set() {
              throw thrown(...about);
            },
          }).store,
      );
      deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
    },
  },
  {
    name: "a store whose set rejects",
    async run({ sdk }) {
      const { asked, warned } = await callOn(
        sdk,
        (...about) => noted({ set: () => Promise.reject(thrown(...about)) }).store,
      );
      deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
    },
  },
  {
    name: "a store that loses its functions later",
    async run({ sdk }) {
      let looks = 0;
      const { asked, warned } = await callOn(sdk, () => ({
        ...whole,
        get get() {
          return looks++ ? undefined : whole.get;
        },
      }));
      deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
    },
  },
  {
    name: "a token endpoint that is down is the error, whatever the store does",
    async run({ sdk }) {
      const { store } = noted({
        get: () => {
          throw new Error("down");
        },
      });
      const options = { clientId: "a", clientSecret: secret(), tokenStore: store };
      const { kinde } = clientOn(sdk, options, () => Promise.reject(new TypeError("offline")));
      const error = await rejection(sdk, kinde.business.get());
      deepEqual([error.code, error.cause.message], ["connection", "offline"], "error");
    },
  },
];

const hanging = [
  ...["throws", "rejects", "never answers"].map((way) => ({
    name: `a store whose delete ${way}`,
    async run({ sdk }) {
      const ways = {
        throws: () => {
          throw new Error("down");
        },
        rejects: () => Promise.reject(new Error("down")),
        "never answers": () => new Promise(() => {}),
      };
      const { store } = noted({ delete: ways[way] });
      const { tokens, isolate } = service(sdk, store);
      const { lines, options } = listening();
      await isolate().business.get();
      tokens.refused.add("token-1");
      const start = Date.now();
      deepEqual(await isolate(options).business.get(), { a: 1 }, "answer");
      ok(Date.now() - start < 1_500, "it was waited for");
      deepEqual([tokens.asked, lines.warn.length], [2, way === "throws" ? 1 : 0], "token requests and warnings");
    },
  })),
  {
    name: "a store that hangs holds a call up for two seconds, and no call behind it for longer",
    async run({ sdk }) {
      const hangs = () => new Promise(() => {});
      const outcomes = await Promise.all([
        callOn(sdk, () => noted({ get: hangs }).store),
        callOn(sdk, () => noted({ set: hangs }).store),
      ]);
      for (const { asked, warned, time } of outcomes) {
        deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
        ok(time > 1_800 && time < 4_000, `it took ${time} ms`);
      }
    },
  },
  {
    name: "ten calls on a store that hangs need one token, and a signal ends one of them at once",
    async run({ sdk }) {
      const { store } = noted({ get: () => new Promise(() => {}) });
      const { tokens, isolate } = service(sdk, store);
      const kinde = isolate();
      const all = Array.from({ length: 10 }, () => kinde.business.get());
      const controller = new AbortController();
      const start = Date.now();
      const ended = rejection(sdk, kinde.business.get({ signal: controller.signal }));
      setTimeout(() => controller.abort("enough"), 50);
      equal((await ended).code, "aborted", "code");
      ok(Date.now() - start < 1_500, "the signal did not end it at once");
      for (const answer of await Promise.all(all)) deepEqual(answer, { a: 1 }, "answer");
      ok(Date.now() - start < 4_000, "they took too long");
      equal(tokens.asked, 1, "token requests");
    },
  },
  {
    name: "the deadline of a call counts while a store hangs",
    async run({ sdk }) {
      const { store } = noted({ get: () => new Promise(() => {}) });
      const { tokens, isolate } = service(sdk, store);
      const start = Date.now();
      const error = await rejection(sdk, isolate().business.get({ deadline: 200 }));
      equal(error.code, "timeout", "code");
      ok(Date.now() - start < 1_500, "it took too long");
      equal(tokens.used.length, 0, "requests");
    },
  },
];

const wrongOptions = [
  ...Object.entries({
    "an empty object": {},
    "a text": "memory",
    "a number": 1,
    "one without set": { ...whole, set: undefined },
    "one without delete": { ...whole, delete: undefined },
    "one whose get is no function": { ...whole, get: "get" },
    "one whose getters throw": {
      ...whole,
      get set() {
        throw new Error("no");
      },
    },
  }).map(([what, tokenStore]) => ({
    name: `tokenStore cannot be ${what}`,
    async run({ sdk }) {
      const error = await rejection(sdk, (async () => service(sdk, tokenStore).isolate())());
      equal(error.code, "configuration", "code");
      match(error.message, /tokenStore.*get, set, delete/, "message");
    },
  })),
  ...[null, undefined].map((tokenStore) => ({
    name: `tokenStore can be ${tokenStore}`,
    async run({ sdk }) {
      deepEqual(await service(sdk, tokenStore).isolate().business.get(), { a: 1 }, "answer");
    },
  })),
  {
    name: "an own token is not kept",
    async run({ sdk }) {
      const { store, asked } = noted();
      await clientOn(sdk, { tokenStore: store }).kinde.business.get();
      deepEqual(asked, [], "calls of the store");
    },
  },
];

/** Fails unless it throws a TypeError that begins like this. */
function throws(run, begins) {
  try {
    run();
  } catch (error) {
    ok(error instanceof TypeError, `it threw ${error}`);
    ok(error.message.startsWith(`kinde-edge: ${begins}`), error.message);
    return;
  }
  fail(`it did not throw "${begins}"`);
}

/** What a client relies on, of any store. */
const contract = (makeStore) => async (host) => {
  const store = await makeStore(host);
  const { tokens, isolate } = service(host.sdk, store);
  for (let isolates = 0; isolates < 3; isolates++) deepEqual(await isolate().business.get(), { a: 1 }, "answer");
  equal(tokens.asked, 1, "token requests");
  tokens.refused.add("token-1");
  for (let isolates = 0; isolates < 3; isolates++) await isolate().business.get();
  equal(tokens.asked, 2, "token requests after the refusal");

  const key = crypto.randomUUID();
  ok((await store.get(key)) == null, "there is something where nothing was put");
  await store.set(key, "ä value", HOUR);
  await store.set(`${key}2`, "another", HOUR);
  equal(await store.get(key), "ä value", "value");
  await store.set(key, "a newer one", HOUR);
  equal(await store.get(key), "a newer one", "value after another set");
  await store.delete(key);
  await store.delete(key);
  ok((await store.get(key)) == null, "it is there after delete");
  equal(await store.get(`${key}2`), "another", "value of the other key");
};

const memory = [
  { name: "memoryStore: what clients rely on", run: contract(({ stores }) => stores.memoryStore()) },
  {
    name: "memoryStore: a value lives for its seconds",
    async run({ stores }) {
      const store = stores.memoryStore();
      store.set("key", "value", 60);
      await later(59, () => equal(store.get("key"), "value", "value before the end"));
      await later(60, () => equal(store.get("key"), undefined, "value at the end"));
      equal(store.get("key"), undefined, "value once it has been dropped");
    },
  },
  {
    name: "memoryStore: the oldest goes when there are too many",
    async run({ stores }) {
      const store = stores.memoryStore({ max: 2 });
      for (const key of ["a", "b", "a", "c"]) store.set(key, key, 60);
      deepEqual(
        ["a", "b", "c"].map((key) => store.get(key)),
        ["a", undefined, "c"],
        "values",
      );
    },
  },
  {
    name: "memoryStore: each has values of its own",
    async run({ stores }) {
      stores.memoryStore().set("key", "value", 60);
      equal(stores.memoryStore().get("key"), undefined, "value in another store");
    },
  },
  {
    name: "memoryStore: wrong options",
    async run({ stores }) {
      for (const max of [0, -1, NaN, "5", null]) throws(() => stores.memoryStore({ max }), "memoryStore: max");
    },
  },
];

/** A KV namespace with the limits of the real one, which is tested in workerd. */
function namespace() {
  const [values, puts] = [new Map(), []];
  const checked = (name) => {
    if (new TextEncoder().encode(name).length > 512) throw new Error("KV: the key is too long");
    return name;
  };
  return {
    puts,
    get: async (name) => values.get(checked(name)) ?? null,
    async put(name, value, options) {
      const { expirationTtl } = options;
      if (!Number.isInteger(expirationTtl) || expirationTtl < 60) throw new Error("KV: wrong expirationTtl");
      puts.push([checked(name), value, options]);
      values.set(name, value);
    },
    delete: async (name) => void values.delete(checked(name)),
  };
}

const kv = [
  { name: "kvStore: what clients rely on", run: contract(({ stores }) => stores.kvStore(namespace())) },
  {
    name: "kvStore: what is put, and for how long",
    async run({ stores }) {
      const kv = namespace();
      await stores.kvStore(kv).set("a key", "a value", 3_600.9);
      await stores.kvStore(kv, { prefix: "my:" }).set("a key", "a value", 60);
      deepEqual(
        kv.puts,
        [
          ["a key", "a value", { expirationTtl: 3_600 }],
          ["my:a key", "a value", { expirationTtl: 60 }],
        ],
        "what was put",
      );
    },
  },
  {
    name: "kvStore: a token with less than a minute is not put, and none is missed",
    async run({ stores }) {
      const kv = namespace();
      await stores.kvStore(kv).set("key", "value", 59.9);
      deepEqual(kv.puts, [], "what was put");
      equal(await stores.kvStore(kv).get("key"), null, "value");
    },
  },
  {
    name: "kvStore: keys that KV does not take",
    async run({ stores }) {
      const kv = namespace();
      const store = stores.kvStore(kv, { prefix: "ä:" });
      // With the three bytes of the prefix.
      const keys = ["x".repeat(509), "x".repeat(510), "y".repeat(510), `${"ö".repeat(254)}!`, "ö".repeat(255)];
      for (const key of keys) await store.set(key, key, 60);
      for (const key of keys) equal(await store.get(key), key, "value");
      const names = kv.puts.map(([name]) => name);
      deepEqual([names[0], names[3]], [`ä:${keys[0]}`, `ä:${keys[3]}`], "names that fit");
      for (const index of [1, 2, 4]) match(names[index], /^ä:sha256:[0-9a-f]{64}$/, "name of a long key");
      for (const key of keys) await store.delete(key);
      for (const key of keys) equal(await store.get(key), null, "value after delete");
    },
  },
  {
    name: "kvStore: wrong arguments",
    async run({ stores }) {
      for (const namespace of [undefined, null, {}, "TOKENS", new Map()]) {
        throws(() => stores.kvStore(namespace), "kvStore: expected a KV namespace, got ");
      }
      throws(() => stores.kvStore(namespace(), { prefix: 5 }), "kvStore: prefix must be a string");
      throws(
        () => stores.kvStore(namespace(), { prefix: "ä".repeat(129) }),
        "kvStore: prefix must have 256 bytes at most",
      );
    },
  },
];

/** What a runtime without a Cache API does. */
async function withoutCaches({ sdk, stores }) {
  const { lines, options } = listening();
  const { tokens, isolate } = service(sdk, stores.cacheStore());
  deepEqual(await isolate(options).business.get(), { a: 1 }, "answer");
  deepEqual([tokens.asked, lines.warn.length], [1, 2], "token requests and warnings");
}

const withCaches = (run) => (host) => (host.runtime === "Node" ? withoutCaches(host) : run(host));
const openCache = (name) => globalThis.caches.open(name);

const cache = [
  {
    name: "cacheStore: what clients rely on",
    run: withCaches(contract(({ stores }) => stores.cacheStore())),
  },
  {
    name: "cacheStore: a cache by its name",
    run: withCaches(async (host) => {
      const { cacheStore } = host.stores;
      const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
      await contract(() => cacheStore({ name: one }))(host);
      await cacheStore({ name: one }).set("key", "value", 60);
      equal(await cacheStore({ name: one }).get("key"), "value", "value by the same name");
      equal(await cacheStore({ name: other }).get("key"), undefined, "value by another name");
      equal(await cacheStore({ cache: await openCache(one) }).get("key"), "value", "value of the cache itself");
    }),
  },
  {
    name: "cacheStore: how a value is kept",
    run: withCaches(async ({ stores }) => {
      const name = crypto.randomUUID();
      const opened = await openCache(name);
      const puts = [];
      const watched = {
        match: (address) => opened.match(address),
        put: (address, response) => (puts.push(address), opened.put(address, response)),
        delete: (address) => opened.delete(address),
      };
      const key = `kinde-edge:${"k".repeat(9_000)}`;
      await stores.cacheStore({ cache: watched }).set(key, "a value", 90.9);
      equal(puts.length, 1, "entries");
      match(puts[0], /^https:\/\/kinde-edge\.invalid\/token\/[0-9a-f]{64}$/, "address");
      const found = await opened.match(puts[0]);
      deepEqual([await found.text(), found.headers.get("cache-control")], ["a value", "max-age=90"], "what is kept");
    }),
  },
  {
    name: "cacheStore: a value lives for its seconds",
    run: withCaches(async ({ stores }) => {
      const name = crypto.randomUUID();
      const store = stores.cacheStore({ name });
      await store.set("key", "value", 60);
      await later(59, async () => equal(await store.get("key"), "value", "value before the end"));
      await later(61, async () => equal(await store.get("key"), undefined, "value after the end"));
      equal(await store.get("key"), undefined, "value once it has been dropped");
      await store.set("another", "value", 0.5);
      equal(await store.get("another"), undefined, "value of no second");
    }),
  },
  {
    name: "cacheStore: two puts at once, in an order that nobody knows",
    run: withCaches(async ({ stores }) => {
      const store = stores.cacheStore({ name: crypto.randomUUID() });
      await Promise.all(["one", "two"].map((value) => store.set("key", value, 60)));
      ok(["one", "two"].includes(await store.get("key")), "neither is there");
    }),
  },
  {
    name: "cacheStore: wrong options",
    async run({ stores }) {
      for (const cache of [null, {}, "cache", new Map()])
        throws(() => stores.cacheStore({ cache }), "cacheStore: cache");
      throws(() => stores.cacheStore({ name: 5 }), "cacheStore: name");
    },
  },
];

const SECRET = "a secret that nobody can guess";

/** A value at rest, and how to read it after something was done to it. */
async function atRest({ encrypted }, value = "the value") {
  const { store, kept } = noted();
  await encrypted(store, SECRET).set("key", value, HOUR);
  return {
    value: kept.get("key"),
    read: (changed, { secret = SECRET, key = "key" } = {}) =>
      encrypted(noted({ get: () => changed }).store, secret).get(key),
  };
}

const sealed = [
  {
    name: "encrypted: what clients rely on",
    run: contract(({ stores }) => stores.encrypted(stores.memoryStore(), SECRET)),
  },
  {
    name: "encrypted: keys and seconds are handed on, values are not to be read",
    async run({ sdk, stores }) {
      const { store, asked } = noted();
      const { clientId, tokens, isolate } = service(sdk, stores.encrypted(store, SECRET));
      await isolate().business.get();
      tokens.refused.add("token-1");
      await isolate().business.get();
      deepEqual(
        asked.map(([name]) => name),
        ["get", "set", "get", "get", "delete", "set"],
        "calls of the store",
      );
      for (const [name, key, value, seconds] of asked) {
        match(key, new RegExp(`^kinde-edge:.*${clientId}`), "key");
        if (name !== "set") continue;
        equal(seconds, HOUR, "seconds");
        match(value, /^[A-Za-z0-9+/]+=*$/, "value");
        ok(!atob(value).includes("token"), "the value can be read");
      }
    },
  },
  {
    name: "encrypted: the same value is another one each time",
    async run({ stores }) {
      const values = new Set();
      for (let times = 0; times < 20; times++) values.add((await atRest(stores)).value);
      equal(values.size, 20, "values");
    },
  },
  {
    name: "encrypted: with another secret, under another key or changed, a value is none",
    async run({ stores }) {
      const { value, read } = await atRest(stores);
      equal(await read(value), "the value", "value");
      equal(await read(value, { secret: `${SECRET}!` }), undefined, "value with another secret");
      equal(await read(value, { key: "another key" }), undefined, "value under another key");
      const bytes = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
      for (let index = 0; index < bytes.length; index++) {
        const changed =
          bytes.with?.(index, bytes[index] ^ 1) ?? bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));
        equal(await read(btoa(String.fromCharCode(...changed))), undefined, `value with byte ${index} changed`);
      }
      for (const length of [0, 5, 12, 27, bytes.length - 1]) {
        equal(await read(btoa(String.fromCharCode(...bytes.slice(0, length)))), undefined, `value of ${length} bytes`);
      }
      for (const rubbish of ["", "rubbish", "ä", `${value}!`, null, undefined, 5, {}, []]) {
        equal(await read(rubbish), undefined, "value made of rubbish");
      }
    },
  },
  {
    name: "encrypted: a change of the secret costs one token",
    async run({ sdk, stores }) {
      const inner = stores.memoryStore();
      const { lines, options } = listening();
      const { tokens, isolate } = service(sdk);
      for (const secret of [SECRET, SECRET, `a new ${SECRET}`, `a new ${SECRET}`]) {
        await isolate({ tokenStore: common(stores.encrypted(inner, secret)), ...options }).business.get();
      }
      equal(tokens.asked, 2, "token requests");
      deepEqual(lines.warn, [], "warnings");
    },
  },
  {
    name: "encrypted: long values, and secrets as text or bytes",
    async run({ stores }) {
      const long = "ö".repeat(200_000);
      const { value, read } = await atRest(stores, long);
      equal(await read(value), long, "long value");
      equal(await read(value, { secret: new TextEncoder().encode(SECRET) }), long, "value with the secret as bytes");
    },
  },
  {
    name: "encrypted: what the store below throws is a failure of the store",
    async run({ sdk, stores }) {
      const { store } = noted({ get: () => Promise.reject(new Error("down")) });
      const { asked, warned } = await callOn(sdk, () => stores.encrypted(store, SECRET));
      deepEqual({ asked, warned }, { asked: 1, warned: 1 }, "outcome");
    },
  },
  {
    name: "encrypted: wrong arguments",
    async run({ stores }) {
      for (const store of [undefined, null, {}, { get() {}, set() {} }]) {
        throws(() => stores.encrypted(store, SECRET), "encrypted: the first argument must be a store");
      }
      for (const secret of [undefined, null, 5, {}]) {
        throws(() => stores.encrypted(whole, secret), "encrypted: the secret must be a string or bytes");
      }
      for (const secret of ["", "x".repeat(15), new Uint8Array(15)]) {
        throws(() => stores.encrypted(whole, secret), "encrypted: the secret must have 16 bytes at least");
      }
    },
  },
];
