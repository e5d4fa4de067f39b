// What a caller's own function throws to steer its framework goes through as it is, and nothing is tried
// again: redirects, Responses, what React and Next.js wait for.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, double, rejection, TOKEN } from "../lib/double.mjs";
import { makeIssuer } from "../lib/issuer.mjs";

export const cases = () => [...passed, ...alone, ...others];

const THROWN = {
  "a Response": () => new Response(null, { status: 302, headers: { location: "/login" } }),
  "a promise": () => new Promise(() => {}),
  "a thenable function": () => Object.assign(() => {}, { then() {} }),
  "an Error with a digest": () => Object.assign(new Error("x"), { digest: "NEXT_REDIRECT;replace;/login;307;" }),
  "a redirect": () => ({ status: 307, location: "/login" }),
  "an HTTP error of SvelteKit": () => ({ status: 404, body: { message: "Not found" } }),
};

/** Ways to throw a value. */
const WAYS = {
  "thrown at once": (value) => () => {
    throw value;
  },
  "thrown later": (value) => async () => {
    throw value;
  },
};

const secret = () => ({ clientId: crypto.randomUUID(), clientSecret: "s" });
const token = () => Response.json({ access_token: TOKEN, expires_in: 3600 });

/** Where a caller's functions are called: what makes the call with one that throws. */
const PLACES = {
  accessToken: (sdk, toss) => {
    const { fetch } = double();
    return new sdk.Kinde({ domain: DOMAIN, accessToken: toss, fetch }).business.get();
  },
  fetch: (sdk, toss) => new sdk.Kinde({ domain: DOMAIN, accessToken: TOKEN, fetch: toss }).business.get(),
  "fetch, with withResponse": (sdk, toss) =>
    new sdk.Kinde({ domain: DOMAIN, accessToken: TOKEN, fetch: toss }).business.get().withResponse(),
  "fetch, iterated": async (sdk, toss) => {
    const kinde = new sdk.Kinde({ domain: DOMAIN, accessToken: TOKEN, fetch: toss });
    for await (const _ of kinde.users.list());
  },
  "fetch of a token": (sdk, toss) => new sdk.Kinde({ domain: DOMAIN, ...secret(), fetch: toss }).business.get(),
  "fetch of a refresh": (sdk, toss) =>
    new sdk.Kinde({ domain: DOMAIN, clientId: "id", fetch: toss }).oauth.refresh({ refresh_token: "r" }),
  "fetch of keys": async (sdk, toss) => {
    const issuer = await makeIssuer(sdk, { options: { maxRetries: 2 } });
    return issuer.client({ fetch: toss }).tokens.verify(await issuer.sign());
  },
  "fetch of a guard's keys": async (sdk, toss) => {
    const issuer = await makeIssuer(sdk);
    const headers = { authorization: `Bearer ${await issuer.sign()}` };
    const guard = issuer.client({ fetch: toss, maxRetries: 2 }).guard();
    const { response } = await guard.check(new Request("https://api.example.com", { headers }));
    throw new Error(`answered with ${response?.status}`);
  },
  "get of a store": (sdk, toss) => {
    const tokenStore = { get: toss, set() {}, delete() {} };
    return new sdk.Kinde({ domain: DOMAIN, ...secret(), fetch: async () => token(), tokenStore }).business.get();
  },
  "set of a store": (sdk, toss) => {
    const tokenStore = { get() {}, set: toss, delete() {} };
    return new sdk.Kinde({ domain: DOMAIN, ...secret(), fetch: async () => token(), tokenStore }).business.get();
  },
};

/** Hooks are not waited for: what they throw later is nobody's. */
const HOOKS = {
  request: (sdk, request) => {
    const { kinde, calls } = clientOn(sdk, { maxRetries: 2, hooks: { request } });
    return kinde.business.get().finally(() => equal(calls.length, 0, "requests"));
  },
  response: (sdk, response) => clientOn(sdk, { maxRetries: 2, hooks: { response } }).kinde.business.get(),
  retry: (sdk, retry) => {
    const headers = { "retry-after": "0" };
    const { kinde, calls } = clientOn(sdk, { maxRetries: 2, hooks: { retry } }, () =>
      Response.json({}, { status: 503, headers }),
    );
    return kinde.business.get().finally(() => equal(calls.length, 1, "requests"));
  },
  token: (sdk, hook) =>
    clientOn(sdk, { ...secret(), maxRetries: 2, hooks: { token: hook } }, () => token()).kinde.business.get(),
};

