// Cold start: until the first request is handed to fetch.
//
// In Node by a process for each start, which tells when. In workerd by a Worker that loads each
// client into an isolate that is new each time; the server that the request goes to tells when.
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { bundle } from "./lib/bundle.mjs";
import { clients, load } from "./lib/peers.mjs";
import { firstLine, isQuick, record, runNode } from "./lib/records.mjs";
import { token, users } from "./lib/data.mjs";

const STARTS = isQuick ? 5 : 30;
const DATE = "2026-01-01";
const starter = fileURLToPath(new URL("lib/start.mjs", import.meta.url));

await inNode();
await inWorkerd();

async function inNode() {
  const samples = new Map(clients.map(({ name }) => [name, []]));
  const failures = new Map();
  for (let start = 0; start < STARTS; start++) {
    for (const { name, file } of clients) {
      await runNode([starter, file]).then(
        (times) => samples.get(name).push(times),
        (error) => failures.set(name, firstLine(error)),
      );
    }
  }
  for (const { name } of clients) {
    for (const [index, work] of ["new process in Node", "in Node, from the import"].entries()) {
      const common = { area: "cold", work, peer: name, unit: "ms" };
      const failed = failures.get(name);
      record(failed ? { ...common, failed } : { ...common, samples: samples.get(name).map((times) => times[index]) });
    }
  }
}

/** Loads a client into a new isolate, as often as it is asked. */
const LOADER = `
export default {
  async fetch(request, env) {
    const { id, modules, origin } = await request.json();
    const decode = ({ text, wasm }) => text === undefined ? { wasm: Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)).buffer } : { js: text };
    const of = Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, decode(file)]));
    const worker = env.LOADER.get(id, () => ({ compatibilityDate: "${DATE}", mainModule: "index.js", modules: of, env: { origin } }));
    return worker.getEntrypoint().fetch("http://worker/");
  },
};`;

/** Makes one call; the address of every request is that of the server. */
const program = (file) => `
import { answers, open } from "./peers/${file}";
const { fetch } = globalThis;
export default {
  async fetch(request, { origin }) {
    globalThis.fetch = (input, init) => {
      const { pathname, search } = new URL(typeof input === "string" ? input : input.url ?? input.href);
      return fetch(origin + pathname + search, init ?? { method: input.method });
    };
    return new Response(String(await open().list(100)));
  },
};`;

async function inWorkerd() {
  let arrived;
  let page = "";
  const server = createServer(async (request, response) => {
    arrived ??= performance.now();
    for await (const _ of request);
    response.setHeader("content-type", "application/json");
    const isToken = request.url.endsWith("/oauth2/token");
    response.end(isToken ? JSON.stringify({ access_token: token(), token_type: "bearer", expires_in: 86_400 }) : page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  const miniflare = new Miniflare({ modules: true, script: LOADER, compatibilityDate: DATE, compatibilityFlags: ["experimental"], workerLoaders: { LOADER: {} } });
  const ready = [];
  const work = "new isolate in workerd";
  for (const peer of clients) {
    const common = { area: "cold", work, peer: peer.name, unit: "ms" };
    const start = async (number) => {
      arrived = undefined;
      page = JSON.stringify((await load(peer)).answers.page(users(100)));
      const body = JSON.stringify({ id: `${peer.name} ${number}`, modules: start.modules, origin });
      const before = performance.now();
      const response = await miniflare.dispatchFetch("http://loader/", { method: "POST", body });
      const text = await response.text();
      if (text !== "100" || arrived === undefined) throw new Error(text);
      return arrived - before;
    };
    try {
      start.modules = asText(await bundle(program(peer.file)));
      await start("first");
      ready.push({ common, start, samples: [] });
    } catch (error) {
      record({ ...common, failed: firstLine(error) });
    }
  }
  for (let number = 0; number < STARTS; number++) {
    for (const { start, samples } of ready) samples.push(await start(number));
  }
  for (const { common, samples } of ready) record({ ...common, samples });
  await miniflare.dispose();
  server.close();
  server.closeAllConnections();
}

const asText = (files) =>
  Object.fromEntries(files.map(({ name, bytes }) => [name, name.endsWith(".wasm") ? { wasm: bytes.toString("base64") } : { text: bytes.toString() }]));
