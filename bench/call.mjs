// Cost of a call over a fetch in memory. Each client runs in processes of its own, in turns with
// the others, so that a machine that slows down does so for all.
import { fileURLToPath } from "node:url";

import { clients, load } from "./lib/peers.mjs";
import { firstLine, isQuick, record, runNode } from "./lib/records.mjs";
import { check, inMemory, works } from "./lib/work.mjs";

const ROUNDS = isQuick ? 1 : 5;
/** Milliseconds that a work is done before it is measured, and in each batch that is. */
const [WARM_UP, BATCH, BATCHES] = isQuick ? [150, 60, 3] : [600, 150, 3];

/** Enough room for new objects that none is collected while they are counted. */
const ROOM = ["--min-semi-space-size=128", "--max-semi-space-size=128"];
const COUNTED = 12 << 20;

const self = fileURLToPath(import.meta.url);

if (process.argv[2] === "cpu") await measureCpu(process.argv[3]);
else if (process.argv[2] === "heap") await measureHeap(process.argv[3]);
else await measureAll();

async function measureAll() {
  const chosen = process.env.BENCH_PEERS?.split(",");
  const all = clients.filter(({ name }) => !chosen || chosen.includes(name));
  const samples = new Map();
  const failures = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name } of all) {
      try {
        const measured = await runNode([self, "cpu", name]);
        for (const [work, ofWork] of Object.entries(measured)) {
          const key = JSON.stringify([work, name]);
          samples.set(key, [...(samples.get(key) ?? []), ...ofWork]);
        }
      } catch (error) {
        failures.set(name, firstLine(error));
      }
    }
    console.error(`  round ${round + 1} of ${ROUNDS}`);
  }
  for (const { name } of all) {
    const heap = await runNode(["--expose-gc", ...ROOM, self, "heap", name]).catch(() => ({}));
    for (const work of Object.keys(works)) {
      const common = { area: "call", work, peer: name };
      const ofWork = samples.get(JSON.stringify([work, name]));
      record({ ...common, unit: "µs", ...(ofWork ? { samples: ofWork } : { failed: failures.get(name) }) });
      if (heap[work] !== undefined) record({ ...common, unit: "bytes", samples: [heap[work]] });
    }
  }
}

async function prepare(name) {
  const peer = clients.find((one) => one.name === name);
  // Before the client is loaded: some keep the fetch that they found then.
  const { answers } = await load(peer);
  const answer = inMemory(answers);
  const { open } = await load(peer);
  return { client: open(), answer };
}

async function measureCpu(name) {
  const { client, answer } = await prepare(name);
  const measured = {};
  for (const [title, work] of Object.entries(works)) {
    answer(work);
    await check(work, client);
    await repeatFor(WARM_UP, work, client);
    measured[title] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const before = process.cpuUsage();
      const calls = await repeatFor(BATCH, work, client);
      const { user, system } = process.cpuUsage(before);
      measured[title].push((user + system) / calls);
    }
    await check(work, client);
  }
  console.log(JSON.stringify(measured));
  process.exit();
}

/** Bytes of the JavaScript heap that a call takes, whoever frees them. */
async function measureHeap(name) {
  const { client, answer } = await prepare(name);
  const measured = {};
  for (const [title, work] of Object.entries(works)) {
    answer(work);
    await repeatFor(100, work, client);
    let calls = 10;
    let bytes = await allocated(calls, work, client);
    // As many as give a figure that the counting itself does not show in.
    calls = Math.min(2_000, Math.max(10, Math.floor((COUNTED * calls) / Math.max(bytes, 1))));
    bytes = await allocated(calls, work, client);
    if (bytes > 0) measured[title] = bytes / calls;
  }
  console.log(JSON.stringify(measured));
  process.exit();
}

async function allocated(calls, work, client) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call++) await work.do(client);
  return process.memoryUsage().heapUsed - before;
}

async function repeatFor(milliseconds, work, client) {
  const end = performance.now() + milliseconds;
  let calls = 0;
  do {
    await check(work, client);
    calls++;
  } while (performance.now() < end);
  return calls;
}