function counting(toss) {
  const counted = Object.assign((...args) => (counted.times++, toss(...args)), { times: 0 });
  return counted;
}

const outcome = (promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );

const passed = Object.entries(THROWN).flatMap(([kind, make]) => [
  ...Object.entries(PLACES).flatMap(([place, call]) =>
    Object.entries(WAYS).map(([way, toss]) => ({
      name: `${place}: ${kind}, ${way}`,
      async run({ sdk }) {
        const value = make();
        const counted = counting(toss(value));
        const { error } = await outcome(Promise.resolve(call(sdk, counted)));
        ok(error === value, `rejected with ${error}`);
        equal(counted.times, 1, "times it was called");
      },
    })),
  ),
  ...Object.entries(HOOKS).map(([hook, call]) => ({
    name: `the hook ${hook}: ${kind}`,
    async run({ sdk }) {
      const value = make();
      const counted = counting(WAYS["thrown at once"](value));
      const { error } = await outcome(call(sdk, counted));
      ok(error === value, `rejected with ${error}`);
      equal(counted.times, 1, "times it was called");
    },
  })),
]);

const alone = [
  {
    name: "it is nobody else's: who waits for the same token asks for itself",
    async run({ sdk }) {
      const credentials = secret();
      const value = { status: 302, location: "/login" };
      const soon = () => new Promise((resolve) => setTimeout(resolve, 30));
      const first = new sdk.Kinde({
        domain: DOMAIN,
        ...credentials,
        fetch: async () => {
          await soon();
          throw value;
        },
      });
      const { fetch, calls } = double((url) => (url.endsWith("/oauth2/token") ? token() : Response.json({ a: 1 })));
      const second = new sdk.Kinde({ domain: DOMAIN, ...credentials, fetch });
      const [one, two] = await Promise.all([outcome(first.business.get()), outcome(second.business.get())]);
      ok(one.error === value, `rejected with ${one.error}`);
      deepEqual([two.value, calls.length], [{ a: 1 }, 2], "the other one's answer, and its requests");
    },
  },
  {
    name: "no failure is logged for it",
    async run({ sdk }) {
      const lines = [];
      const note = (line) => void lines.push(line);
      const logger = { debug() {}, info: note, warn: note, error: note };
      const fetch = WAYS["thrown later"](THROWN["a redirect"]());
      await outcome(new sdk.Kinde({ domain: DOMAIN, accessToken: TOKEN, fetch, logger }).business.get());
      deepEqual(lines, [], "lines");
    },
  },
];

/** What only looks like it. */
const OTHERS = {
  "an Error": new TypeError("fetch failed"),
  "an Error with a status and a body": Object.assign(new Error("x"), { status: 404, body: { message: "x" } }),
  "a status without a location": { status: 302 },
  "a status without a message": { status: 500, body: "x" },
  "a digest that is none": Object.assign(new Error("x"), { digest: 5 }),
  "a text": "redirect",
  null: null,
  "something that throws when it is looked at": new Proxy(
    {},
    {
      get() {
        throw new Error("hostile");
      },
    },
  ),
};

const others = Object.entries(OTHERS).flatMap(([kind, value]) =>
  ["fetch", "accessToken"].map((place) => ({
    name: `${place}: ${kind} is a failure as any other`,
    async run({ sdk }) {
      const toss = WAYS["thrown later"](value);
      const options = place === "fetch" ? { accessToken: TOKEN, fetch: toss } : { accessToken: toss };
      const error = await rejection(sdk, new sdk.Kinde({ domain: DOMAIN, maxRetries: 0, ...options }).business.get());
      equal(error.code, place === "fetch" ? "connection" : "authentication", "code");
      ok(error.cause === (value ?? undefined) || value === null, "cause");
    },
  })),
);
