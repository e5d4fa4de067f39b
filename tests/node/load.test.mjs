// Thousands of calls at once at a service with limits: each is answered in its turn, and memory does not grow.
import assert from "node:assert/strict";
import { test } from "node:test";

import { defer, isSet, PACKAGE, project } from "../lib/hosts.mjs";
import { load } from "../lib/instance.mjs";
import { startLimited } from "../lib/limited.mjs";
import { callAll, checkLoad, openService, overtaken } from "../lib/load.mjs";
import { sizes } from "../lib/sizes.mjs";

const CALLS = 5_000;
const LIMITS = { kind: "fixed", tells: "ratelimit-reset", rate: 50, window: 1_000, atOnce: 10, latency: 15 };

if (isSet(PACKAGE)) {
  test(`${CALLS} calls, 50 a second and 10 at once`, { timeout: 300_000 }, async (t) => {
    const { origin, close } = await startLimited();
    defer(close);
    const { instance, sdk } = load(await project());
    const run = async (limits) => {
      const service = await openService({ limited: origin }, limits);
      const order = await callAll(
        new sdk.Kinde({ domain: origin, accessToken: service.key, maxConcurrency: 10 }),
        CALLS,
      );
      return { order, seen: await service.seen() };
    };

    const start = Date.now();
    const { order, seen } = await run(LIMITS);
    const seconds = Math.round((Date.now() - start) / 1000);
    t.diagnostic(`${seen.requests} requests in ${seconds} s, ${seen.refused} refused, at most ${seen.most} at once`);
    t.diagnostic(`at most ${overtaken(order)} later calls done before one`);
    checkLoad(order, seen, { calls: CALLS, atOnce: 10 });

    // Once more, as fast as it goes: what so many calls need is there already.
    const before = sizes(instance);
    await run({ ...LIMITS, rate: CALLS, latency: 0 });
    t.diagnostic(`WebAssembly: ${JSON.stringify(before)}, then ${JSON.stringify(sizes(instance))}`);
    assert.deepEqual(sizes(instance), before);
  });
}
