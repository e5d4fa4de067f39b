// The same in a Worker: one isolate, and requests that make thousands of calls each.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { isSet, PACKAGE, project, startWorker } from "../lib/hosts.mjs";

const CALLS = 10_000;
const REQUESTS = 10;

const lib = (name) => JSON.stringify(fileURLToPath(new URL(`../lib/${name}`, import.meta.url)));

/** The slim entry takes the module from whoever knows where it is, so that its instance can be kept. */
const WORKER = `
  import module from "kinde-edge/kinde_edge_bg.wasm";
  import * as sdk from "kinde-edge/slim";
  import { mixture } from ${lib("mixture.mjs")};
  import { sizes } from ${lib("sizes.mjs")};

  const { Instance } = WebAssembly;
  let instance;
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      instance = this;
    }
  };
  sdk.initSync(module);
  let clients;

  export default {
    async fetch(request) {
      const calls = Number(new URL(request.url).pathname.slice(1));
      clients ??= mixture(sdk);
      try {
        await clients.make(calls, 100);
      } catch ({ message }) {
        return Response.json({ error: message });
      }
      return Response.json({ sizes: sizes(instance), asked: clients.asked() });
    },
  };`;

if (isSet(PACKAGE)) {
  const worker = await startWorker(await project(), WORKER, {});
  const make = async (calls) => {
    const { error, ...figures } = await (await worker.dispatchFetch(`http://worker/${calls}`)).json();
    assert.equal(error, undefined);
    return figures;
  };

  test(`${REQUESTS} requests of ${CALLS} calls leave nothing behind`, { timeout: 300_000 }, async (t) => {
    // What two at a time need is enough for one.
    const [, before] = await Promise.all([make(CALLS), make(CALLS)]);
    let after;
    for (let requests = 2; requests < REQUESTS; requests++) after = await make(CALLS);
    t.diagnostic(
      `WebAssembly: ${JSON.stringify(before.sizes)}, then ${JSON.stringify(after.sizes)}; ${after.asked} token requests`,
    );
    assert.deepEqual(after.sizes, before.sizes);
  });
}
