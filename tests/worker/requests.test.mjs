// What only a Worker has: many requests in one isolate, requests that are cancelled, bindings.

import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";

import { defer, isSet, PACKAGE, project, startWorker } from "../lib/hosts.mjs";
import { script } from "../lib/script.mjs";
import { startServer } from "../lib/server.mjs";

/**
 * `/<client id>` reads the business with that client's token; `/kept/<client id>` with a client that all requests
 * share, `/queue/<token>` with one that lets two at once go; `/shared` with a client made at module scope.
 */
const WORKER = `
  import { Kinde } from "kinde-edge";
  const shared = new Kinde({ domain: "acme.kinde.com", accessToken: "t", fetch: () => Response.json({ from: "shared" }) });
  const kept = {};
  const clients = {
    kept: (domain, clientId) => new Kinde({ domain, clientId, clientSecret: "a secret" }),
    queue: (domain, accessToken) => new Kinde({ domain, accessToken, maxConcurrency: 2 }),
  };
  export default {
    async fetch(request, env) {
      const path = new URL(request.url).pathname.slice(1);
      if (path === "shared") return Response.json(await shared.business.get());
      if (path === "binding") {
        const kinde = new Kinde({ domain: "acme.kinde.com", accessToken: "t", fetch: (...args) => env.API.fetch(...args) });
        return Response.json(await kinde.users.update("kp_1", { given_name: "Ada" }));
      }
      const [kind, key] = path.split("/");
      const kinde = key === undefined ? clients.kept(env.SERVER, path) : (kept[path] ??= clients[kind](env.SERVER, key));
      try {
        return Response.json(await kinde.business.get());
      } catch ({ code, message }) {
        return Response.json({ code, message }, { status: 500 });
      }
    },
  };`;

if (isSet(PACKAGE)) {
  const server = await startServer();
  defer(server.close);
  const worker = await startWorker(await project(), WORKER, {
    bindings: { SERVER: server.origin },
    serviceBindings: {
      async API(request) {
        return Response.json({ method: request.method, url: request.url, body: await request.json() });
      },
    },
  });
  const call = async (path) => (await worker.dispatchFetch(`http://worker/${path}`)).json();
  const token = (key) => ({ json: { access_token: `${key}~1`, expires_in: 3600 } });
  const isToken = ({ target }) => target === "/oauth2/token";

  test("30 requests at once need one token", { timeout: 20_000 }, async () => {
    const key = crypto.randomUUID();
    const { arrived } = await script({ server: server.origin, key }, { ...token(key), delay: 300 }, { json: { a: 1 } });
    const answers = await Promise.all(Array.from({ length: 30 }, () => call(key)));
    for (const answer of answers) assert.deepEqual(answer, { a: 1 });
    const requests = await arrived();
    assert.equal(requests.filter(isToken).length, 1);
    assert.equal(requests.length, 31);
    for (const { headers } of requests.slice(1)) assert.equal(headers.get("authorization"), `Bearer ${key}~1`);
  });

  test("later requests use the token of the first", { timeout: 20_000 }, async () => {
    const key = crypto.randomUUID();
    const { arrived } = await script({ server: server.origin, key }, token(key), { json: { a: 1 } });
    for (let requests = 0; requests < 5; requests++) assert.deepEqual(await call(key), { a: 1 });
    assert.equal((await arrived()).filter(isToken).length, 1);
  });

  /** A request that can be cancelled: by a reset, since workerd goes on when it is only closed. */
  const begin = async (path) => {
    const request = get(new URL(path, await worker.ready));
    request.on("error", () => {});
    return { cancel: () => (request.socket ? request.socket.resetAndDestroy() : request.destroy()) };
  };
  const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const arrive = async (arrived, count) => {
    while ((await arrived()).length < count) await soon(20);
  };

  test("100 requests, the first cancelled while it fetches the token, need two", { timeout: 30_000 }, async () => {
    const key = crypto.randomUUID();
    const { arrived } = await script({ server: server.origin, key }, { wait: "head" }, token(key), { json: { a: 1 } });
    const cancelled = await begin(`kept/${key}`);
    await arrive(arrived, 1);
    const waiting = Array.from({ length: 99 }, () => call(`kept/${key}`));
    await soon(100);
    cancelled.cancel();
    for (const answer of await Promise.all(waiting)) assert.deepEqual(answer, { a: 1 });
    assert.equal((await arrived()).filter(isToken).length, 2);
    assert.equal((await arrived()).length, 2 + 99);
  });

  test("requests that are cancelled under way or in the queue leave it to the others", {
    timeout: 30_000,
  }, async () => {
    const key = crypto.randomUUID();
    const { arrived } = await script(
      { server: server.origin, key },
      { wait: "head" },
      { wait: "head" },
      { json: { a: 1 } },
    );
    // Two have the places, and two are the next.
    const cancelled = [await begin(`queue/${key}`), await begin(`queue/${key}`)];
    await arrive(arrived, 2);
    cancelled.push(await begin(`queue/${key}`), await begin(`queue/${key}`));
    await soon(200);
    const waiting = Array.from({ length: 20 }, () => call(`queue/${key}`));
    await soon(200);
    assert.equal((await arrived()).length, 2, "more went than may");
    for (const request of cancelled) request.cancel();
    for (const answer of await Promise.all(waiting)) assert.deepEqual(answer, { a: 1 });
    assert.equal((await arrived()).length, 2 + 20);
  });

  test("requests that are cancelled at any moment hold nobody up", { timeout: 30_000 }, async () => {
    const key = crypto.randomUUID();
    // One answer for tokens and calls: nobody knows which of them is cancelled when it has been given.
    await script({ server: server.origin, key }, { json: { ...token(key).json, a: 1 }, delay: 25 });
    for (let moment = 0; moment < 60; moment += 2) {
      const cancelled = await Promise.all(Array.from({ length: 5 }, () => begin(`kept/${key}`)));
      const answers = Array.from({ length: 5 }, () => call(`kept/${key}`));
      await soon(moment);
      for (const request of cancelled) request.cancel();
      for (const answer of await Promise.all(answers)) assert.equal(answer.a, 1);
    }
  });

  test("a request that is cancelled in its call holds nobody up", { timeout: 20_000 }, async () => {
    const key = crypto.randomUUID();
    const { arrived } = await script({ server: server.origin, key }, token(key), { wait: "head" }, { json: { a: 1 } });
    const cancelled = await begin(key);
    await arrive(arrived, 2);
    cancelled.cancel();
    for (let requests = 0; requests < 5; requests++) assert.deepEqual(await call(key), { a: 1 });
  });

  test("requests that fail leave the others alone", { timeout: 20_000 }, async () => {
    const [good, bad] = [crypto.randomUUID(), crypto.randomUUID()];
    await script({ server: server.origin, key: good }, { ...token(good), delay: 100 }, { json: { a: 1 } });
    await script({ server: server.origin, key: bad }, { status: 401, json: { error: "invalid_client" }, delay: 50 });
    const answers = await Promise.all([good, bad, good, bad].map(call));
    assert.deepEqual(
      answers.map(({ a, code }) => a ?? code),
      [1, "authentication", 1, "authentication"],
    );
  });

  test("a client made at module scope serves every request", async () => {
    const answers = await Promise.all([call("shared"), call("shared"), call("shared")]);
    for (const answer of answers) assert.deepEqual(answer, { from: "shared" });
  });

  test("a service binding can be the fetch", async () => {
    assert.deepEqual(await call("binding"), {
      method: "PATCH",
      url: "https://acme.kinde.com/api/v1/user?id=kp_1",
      body: { given_name: "Ada" },
    });
  });
}
