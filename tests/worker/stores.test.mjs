// Token stores in workerd: what only real bindings and several isolates show.

import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";

import { Miniflare } from "miniflare";

import { bundle } from "../../xtask/js/workerd.mjs";
import { defer, isSet, PACKAGE, project } from "../lib/hosts.mjs";
import { script } from "../lib/script.mjs";
import { startServer } from "../lib/server.mjs";

/** `/<store>/<client id>` reads the business with that client's token; the stores without bindings are made at module scope. */
const WORKER = `
  import { Kinde } from "kinde-edge";
  import { cacheStore, encrypted, kvStore } from "kinde-edge/stores";
  const SECRET = "a secret that nobody can guess";
  const shared = encrypted(cacheStore(), SECRET);
  const stores = {
    kv: ({ TOKENS }) => kvStore(TOKENS),
    cache: () => cacheStore(),
    "encrypted-kv": ({ TOKENS }) => encrypted(kvStore(TOKENS), SECRET),
    "encrypted-cache": () => shared,
  };
  export default {
    async fetch(request, env) {
      const [, store, clientId] = new URL(request.url).pathname.split("/");
      const kinde = new Kinde({ domain: env.SERVER, clientId, clientSecret: "the-secret", tokenStore: stores[store]?.(env) });
      try {
        return Response.json(await kinde.business.get());
      } catch ({ code, message }) {
        return Response.json({ code, message }, { status: 500 });
      }
    },
  };`;

const isToken = ({ target }) => target === "/oauth2/token";
const tokenRequests = (requests) => requests.filter(isToken).length;

