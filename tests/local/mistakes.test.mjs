// What people do wrong in their first hours, 71 times: each is told what was wrong, where, what came and what to do. Numbers
// and booleans are shown, strings that callers gave never are. What begins with TypeError is the language's own word: there
// is nothing of the package in between. What nobody can tell from what is right has no error.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

import { closedOrigin } from "../lib/server.mjs";
import { makeProject } from "../support/project.mjs";
import { Kinde, KindeError, start } from "./kinde.mjs";

const folder = await makeProject(
  { after },
  { "sdk.mjs": `export * from "kinde-edge";`, "stores.mjs": `export * from "kinde-edge/stores";` },
);
const [sdk, stores] = await Promise.all(
  ["sdk.mjs", "stores.mjs"].map((file) => import(pathToFileURL(join(folder, file)).href)),
);
const REFUSED = await closedOrigin();

/** @type {[string, (of: any) => any, string][]} */
const MISTAKES = [
  [
    "new Kinde() without options",
    () => new Kinde(),
    "configuration: options must be an object like { domain, clientId, clientSecret }, got undefined",
  ],
  [
    "Kinde(...) without new",
    ({ domain }) => Kinde({ domain }),
    "TypeError: Class constructor … cannot be invoked without 'new'",
  ],
  [
    "fromEnv({}) - nothing set",
    () => Kinde.fromEnv({}),
    "configuration: KINDE_DOMAIN is not set. fromEnv reads KINDE_DOMAIN, KINDE_CLIENT_ID, KINDE_CLIENT_SECRET, KINDE_MANAGEMENT_CLIENT_ID, KINDE_MANAGEMENT_CLIENT_SECRET, KINDE_AUDIENCE, KINDE_ISSUER_URL, KINDE_M2M_CLIENT_ID, KINDE_M2M_CLIENT_SECRET, KINDE_LOG; set: none of them",
  ],
  [
    "fromEnv in Worker without env arg/typo'd var",
    ({ domain, id }) => Kinde.fromEnv({ KINDE_DOMAIN: domain, KINDE_CLIENT_ID: id }),
    "no error: {}",
  ],
  [
    "domain with path",
    () => new Kinde({ domain: "https://acme.kinde.com/api", accessToken: "x" }),
    "configuration: domain must be a host like https://acme.kinde.com, without a path, got a string of 26 characters",
  ],
  [
    "domain 'undefined'",
    () => new Kinde({ domain: undefined, clientId: "a", clientSecret: "b" }),
    "configuration: domain must be a host like https://acme.kinde.com, without a path, got undefined",
  ],
  [
    "domain empty string",
    () => new Kinde({ domain: "", clientId: "a", clientSecret: "b" }),
    'configuration: domain must be a host like https://acme.kinde.com, without a path, got ""',
  ],
  [
    "domain is business name only",
    () => new Kinde({ domain: "acme", clientId: "a", clientSecret: "b" }),
    "configuration: domain must be a host like https://acme.kinde.com, without a path; did you mean acme.kinde.com?",
  ],
  [
    "typo'd option clientID",
    ({ domain, id, secret }) => new Kinde({ domain, clientID: id, clientSecret: secret }).users.list(),
    'configuration: clientID: there is no such option; did you mean "clientId"?',
  ],
  [
    "secret only undefined",
    ({ domain, id }) => new Kinde({ domain, clientId: id, clientSecret: undefined }).users.list(),
    "configuration: no credentials: beside clientId, give clientSecret, or accessToken",
  ],
  [
    "empty secret",
    ({ domain, id }) => new Kinde({ domain, clientId: id, clientSecret: "" }).users.list(),
    'configuration: clientSecret must be a string that is not empty, got ""',
  ],
  [
    "wrong secret",
    ({ domain, id }) => new Kinde({ domain, clientId: id, clientSecret: "nope" }).users.list(),
    "authentication: users.list (getUsers): the token endpoint refused (401): invalid_client: The client id or the client secret is wrong",
  ],
  [
    "wrong audience",
    ({ domain, id, secret }) =>
      new Kinde({ domain, clientId: id, clientSecret: secret, audience: "https://x/api" }).users.list(),
    "authentication: users.list (getUsers): the token endpoint refused (400): invalid_request: There is no API with the audience https://x/api",
  ],
  [
    "server not there",
    ({ id, secret }) => new Kinde({ domain: REFUSED, clientId: id, clientSecret: secret, maxRetries: 0 }).users.list(),
    "connection: users.list (getUsers): no answer came from HOST: ECONNREFUSED: nothing listens there",
  ],
  [
    "http remote domain",
    ({ id, secret }) => new Kinde({ domain: "http://acme.kinde.com", clientId: id, clientSecret: secret }),
    "configuration: domain must be one with https://: http:// is for localhost, 127.0.0.1 and [::1] only, got a string of 21 characters",
  ],
  [
    "timeout as string '5s'",
    ({ domain, id, secret }) => new Kinde({ domain, clientId: id, clientSecret: secret, timeout: "5s" }),
    "configuration: timeout: expected a number of milliseconds above 0, got a string of 2 characters",
  ],
  [
    "timeout 5 (thinks seconds)",
    ({ ok }) => ok.users.list({}, { timeout: 5 }),
    "timeout: users.list (getUsers): no answer came in 5 ms (timeout)",
  ],
  [
    "get('kp_..') positional id",
    ({ ok }) => ok.users.get("kp_1"),
    'not_found: users.get (getUserData): the service refused (404): USER_NOT_FOUND: There is no user "kp_1"',
  ],
  [
    "get({}) no id",
    ({ ok }) => ok.users.get({}),
    'invalid_request: users.get (getUserData): argument "userId": expected a string that is not empty, got an object',
  ],
  [
    "get({ user_id })",
    ({ ok }) => ok.users.get({ user_id: "kp_1" }),
    'invalid_request: users.get (getUserData): argument "userId": expected a string that is not empty, got an object',
  ],
  [
    "delete(id) positional",
    ({ ok }) => ok.users.delete("kp_1"),
    'not_found: users.delete (deleteUser): the service refused (404): USER_NOT_FOUND: There is no user "kp_1"',
  ],
  [
    "pageSize camelCase",
    ({ ok }) => ok.users.list({ pageSize: 3 }).then((r) => r.users.length),
    'invalid_request: users.list (getUsers): params "pageSize": did you mean "page_size"?',
  ],
  [
    "page_size: '10'",
    ({ ok }) => ok.users.list({ page_size: "10" }).then((r) => r.users.length),
    'invalid_request: users.list (getUsers): query parameter "page_size": expected an integer, got a string of 2 characters',
  ],
  [
    "page_size: 100000",
    ({ ok }) => ok.users.list({ page_size: 100000 }),
    'invalid_request: users.list (getUsers): params "page_size": expected at most 500, got 100000',
  ],
  [
    "page_size: -1",
    ({ ok }) => ok.users.list({ page_size: -1 }),
    'invalid_request: users.list (getUsers): params "page_size": expected at least 1, got -1',
  ],
  [
    "organizations.get('org_x') positional",
    ({ ok }) => ok.organizations.get("org_f1b18868b6f"),
    'not_found: organizations.get (getOrganization): the service refused (404): ORGANIZATION_NOT_FOUND: There is no organization "org_f1b18868b6f"',
  ],
  [
    "organizations.get({ org_code })",
    ({ ok }) => ok.organizations.get({ org_code: "org_f1b18868b6f" }).then((r) => r.code),
    'invalid_request: organizations.get (getOrganization): argument "orgCode": expected a string that is not empty, got an object',
  ],
  [
    "organizations.update({code, name})",
    ({ ok }) => ok.organizations.update({ code: "org_x", name: "y" }),
    'invalid_request: organizations.update (updateOrganization): argument "orgCode": expected a string, got an object',
  ],
  [
    "organizations.update(undefined,…)",
    ({ ok }) => ok.organizations.update(undefined, { name: "y" }),
    'invalid_request: organizations.update (updateOrganization): argument "orgCode": expected a string, got undefined',
  ],
  [
    "organizations.users.add(org, [{id}])",
    ({ ok }) => ok.organizations.users.add("org_f1b18868b6f", [{ id: "kp_1" }]),
    "invalid_request: organizations.users.add (AddOrganizationUsers): params: expected an object, got an array",
  ],
  [
    "organizations.users.add users:['kp_1']",
    ({ ok }) => ok.organizations.users.add("org_f1b18868b6f", { users: ["kp_1"] }),
    'invalid_request: organizations.users.add (AddOrganizationUsers): field "users[0]": expected an object, got a string of 4 characters',
  ],
  [
    "featureFlags.update value true (boolean)",
    ({ ok }) =>
      ok.organizations.featureFlags.set("kp_0af2ff35880e5c3e96d35599b1a1bbb8", "is_dark_mode", { value: true }),
    'invalid_request: organizations.featureFlags.set (UpdateOrganizationFeatureFlagOverride): query parameter "value": expected a string, got true',
  ],
  [
    "featureFlags.create type 'boolean'",
    ({ ok }) => ok.featureFlags.create({ name: "a", key: "a", type: "boolean", default_value: "true" }),
    'invalid_request: featureFlags.create (CreateFeatureFlag): field "type": expected one of "str" "int" "bool", got a string of 7 characters',
  ],
  [
    "properties array instead of record",
    ({ ok }) =>
      ok.users.properties.update("kp_0af2ff35880e5c3e96d35599b1a1bbb8", { properties: [{ key: "a", value: "b" }] }),
    'invalid_request: users.properties.update (UpdateUserProperties): field "properties": expected an object, got an array',
  ],
  [
    "users.create flat",
    ({ ok }) => ok.users.create({ email: "z@example.com", first_name: "Z" }),
    'invalid_request: users.create (createUser): params "email": belongs inside of "identities[].details"',
  ],
  ["users.create({}) ", ({ ok }) => ok.users.create(), 'no error: {"id":"kp_…","created":true,"identities":[]}'],
  [
    "identities wrong type",
    ({ ok }) =>
      ok.users.create({ profile: { given_name: "a" }, identities: [{ type: "mail", details: { email: "q@x.y" } }] }),
    'invalid_request: users.create (createUser): field "identities[0].type": expected one of "email" "phone" "username", got a string of 4 characters',
  ],
  [
    "missing scope",
    ({ reader }) => reader.users.create({ profile: { given_name: "a", family_name: "b" } }),
    "permission_denied: users.create (createUser): the service refused (403): ACCESS_DENIED: The access token does not have the scope create:users; needs scope create:users, which the token lacks",
  ],
  [
    "call unknown op",
    ({ ok }) => ok.call("getUser", { id: "x" }),
    'invalid_request: operation: there is no operation with this id: got a string of 7 characters; did you mean "getUsers"?',
  ],
  [
    "request without slash",
    ({ ok }) => ok.request("GET", "api/v1/users"),
    'invalid_request: path: expected a path that starts with one "/" and has no "..", "?" or "#" (give the query as `query`), got a string of 12 characters',
  ],
  [
    "request full URL",
    ({ ok, domain }) => ok.request("GET", `${domain}/api/v1/users`).then(() => 1),
    'invalid_request: path: expected a path that starts with one "/" and has no "..", "?" or "#" (give the query as `query`), got a string of ORIGIN characters',
  ],
  [
    "request other host",
    ({ ok }) => ok.request("GET", "https://evil.example/api/v1/users"),
    'invalid_request: path: expected a path that starts with one "/" and has no "..", "?" or "#" (give the query as `query`), got a string of 33 characters',
  ],
  [
    "options as signal directly",
    ({ ok }) => ok.users.list({}, AbortSignal.timeout(1000)),
    "invalid_request: users.list (getUsers): options: expected an object, got an object of class AbortSignal",
  ],
  [
    "options typo",
    ({ ok }) => ok.users.list({}, { timeOut: 1 }).then((r) => r.users.length),
    'invalid_request: users.list (getUsers): options "timeOut": there is no such option; did you mean "timeout"?',
  ],
  [
    "too many args",
    ({ ok }) => ok.users.list({}, {}, {}).then((r) => r.users.length),
    "invalid_request: users.list (getUsers): arguments: expected no more than 2, got 3",
  ],
  ["list not awaited", ({ ok }) => ok.users.list().users, "no error: undefined"],
  [
    "for await awaited list",
    async ({ ok }) => {
      for await (const u of await ok.users.list()) return u;
    },
    "TypeError: (intermediate value) is not async iterable",
  ],
  [
    "for of (not await) list",
    ({ ok }) => {
      for (const u of ok.users.list()) return u;
    },
    "TypeError: ok.users.list is not a function or its return value is not iterable",
  ],
  [
    "retryWrites string",
    ({ domain }) => new Kinde({ domain, accessToken: "x", retryWrites: "yes" }),
    'configuration: retryWrites: expected true, false or "idempotent", got a string of 3 characters',
  ],
  [
    "accessToken + clientId",
    ({ domain }) => new Kinde({ domain, accessToken: "x", clientId: "a", clientSecret: "b" }),
    "configuration: give accessToken, or clientId and clientSecret, not both",
  ],
  [
    "accessToken function gives undefined",
    ({ domain }) => new Kinde({ domain, accessToken: async () => undefined }).users.list(),
    "authentication: users.list (getUsers): expected an access token that is a string, got undefined",
  ],
  [
    "bad accessToken",
    ({ domain }) => new Kinde({ domain, accessToken: "garbage" }).users.list(),
    "authentication: users.list (getUsers): the service refused (401): INVALID_CREDENTIALS: The access token is not a JWT",
  ],
  [
    "Bearer prefix",
    ({ domain }) => new Kinde({ domain, accessToken: "Bearer abc" }).users.list(),
    'authentication: users.list (getUsers): the access token begins with "Bearer ": leave that out',
  ],
  [
    "session short secret",
    ({ domain }) => new Kinde({ domain, clientId: "x" }).session({ secret: "short", redirectUri: "https://a/cb" }),
    "configuration: session: secret: expected a string of at least 32 characters, or an array of them, got a string of 5 characters",
  ],
  [
    "session no secret",
    ({ domain }) => new Kinde({ domain, clientId: "x" }).session({ secret: undefined, redirectUri: "https://a/cb" }),
    "configuration: session: secret: expected a string of at least 32 characters, or an array of them, got undefined",
  ],
  [
    "session redirectUri relative",
    ({ domain }) => new Kinde({ domain, clientId: "x" }).session({ secret: "x".repeat(40), redirectUri: "/callback" }),
    "configuration: session: redirectUri: expected an absolute URL without a fragment, got a string of 9 characters",
  ],
  [
    "session no clientId",
    ({ domain }) => new Kinde({ domain }).session({ secret: "x".repeat(40), redirectUri: "https://a/cb" }),
    "configuration: signing in needs the clientId of an application",
  ],
  [
    "guard typo rule",
    ({ ok }) => ok.guard({ permission: "read:x" }),
    'invalid_request: options "permission": there is no such option; did you mean "permissions"?',
  ],
  [
    "guard without request",
    ({ ok }) => ok.guard({}).check(),
    'invalid_request: guard: argument "request": expected a Request, or one of Node\'s with its headers, got undefined',
  ],
  [
    "verify undefined",
    ({ ok }) => ok.tokens.verify(undefined),
    "invalid_token: the token is not valid (malformed): expected a string, got undefined",
  ],
  [
    "webhooks.verify parsed json",
    ({ ok }) => ok.webhooks.verify({ a: 1 }),
    "invalid_request: the body of the webhook cannot be read: expected a request that nothing has read before, or its body as text or bytes, got an object",
  ],
  [
    "webhooks.verify req already read",
    async ({ ok }) => {
      const r = new Request("http://x/", { method: "POST", body: "a.b.c" });
      await r.text();
      return ok.webhooks.verify(r);
    },
    "invalid_request: the body of the webhook cannot be read: expected a request that nothing has read before, or its body as text or bytes, got an object of class Request",
  ],
  [
    "kvStore undefined",
    async () => stores.kvStore(undefined),
    "TypeError: kinde-edge: kvStore: expected a KV namespace, got undefined: is the binding set up?",
  ],
  [
    "tokenStore wrong",
    ({ domain }) => new Kinde({ domain, clientId: "a", clientSecret: "b", tokenStore: {} }),
    "configuration: tokenStore must be an object with functions: get, set, delete, got an object",
  ],
  [
    "rate limit: 404 user",
    ({ ok }) => ok.users.get({ id: "kp_nope" }),
    'invalid_request: users.get (getUserData): argument "userId": expected a string that is not empty, got an object',
  ],
  [
    "logo add base64 string",
    ({ ok }) => ok.environment.logos.set("dark", { logo: "iVBORw0KGgo=" }),
    'invalid_request: environment.logos.set (AddLogo): field "logo": expected a Blob, a File, an ArrayBuffer, a typed array or {data, name, type}, got a string of 12 characters',
  ],
  [
    "logo wrong type",
    ({ ok }) => ok.environment.logos.set("huge", { logo: new Blob(["x"]) }),
    'invalid_request: environment.logos.set (AddLogo): argument "type": expected one of "dark" "light", got a string of 4 characters',
  ],
  [
    "invalid header value",
    ({ ok }) => ok.users.list({}, { headers: { "x-a": "a\nb" } }),
    'invalid_request: users.list (getUsers): options "headers.x-a": expected characters that HTTP allows, got a string of 3 characters',
  ],
  [
    "maxConcurrency 0",
    ({ domain }) => new Kinde({ domain, accessToken: "x", maxConcurrency: 0 }),
    "configuration: maxConcurrency: expected a whole number above 0, got 0",
  ],
  [
    "limit -1",
    async ({ ok }) => {
      for await (const u of ok.users.list({}, { limit: -1 })) return u;
    },
    'invalid_request: users.list (getUsers): options "limit": expected a whole number from 0, got -1',
  ],
  [
    "old api Users",
    async () => sdk.Users.getUsers(),
    "TypeError: Cannot read properties of undefined (reading 'getUsers')",
  ],
];

