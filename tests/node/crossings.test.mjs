// What a call pays between JavaScript and WebAssembly, and which clocks it reads. No noise of a machine can fake these.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { isSet, PACKAGE, project } from "../lib/hosts.mjs";

/** The most crossings of a small GET, in and out. */
const MOST = 5;

/** Names of what crossed, while it is counted. */
let crossed;

/** Functions that count what they are called, and do the same. */
function counted(way, functions) {
  const count = ([name, value]) =>
    typeof value === "function"
      ? [name, (...args) => (crossed?.push(`${way} ${name}`), value(...args))]
      : [name, value];
  return Object.fromEntries(Object.entries(functions).map(count));
}

const { Instance } = WebAssembly;
class CountedInstance {
  constructor(module, imports) {
    const inside = Object.entries(imports).map(([from, functions]) => [from, counted("in", functions)]);
    this.exports = counted("out", new Instance(module, Object.fromEntries(inside)).exports);
  }
}

if (isSet(PACKAGE)) {
  const folder = await project({ "sdk.mjs": `export * from "kinde-edge";` });
  WebAssembly.Instance = CountedInstance;
  const { Kinde } = await import(pathToFileURL(join(folder, "sdk.mjs")).href);
  const kinde = new Kinde({
    domain: "https://acme.kinde.com",
    accessToken: "token",
    fetch: async () => new Response(`{"id":"kp_1"}`),
  });
  // The first call sets up what all others share.
  await kinde.users.get("kp_1");

  const count = async (call) => {
    crossed = [];
    const user = await call();
    const all = crossed;
    crossed = undefined;
    assert.deepEqual(user, { id: "kp_1" });
    return all;
  };

  test(`a small GET crosses at most ${MOST} times`, async () => {
    const all = await count(() => kinde.users.get("kp 1"));
    assert.ok(all.length > 2, `nothing was counted: ${all}`);
    assert.ok(all.length <= MOST, `${all.length} crossings: ${all.join(", ")}`);
  });

  test("one with identifiers alone does not cross, once its operation was called", async () => {
    assert.deepEqual(await count(() => kinde.users.get("kp_1")), []);
    const machine = new Kinde({
      domain: "https://acme.kinde.com",
      clientId: "id",
      clientSecret: "secret",
      fetch: async (url) =>
        new Response(url.endsWith("/token") ? `{"access_token":"token","expires_in":3600}` : `{"id":"kp_1"}`),
    });
    await machine.users.get("kp_1");
    assert.deepEqual(await count(() => machine.users.get("kp_2")), []);
  });

  test("a call that works reads neither the wall clock nor random numbers", async (t) => {
    const clocks = [t.mock.method(Date, "now"), t.mock.method(Math, "random")];
    clocks.push(t.mock.method(crypto, "getRandomValues"));
    await kinde.users.get("kp_1");
    await kinde.users.update("kp_1", { given_name: "Ada" });
    assert.deepEqual(
      clocks.map(({ mock }) => mock.callCount()),
      [0, 0, 0],
    );
  });

  test("calls one after the other share controllers; those that ended early give theirs to nobody", async (t) => {
    /** @type {AbortSignal[]} */
    const signals = [];
    const answer = async (url, { signal }) => {
      signals.push(signal);
      if (!url.includes("kp_late")) return new Response(`{"id":"kp_1"}`);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    t.mock.method(globalThis, "fetch", answer);
    const kinde = new Kinde({ domain: "https://acme.kinde.com", accessToken: "token", maxRetries: 0 });
    for (let i = 0; i < 40; i++) await kinde.users.get("kp_1");
    assert.ok(new Set(signals).size <= 6, `${new Set(signals).size} controllers for 40 calls`);

    signals.length = 0;
    await Promise.all(Array.from({ length: 5 }, () => kinde.users.get("kp_1")));
    assert.equal(new Set(signals).size, 5, "calls at the same time have one each");

    signals.length = 0;
    await assert.rejects(kinde.users.get("kp_late", undefined, { timeout: 5 }), { code: "timeout" });
    for (let i = 0; i < 20; i++) await kinde.users.get("kp_1");
    const [ended, ...others] = signals;
    assert.ok(ended.aborted && !others.includes(ended));
    assert.ok(others.every(({ aborted }) => !aborted));
  });
}
