// Other implementations of fetch, and one signal for many calls: what Node's own do and people's do not, or the other way
// round.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

import { isSet, PACKAGE } from "../lib/hosts.mjs";
import { bytesOf, listen } from "../support/listen.mjs";
import { makeProject } from "../support/project.mjs";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff]);

// Each as one of the tools brings it.
const require = createRequire(import.meta.url);
const undici = createRequire(require.resolve("miniflare"))("undici");
const nodeFetch = createRequire(require.resolve("@stoplight/prism-cli/package.json"))("node-fetch");

if (isSet(PACKAGE)) {
  const cleanups = [];
  let Kinde;
  let server;
  let proxy;
  const requests = [];
  const tunnels = [];
  before(async () => {
    const folder = await makeProject({ after: (cleanup) => cleanups.push(cleanup) });
    ({ Kinde } = await import(pathToFileURL(join(folder, "node_modules/kinde-edge/dist/inline.js"))));
    server = createServer(async (request, response) => {
      const { method, url, headers } = request;
      requests.push({ method, url, headers, body: await bytesOf(request) });
      if (url.includes("slow")) await pass(200);
      response.setHeader("content-type", "application/json").end("{}");
    });
    proxy = createServer();
    proxy.on("connect", (request, socket, head) => {
      tunnels.push(request.url);
      const [host, port] = request.url.split(":");
      const upstream = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on("error", () => {});
    });
    server.origin = await listen(server);
    proxy.origin = await listen(proxy);
  });
  after(async () => {
    for (const one of [server, proxy]) {
      one.close();
      one.closeAllConnections();
    }
    for (const cleanup of cleanups) await cleanup();
  });

  const FETCHES = {
    "undici of npm": () => undici.fetch,
    "undici of npm through a ProxyAgent": () => {
      const dispatcher = new undici.ProxyAgent(proxy.origin);
      cleanups.push(() => dispatcher.close());
      return (url, init) => undici.fetch(url, { ...init, dispatcher });
    },
    "node-fetch": () => nodeFetch,
    "a wrapper of the global one": () => (url, init) => fetch(url, init),
    "the global one, given": () => fetch,
    none: () => undefined,
  };

  describe("an upload by another fetch", () => {
    for (const [name, make] of Object.entries(FETCHES)) {
      test(name, async () => {
        requests.length = tunnels.length = 0;
        const kinde = new Kinde({ domain: server.origin, accessToken: "t", fetch: make() });
        const logo = { data: PNG, name: "logo.png", type: "image/png" };
        await kinde.organizations.logos.set("org_1", "dark", { logo });
        await kinde.organizations.logos.set("org_1", "dark", { logo: new Blob([PNG], { type: "image/png" }) });
        const forms = [];
        for (const { method, headers, body } of requests) {
          const type = headers["content-type"];
          assert.match(type, /^multipart\/form-data; *boundary=/);
          const file = (await new Response(body, { headers: { "content-type": type } }).formData()).get("logo");
          const bytes = new Uint8Array(await file.arrayBuffer());
          forms.push([method, file.name, file.type, bytes]);
        }
        assert.deepEqual(forms, [
          ["POST", "logo.png", "image/png", PNG],
          ["POST", "logo", "image/png", PNG],
        ]);
        assert.equal(tunnels.length > 0, name.includes("ProxyAgent"));
      });
    }

    test("a refusal for now is followed by the same bytes", async () => {
      const bodies = [];
      const answer = () =>
        new Response("{}", { status: bodies.length > 1 ? 200 : 429, headers: { "retry-after": "0" } });
      const fetch = async (_url, init) => (bodies.push(init.body), answer());
      const kinde = new Kinde({ domain: server.origin, accessToken: "retried", fetch });
      await kinde.organizations.logos.set("org_1", "dark", { logo: PNG });
      assert.equal(bodies.length, 2);
      for (const body of bodies) assert.ok(body instanceof Uint8Array && Buffer.from(body).includes(PNG));
    });

    test("a call that is over before the bytes are there is not sent", async () => {
      requests.length = 0;
      const controller = new AbortController();
      const kinde = new Kinde({ domain: server.origin, accessToken: "t", fetch: undici.fetch });
      const call = kinde.organizations.logos.set("org_1", "dark", { logo: PNG }, { signal: controller.signal });
      controller.abort();
      assert.equal((await call.catch((error) => error)).code, "aborted");
      await pass(50);
      assert.equal(requests.length, 0);
    });
  });

  describe("one signal for a hundred calls", () => {
    for (const [name, fetch] of [
      ["the global fetch", undefined],
      ["a fetch of the caller's", (url, init) => globalThis.fetch(url, init)],
    ]) {
      test(name, async () => {
        const warnings = [];
        const note = (warning) => warnings.push(warning.message);
        process.on("warning", note);
        const { signal } = new AbortController();
        const kinde = new Kinde({ domain: server.origin, accessToken: "t", fetch });
        const calls = Array.from({ length: 100 }, () => kinde.request("GET", "/slow", { signal }));
        await pass(20);
        assert.equal(getEventListeners(signal, "abort").length, 1);
        await Promise.all(calls);
        await pass(20);
        process.off("warning", note);
        assert.deepEqual(warnings, []);
        assert.equal(getEventListeners(signal, "abort").length, 0);
      });
    }

    test("ends them all, and serves again for others", async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const kinde = new Kinde({ domain: server.origin, accessToken: "t" });
      await kinde.request("GET", "/one", { signal });
      const calls = Array.from({ length: 100 }, () => kinde.request("GET", "/slow", { signal }));
      const rest = kinde.request("GET", "/slow", { signal: new AbortController().signal });
      await pass(20);
      controller.abort("enough");
      const settled = await Promise.allSettled(calls);
      assert.ok(settled.every(({ reason }) => reason?.code === "aborted" && reason.cause === "enough"));
      assert.deepEqual(await rest, {});
      assert.equal(getEventListeners(signal, "abort").length, 0);
    });
  });
}
