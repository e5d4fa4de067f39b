// Cold start: until the first request is handed to fetch.
//
// In Node by a process for each start, which tells when. In workerd by a Worker that loads each
// client into an isolate that is new each time; the server that the request goes to tells when.
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { bundle, isWasm } from "./lib/bundle.mjs";
import { clients, load } from "./lib/peers.mjs";
import { firstLine, isQuick, record, runNode } from "./lib/records.mjs";
import { token, users } from "./lib/data.mjs";

const STARTS = isQuick ? 5 : 30;
const DATE = "2026-01-01";
const starter = fileURLToPath(new URL("lib/start.mjs", import.meta.url));

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

/** Loads a client into a new isolate, as often as it is asked. Has its modules before: they are uploaded once. */
const LOADER = `
const kept = new Map();
const decode = ({ text, wasm }) => (text === undefined ? { wasm: Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)).buffer } : { js: text });
export default {
  async fetch(request, env) {
    const name = new URL(request.url).searchParams.get("name");
    if (request.method === "PUT") {
      const { modules, flags, origin } = await request.json();
      const decoded = Object.fromEntries(Object.entries(modules).map(([path, file]) => [path, decode(file)]));
      kept.set(name, { compatibilityDate: "${DATE}", compatibilityFlags: flags, mainModule: "index.js", modules: decoded, env: { origin } });
      return new Response();
    }
    return env.LOADER.get(crypto.randomUUID(), () => kept.get(name)).getEntrypoint().fetch("http://worker/");
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
  const miniflare = new Miniflare({
    modules: true,
    script: LOADER,
    compatibilityDate: DATE,
    compatibilityFlags: ["experimental"],
    workerLoaders: { LOADER: {} },
  });
  const ready = [];
  const work = "new isolate in workerd";
  for (const peer of clients) {
    const common = { area: "cold", work, peer: peer.name, unit: "ms" };
    const address = `http://loader/?name=${encodeURIComponent(peer.name)}`;
    const { answers } = await load(peer);
    const start = async () => {
      arrived = undefined;
      page = JSON.stringify(answers.page(users(100)));
      const before = performance.now();
      const response = await miniflare.dispatchFetch(address);
      const text = await response.text();
      if (text !== "100" || arrived === undefined)
        throw new Error(text.replace("Error: Failed to start Worker:\n", ""));
      return arrived - before;
    };
    try {
      const { files, flags, note } = await bundle(program(peer.file));
      common.note = note;
      await miniflare.dispatchFetch(address, {
        method: "PUT",
        body: JSON.stringify({ modules: asText(files), flags, origin }),
      });
      await start();
      ready.push({ common, start, samples: [] });
    } catch (error) {
      record({ ...common, failed: firstLine(error) });
    }
  }
  for (let number = 0; number < STARTS; number++) {
    for (const { start, samples } of ready) samples.push(await start());
  }
  for (const { common, samples } of ready) record({ ...common, samples });
  await miniflare.dispose();
  server.close();
  server.closeAllConnections();
}

const asText = (files) =>
  Object.fromEntries(
    files.map((file) => [
      file.name,
      isWasm(file) ? { wasm: file.bytes.toString("base64") } : { text: file.bytes.toString() },
    ]),
  );

await inNode();
await inWorkerd();
