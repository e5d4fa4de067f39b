// What only a Worker has: keys that many requests of one isolate share, one of them cancelled; and
// a guard in front of a real Worker, alone and with Hono.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import * as jose from "jose";

import { defer, isSet, PACKAGE, project, startWorker } from "../lib/hosts.mjs";

/** An issuer whose answers can be held back. */
async function startIssuer() {
  const { privateKey, publicKey } = await jose.generateKeyPair("RS256");
  const jwk = { ...(await jose.exportJWK(publicKey)), kid: "key-1", alg: "RS256", use: "sig" };
  const issuer = { asked: 0, hold: 0 };
  const server = createServer(async (_, response) => {
    const hold = issuer.asked++ < issuer.hold;
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (!hold) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  defer(() => (server.close(), server.closeAllConnections()));
  issuer.origin = `http://127.0.0.1:${server.address().port}`;
  issuer.sign = (claims) =>
    new jose.SignJWT({ sub: "kp_1", ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "key-1" })
      .setIssuer(issuer.origin)
      .setExpirationTime("1h")
      .sign(privateKey);
  return issuer;
}

/** A guarded Worker: the issuer is where its variable says. */
const WORKER = `
  import { Kinde } from "kinde-edge";
  import { hasPermission } from "kinde-edge/claims";
  export default {
    fetch(request, env, ctx) {
      const guard = new Kinde({ domain: env.ISSUER }).guard();
      const handler = guard((request, { claims }, { NAME }) => Response.json({ NAME, sub: claims.sub, may: hasPermission(claims, "a") }));
      return handler(request, env, ctx);
    },
  };`;

const HONO = `
  import { Hono } from ${JSON.stringify(fileURLToPath(import.meta.resolve("hono")))};
  import { Kinde } from "kinde-edge";

  /** Lets requests in that bring a token with what the route needs. */
  const guarded = (rules) => async (c, next) => {
    const kinde = new Kinde({ domain: c.env.KINDE_DOMAIN });
    const { response, claims } = await kinde.guard(rules).check(c.req.raw);
    if (response) return response;
    c.set("claims", claims);
    await next();
  };

  const app = new Hono();
  app.get("/", (c) => c.text("open"));
  app.get("/things", guarded({ permissions: "read:things" }), (c) => c.json({ sub: c.get("claims").sub }));
  export default app;`;

if (isSet(PACKAGE)) {
  const start = async (text, bindings) => startWorker(await project(), text, { bindings });
  const fetchFrom = (worker, path, token) =>
    worker.dispatchFetch(`http://worker/${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });

  test("30 requests at once need one fetch of the keys", { timeout: 20_000 }, async () => {
    const issuer = await startIssuer();
    const worker = await start(WORKER, { ISSUER: issuer.origin, NAME: "things" });
    const token = await issuer.sign({ permissions: ["a"] });
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () => (await fetchFrom(worker, "", token)).json()),
    );
    for (const answer of answers) assert.deepEqual(answer, { NAME: "things", sub: "kp_1", may: true });
    assert.equal(issuer.asked, 1);
    assert.equal((await fetchFrom(worker, "", token)).status, 200);
    assert.equal(issuer.asked, 1);
  });

  test("a request that is cancelled while it fetches the keys holds nobody up for long", {
    timeout: 30_000,
  }, async () => {
    const issuer = await startIssuer();
    issuer.hold = 1;
    const worker = await start(WORKER, { ISSUER: issuer.origin, NAME: "things" });
    const token = await issuer.sign();
    const cancelled = get(await worker.ready, { headers: { authorization: `Bearer ${token}` } });
    cancelled.on("error", () => {});
    while (issuer.asked === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const waiting = Array.from({ length: 5 }, () => fetchFrom(worker, "", token));
    await new Promise((resolve) => setTimeout(resolve, 100));
    // A reset: of a FIN alone, workerd takes no notice.
    cancelled.socket.resetAndDestroy();
    for (const response of await Promise.all(waiting)) assert.equal(response.status, 200);
    assert.equal(issuer.asked, 2);
  });

  test("a guard in front of a Worker", async () => {
    const issuer = await startIssuer();
    const worker = await start(WORKER, { ISSUER: issuer.origin, NAME: "things" });
    const refused = await fetchFrom(worker, "");
    assert.deepEqual(
      [refused.status, refused.headers.get("www-authenticate")],
      [401, `Bearer realm="${issuer.origin}"`],
    );
    assert.equal((await fetchFrom(worker, "", "abc")).status, 401);
  });

  test("the recipe for Hono", async () => {
    const issuer = await startIssuer();
    const worker = await start(HONO, { KINDE_DOMAIN: issuer.origin });
    assert.equal(await (await fetchFrom(worker, "")).text(), "open");
    assert.equal((await fetchFrom(worker, "things")).status, 401);
    const lacking = await fetchFrom(worker, "things", await issuer.sign());
    assert.equal(lacking.status, 403);
    assert.match(lacking.headers.get("www-authenticate"), /error="insufficient_scope"/);
    const admitted = await fetchFrom(worker, "things", await issuer.sign({ permissions: ["read:things"] }));
    assert.deepEqual([admitted.status, await admitted.json()], [200, { sub: "kp_1" }]);
  });
}
