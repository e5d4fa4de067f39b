// Limits, faults and delays on request, and what the package makes of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { failure, start } from "./kinde.mjs";

test("beyond the limit it answers 429, and the package waits until the reset", async (t) => {
  const { client } = await start(t, { rateLimit: 2 });
  const hasty = client({ maxRetries: 0 });
  await hasty.roles.list();
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => hasty.roles.list()));
  const refused = answers.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  assert.ok(refused.length >= 10, `${refused.length} of 20 refused`);
  for (const error of refused) {
    assert.deepEqual([error.status, error.code, error.retryAfter], [429, "rate_limited", 1]);
    assert.equal(error.headers.get("retry-after"), error.headers.get("ratelimit-reset"));
  }
  const begin = performance.now();
  const patient = client({ maxRetries: 10 });
  await Promise.all(Array.from({ length: 6 }, () => patient.roles.list()));
  assert.ok(performance.now() - begin > 1000, "nobody waited");
});

test("one request asks for its own trouble", async (t) => {
  const { kinde } = await start(t);
  const call = (wish, options = {}) =>
    kinde.roles.list({}, { headers: { "x-local-kinde": wish }, maxRetries: 0, ...options });
  const error = await failure(call("status=503"));
  assert.deepEqual([error.status, error.errors[0].code], [503, "AS_REQUESTED"]);
  assert.equal((await failure(call("status=500", { maxRetries: 1 }))).attempts, 2);
  assert.equal((await failure(call("reset"))).code, "connection");
  assert.equal((await failure(call("delay=5000", { timeout: 100 }))).code, "timeout");
  const begin = performance.now();
  await call("delay=120");
  assert.ok(performance.now() - begin >= 120);
  assert.match((await failure(call("explode"))).message, /x-local-kinde has status/);
  assert.match((await failure(call("status=200"))).message, /from 400 to 599/);
});

test("a share of the requests goes wrong, the same ones each time", async (t) => {
  const outcomes = async () => {
    const { client } = await start(t, { faults: 0.3, slowness: 10 });
    const hasty = client({ maxRetries: 2 });
    // The token endpoint has its share too.
    for (let tries = 0; tries < 10; tries++)
      if (
        await hasty.roles.list().then(
          () => true,
          () => false,
        )
      )
        break;
    const seen = [];
    for (let turn = 0; turn < 60; turn++) {
      seen.push(
        await hasty.roles.list({}, { maxRetries: 0 }).then(
          () => 200,
          (error) => error.status ?? error.code,
        ),
      );
    }
    return seen;
  };
  const [once, again] = [await outcomes(), await outcomes()];
  assert.deepEqual(once, again);
  assert.deepEqual([...new Set(once.map(String))].toSorted(), ["200", "500", "503", "connection"]);
  const good = once.filter((outcome) => outcome === 200).length;
  assert.ok(good > 35 && good < 55, `${good} of 60`);
});

test("a list is whole in spite of the faults", async (t) => {
  const { client } = await start(t, { faults: 0.3, slowness: 10 });
  const kinde = client({ maxRetries: 8, retryWrites: true });
  const users = [];
  for await (const user of kinde.users.list({ page_size: 100 })) users.push(user.id);
  assert.equal(users.length, 1200);
  assert.equal(new Set(users).size, 1200);
});

test("every answer takes as long as it is told to", async (t) => {
  const { kinde } = await start(t, { latency: 150 });
  await kinde.roles.list();
  const begin = performance.now();
  await kinde.roles.list();
  assert.ok(performance.now() - begin >= 149);
});

test("each request is a line, with what is wrong with it", async (t) => {
  const lines = [];
  const { kinde } = await start(t, { log: (line) => lines.push(line) });
  await kinde.roles.list();
  await failure(kinde.users.get("kp_nobody"));
  await kinde.request("GET", "/api/v1/roles", { query: { pagesize: 3 } });
  // A line is written when the answer has been sent.
  for (const end = performance.now() + 10_000; lines.length < 4 && performance.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(lines.length, 4);
  assert.match(lines[1], /^GET \/api\/v1\/roles -> 200 \(\d+ ms\)$/);
  assert.match(lines[2], /^GET \/api\/v1\/user\?id=kp_nobody -> 404 \(\d+ ms\)\n {4}There is no user "kp_nobody"$/);
  assert.match(lines[3], /200 \(\d+ ms\)\n {4}the document has no query parameter "pagesize" here$/);
});
