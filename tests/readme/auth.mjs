// The examples of the guides for sign-in and protection: users who sign in, guarded routes, tokens, webhooks.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import * as jose from "jose";

import { APPLICATIONS, startProvider } from "../lib/provider.mjs";
import { startKinde, TOKEN } from "./kinde.mjs";
import { print, runInNode, startWorker } from "./programs.mjs";
import { withoutTypes } from "./typescript.mjs";

const DOMAIN = "https://acme.kinde.com";
const AUDIENCE = "https://api.example.com";

/** What a program gets of `DOMAIN`, made by jose: its keys and its tokens. */
async function makeIssuer() {
  const { privateKey, publicKey } = await jose.generateKeyPair("RS256");
  const header = { alg: "RS256", kid: "key-1" };
  const keys = { keys: [{ ...(await jose.exportJWK(publicKey)), ...header, use: "sig" }] };
  const asked = [];
  const sign = (claims) => new jose.SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return {
    keys,
    /** A token of just these claims. */
    sign,
    /** An access token of a user. */
    accessToken: (claims) => sign({ iss: DOMAIN, aud: [AUDIENCE], sub: "kp_1", exp, ...claims }),
    /** The addresses that a Worker fetched. */
    asked,
    /** For Miniflare: answers them. */
    outboundService(request) {
      asked.push(request.url);
      return Response.json(keys);
    },
  };
}

const KEYS = `${DOMAIN}/.well-known/jwks.json`;

/** The suite `signin` runs that file, with a browser. */
export async function signInWorker(_t, code) {
  const file = await readFile(new URL("../signin/worker.js", import.meta.url), "utf8");
  assert.match(file, /^\/\/ .*\n/);
  // The guide has it in TypeScript.
  assert.equal(code, withoutTypes(file.replace(/^.*\n/, "")));
}

export async function asUser(t, code) {
  const kinde = await startKinde(t);
  const before = `
    import { Kinde } from "kinde-edge";
    const env = process.env, user = { accessToken: "${TOKEN}" };\n`;
  const { stdout } = await runInNode(t, before + code + print("profile"), { env: kinde.env });
  const profile = "GET /oauth2/v2/user_profile";
  assert.deepEqual(JSON.parse(stdout), kinde.answerTo(profile));
  kinde.assertCalls([profile]);
}

/** A program whose user signs in as soon as there is an address to do so at. */
const visited = (application) => `
  import { Kinde } from "kinde-edge";
  const domain = process.env.KINDE_DOMAIN, sent = [];
  const real = new Kinde({
    domain,
    ...${JSON.stringify(application)},
    fetch: (address, init) => (sent.push({ address, form: init.body && Object.fromEntries(new URLSearchParams(init.body)) }), fetch(address, init)),
  });
  let request;
  const kinde = {
    oauth: {
      async authorizationUrl(params) {
        const begun = await real.oauth.authorizationUrl(params);
        const body = JSON.stringify({ url: begun.url, login: "ada" });
        request = new Request(await (await fetch(domain + "/~sign-in", { method: "POST", body })).text());
        return begun;
      },
      exchangeCode: (...args) => real.oauth.exchangeCode(...args),
      refresh: (...args) => real.oauth.refresh(...args),
      logoutUrl: (...args) => real.oauth.logoutUrl(...args),
    },
  };\n`;

export async function withoutSession(t, code) {
  const { confidential, public: page } = APPLICATIONS;
  for (const { client_id, client_secret } of [confidential, page]) {
    await t.test(`an application that is ${client_id}`, async (t) => {
      const provider = await startProvider();
      t.after(provider.close);
      const before = visited({ clientId: client_id, clientSecret: client_secret });
      const after = print("{ url, pending, callback: request.url, tokens, user, next, goodbye, sent }");
      const { stdout, stderr } = await runInNode(t, before + code + after, { env: { KINDE_DOMAIN: provider.origin } });
      assert.equal(stderr, "");
      const { url, pending, callback, tokens, user, next, goodbye, sent } = JSON.parse(stdout);

      const { code_challenge, ...asked } = Object.fromEntries(new URL(url).searchParams);
      const { code_verifier, ...checked } = pending;
      const redirect_uri = "https://app.example/callback";
      const scope = "openid profile email offline";
      assert.ok(url.startsWith(`${provider.origin}/oauth2/auth?`));
      assert.deepEqual(asked, {
        client_id,
        redirect_uri,
        scope,
        response_type: "code",
        code_challenge_method: "S256",
        ...checked,
      });
      assert.deepEqual(Object.keys(checked).sort(), ["nonce", "state"]);
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code_verifier));
      assert.equal(code_challenge, jose.base64url.encode(new Uint8Array(hash)));

      const credentials = { client_id, ...(client_secret && { client_secret }) };
      const token = `${provider.origin}/oauth2/token`;
      const authorizationCode = new URL(callback).searchParams.get("code");
      assert.deepEqual(
        sent.filter(({ address }) => address === token).map(({ form }) => form),
        [
          { grant_type: "authorization_code", code: authorizationCode, redirect_uri, code_verifier, ...credentials },
          { grant_type: "refresh_token", refresh_token: tokens.refresh_token, ...credentials },
        ],
      );
      assert.deepEqual(provider.grants, ["authorization_code", "refresh_token"]);
      assert.deepEqual([user, tokens.claims.name, next.claims.sub], ["ada", "Ada", "ada"]);
      assert.notEqual(next.access_token, tokens.access_token);
      assert.equal(goodbye, `${provider.origin}/logout?redirect=${encodeURIComponent("https://app.example/")}`);
    });
  }
}

