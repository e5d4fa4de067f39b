// Clients and how they are made, and `kinde.request` for what the document does not know.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, double, rejection, TOKEN } from "../lib/double.mjs";
import { script } from "../lib/script.mjs";

export const cases = () => [...options, ...environments, ...machines, ...requests];

/** What a function throws; a KindeError of this code, or the case fails. */
async function configurationError(sdk, make) {
  const made = async () => make();
  const error = await rejection(sdk, made());
  equal(error.code, "configuration", "code");
  deepEqual(error.errors, [], "errors");
  return error;
}

const options = [
  ...Object.entries({
    "no options": [],
    null: [null],
    "a string": ["acme.kinde.com"],
    "an array": [["acme.kinde.com"]],
    "no domain": [{ accessToken: "t" }],
    "an empty domain": [{ domain: "", accessToken: "t" }],
    "a domain with a path": [{ domain: "https://acme.kinde.com/api", accessToken: "t" }],
    "a domain with a query": [{ domain: "https://acme.kinde.com?x", accessToken: "t" }],
    "a domain with a user": [{ domain: "https://user:pass@acme.kinde.com", accessToken: "t" }],
    "a domain that is none": [{ domain: "https://[", accessToken: "t" }],
    "a domain of another kind": [{ domain: "ftp://acme.kinde.com", accessToken: "t" }],
    "a script for a domain": [{ domain: "javascript:alert(1)", accessToken: "t" }],
    "a number for a domain": [{ domain: 5, accessToken: "t" }],
    "a secret without an id": [{ domain: DOMAIN, clientSecret: "s" }],
    "an empty secret": [{ domain: DOMAIN, clientId: "i", clientSecret: "" }],
    "a token and a secret": [{ domain: DOMAIN, clientId: "i", clientSecret: "s", accessToken: "t" }],
    "a token that is a number": [{ domain: DOMAIN, accessToken: 5 }],
    "an empty token": [{ domain: DOMAIN, accessToken: "" }],
    "a fetch that is no function": [{ domain: DOMAIN, accessToken: "t", fetch: {} }],
    "a timeout of zero": [{ domain: DOMAIN, accessToken: "t", timeout: 0 }],
    "a timeout that is negative": [{ domain: DOMAIN, accessToken: "t", timeout: -1 }],
    "a timeout that is NaN": [{ domain: DOMAIN, accessToken: "t", timeout: NaN }],
    "a timeout that is a string": [{ domain: DOMAIN, accessToken: "t", timeout: "5000" }],
    "headers that are a string": [{ domain: DOMAIN, accessToken: "t", headers: "x: y" }],
    "a header that is a number": [{ domain: DOMAIN, accessToken: "t", headers: { "x-a": 5 } }],
    "a header with a line break": [{ domain: DOMAIN, accessToken: "t", headers: { "x-a": "a\nb" } }],
    "a remote domain in the clear": [{ domain: "http://acme.kinde.com", accessToken: "t" }],
    "a domain that ends like this machine": [{ domain: "http://notlocalhost", accessToken: "t" }],
    "a domain that begins like this machine": [{ domain: "http://127.0.0.1.evil.example", accessToken: "t" }],
    "a name in place of a domain": [{ domain: "acme", accessToken: "t" }],
  }).map(([name, args]) => ({
    name: `options: ${name}`,
    run: ({ sdk }) => configurationError(sdk, () => new sdk.Kinde(...args)),
  })),
  ...[
    [{ domain: undefined }, "domain must be a host like https://acme.kinde.com, without a path, got undefined"],
    [{ domain: 5 }, "domain must be a host like https://acme.kinde.com, without a path, got 5"],
    [
      { domain: "acme" },
      "domain must be a host like https://acme.kinde.com, without a path; did you mean acme.kinde.com?",
    ],
    [
      { domain: "http://acme.kinde.com" },
      "domain must be one with https://: http:// is for localhost, 127.0.0.1 and [::1] only, got a string of 21 characters",
    ],
    [{ domain: DOMAIN, scopes: "read:users" }, 'scopes: there is no such option; did you mean "scope"?'],
    [{ domain: DOMAIN, scope: undefined }, "scope: is undefined: leave it out, or give it a value"],
    [
      { domain: DOMAIN, accessToken: undefined, clientId: "i", clientSecret: "s" },
      "give accessToken, or clientId and clientSecret, not both",
    ],
    ...[
      [5, "management must be an object like { clientId, clientSecret }, got 5"],
      ["m-secret", "management must be an object like { clientId, clientSecret }, got a string of 8 characters"],
      [{}, "management.clientId must be a string that is not empty, got undefined"],
      [{ clientId: "m" }, "management.clientSecret must be a string that is not empty, got undefined"],
      [{ clientSecret: "m-secret" }, "management.clientId must be a string that is not empty, got undefined"],
      [{ clientId: "m", clientSecret: "" }, 'management.clientSecret must be a string that is not empty, got ""'],
      [{ clientId: ["m"], clientSecret: "s" }, "management.clientId must be a string that is not empty, got an array"],
      [{ clientID: "m", clientSecret: "s" }, 'management.clientID: there is no such option; did you mean "clientId"?'],
      [{ clientId: "m", clientSecret: "s", scope: "x" }, "management.scope: there is no such option"],
    ].map(([management, message]) => [{ domain: DOMAIN, clientId: "i", management }, message]),
    [
      { domain: DOMAIN, accessToken: "t", management: { clientId: "m", clientSecret: "s" } },
      "give accessToken, or clientId and clientSecret, not both",
    ],
    [Object.create({ domain: DOMAIN, timeout: 0 }), "timeout: expected a number of milliseconds above 0, got 0"],
  ].map(([given, message]) => ({
    name: `options that say: ${message}`,
    async run({ sdk }) {
      const error = await configurationError(sdk, () => new sdk.Kinde(given));
      equal(error.message, message, "message");
    },
  })),
  ...["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "http://kinde.localhost:1"].map((domain) => ({
    name: `a domain on this machine: ${domain}`,
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { domain });
      await kinde.business.get();
      equal(calls[0].url, `${domain}/api/v1/business`, "address");
    },
  })),
  {
    name: "options that are inherited, or those of getters, each read once",
    async run({ sdk }) {
      const looks = [];
      class Options {
        domain = "one.kinde.com";
        get accessToken() {
          looks.push("accessToken");
          return looks.length === 1 ? "the-first" : 5;
        }
      }
      const { fetch, calls } = double();
      const kinde = new sdk.Kinde(Object.assign(Object.create(new Options()), { fetch }));
      await kinde.business.get();
      deepEqual([calls[0].init.headers.authorization, looks.length], ["Bearer the-first", 1], "token, looks");
    },
  },
  {
    name: "options are read once",
    async run({ sdk }) {
      const headers = { "x-a": "1" };
      const { kinde, calls } = clientOn(sdk, { headers });
      headers["x-a"] = "2";
      await kinde.business.get();
      equal(calls[0].init.headers["x-a"], "1", "x-a");
    },
  },
  {
    name: "a client can be frozen",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk);
      Object.freeze(kinde);
      deepEqual(await kinde.business.get(), {}, "answer");
      equal(kinde.users, kinde.users, "users");
    },
  },
  ...Object.entries({
    "in a proxy": (kinde) => new Proxy(kinde, {}),
    "in a proxy whose resources are proxies": (kinde) => deepProxy(kinde),
    "that another object inherits from": (kinde) => Object.create(kinde),
    "of a class of one's own": (_, sdk, options) => new (class Mine extends sdk.Kinde {})(options),
  }).map(([what, wrap]) => ({
    name: `a client ${what}`,
    async run({ sdk }) {
      const { fetch, calls } = double(() => Response.json({ users: [] }));
      const options = { domain: DOMAIN, accessToken: TOKEN, fetch };
      const kinde = wrap(new sdk.Kinde(options), sdk, options);
      await kinde.users.list();
      await kinde.organizations.users.list("org_1").catch(() => {});
      await kinde.call("getUsers");
      await kinde.request("GET", "/api/v1/users");
      deepEqual(
        calls.map(({ url }) => url),
        ["/users", "/organizations/org_1/users", "/users", "/users"].map((path) => `${DOMAIN}/api/v1${path}`),
        "addresses",
      );
      const guard = kinde.guard();
      equal((await guard.check(new Request(DOMAIN))).response.status, 401, "status of a guard's refusal");
      equal(kinde.oauth.logoutUrl(), `${DOMAIN}/logout`, "logout address");
      ok(kinde instanceof sdk.Kinde, "its class");
    },
  })),
  {
    name: "a session in a proxy, and methods taken off it",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, { clientId: "app", clientSecret: "secret" });
      const made = kinde.session({ secret: "s".repeat(32), redirectUri: "https://app.example/callback" });
      equal(await new Proxy(made, {}).get(new Request("https://app.example/")), undefined, "user");
      const { signIn } = made;
      equal((await signIn(new Request("https://app.example/login"))).status, 302, "status");
    },
  },
  {
    name: "methods can be taken off their client",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, {}, () => Response.json({ users: [] }));
      const { call, request, guard, session } = kinde;
      await call("getUsers");
      await request("GET", "/api/v1/users");
      equal(calls.length, 2, "calls");
      equal(typeof guard(), "function", "guard");
      const error = throwsKindeError(sdk, () => session({}));
      equal(error.code, "configuration", "code of a session without options");
    },
  },
  {
    name: "methods and resources can be assigned and defined anew",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk);
      kinde.users.list = async () => "a double";
      kinde.organizations = { get: async () => "another" };
      kinde.call = async () => "a third";
      Object.defineProperty(kinde, "roles", { value: { list: async () => "a fourth" } });
      const all = [kinde.users.list(), kinde.organizations.get(), kinde.call("getUsers"), kinde.roles.list()];
      deepEqual(await Promise.all(all), ["a double", "another", "a third", "a fourth"], "answers");
      equal(calls.length, 0, "calls");
      const other = clientOn(sdk, {}, () => Response.json({ users: [] }));
      deepEqual(await other.kinde.users.list(), { users: [] }, "the answer that another client gets");
    },
  },
  {
    name: "a class may have resources of its own",
    run({ sdk }) {
      class Getter extends sdk.Kinde {
        get users() {
          return { mine: super.users !== undefined };
        }
      }
      class Field extends sdk.Kinde {
        users = 5;
      }
      const options = { domain: DOMAIN, accessToken: TOKEN };
      deepEqual(new Getter(options).users, { mine: true }, "of a getter");
      equal(new Field(options).users, 5, "of a field");
    },
  },
  {
    name: "the class has its resources before there is a client",
    async run({ sdk }) {
      const { Kinde } = sdk;
      equal(typeof Kinde.prototype.users.list, "function", "users.list");
      equal(typeof Kinde.prototype.organizations.users.add, "function", "organizations.users.add");
      const error = throwsKindeError(sdk, () => Kinde.prototype.users.list());
      equal(error.message, "there is no client yet: make one with new Kinde({ domain, … })", "message");
    },
  },
  {
    name: "what a test puts in the place of a resource of the class is what clients have",
    async run({ sdk }) {
      const { Kinde } = sdk;
      const kept = Object.getOwnPropertyDescriptor(Kinde.prototype, "timezones");
      const { kinde } = clientOn(sdk);
      Object.defineProperty(Kinde.prototype, "timezones", { configurable: true, get: () => "a double" });
      try {
        equal(kinde.timezones, "a double", "resource");
      } finally {
        Object.defineProperty(Kinde.prototype, "timezones", kept);
      }
      equal(typeof kinde.timezones.list, "function", "afterwards");
    },
  },
  {
    name: "nothing that lists properties finds a secret",
    run({ sdk }) {
      const secrets = { clientSecret: "very-secret-1", accessToken: undefined };
      const kinde = new sdk.Kinde({ domain: DOMAIN, clientId: "app", clientSecret: secrets.clientSecret });
      const session = kinde.session({
        secret: `very-secret-2-${"x".repeat(32)}`,
        redirectUri: "https://app.example/cb",
      });
      void kinde.users;
      for (const object of [kinde, session]) {
        const found = [];
        const walk = (value, seen = new Set()) => {
          if (typeof value === "string") found.push(value);
          if (value === null || !/object|function/.test(typeof value) || seen.has(value) || value === Object.prototype)
            return;
          seen.add(value);
          for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(value))) walk(inner, seen);
          for (const symbol of Object.getOwnPropertySymbols(value))
            walk(Object.getOwnPropertyDescriptor(value, symbol).value, seen);
          walk(Object.getPrototypeOf(value), seen);
        };
        walk(object);
        deepEqual(
          [found.filter((text) => text.includes("very-secret")), JSON.stringify(object), { ...object }],
          [[], "{}", {}],
          "texts with a secret, JSON, a copy",
        );
      }
    },
  },
  {
    name: "methods can be taken off their resource",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, {}, () => Response.json({ users: [] }));
      const { list } = kinde.users;
      await list({ page_size: 1 });
      equal(calls[0].url, `${DOMAIN}/api/v1/users?page_size=1`, "address");
    },
  },
  {
    name: "clients keep to themselves",
    async run({ sdk }) {
      const one = clientOn(sdk, { domain: "one.kinde.com", headers: { "x-a": "1" } });
      const two = clientOn(sdk, { domain: "two.kinde.com" });
      await Promise.all([one.kinde.business.get(), two.kinde.business.get()]);
      equal(one.calls[0].url, "https://one.kinde.com/api/v1/business", "address of the first");
      equal(two.calls[0].url, "https://two.kinde.com/api/v1/business", "address of the second");
      equal(two.calls[0].init.headers["x-a"], undefined, "x-a of the second");
    },
  },
  {
    name: "the version",
    run: ({ sdk }) => match(sdk.VERSION, /^\d+\.\d+\.\d+/, "VERSION"),
  },
];

