// Vitest with its pool for Workers: a Worker and its tests, in workerd.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { run } from "../../xtask/js/project.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { besideTools, makeProject } from "../support/project.mjs";
import { PLACES } from "./places.mjs";
import { ANSWER, CALL, startUsers, workerWith } from "./shared.mjs";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const CONFIG = `
  import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
  import { defineConfig } from "vitest/config";

  const bindings = { SERVER: process.env.SERVER };
  const worker = cloudflareTest({ wrangler: { configPath: "./wrangler.json" }, miniflare: { cf: false, bindings } });
  export default defineConfig({ plugins: [worker] });`;

const WORKER = workerWith(`import { Kinde } from "kinde-edge";`);

const TESTS = {
  "main.test.js": `
    import { SELF, env } from "cloudflare:test";
    import { expect, test } from "vitest";
    import { Kinde } from "kinde-edge";

    test("the Worker makes a call", async () => {
      const answer = await SELF.fetch("http://worker/");
      expect(await answer.json()).toEqual(${JSON.stringify(ANSWER)});
    });

    test("the test makes a call", async () => {
      const server = env.SERVER;
      ${CALL}
      expect(page).toEqual(${JSON.stringify(ANSWER)});
    });

    test("it is the entry for workerd", async () => {
      // The files as they were loaded, not what source maps make of them.
      Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName());
      let files = [];
      const fetch = () => {
        files = new Error("who calls").stack;
        return Response.json({});
      };
      await new Kinde({ domain: "https://acme.kinde.com", accessToken: "token", fetch }).business.get();
      expect(files.join()).toContain("/kinde-edge/dist/${PLACES["Vitest in Workers"].entry}");
    });`,
  "slim.test.js": `
    import { env } from "cloudflare:test";
    import { expect, test } from "vitest";
    import wasm from "kinde-edge/kinde_edge_bg.wasm";
    import { Kinde, initSync } from "kinde-edge/slim";

    test("slim makes a call", async () => {
      initSync(wasm);
      const server = env.SERVER;
      ${CALL}
      expect(page).toEqual(${JSON.stringify(ANSWER)});
    });`,
};

test("a Worker and its tests make calls", async (t) => {
  const files = {
    "wrangler.json": { name: "a-worker", main: "src/index.js", compatibility_date: "2024-09-23" },
    "src/index.js": WORKER,
    "vitest.config.mjs": CONFIG,
    ...TESTS,
  };
  const folder = await makeProject(t, files, besideTools);
  const server = await startUsers();
  cleanUp(t, server.close);

  const args = [vitest, "run", "--reporter=json", "--outputFile=report.json"];
  await run(process.execPath, args, { cwd: folder, env: { SERVER: server.url } });
  const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
  assert.deepEqual([report.numPassedTests, report.numTotalTests], [4, 4]);
  const calls = server.requests.map(({ method, url, headers }) => `${method} ${url} ${headers.authorization}`);
  assert.deepEqual(calls, Array(3).fill("GET /api/v1/users?page_size=2 Bearer the-token"));
});
