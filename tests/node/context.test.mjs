// Hooks see the AsyncLocalStorage of the call that they are told of.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { isSet, PACKAGE, project } from "../lib/hosts.mjs";

if (isSet(PACKAGE))
  test("hooks run in the async context of their call", async () => {
    const folder = await project({ "sdk.mjs": `export * from "kinde-edge";` });
    const { Kinde } = await import(pathToFileURL(join(folder, "sdk.mjs")).href);
    const storage = new AsyncLocalStorage();
    const seen = [];
    const hook =
      (event) =>
      ({ path }) =>
        seen.push(`${storage.getStore()}: ${event} ${path}`);
    const statuses = { "/api/v1/business": [200], "/api/v1/industries": [503, 200] };
    const kinde = new Kinde({
      domain: "https://acme.kinde.com",
      accessToken: "token",
      hooks: Object.fromEntries(["request", "response", "retry"].map((event) => [event, hook(event)])),
      fetch: async (url) => {
        const status = statuses[new URL(url).pathname].shift();
        return new Response(`{"industries":[]}`, { status, headers: { "retry-after": "0" } });
      },
    });

    await Promise.all([
      storage.run("first", () => kinde.business.get()),
      storage.run("second", () => kinde.industries.list()),
    ]);

    const of = (name) => seen.filter((line) => line.startsWith(name));
    assert.deepEqual(of("first"), ["first: request /api/v1/business", "first: response /api/v1/business"]);
    assert.deepEqual(of("second"), [
      "second: request /api/v1/industries",
      "second: response /api/v1/industries",
      "second: retry /api/v1/industries",
      "second: request /api/v1/industries",
      "second: response /api/v1/industries",
    ]);
    assert.equal(seen.length, 7);
  });