if (isSet(PACKAGE)) {
  const server = await startServer();
  defer(server.close);
  const bundled = await bundle(
    await project({
      "wrangler.json": { name: "a-worker", main: "src/index.js", compatibility_date: "2024-09-23" },
      "src/index.js": WORKER,
    }),
  );
  const worker = (name) => ({
    name,
    modulesRoot: bundled,
    scriptPath: `${bundled}/index.js`,
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2024-09-23",
    bindings: { SERVER: server.origin },
    kvNamespaces: { TOKENS: "tokens" },
  });
  /** Two Workers, which are two isolates, with one KV namespace and one cache. */
  const options = { workers: [worker("first"), worker("second")] };
  const runtime = new Miniflare(options);
  defer(() => runtime.dispose());

  const visit = async (isolate, path) => {
    const fetcher = await runtime.getWorker(isolate);
    return (await fetcher.fetch(`http://worker/${path}`)).json();
  };
  const namespace = () => runtime.getKVNamespace("TOKENS", "first");
  const newToken = (key, number = 1, fields) => ({
    json: { access_token: `${key}~${number}`, expires_in: 3600, ...fields },
  });
  const answer = { json: { a: 1 } };

  /** A client id, and the answers that the service gives to what comes with it. */
  async function scripted(makeAnswers) {
    const key = crypto.randomUUID();
    const { arrived } = await script({ server: server.origin, key }, ...makeAnswers(key));
    return { key, arrived };
  }

  test("without a store, two isolates need two tokens", async () => {
    const { key, arrived } = await scripted((key) => [newToken(key), answer, newToken(key, 2), answer]);
    for (const isolate of ["first", "second", "second", "first"])
      assert.deepEqual(await visit(isolate, `none/${key}`), { a: 1 });
    assert.equal(tokenRequests(await arrived()), 2);
  });

  for (const store of ["kv", "cache", "encrypted-kv", "encrypted-cache"]) {
    test(`${store}: two isolates need one token`, async () => {
      const { key, arrived } = await scripted((key) => [newToken(key), answer]);
      for (const isolate of ["first", "second", "second", "first"]) {
        assert.deepEqual(await visit(isolate, `${store}/${key}`), { a: 1 });
      }
      const requests = await arrived();
      assert.equal(tokenRequests(requests), 1);
      assert.equal(requests.length, 5);
      for (const { headers } of requests.slice(1)) assert.equal(headers.get("authorization"), `Bearer ${key}~1`);
    });

    test(`${store}: an isolate that starts later needs none`, async () => {
      const { key, arrived } = await scripted((key) => [newToken(key), answer]);
      assert.deepEqual(await visit("first", `${store}/${key}`), { a: 1 });
      await runtime.setOptions(options);
      assert.deepEqual(await visit("first", `${store}/${key}`), { a: 1 });
      assert.equal(tokenRequests(await arrived()), 1);
    });

    test(`${store}: a token that the service refuses is replaced once, for both`, async () => {
      const { key, arrived } = await scripted((key) => [
        newToken(key),
        answer,
        answer,
        { status: 401 },
        newToken(key, 2),
        answer,
        { status: 401 },
        answer,
      ]);
      for (const isolate of ["first", "second", "first", "second"]) {
        assert.deepEqual(await visit(isolate, `${store}/${key}`), { a: 1 });
      }
      const requests = await arrived();
      assert.deepEqual(
        requests.map((request) =>
          isToken(request) ? "token request" : request.headers.get("authorization").split("~")[1],
        ),
        ["token request", "1", "1", "1", "token request", "2", "1", "2"],
      );
    });

    test(`${store}: 30 requests at once need one token`, async () => {
      const { key, arrived } = await scripted((key) => [{ ...newToken(key), delay: 200 }, answer]);
      const answers = await Promise.all(Array.from({ length: 30 }, () => visit("first", `${store}/${key}`)));
      for (const one of answers) assert.deepEqual(one, { a: 1 });
      assert.equal(tokenRequests(await arrived()), 1);
    });
  }

  for (const store of ["kv", "encrypted-cache"]) {
    test(`${store}: a request that is cancelled while it fetches the token holds nobody up for long`, async () => {
      const { key, arrived } = await scripted((key) => [{ wait: "head" }, newToken(key), answer]);
      const cancelled = get(new URL(`${store}/${key}`, await runtime.ready));
      cancelled.on("error", () => {});
      while ((await arrived()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const waiting = Array.from({ length: 5 }, () => visit("first", `${store}/${key}`));
      await new Promise((resolve) => setTimeout(resolve, 100));
      // A reset: of a FIN alone, workerd takes no notice.
      cancelled.socket.resetAndDestroy();
      for (const one of await Promise.all(waiting)) assert.deepEqual(one, { a: 1 });
      assert.equal(tokenRequests(await arrived()), 2);
    });
  }

  test("KV: what is there, by which name and until when", async () => {
    const { key } = await scripted((key) => [newToken(key), answer]);
    const before = Math.floor(Date.now() / 1000);
    await visit("first", `kv/${key}`);
    const domain = encodeURIComponent(server.origin);
    const prefix = `kinde-edge:${domain}:${key}:`;
    const { keys } = await (await namespace()).list({ prefix });
    assert.equal(keys.length, 1);
    const [{ name, expiration }] = keys;
    // Behind audience and scope is what only those who have the secret can make: 128 bits.
    const [start, code] = name.slice(prefix.length).split("::");
    assert.equal(start, encodeURIComponent(`${server.origin}/api`));
    assert.match(code, /^[\w-]{22}$/);
    assert.ok(expiration >= before + 3600 && expiration <= Date.now() / 1000 + 3600, `it ends at ${expiration}`);
    const { access_token, expires_in } = JSON.parse(await (await namespace()).get(name));
    assert.deepEqual({ access_token, expires_in }, { access_token: `${key}~1`, expires_in: 3600 });
  });

  test("KV: encrypted, the token is not to be read", async () => {
    const { key } = await scripted((key) => [newToken(key), answer]);
    await visit("first", `encrypted-kv/${key}`);
    const kv = await namespace();
    const { keys } = await kv.list({ prefix: `kinde-edge:${encodeURIComponent(server.origin)}:${key}:` });
    assert.equal(keys.length, 1);
    const value = await kv.get(keys[0].name);
    assert.match(value, /^[A-Za-z0-9+/]+=*$/);
    assert.ok(!Buffer.from(value, "base64").toString("latin1").includes(key));
  });

  test("KV: a client id that makes the key too long", async () => {
    const { key, arrived } = await scripted((key) => [newToken(key), answer]);
    const long = `${key}~${"x".repeat(500)}`;
    // What KV says to such a name.
    await assert.rejects((await namespace()).get(long), /512/);
    for (const isolate of ["first", "second"]) assert.deepEqual(await visit(isolate, `kv/${long}`), { a: 1 });
    assert.equal(tokenRequests(await arrived()), 1);
  });

  test("KV: a token that lives for less than a minute is not kept", async () => {
    const { key, arrived } = await scripted((key) => [
      newToken(key, 1, { expires_in: 59 }),
      answer,
      newToken(key, 2, { expires_in: 59 }),
      answer,
    ]);
    const kv = await namespace();
    // What KV says to such a life.
    await assert.rejects(kv.put("key", "value", { expirationTtl: 59 }), /60/);
    for (const isolate of ["first", "second"]) assert.deepEqual(await visit(isolate, `kv/${key}`), { a: 1 });
    assert.equal(tokenRequests(await arrived()), 2);
    assert.deepEqual((await kv.list({ prefix: `kinde-edge:${encodeURIComponent(server.origin)}:${key}:` })).keys, []);
  });
}