test("there are 71", () => assert.equal(MISTAKES.length, 71));

test("mistakes", async (t) => {
  const { client, clients, origin } = await start(t, { seed: 1, latency: 20 });
  const { full, readOnly } = clients;
  const of = {
    ok: client({ maxRetries: 0 }),
    reader: client({}, readOnly),
    domain: origin,
    id: full.id,
    secret: full.secret,
  };
  const hosts = [origin, REFUSED].map((address) => new URL(address).host);
  for (const [what, make, expected] of MISTAKES) {
    await t.test(what, async () => {
      let said;
      try {
        const value = await make(of);
        said = `no error: ${JSON.stringify(value)?.replace(/kp_[0-9a-f]+/, "kp_…")}`;
      } catch (error) {
        said = KindeError.is(error) ? `${error.code}: ${error.message}` : `${error.name}: ${error.message}`;
      }
      for (const host of hosts) said = said.replaceAll(host, "HOST");
      if (process.env.MISTAKES_PRINT) console.log(`@@${JSON.stringify([what, said])}`);
      said = said.replace(`${`${origin}/api/v1/users`.length} characters`, "ORIGIN characters");
      // The name of a class that a minifier has made.
      assert.equal(said.replace(/constructor \w+ cannot/, "constructor … cannot"), expected);
    });
  }
  // The calls that nobody awaited are answered before this one, and before the service stops.
  await of.ok.users.list();
});