/** What `path` answers to someone with this token, or none. */
function visit(worker, path, token) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return worker.dispatchFetch(`http://worker${path}`, { headers });
}

export async function guarded(t, code) {
  const { accessToken, sign, asked, outboundService } = await makeIssuer();
  const worker = await startWorker(t, code, {}, { outboundService });
  const outcome = async (token) => {
    const answer = await visit(worker, "/", token);
    const [, error] = /error="(\w+)"/.exec(answer.headers.get("www-authenticate")) ?? [];
    return [answer.status, error];
  };
  const permissions = ["read:things"];
  const admitted = await visit(worker, "/", await accessToken({ permissions }));
  assert.deepEqual([admitted.status, await admitted.text()], [200, "Hello kp_1"]);
  assert.deepEqual(await outcome(), [401, undefined]);
  assert.deepEqual(await outcome(await accessToken({ permissions, exp: 1 })), [401, "invalid_token"]);
  assert.deepEqual(await outcome(await accessToken({ permissions, aud: ["https://other.example"] })), [
    401,
    "invalid_token",
  ]);
  assert.deepEqual(await outcome(await accessToken({ permissions, iss: "https://other.kinde.com" })), [
    401,
    "invalid_token",
  ]);
  assert.deepEqual(await outcome(await sign({ permissions })), [401, "invalid_token"]);
  const other = await makeIssuer();
  assert.deepEqual(await outcome(await other.accessToken({ permissions })), [401, "invalid_token"]);
  assert.deepEqual(await outcome(await accessToken({ permissions: ["write:things"] })), [403, "insufficient_scope"]);
  assert.deepEqual(asked, [KEYS]);
}

export async function withHono(t, code) {
  const { accessToken, asked, outboundService } = await makeIssuer();
  const worker = await startWorker(t, code, { KINDE_DOMAIN: DOMAIN }, { packages: ["hono"], outboundService });
  assert.equal(await (await visit(worker, "/")).text(), "open");
  assert.deepEqual(asked, []);
  const refused = await visit(worker, "/things");
  assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, `Bearer realm="${DOMAIN}"`]);
  assert.equal((await visit(worker, "/things", await accessToken())).status, 403);
  const admitted = await visit(worker, "/things", await accessToken({ permissions: ["read:things"] }));
  assert.deepEqual([admitted.status, await admitted.json()], [200, { sub: "kp_1" }]);
  assert.deepEqual(asked, [KEYS]);
}

export async function withNodeHttp(t, code) {
  const { accessToken, keys } = await makeIssuer();
  const redirect = `globalThis.fetch = () => Response.json(JSON.parse(process.env.KEYS));`;
  const after = `
    server.on("listening", async () => {
      const ask = async (token) => {
        const headers = token ? { authorization: "Bearer " + token } : {};
        const answer = await askIt(\`http://127.0.0.1:\${server.address().port}/\`, { headers });
        return [answer.status, answer.headers.get("www-authenticate")?.split(",")[0] ?? null, await answer.text()];
      };
      const all = [];
      for (const token of JSON.parse(process.env.ASK)) all.push(await ask(token));
      console.log(JSON.stringify(all));
      process.exit();
    });`;
  const tokens = [null, await accessToken({}), await accessToken({ permissions: ["read:things"] })];
  const { stdout } = await runInNode(t, `const askIt = globalThis.realFetch;\n${code}${after}`, {
    files: { "redirect.mjs": `globalThis.realFetch = globalThis.fetch;\n${redirect}` },
    args: ["--import", "./redirect.mjs"],
    env: { KINDE_DOMAIN: DOMAIN, PORT: "0", KEYS: JSON.stringify(keys), ASK: JSON.stringify(tokens) },
  });
  const [nobody, somebody, admitted] = JSON.parse(stdout);
  assert.deepEqual(nobody.slice(0, 2), [401, `Bearer realm="${DOMAIN}"`]);
  assert.equal(somebody[0], 403);
  assert.deepEqual(admitted, [200, null, "Hello kp_1"]);
}

