// Calls a second in workerd, against a server in a process of its own on this machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

import { bundle, isWasm } from "./lib/bundle.mjs";
import { clients } from "./lib/peers.mjs";
import { firstLine, isQuick, record } from "./lib/records.mjs";

const IN_FLIGHT = [1, 10, 100];
const ROUNDS = isQuick ? 1 : 5;
const MILLISECONDS = isQuick ? 400 : 700;
const DATE = "2026-01-01";

/** Makes calls for so long, so many at once; answers how many it made. */
const program = (file) => `
import { open } from "./peers/${file}";
const { fetch } = globalThis;
let client;
export default {
  async fetch(request, { origin }) {
    const { inFlight, milliseconds } = await request.json();
    globalThis.fetch = (input, init) => {
      const { pathname, search } = new URL(typeof input === "string" ? input : input.url ?? input.href);
      return fetch(origin + pathname + search, init ?? input);
    };
    client ??= open();
    const end = Date.now() + milliseconds;
    let calls = 0;
    const caller = async () => {
      do {
        const users = await client.list(100);
        if (users !== 100) throw new Error("a page of " + users + " users");
        calls++;
      } while (Date.now() < end);
    };
    await Promise.all(Array.from({ length: inFlight }, caller));
    return Response.json({ calls });
  },
};`;

const server = spawn(process.execPath, [fileURLToPath(new URL("lib/server.mjs", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [address] = await once(server.stdout, "data");
const origin = String(address).trim();
const ready = [];
for (const peer of clients) {
  // What workerd says when a Worker does not start.
  let said = "";
  try {
    const { files, flags, note } = await bundle(program(peer.file));
    const modules = files.map((file) => ({
      type: isWasm(file) ? "CompiledWasm" : "ESModule",
      path: file.name,
      contents: isWasm(file) ? file.bytes : file.bytes.toString(),
    }));
    const worker = new Miniflare({
      modules,
      compatibilityDate: DATE,
      compatibilityFlags: flags,
      handleRuntimeStdio: (out, err) => (out.resume(), err.on("data", (text) => (said += text))),
      bindings: { origin: `${origin}/${peer.file}` },
    });
    const run = async (inFlight, milliseconds) => {
      const before = performance.now();
      const response = await worker.dispatchFetch("http://worker/", {
        method: "POST",
        body: JSON.stringify({ inFlight, milliseconds }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return JSON.parse(text).calls / ((performance.now() - before) / 1000);
    };
    try {
      await run(10, 200);
      ready.push({ name: peer.name, note, run, worker, samples: IN_FLIGHT.map(() => []) });
    } catch (error) {
      await worker.dispose();
      throw error;
    }
  } catch (error) {
    record({
      area: "throughput",
      work: "in workerd",
      peer: peer.name,
      unit: "calls/s",
      failed: firstLine(said.match(/Uncaught .*/)?.[0] ?? error),
    });
  }
}
for (let round = 0; round < ROUNDS; round++) {
  for (const { run, samples } of ready) {
    for (const [index, inFlight] of IN_FLIGHT.entries()) samples[index].push(await run(inFlight, MILLISECONDS));
  }
}
for (const { name, note, samples, worker } of ready) {
  for (const [index, inFlight] of IN_FLIGHT.entries()) {
    record({
      area: "throughput",
      work: `${inFlight} in flight`,
      peer: name,
      unit: "calls/s",
      samples: samples[index],
      note,
    });
  }
  await worker.dispose();
}
server.kill();
