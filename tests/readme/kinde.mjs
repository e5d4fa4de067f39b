// A Kinde to run the examples against: Prism checks every request and answers it, an endpoint
// beside it hands out tokens.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";

import * as jose from "jose";

import { prism } from "../support/environment.mjs";

export const CLIENT = { id: "the-client", secret: "the-secret" };
export const TOKEN = "the-token";

/**
 * Start it. `answers` maps `METHOD /path` to what is answered in place of Prism's example:
 * `{ status, body, headers }`, or a function that gives it for a request. Prism is not asked about what
 * is `undocumented`. Every call has to bring `token`.
 */
export async function startKinde(t, answers = {}, token = TOKEN) {
  const requests = [];
  const problems = [];
  const given = new Map();

  const key = await jose.generateKeyPair("RS256");
  const jwk = { ...(await jose.exportJWK(key.publicKey)), kid: "key-1", alg: "RS256", use: "sig" };

  const server = createServer(async (request, response) => {
    if (request.url === "/.well-known/jwks.json") {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify({ keys: [jwk] }));
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    const noted = { call: `${method} ${url}`, method, url, headers, bytes: Buffer.concat(chunks) };
    requests.push(noted);
    const { status = 200, body, headers: more } = await answer(noted);
    given.set(noted.call, body);
    response.writeHead(status, { "content-type": "application/json", ...more });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
  const url = `http://127.0.0.1:${server.address().port}`;

  async function answer(request) {
    if (request.call === "POST /oauth2/token") return giveToken(request.bytes, token);
    const { authorization } = request.headers;
    if (authorization !== `Bearer ${token}`) problems.push(`${request.call} with authorization ${authorization}`);
    const fixed = answers[request.call.split("?")[0]];
    const own = typeof fixed === "function" ? fixed(request) : fixed;
    if (own?.undocumented) return own;
    const { violations, ...example } = await askPrism(request);
    if (violations) problems.push(`${request.call}: ${violations}`);
    return own ?? example;
  }

  return {
    url,
    /** What a program reads from its environment. */
    env: { KINDE_DOMAIN: url, KINDE_CLIENT_ID: CLIENT.id, KINDE_CLIENT_SECRET: CLIENT.secret },
    /** The headers of somebody with an access token that says this. */
    async bearer(claims) {
      const sign = new jose.SignJWT({ iss: url, sub: "kp_someone", ...claims }).setProtectedHeader({
        alg: "RS256",
        kid: jwk.kid,
      });
      return { authorization: `Bearer ${await sign.setIssuedAt().setExpirationTime("5m").sign(key.privateKey)}` };
    },
    /** Fails unless these calls were made, in this order, each as the API document has it. */
    assertCalls(calls) {
      assert.deepEqual(
        requests.map(({ call }) => call),
        calls,
      );
      assert.deepEqual(problems, []);
    },
    request: (call) => requests.find((request) => request.call === call),
    /** All of them, in their order. */
    requests,
    answerTo: (call) => given.get(call),
  };
}

/** For the one client there is. */
function giveToken(bytes, token) {
  const form = Object.fromEntries(new URLSearchParams(bytes.toString()));
  const known = form.client_id === CLIENT.id && form.client_secret === CLIENT.secret;
  if (!known || form.grant_type !== "client_credentials") return { status: 401, body: { error: "invalid_client" } };
  return { body: { access_token: token, token_type: "bearer", expires_in: 86_400 } };
}

/** What Prism answers, and what it finds wrong with the request. */
async function askPrism({ method, url, headers, bytes }) {
  const passed = ["accept", "authorization", "content-type"].filter((name) => name in headers);
  const answer = await fetch(new URL(url, prism()), {
    method,
    headers: Object.fromEntries(passed.map((name) => [name, headers[name]])),
    body: bytes.length > 0 ? bytes : undefined,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text ? JSON.parse(text) : undefined,
    violations: answer.headers.get("sl-violations"),
  };
}
