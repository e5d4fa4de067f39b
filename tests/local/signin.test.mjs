// Signing in at local Kinde: the flow with PKCE, what its tokens open, and what is refused.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { describe, test } from "node:test";

import { decodeJwt } from "jose";

import { Kinde, failure, post, start } from "./kinde.mjs";

const CALLBACK = "http://localhost:3000/callback";
const EXPLORER = "local_api_explorer";

/** Choose somebody at the page of a sign-in; resolves to the address that it leads back to. */
async function choose(url, person = "full") {
  const page = await fetch(url);
  assert.deepEqual([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ person }), redirect: "manual" });
  assert.equal(answer.status, 302);
  return answer.headers.get("location");
}

/** A whole sign-in with the package. */
async function signIn(kinde, { person, redirect_uri = CALLBACK, ...params } = {}) {
  const { url, ...pending } = await kinde.oauth.authorizationUrl({ redirect_uri, ...params });
  return kinde.oauth.exchangeCode({ url: await choose(url, person), redirect_uri, ...pending });
}

const explorerOf = (origin) => new Kinde({ domain: origin, clientId: EXPLORER });

test("a page without a secret signs in, and its token opens the API", async (t) => {
  const { origin, client } = await start(t);
  const tokens = await signIn(explorerOf(origin), { audience: `${origin}/api` });
  const caller = client({ accessToken: tokens.access_token, clientId: undefined, clientSecret: undefined });
  assert.equal((await caller.users.list()).users.length, 10);
  const profile = await caller.oauth.userProfile();
  assert.deepEqual(
    [tokens.claims.sub, tokens.claims.name, tokens.claims.email],
    [profile.sub, profile.name, profile.email],
  );
  const info = await fetch(`${origin}/oauth2/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  assert.equal((await info.json()).sub, profile.sub);
  assert.equal(tokens.refresh_token, undefined);
  const { aud, azp, permissions, org_code } = decodeJwt(tokens.access_token);
  assert.deepEqual([aud, azp], [[`${origin}/api`], EXPLORER]);
  assert.ok(permissions.includes("delete:orders") && org_code.startsWith("org_"));
});

test("the other person may only read", async (t) => {
  const { origin, client } = await start(t);
  const { access_token: accessToken } = await signIn(explorerOf(origin), {
    person: "reader",
    audience: `${origin}/api`,
  });
  const caller = client({ accessToken, clientId: undefined, clientSecret: undefined });
  assert.equal((await caller.users.list()).users.length, 10);
  const error = await failure(caller.users.create({ profile: { given_name: "Ada" } }));
  assert.deepEqual([error.code, error.requiredScope], ["permission_denied", "create:users"]);
  assert.ok(decodeJwt(accessToken).permissions.every((key) => key.startsWith("read:")));
});

test("scopes that are named are all there is; without an audience the token is for no API", async (t) => {
  const { origin } = await start(t);
  const narrow = await signIn(explorerOf(origin), { audience: `${origin}/api`, scope: "openid read:users" });
  assert.equal(narrow.scope, "openid read:users");
  assert.deepEqual(decodeJwt((await signIn(explorerOf(origin))).access_token).aud, []);
});

test("an application with a secret, refresh tokens that are good once", async (t) => {
  const { origin, clients } = await start(t);
  const { id, secret } = clients.web;
  const shop = new Kinde({ domain: origin, clientId: id, clientSecret: secret });
  const first = await signIn(shop, { scope: "openid profile email offline" });
  const second = await shop.oauth.refresh({ refresh_token: first.refresh_token, sub: first.claims.sub });
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.claims.sub, first.claims.sub);
  const again = await failure(shop.oauth.refresh({ refresh_token: first.refresh_token }));
  assert.equal(again.errors[0].code, "invalid_grant");
  // The secret is asked for.
  const wrong = new Kinde({ domain: origin, clientId: id, clientSecret: "wrong" });
  assert.equal((await failure(signIn(wrong))).errors[0].code, "invalid_client");
});

test("a Worker's session signs in and out", async (t) => {
  const { origin, clients } = await start(t);
  const { id, secret } = clients.web;
  const shop = new Kinde({ domain: origin, clientId: id, clientSecret: secret });
  const session = shop.session({ secret: "a secret of at least thirty-two characters", redirectUri: CALLBACK });
  const request = (url, cookie = "") => new Request(url, { headers: { cookie } });
  const cookieOf = (response) =>
    response.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
  const begun = await session.signIn(request("http://localhost:3000/"), { returnTo: "/here" });
  const back = await choose(begun.headers.get("location"));
  const done = await session.callback(request(back, cookieOf(begun)));
  assert.equal(new URL(done.headers.get("location"), CALLBACK).pathname, "/here");
  const user = await session.get(request("http://localhost:3000/here", cookieOf(done)));
  assert.match(user.claims.email, /@example\.com$/);
  const out = await session.signOut(request("http://localhost:3000/", cookieOf(done)));
  const goodbye = await fetch(out.headers.get("location"), { redirect: "manual" });
  assert.deepEqual([goodbye.status, goodbye.headers.get("location")], [302, "http://localhost:3000/"]);
});

describe("what is refused", () => {
  const verifier = randomBytes(32).toString("base64url");
  const right = (origin, more) => ({
    response_type: "code",
    client_id: EXPLORER,
    redirect_uri: CALLBACK,
    scope: "openid",
    state: "the-state",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    audience: `${origin}/api`,
    ...more,
  });
  const authorize = (origin, more) => `${origin}/oauth2/auth?${new URLSearchParams(right(origin, more))}`;

  test("an application that nobody signs in to, and addresses of others, without a redirect", async (t) => {
    const { origin, clients } = await start(t);
    const wrong = [
      { client_id: "nobody" },
      { client_id: clients.full.id },
      { redirect_uri: "https://evil.example/callback" },
      { redirect_uri: "http://localhost.evil.example/" },
      { redirect_uri: "javascript:alert(1)" },
      { redirect_uri: "/callback" },
    ];
    for (const more of wrong) {
      const answer = await fetch(authorize(origin, more), { redirect: "manual" });
      assert.equal(answer.status, 400, JSON.stringify(more));
    }
  });

  test("requests that are wrong, by a redirect that says why", async (t) => {
    const { origin } = await start(t);
    const wrong = [
      ["unsupported_response_type", { response_type: "token" }],
      ["invalid_request", { code_challenge: "" }],
      ["invalid_request", { code_challenge_method: "plain" }],
      ["invalid_request", { audience: "https://nowhere.example.com" }],
      ["login_required", { prompt: "none" }],
    ];
    for (const [error, more] of wrong) {
      const answer = await fetch(authorize(origin, more), { redirect: "manual" });
      const { origin: back, searchParams } = new URL(answer.headers.get("location"));
      assert.deepEqual(
        [back, searchParams.get("error"), searchParams.get("state")],
        ["http://localhost:3000", error, "the-state"],
      );
    }
  });

  test("not to sign in", async (t) => {
    const { origin } = await start(t);
    assert.match(await choose(authorize(origin), "nobody"), /[?&]error=access_denied\b.*[?&]state=the-state/);
  });

  test("a code that is used again, of another client, address or verifier", async (t) => {
    const { origin, clients } = await start(t);
    const code = async () => new URL(await choose(authorize(origin))).searchParams.get("code");
    const form = async (more) => ({
      grant_type: "authorization_code",
      client_id: EXPLORER,
      code: await code(),
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      ...more,
    });
    const good = await form();
    const token = (values) => post(`${origin}/oauth2/token`, values);
    assert.equal((await token(good)).status, 200);
    const wrong = [
      good,
      await form({ code: "a-code" }),
      await form({ redirect_uri: `${CALLBACK}/other` }),
      await form({ code_verifier: "x".repeat(43) }),
      await form({ client_id: clients.web.id, client_secret: clients.web.secret }),
    ];
    for (const values of wrong) {
      const answer = await token(values);
      assert.deepEqual([answer.status, (await answer.json()).error], [400, "invalid_grant"]);
    }
  });
});

test("the page to choose at shows the application's name as text, and is shown in no frame", async (t) => {
  const local = await start(t);
  const { application } = await local.kinde.applications.create({ name: "<b>Shop</b>", type: "reg" });
  const query = new URLSearchParams({
    client_id: application.client_id,
    response_type: "code",
    redirect_uri: CALLBACK,
  });
  const page = await fetch(`${local.origin}/oauth2/auth?${query}`);
  const html = await page.text();
  assert.ok(html.includes("&#60;b&#62;Shop") && !html.includes("<b>Shop"));
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
});

/** Ask to sign in, without a browser; gives where it leads back to, or the page. */
async function ask(local, more, headers = {}) {
  const query = {
    client_id: local.clients.web.id,
    response_type: "code",
    redirect_uri: "http://localhost:9/cb",
    scope: "openid offline",
    ...more,
  };
  const answer = await fetch(`${local.origin}/oauth2/auth?${new URLSearchParams(query)}`, {
    redirect: "manual",
    headers,
  });
  const location = answer.headers.get("location");
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  return { answer, cookie, back: location ? Object.fromEntries(new URL(location).searchParams) : undefined };
}

/** The claims of the access token that a code is good for. */
async function exchange(local, { code }) {
  const { id, secret } = local.clients.web;
  const form = { grant_type: "authorization_code", client_id: id, client_secret: secret, code };
  const answer = await post(`${local.origin}/oauth2/token`, { ...form, redirect_uri: "http://localhost:9/cb" });
  const { access_token } = await answer.json();
  return JSON.parse(Buffer.from(access_token.split(".")[1], "base64url"));
}

test("somebody signs in to an organization, with what they may do there", async (t) => {
  const local = await start(t);
  const { organizations } = await local.kinde.organizations.list({ page_size: 100 });
  const { code } = organizations[5];
  const [member] = (await local.kinde.organizations.users.list(code)).organization_users;
  const { back } = await ask(local, { local_person: member.email, org_code: code, state: "s" });
  assert.equal(back.state, "s");
  const claims = await exchange(local, back);
  assert.deepEqual([claims.sub, claims.org_code], [member.id, code]);
  assert.deepEqual(
    claims.roles.map(({ key }) => key),
    member.roles,
  );
  const { permissions } = await local.kinde.organizations.users.permissions.list(code, member.id);
  assert.deepEqual(claims.permissions.toSorted(), permissions.map(({ key }) => key).toSorted());

  const unknown = await ask(local, { local_person: member.email, org_code: "org_none" });
  assert.equal(unknown.back.error, "invalid_request");
});

test("somebody new registers, with an organization of their own if asked", async (t) => {
  const local = await start(t);
  const page = await ask(local, { prompt: "create" });
  assert.match(await page.answer.text(), /wants you to register/);
  const person = { local_person: "new", given_name: "Grace", family_name: "Hopper", email: "grace@example.com" };
  const { back } = await ask(local, { ...person, is_create_org: "true", org_name: "Compilers" });
  const claims = await exchange(local, back);
  const [user] = (await local.kinde.users.list({ email: "grace@example.com", expand: "organizations" })).users;
  assert.deepEqual([claims.sub, user.first_name, user.organizations], [user.id, "Grace", [claims.org_code]]);
  assert.deepEqual(
    claims.roles.map(({ key }) => key),
    ["admin"],
  );
  const again = await ask(local, person);
  assert.match(await again.answer.text(), /somebody with this address already/);
});

test("prompt=none: whoever is signed in comes in, others may not, until they sign out", async (t) => {
  const local = await start(t);
  const silent = (cookie) => ask(local, { prompt: "none" }, cookie ? { cookie } : {});
  assert.equal((await silent()).back.error, "login_required");
  const [{ email }] = (await local.kinde.users.list()).users;
  const { cookie, back } = await ask(local, { local_person: email });
  const first = await exchange(local, back);
  assert.equal((await exchange(local, (await silent(cookie)).back)).sub, first.sub);
  const sessions = await fetch(`${local.origin}/logout`, { headers: { cookie } });
  assert.match(sessions.headers.get("set-cookie"), /Max-Age=0/);
  assert.equal((await silent(cookie)).back.error, "login_required");
  const other = await ask(local, { local_person: email });
  local.clock.advance(2 * 86_400_000);
  assert.equal((await silent(other.cookie)).back.error, "login_required");
});

test("what an identity provider may answer, on request; whoever is suspended does not come in", async (t) => {
  const local = await start(t);
  for (const error of ["access_denied", "server_error", "temporarily_unavailable"])
    assert.equal((await ask(local, { local_error: error, state: "x" })).back.error, error);
  const [user] = (await local.kinde.users.list()).users;
  await local.kinde.request("PATCH", "/api/v1/user", { query: { id: user.id }, body: { is_suspended: true } });
  const { back } = await ask(local, { local_person: user.email });
  assert.deepEqual([back.error, back.error_description], ["access_denied", "The person is suspended"]);
});