export async function claims(t, code) {
  const { accessToken, keys } = await makeIssuer();
  const before = `
    import { Kinde } from "kinde-edge";
    const keys = JSON.parse(process.env.KEYS), token = process.env.ACCESS_TOKEN;
    // Node would print the source line of an error, which is that of the whole bundle.
    process.on("uncaughtException", ({ code, reason }) => (console.error(code, reason), process.exit(1)));
    const kinde = new Kinde({ domain: "${DOMAIN}", fetch: () => Response.json(keys) });\n`;
  const read = async (claims) => {
    const env = { KEYS: JSON.stringify(keys), ACCESS_TOKEN: await accessToken(claims) };
    return runInNode(t, before + code + print("{ org, mayRead, isAdmin, theme }"), { env });
  };
  const said = async (claims) => JSON.parse((await read(claims)).stdout);

  const roles = [{ id: "1", key: "admin", name: "Admin" }];
  const feature_flags = { theme: { t: "s", v: "dark" } };
  const all = { org: "org_1", mayRead: true, isAdmin: true, theme: "dark" };
  assert.deepEqual(await said({ org_code: "org_1", permissions: ["read:things"], roles, feature_flags }), all);
  const hasura = { "x-hasura-org-code": "org_1", "x-hasura-permissions": ["read:things"], "x-hasura-roles": roles };
  assert.deepEqual(await said({ ...hasura, "x-hasura-feature-flags": feature_flags }), all);
  assert.deepEqual(await said({ feature_flags: { theme: { t: "b", v: true } } }), {
    mayRead: false,
    isAdmin: false,
    theme: "light",
  });
  await assert.rejects(read({ aud: ["https://other.example"] }), /^invalid_token wrong_audience$/m);
}

export async function webhooks(t, code) {
  const { sign, accessToken, asked, outboundService } = await makeIssuer();
  const worker = await startWorker(t, code, {}, { kvNamespaces: ["EVENTS", "USERS"], outboundService });
  const [events, users] = await Promise.all(["EVENTS", "USERS"].map((name) => worker.getKVNamespace(name)));
  const user = { id: "kp_1", email: "ada@example.com", organizations: [] };
  const event = (more) => ({
    type: "user.created",
    event_id: "event_1",
    timestamp: new Date().toISOString(),
    data: { user },
    ...more,
  });
  const deliver = async (body) => {
    const answer = await worker.dispatchFetch("http://worker/", {
      method: "POST",
      body,
      headers: { "content-type": "application/jwt" },
    });
    return answer.status;
  };

  const good = await sign(event());
  assert.equal(await deliver(good), 200);
  assert.deepEqual(await users.get("kp_1", "json"), user);
  const { keys } = await events.list();
  assert.deepEqual(
    keys.map(({ name }) => name),
    ["event_1"],
  );
  assert.ok(Math.abs(keys[0].expiration - Date.now() / 1000 - 86_400) < 60);

  await users.delete("kp_1");
  assert.equal(await deliver(good), 200);
  const [header, , signature] = (await sign(event({ event_id: "event_2" }))).split(".");
  const [, tampered] = (await sign(event({ event_id: "event_2", data: { user: { ...user, id: "kp_2" } } }))).split(".");
  assert.equal(await deliver([header, tampered, signature].join(".")), 400);
  assert.equal(
    await deliver(await sign(event({ event_id: "event_3", timestamp: new Date(Date.now() - 600_000).toISOString() }))),
    400,
  );
  assert.equal(await deliver(await accessToken()), 400);
  assert.equal(await deliver("{}"), 400);
  assert.deepEqual((await users.list()).keys, []);

  // Of a type that the Worker does not look at, and one that is newer than the package.
  for (const type of ["user.deleted", "planet.discovered"]) {
    assert.equal(await deliver(await sign(event({ type, event_id: type }))), 200);
  }
  assert.deepEqual((await users.list()).keys, []);
  assert.deepEqual(
    (await events.list()).keys.map(({ name }) => name),
    ["event_1", "planet.discovered", "user.deleted"],
  );
  assert.deepEqual(asked, [KEYS]);
}
