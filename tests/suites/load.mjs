// Many calls at once: against a service with limits, and while a token is being fetched.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn } from "../lib/double.mjs";
import { callAll, checkLoad, openService, overtaken } from "../lib/load.mjs";

export const cases = () => [...limits, ...tokens];

const CALLS = 300;

const limits = [
  ...[
    ["fixed", "ratelimit-reset"],
    ["fixed", "retry-after"],
    ["fixed", "date"],
    ["fixed", "nothing"],
    ["sliding", "ratelimit-reset"],
    ["bucket", "ratelimit-reset"],
    ["bucket", "nothing"],
  ].map(([kind, tells]) => ({
    name: `${CALLS} calls, 50 a second and 10 at once, ${kind} window, told ${tells}`,
    async run(host) {
      const { key, seen } = await openService(host, { kind, tells, rate: 50, window: 1_000, atOnce: 10, latency: 5 });
      const kinde = new host.sdk.Kinde({ domain: host.limited, accessToken: key, maxConcurrency: 10 });
      checkLoad(await callAll(kinde, CALLS), await seen(), { calls: CALLS, atOnce: 10 });
    },
  })),
  // As a smoke test of what src/queue/tests.rs shows on a clock of its own: 0.88 of the rate, and 0.7.
  ...["retry-after", "nothing"].map((tells) => ({
    name: `500 calls without a limit, 50 a second, told ${tells}`,
    async run(host) {
      const limits = { kind: "fixed", tells, rate: 50, window: 1_000, atOnce: 1_000, latency: 5 };
      const { key, seen } = await openService(host, limits);
      const kinde = new host.sdk.Kinde({ domain: host.limited, accessToken: key });
      const started = performance.now();
      const order = await callAll(kinde, 500);
      const rate = 500 / ((performance.now() - started) / 1000);
      const { taken, requests } = await seen();
      equal(order.length, 500, "calls that were answered");
      equal(new Set(taken).size, 500, "requests that were taken, each once");
      ok(requests < 1_200, `${requests} requests`);
      // A machine with other work takes a third of it away.
      ok(rate > 50 * 0.5, `${rate.toFixed(1)} calls a second`);
    },
  })),
  {
    name: "calls that are overtaken would be noticed",
    async run() {
      equal(overtaken([0, 1, 2, 3]), 0, "in order");
      equal(overtaken([2, 3, 1, 0, 4]), 3, "the first overtaken by three");
    },
  },
];

const isToken = ({ url }) => url.endsWith("/oauth2/token");
const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A client with credentials of its own whose tokens live so long, and its number of token requests. */
function credentialed(sdk, expires_in) {
  const { kinde, calls } = clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: "a secret" }, async (url) => {
    if (!isToken({ url })) return Response.json({ a: 1 });
    await soon(50);
    return Response.json({ access_token: "t", expires_in });
  });
  return { kinde, calls, asked: () => calls.filter(isToken).length };
}

const tokens = [
  {
    name: "1,000 calls at once without a token need one",
    async run({ sdk }) {
      const { kinde, calls, asked } = credentialed(sdk, 3600);
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => kinde.business.get()));
      for (const answer of answers) deepEqual(answer, { a: 1 }, "answer");
      deepEqual([asked(), calls.length], [1, 1_001], "token requests, all");
    },
  },
  {
    name: "10,000 calls over three lifetimes of a token need three",
    async run({ sdk }) {
      const { kinde, calls, asked } = credentialed(sdk, 100);
      const { now } = Date;
      let ahead = 0;
      Date.now = () => now.call(Date) + ahead;
      try {
        // 90 seconds of each are used; 200 times 50 calls go on for 260.
        for (let time = 0; time < 200; time++) {
          await Promise.all(Array.from({ length: 50 }, () => kinde.business.get()));
          ahead += 1_300;
        }
      } finally {
        Date.now = now;
      }
      deepEqual([asked(), calls.length], [3, 10_003], "token requests, all");
    },
  },
];
