// Memory after 1, 1,000 and 100,000 calls in Node: JavaScript's heap after a collection, and the
// memory of WebAssembly, which never shrinks.
import { fileURLToPath } from "node:url";

import { clients, load } from "./lib/peers.mjs";
import { firstLine, isQuick, record, runNode } from "./lib/records.mjs";
import { check, inMemory, works } from "./lib/work.mjs";

const CALLS = isQuick ? [1, 1_000] : [1, 1_000, 100_000];
const AT_ONCE = 10;
const self = fileURLToPath(import.meta.url);

if (process.argv[2]) await measure(process.argv[2]);
else {
  for (const { name } of clients) {
    const common = { area: "memory", peer: name };
    try {
      for (const [calls, heap, wasm] of await runNode(["--expose-gc", self, name])) {
        const work = calls === 1 ? "1 call" : `${calls.toLocaleString("en-US")} calls`;
        record({ ...common, work, unit: "KiB of JavaScript", samples: [heap / 1024] });
        if (wasm) record({ ...common, work, unit: "KiB of WebAssembly", samples: [wasm / 1024] });
      }
    } catch (error) {
      record({ ...common, work: "calls", unit: "KiB of JavaScript", failed: firstLine(error) });
    }
    console.error(`  ${name}`);
  }
}

async function measure(name) {
  const peer = clients.find((one) => one.name === name);
  const memories = watchMemories();
  const { answers } = await import(`./peers/${peer.file}`);
  // What it costs to answer is no memory of a client's, so the answers are small.
  const work = works["small GET"];
  inMemory(answers)(work);
  const client = (await load(peer)).open();
  const seen = [];
  let made = 0;
  for (const calls of CALLS) {
    const caller = async () => {
      while (made < calls) {
        made++;
        await check(work, client);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
    // What is freed by callbacks is collected the second time.
    for (let time = 0; time < 3; time++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const wasm = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
    seen.push([calls, process.memoryUsage().heapUsed, wasm]);
  }
  console.log(JSON.stringify(seen));
  process.exit();
}

/** The memories of the instances that are made from now on. */
function watchMemories() {
  const memories = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      memories.push(...Object.values(this.exports).filter((value) => value instanceof WebAssembly.Memory));
    }
  };
  return memories;
}
