// The token endpoint and what its tokens open.
import assert from "node:assert/strict";
import { test } from "node:test";

import { SignJWT, createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from "jose";

import { failure, post, start } from "./kinde.mjs";

const json = async (answer) => [answer.status, await answer.json()];
const credentials = ({ id, secret }) => ({ client_id: id, client_secret: secret });

test("a token is a JWT that the published keys verify, with Kinde's claims", async (t) => {
  const { origin, clients } = await start(t);
  const form = { grant_type: "client_credentials", ...credentials(clients.readOnly), audience: `${origin}/api` };
  const response = await post(`${origin}/oauth2/token`, form);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const [status, answer] = await json(response);
  assert.equal(status, 200);
  assert.deepEqual([answer.token_type, answer.expires_in], ["bearer", 86_400]);

  const configuration = await (await fetch(`${origin}/.well-known/openid-configuration`)).json();
  assert.equal(configuration.issuer, origin);
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
  const { payload } = await jwtVerify(answer.access_token, keys, {
    issuer: origin,
    audience: `${origin}/api`,
    algorithms: ["RS256"],
  });
  assert.equal(payload.azp, clients.readOnly.id);
  assert.deepEqual(payload.gty, ["client_credentials"]);
  assert.equal(payload.exp - payload.iat, 86_400);
  assert.equal(typeof payload.jti, "string");
  assert.equal(payload.scp.join(" "), answer.scope);
  assert.equal(payload.scope, answer.scope);
  assert.ok(payload.scp.length > 30 && payload.scp.every((scope) => scope.startsWith("read:")));
});

test("credentials in the header or in the form, scopes fewer than there are", async (t) => {
  const {
    origin,
    clients: { full },
  } = await start(t);
  const basic = { authorization: `Basic ${Buffer.from(`${full.id}:${full.secret}`).toString("base64")}` };
  const form = { grant_type: "client_credentials", audience: `${origin}/api`, scope: "read:users create:users" };
  const [status, answer] = await json(await post(`${origin}/oauth2/token`, form, basic));
  assert.deepEqual([status, answer.scope], [200, "read:users create:users"]);
  assert.deepEqual(decodeJwt(answer.access_token).scp, ["read:users", "create:users"]);
  // Without an audience it is for no API.
  const [, bare] = await json(await post(`${origin}/oauth2/token`, { grant_type: "client_credentials" }, basic));
  assert.deepEqual(decodeJwt(bare.access_token).aud, []);
});

test("wrong token requests, in the words of RFC 6749", async (t) => {
  const {
    origin,
    clients: { full, readOnly },
    kinde,
  } = await start(t);
  const right = { grant_type: "client_credentials", ...credentials(full), audience: `${origin}/api` };
  const { application: page } = await kinde.applications.create({ name: "Site", type: "reg" });
  const cases = [
    [400, "invalid_request", { ...right, grant_type: "" }],
    [400, "unsupported_grant_type", { ...right, grant_type: "password" }],
    [400, "invalid_request", { ...right, audience: "https://nowhere.example.com" }],
    [403, "access_denied", { ...right, audience: "https://reports.example.com" }],
    [400, "invalid_scope", { ...right, ...credentials(readOnly), scope: "read:users delete:users" }],
    [401, "invalid_client", { ...right, client_secret: "wrong" }],
    [401, "invalid_client", { ...right, client_id: "nobody" }],
    [401, "invalid_client", { grant_type: "client_credentials" }],
    [400, "unauthorized_client", { ...right, ...page }],
  ];
  for (const [status, error, form] of cases) {
    const [answered, body] = await json(await post(`${origin}/oauth2/token`, form));
    assert.deepEqual([answered, body.error], [status, error], JSON.stringify(form));
    assert.ok(body.error_description.length > 10 && !body.error_description.includes(full.secret));
  }
  const wrong = await post(
    `${origin}/oauth2/token`,
    { grant_type: "client_credentials" },
    { authorization: `Basic ${btoa("a:b")}` },
  );
  assert.equal(wrong.status, 401);
  assert.match(wrong.headers.get("www-authenticate"), /^Basic /);
  const twice = `${new URLSearchParams(right)}&scope=a&scope=b`;
  assert.equal((await post(`${origin}/oauth2/token`, twice)).status, 400);
  const asJson = await fetch(`${origin}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(right),
  });
  assert.deepEqual([asJson.status, (await asJson.json()).error], [400, "invalid_request"]);
});

test("one client asks for one token", async (t) => {
  const { kinde, tokens } = await start(t);
  await Promise.all(Array.from({ length: 20 }, () => kinde.users.list()));
  assert.equal(tokens(), 1);
});

test("each operation wants its scope, and says which", async (t) => {
  const { reader, client } = await start(t);
  const error = await failure(reader.users.create({ profile: { given_name: "Ada" } }));
  assert.deepEqual([error.status, error.code, error.requiredScope], [403, "permission_denied", "create:users"]);
  assert.match(error.errors[0].message, /does not have the scope create:users/);
  assert.equal((await reader.users.list()).users.length, 10);
  const narrow = client({ scope: "read:roles" });
  assert.ok((await narrow.roles.list()).roles.length > 0);
  assert.deepEqual((await failure(narrow.users.list())).tokenScopes, ["read:roles"]);
});

test("no token, a token of another's key, an expired one, one for another API", async (t) => {
  const { origin, client, token } = await start(t);
  const good = await token();
  const claims = decodeJwt(good);
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const [header, payload, signature] = good.split(".");
  const { kid } = JSON.parse(Buffer.from(header, "base64url"));
  const sign = (kid) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);
  const none = Buffer.from(JSON.stringify({ alg: "none", kid })).toString("base64url");
  const other = Buffer.from(JSON.stringify({ ...claims, azp: "somebody" })).toString("base64url");
  assert.equal((await exportJWK(publicKey)).kty, "RSA");
  const cases = {
    "is signed with another key": await sign("another"),
    "signature of the access token is wrong": await sign(kid),
    "signature of the access token is wrong ": `${header}.${other}.${signature}`,
    "is signed with another key ": `${none}.${payload}.`,
    "is not a JWT": "a-token",
    "is not for":
      (await token(undefined, { audience: "https://orders.example.com" })) ?? (await tokenOfOrders(origin, client)),
  };
  for (const [words, accessToken] of Object.entries(cases)) {
    const error = await failure(client({ accessToken, clientId: undefined, clientSecret: undefined }).users.list());
    assert.deepEqual([error.status, error.code], [401, "authentication"], words);
    assert.ok(error.errors[0].message.includes(words.trim()), `${error.errors[0].message} instead of ${words}`);
  }
  const bare = await fetch(`${origin}/api/v1/users`);
  assert.equal(bare.status, 401);
  // RFC 6750, section 3.1: without a token there is no error to name.
  assert.equal(bare.headers.get("www-authenticate"), "Bearer");
});

/** The program that may call the Orders API. */
async function tokenOfOrders(origin, client) {
  const { applications } = await client().applications.list();
  const { id } = applications.find(({ name }) => name === "Order sync");
  const { application } = await client().applications.get(id);
  const form = {
    grant_type: "client_credentials",
    ...credentials({ id, secret: application.client_secret }),
    audience: "https://orders.example.com",
  };
  return (await (await post(`${origin}/oauth2/token`, form)).json()).access_token;
}

test("an expired token is one no more; the client gets another", async (t) => {
  const { kinde, clients, client, token, tokens } = await start(t);
  await kinde.applications.tokens.update(clients.readOnly.id, { access_token_lifetime: 2 });
  const accessToken = await token(clients.readOnly);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const error = await failure(client({ accessToken, clientId: undefined, clientSecret: undefined }).users.list());
  assert.deepEqual([error.status, error.errors[0].message], [401, "The access token has expired"]);

  const given = tokens();
  const caller = client({}, clients.readOnly);
  assert.equal((await caller.users.list()).users.length, 10);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  assert.equal((await caller.users.list()).users.length, 10);
  assert.equal(tokens(), given + 2);
});

test("introspection and revocation", async (t) => {
  const { kinde, clients, origin, token, client } = await start(t);
  const own = await token(clients.readOnly);
  const { active, client_id, aud } = await kinde.oauth.introspect({ token: own });
  assert.deepEqual([active, client_id, aud], [true, clients.readOnly.id, [`${origin}/api`]]);
  assert.deepEqual(await kinde.oauth.introspect({ token: "a-token" }), { active: false });
  const nobody = await post(`${origin}/oauth2/introspect`, { token: own });
  assert.deepEqual([nobody.status, (await nobody.json()).error], [401, "invalid_token"]);

  const revoke = (client_id, client_secret) => kinde.oauth.revoke({ token: own, client_id, client_secret });
  assert.equal((await failure(revoke(clients.readOnly.id, "wrong"))).status, 401);
  assert.match((await failure(revoke(clients.full.id, clients.full.secret))).message, /invalid_grant/);
  assert.equal(await revoke(clients.readOnly.id, clients.readOnly.secret), undefined);
  assert.equal((await kinde.oauth.introspect({ token: own })).active, false);
  const gone = await failure(client({ accessToken: own, clientId: undefined, clientSecret: undefined }).users.list());
  assert.equal(gone.errors[0].message, "The access token was revoked");
  // What is not good is revoked already.
  assert.equal(
    await kinde.oauth.revoke({ token: "a-token", client_id: clients.full.id, client_secret: clients.full.secret }),
    undefined,
  );
});

test("the profile of a person; a program has none", async (t) => {
  const { kinde, client, userToken } = await start(t);
  const person = client({ accessToken: await userToken(), clientId: undefined, clientSecret: undefined });
  const profile = await person.oauth.userProfile();
  const user = await kinde.users.get(profile.sub);
  assert.deepEqual([profile.given_name, profile.email], [user.first_name, user.preferred_email]);
  assert.equal((await failure(kinde.oauth.userProfile())).status, 403);
  assert.equal((await failure(person.users.list())).status, 401);
});