/** As reactive() of Vue and others do it: what is read through a proxy is in one. */
const deepProxy = (target) =>
  new Proxy(target, {
    get(inner, name, receiver) {
      const value = Reflect.get(inner, name, receiver);
      return value !== null && typeof value === "object" ? deepProxy(value) : value;
    },
  });

/** What a function throws. */
function throwsKindeError(sdk, run) {
  try {
    run();
  } catch (error) {
    if (error instanceof sdk.KindeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const ENV = { KINDE_DOMAIN: "acme.kinde.com", KINDE_CLIENT_ID: "app-id", KINDE_CLIENT_SECRET: "app-secret" };

/** The token request of a client from an environment. */
async function tokenRequest({ sdk }, env, options) {
  let form;
  const fetch = async (url, { body }) => {
    if (url.endsWith("/oauth2/token")) form = { url, ...Object.fromEntries(new URLSearchParams(body)) };
    return Response.json({ access_token: "t", expires_in: 1 });
  };
  // Another scope each time: no case finds the token of another.
  await sdk.Kinde.fromEnv(env, { fetch, scope: crypto.randomUUID(), ...options }).business.get();
  const { grant_type: _, scope: __, ...fields } = form;
  return fields;
}

const environments = [
  {
    name: "fromEnv",
    async run(host) {
      const env = { ...ENV, KINDE_AUDIENCE: "aud", OTHER: 5 };
      deepEqual(
        await tokenRequest(host, env),
        { url: `${DOMAIN}/oauth2/token`, client_id: "app-id", client_secret: "app-secret", audience: "aud" },
        "token request",
      );
    },
  },
  {
    name: "fromEnv prefers the credentials that are for the Management API, and signs in with the others",
    async run(host) {
      for (const prefix of ["KINDE_MANAGEMENT_CLIENT", "KINDE_M2M_CLIENT"]) {
        const env = { ...ENV, [`${prefix}_ID`]: "m-id", [`${prefix}_SECRET`]: "m-secret" };
        const { client_id, client_secret } = await tokenRequest(host, env);
        deepEqual([client_id, client_secret], ["m-id", "m-secret"], "credentials");
        const { url } = await host.sdk.Kinde.fromEnv(env).oauth.authorizationUrl({ redirect_uri: "https://app/cb" });
        equal(new URL(url).searchParams.get("client_id"), "app-id", "application");
      }
    },
  },
  {
    name: "fromEnv says which half of the machine's credentials is missing",
    async run({ sdk }) {
      for (const prefix of ["KINDE_MANAGEMENT_CLIENT", "KINDE_M2M_CLIENT"]) {
        for (const [set, missing] of [
          ["ID", "SECRET"],
          ["SECRET", "ID"],
        ]) {
          const env = { ...ENV, [`${prefix}_${set}`]: "the value" };
          const { message } = await configurationError(sdk, () => sdk.Kinde.fromEnv(env));
          equal(message, `${prefix}_${missing} is not set, beside ${prefix}_${set}`, "message");
          // Options win.
          sdk.Kinde.fromEnv(env, { management: undefined });
        }
      }
    },
  },
  {
    name: "fromEnv knows the names of Kinde's own packages",
    async run(host) {
      const { KINDE_DOMAIN, ...rest } = ENV;
      const env = {
        ...rest,
        KINDE_ISSUER_URL: KINDE_DOMAIN,
        KINDE_M2M_CLIENT_ID: "m-id",
        KINDE_M2M_CLIENT_SECRET: "m-secret",
      };
      const { url, client_id, client_secret } = await tokenRequest(host, env);
      deepEqual([url, client_id, client_secret], [`${DOMAIN}/oauth2/token`, "m-id", "m-secret"], "request");
      const both = { ...env, KINDE_MANAGEMENT_CLIENT_ID: "n-id", KINDE_MANAGEMENT_CLIENT_SECRET: "n-secret" };
      equal((await tokenRequest(host, both)).client_id, "n-id", "client_id");
    },
  },
  {
    name: "fromEnv takes empty variables for none",
    async run(host) {
      const env = { ...ENV, KINDE_MANAGEMENT_CLIENT_ID: "", KINDE_MANAGEMENT_CLIENT_SECRET: "", KINDE_AUDIENCE: "" };
      const { client_id, audience } = await tokenRequest(host, env);
      deepEqual([client_id, audience], ["app-id", `${DOMAIN}/api`], "token request");
    },
  },
  {
    name: "fromEnv lets options win",
    async run(host) {
      const { url } = await tokenRequest(host, ENV, { domain: "other.kinde.com" });
      equal(url, "https://other.kinde.com/oauth2/token", "address");
    },
  },
  {
    name: "fromEnv without an argument reads process.env, where there is one",
    async run(host) {
      const env = globalThis.process?.env;
      if (!env) return configurationError(host.sdk, () => host.sdk.Kinde.fromEnv());
      Object.assign(env, ENV);
      try {
        equal((await tokenRequest(host, undefined)).client_id, "app-id", "client id");
      } finally {
        for (const name of Object.keys(ENV)) delete env[name];
      }
    },
  },
  ...Object.entries({
    null: null,
    "a string": "KINDE_DOMAIN=x",
    "nothing in it": {},
    "no domain": { ...ENV, KINDE_DOMAIN: undefined },
  }).map(([name, env]) => ({
    name: `fromEnv with ${name}`,
    run: ({ sdk }) => configurationError(sdk, () => sdk.Kinde.fromEnv(env)),
  })),
  {
    name: "fromEnv says which variable is missing, what else it reads, and what of it is there",
    async run({ sdk }) {
      const rest =
        "KINDE_CLIENT_ID, KINDE_CLIENT_SECRET, KINDE_MANAGEMENT_CLIENT_ID, KINDE_MANAGEMENT_CLIENT_SECRET, KINDE_AUDIENCE, " +
        "KINDE_ISSUER_URL, KINDE_M2M_CLIENT_ID, KINDE_M2M_CLIENT_SECRET, KINDE_LOG";
      const messageOf = async (...args) => (await configurationError(sdk, () => sdk.Kinde.fromEnv(...args))).message;
      const missing = `KINDE_DOMAIN is not set. fromEnv reads KINDE_DOMAIN, ${rest}; set: `;
      equal(await messageOf({}), `${missing}none of them`, "of nothing");
      equal(await messageOf({ ...ENV, KINDE_DOMAIN: "" }), `${missing}KINDE_CLIENT_ID, KINDE_CLIENT_SECRET`, "of some");
      match(await messageOf({}, { domain: undefined }), /^domain must be .*, got undefined$/, "of an option");
      match(await messageOf(null), /in a Worker, the env of its handler$/, "of null");
    },
  },
  {
    name: "fromEnv takes options that are inherited",
    async run(host) {
      const { url, audience } = await tokenRequest(host, ENV, { domain: "one.kinde.com" });
      equal(url, "https://one.kinde.com/oauth2/token", "address");
      equal(audience, "https://one.kinde.com/api", "audience");
      const error = await configurationError(host.sdk, () =>
        host.sdk.Kinde.fromEnv(ENV, Object.create({ timeout: 0 })),
      );
      match(error.message, /^timeout: /, "message");
    },
  },
  {
    name: "fromEnv passes on what an environment throws",
    run({ sdk }) {
      const thrown = { digest: "the framework's own" };
      const throwing = () => {
        throw thrown;
      };
      const environments = [
        new Proxy({}, { get: throwing }),
        Object.defineProperty({}, "KINDE_DOMAIN", { get: throwing }),
      ];
      for (const env of environments) {
        let error;
        try {
          sdk.Kinde.fromEnv(env);
        } catch (cause) {
          error = cause;
        }
        equal(error, thrown, "what was thrown");
      }
    },
  },
];

/** A client of an application that users sign in to and of a machine, and the requests that it makes. */
function twoApplications(sdk, options, answer) {
  const machine = { clientId: `machine-${crypto.randomUUID()}`, clientSecret: "machine-secret" };
  const made = clientOn(sdk, { clientId: "app", clientSecret: "app-secret", management: machine, ...options }, answer);
  const tokens = () =>
    made.calls
      .filter(({ url }) => url.endsWith("/oauth2/token"))
      .map(({ init }) => Object.fromEntries(new URLSearchParams(init.body)));
  return { ...made, machine, tokens };
}

/** The answer of a token endpoint whose tokens have numbers, and of everything else. */
const numbered = () => {
  let count = 0;
  return (url) => {
    const token = () => ({ access_token: `token-${++count}`, token_type: "bearer", expires_in: 3600 });
    return Response.json(url.endsWith("/oauth2/token") ? token() : {});
  };
};

const machines = [
  {
    name: "management: calls are the machine's, signing in is the application's",
    async run({ sdk }) {
      const { kinde, calls, machine, tokens } = twoApplications(sdk, {}, numbered());
      await kinde.business.get();
      await kinde.users.get("kp_1");
      deepEqual(
        tokens(),
        [
          {
            grant_type: "client_credentials",
            client_id: machine.clientId,
            client_secret: "machine-secret",
            audience: `${DOMAIN}/api`,
          },
        ],
        "token requests",
      );
      deepEqual(
        calls.slice(1).map(({ init }) => init.headers.authorization),
        ["Bearer token-1", "Bearer token-1"],
        "authorization",
      );
      calls.length = 0;
      await kinde.oauth.refresh({ refresh_token: "a refresh token" });
      deepEqual(
        tokens(),
        [
          {
            grant_type: "refresh_token",
            client_id: "app",
            client_secret: "app-secret",
            refresh_token: "a refresh token",
          },
        ],
        "request of the refresh",
      );
      const { url } = await kinde.oauth.authorizationUrl({ redirect_uri: "https://app.example/callback" });
      equal(new URL(url).searchParams.get("client_id"), "app", "client id of a sign-in");
    },
  },
  {
    name: "management: without a secret of the application, and without an application",
    async run({ sdk }) {
      const page = twoApplications(sdk, { clientSecret: undefined }, numbered());
      await page.kinde.business.get();
      equal(page.tokens()[0].client_id, page.machine.clientId, "client id");
      const bare = twoApplications(sdk, { clientId: undefined, clientSecret: undefined }, numbered());
      await bare.kinde.business.get();
      equal(bare.tokens()[0].client_id, bare.machine.clientId, "client id");
      const begun = bare.kinde.oauth.authorizationUrl({ redirect_uri: "https://app.example/callback" });
      equal((await rejection(sdk, begun)).message, "signing in needs the clientId of an application", "message");
    },
  },
  {
    name: "management: tokens of two machines beside one application are kept apart, in a store too",
    async run({ sdk }) {
      const kept = new Map();
      const tokenStore = {
        get: (key) => kept.get(key),
        set: (key, value) => kept.set(key, value),
        delete: (key) => kept.delete(key),
      };
      const answer = numbered();
      const [one, two] = [twoApplications(sdk, { tokenStore }, answer), twoApplications(sdk, { tokenStore }, answer)];
      for (const { kinde } of [one, two, one, two]) await kinde.business.get();
      const sent = ({ calls }) => calls.flatMap(({ init }) => init.headers.authorization ?? []);
      deepEqual([sent(one), sent(two)], [Array(2).fill("Bearer token-1"), Array(2).fill("Bearer token-2")], "tokens");
      deepEqual(
        [...kept.keys()].map((key) => decodeURIComponent(key.split(":")[2])),
        [one.machine.clientId, two.machine.clientId],
        "client ids in the keys",
      );
    },
  },
  {
    name: "tokens.machine: a token for an API of one's own, asked for once, apart from that of calls",
    async run({ sdk }) {
      const { kinde, tokens } = twoApplications(sdk, { scope: "read:users" }, numbered());
      const audience = "https://api.example.com";
      equal(await kinde.tokens.machine({ audience }), "token-1", "token");
      equal(await kinde.tokens.machine({ audience }), "token-1", "token again");
      equal(await kinde.tokens.machine({ audience, scope: "read:jobs" }), "token-2", "with a scope");
      await kinde.business.get();
      equal(await kinde.tokens.machine(), "token-3", "that of calls");
      equal(await kinde.tokens.machine({ scope: "read:roles" }), "token-4", "that of calls with another scope");
      deepEqual(
        tokens().map(({ audience, scope }) => [audience, scope]),
        [
          [audience, undefined],
          [audience, "read:jobs"],
          [`${DOMAIN}/api`, "read:users"],
          [`${DOMAIN}/api`, "read:roles"],
        ],
        "requests",
      );
    },
  },
  {
    name: "tokens.machine: without management it is the client's own; concurrent callers share one request",
    async run({ sdk }) {
      const clientId = crypto.randomUUID();
      const { kinde, calls } = clientOn(sdk, { clientId, clientSecret: "s" }, numbered());
      const audience = "https://api.example.com";
      const all = await Promise.all(Array.from({ length: 5 }, () => kinde.tokens.machine({ audience })));
      deepEqual([all, calls.length], [Array(5).fill("token-1"), 1], "tokens and requests");
      equal(new URLSearchParams(calls[0].init.body).get("client_id"), clientId, "client id");
    },
  },
  {
    name: "tokens.machine: one that is about to expire is replaced",
    async run({ sdk }) {
      let count = 0;
      const answer = () => Response.json({ access_token: `t${++count}`, expires_in: count === 1 ? 0.001 : 3600 });
      const { kinde } = twoApplications(sdk, {}, answer);
      const given = [];
      for (let i = 0; i < 3; i++) {
        given.push(await kinde.tokens.machine({ audience: "https://api.example.com" }));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      deepEqual(given, ["t1", "t2", "t2"], "tokens");
    },
  },
  {
    name: "tokens.machine: a failure of the moment is retried, a refusal is not",
    async run({ sdk }) {
      const statuses = [503, 429];
      const answer = () => {
        const status = statuses.shift();
        if (!status) return Response.json({ access_token: "t", expires_in: 60 });
        return Response.json({}, { status, headers: { "retry-after": "0" } });
      };
      const events = [];
      const hooks = { retry: ({ name, status }) => events.push([name, status]) };
      const patient = twoApplications(sdk, { maxRetries: 2, hooks }, answer);
      equal(await patient.kinde.tokens.machine({ audience: "a" }), "t", "token");
      deepEqual(
        events,
        [
          ["tokens.machine", 503],
          ["tokens.machine", 429],
        ],
        "retries",
      );
      const refuse = () => Response.json({ error: "invalid_request", error_description: "no API" }, { status: 400 });
      const refused = twoApplications(sdk, { maxRetries: 2 }, refuse);
      const error = await rejection(sdk, refused.kinde.tokens.machine({ audience: "a" }));
      equal(refused.calls.length, 1, "requests");
      deepEqual([error.code, error.status], ["authentication", 400], "error");
      equal(error.message, "tokens.machine: the token endpoint refused (400): invalid_request: no API", "message");
    },
  },
  {
    name: "tokens.machine: what cannot be asked for",
    async run({ sdk }) {
      const { kinde, calls } = twoApplications(sdk);
      for (const [options, message] of [
        [{ audience: undefined }, 'options "audience": is undefined: leave it out, or give it a value'],
        [{ audience: "" }, 'options "audience": expected a string that is not empty, got ""'],
        [{ audience: ["a"] }, 'options "audience": expected a string that is not empty, got an array'],
        [{ scope: 5 }, 'options "scope": expected a string that is not empty, got 5'],
        [{ audiences: "a" }, 'options "audiences": there is no such option; did you mean "audience"?'],
        ["a", "options: expected an object, got a string of 1 character"],
        [{ timeout: 0 }, 'options "timeout": expected a number of milliseconds above 0, got 0'],
      ]) {
        const error = await rejection(sdk, kinde.tokens.machine(options));
        deepEqual([error.code, error.message], ["invalid_request", message], "error");
      }
      const aborted = AbortSignal.abort();
      equal((await rejection(sdk, kinde.tokens.machine({ signal: aborted }))).code, "aborted", "code");
      for (const options of [{ accessToken: TOKEN }, { clientId: "app" }]) {
        const error = await rejection(sdk, new sdk.Kinde({ domain: DOMAIN, ...options }).tokens.machine());
        equal(error.code, "configuration", "code");
        match(error.message, /^no credentials: give clientId and clientSecret of a machine-to-machine/, "message");
      }
      equal(calls.length, 0, "requests");
    },
  },
];

const requests = [
  ...["", "api/v1/users", "//evil.example/x", "https://evil.example/x", "/a/../b", "/a/..", "/./a", "/a/.", "/%2e%2E/a"]
    .concat(["/.%2e/a", "/%2E/a", "/a\\..\\b", "\\evil.example", "/a b", "/a?b=c", "/a#b", "/a\n", "/\t/evil.example"])
    .concat([undefined, null, 5, {}, [], Symbol("/a"), `/${"a".repeat(70_000)}`])
    .map((path) => ({
      name: `kinde.request refuses the path ${typeof path === "string" ? JSON.stringify(path.slice(0, 30)) : String(path?.toString())}`,
      run: (host) => refusedRequest(host, "GET", path),
    })),
  ...["", " ", "GET ", "GE T", "GET\r\nX: y", "GÉT", undefined, null, 5, {}].map((method) => ({
    name: `kinde.request refuses the method ${JSON.stringify(method)}`,
    run: (host) => refusedRequest(host, method, "/a"),
  })),
  ...Object.entries({
    "a body in a GET": ["GET", { body: {} }],
    "a body in a HEAD": ["head", { body: {} }],
    "a query that is a string": ["GET", { query: "a=b" }],
    "a query that is an array": ["GET", { query: ["a"] }],
    "a query that holds a function": ["GET", { query: { a: () => {} } }],
    "a body that JSON cannot hold": ["POST", { body: 1n }],
    "a body that is a function": ["POST", { body: () => {} }],
    "an option that there is none of": ["GET", { querry: {} }],
    "a signal that is none": ["GET", { signal: {} }],
    "a timeout that is none": ["GET", { timeout: "1s" }],
  }).map(([name, [method, init]]) => ({
    name: `kinde.request refuses ${name}`,
    run: (host) => refusedRequest(host, method, "/a", init),
  })),
  ...["/", "/a/b/", "/a..b", "/...", "/a/%2Fb", "/ünï", "/a;b=c", "/@evil.example"].map((path) => ({
    name: `kinde.request takes the path ${path}`,
    async run(host) {
      const { key, arrived } = await script(host, { json: { a: 1 } });
      const kinde = new host.sdk.Kinde({ domain: host.server, accessToken: key });
      deepEqual(await kinde.request("GET", path), { a: 1 }, "answer");
      const [{ target }] = await arrived();
      equal(target, path.replace("ünï", "%C3%BCn%C3%AF"), "target");
    },
  })),
  {
    name: "kinde.request has headers, a timeout and a signal",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { timeout: 10_000 });
      await kinde.request("GET", "/a", { headers: { "X-A": "1" }, timeout: 100 });
      deepEqual(
        calls[0].init.headers,
        { accept: "application/json", authorization: `Bearer ${TOKEN}`, "x-a": "1" },
        "headers",
      );
      const error = await rejection(sdk, kinde.request("GET", "/a", { signal: AbortSignal.abort("enough") }));
      deepEqual([error.code, error.cause, error.operation], ["aborted", "enough", undefined], "error");
    },
  },
  {
    name: "kinde.request tells what the service refused",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () =>
        Response.json({ errors: { code: "A", message: "a" } }, { status: 403 }),
      );
      const error = await rejection(sdk, kinde.request("GET", "/a"));
      deepEqual(
        [error.code, error.requiredScope, error.errors],
        ["permission_denied", undefined, [{ code: "A", message: "a" }]],
        "error",
      );
    },
  },
  {
    name: "kinde.request sends a form with files",
    async run(host) {
      const form = new FormData();
      form.append("a", "1");
      form.append("file", new Blob(["text"], { type: "text/plain" }), "a.txt");
      const { contentType, body } = await sent(host, form);
      match(contentType, /^multipart\/form-data; ?boundary=/, "content-type");
      match(body, /name="file"; filename="a\.txt"\r\ncontent-type: text\/plain\r\n\r\ntext\r\n/i, "body");
    },
  },
  {
    name: "kinde.request sends a form without files",
    async run(host) {
      const { contentType, body } = await sent(host, new URLSearchParams({ "a b": "ü&" }));
      match(contentType, /^application\/x-www-form-urlencoded\b/, "content-type");
      equal(body, "a+b=%C3%BC%26", "body");
    },
  },
  {
    name: "kinde.request sends a Blob",
    async run(host) {
      const { contentType, body } = await sent(host, new Blob(["text"], { type: "text/plain" }));
      deepEqual([contentType, body], ["text/plain", "text"], "request");
    },
  },
  ...[new TextEncoder().encode("text"), new TextEncoder().encode("text").buffer].map((bytes) => ({
    name: `kinde.request sends ${bytes.constructor.name}`,
    async run(host) {
      const { contentType, body } = await sent(host, bytes, { "content-type": "text/x-mine" });
      deepEqual([contentType, body], ["text/x-mine", "text"], "request");
    },
  })),
];

async function refusedRequest({ sdk }, method, path, init) {
  const { kinde, calls } = clientOn(sdk);
  const error = await rejection(sdk, kinde.request(method, path, init));
  equal(error.code, "invalid_request", "code");
  equal(calls.length, 0, "requests");
  ok(error.message.length < 300, `the message has ${error.message.length} characters`);
}

/** What arrives of a body that is no JSON. */
async function sent(host, body, headers) {
  const { key, arrived } = await script(host, { json: {} });
  await new host.sdk.Kinde({ domain: host.server, accessToken: key }).request("POST", "/a", { body, headers });
  const [request] = await arrived();
  return { contentType: request.headers.get("content-type"), body: request.body };
}
