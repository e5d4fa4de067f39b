// `wrangler dev`, which bundles and runs a Worker while it is written.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { run } from "../../xtask/js/project.mjs";
import { quiet, wrangler } from "../../xtask/js/workerd.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { makeProject } from "../support/project.mjs";
import { startWranglerDev } from "../support/wrangler.mjs";
import { assertEntry } from "./places.mjs";
import { ANSWER, assertOneRequest, startUsers, workerWith } from "./shared.mjs";

const WORKERS = {
  "kinde-edge": workerWith(`import { Kinde } from "kinde-edge";`),
  "kinde-edge/slim": workerWith(`
    import wasm from "kinde-edge/kinde_edge_bg.wasm";
    import { Kinde, initSync } from "kinde-edge/slim";
    initSync(wasm);`),
};

const project = (source) => ({
  "wrangler.json": { name: "a-worker", main: "src/index.js", compatibility_date: "2024-09-23" },
  "src/index.js": source,
});

for (const [name, source] of Object.entries(WORKERS)) {
  test(`${name} makes a call under wrangler dev`, async (t) => {
    const folder = await makeProject(t, project(source));
    const server = await startUsers();
    cleanUp(t, server.close);
    const { url } = await startWranglerDev(t, folder, { SERVER: server.url });
    const answer = await fetch(url);
    assert.deepEqual([answer.status, await answer.json()], [200, ANSWER]);
    assertOneRequest(server);
  });
}

test("Wrangler takes the entry for workerd", async (t) => {
  const folder = await makeProject(t, project(WORKERS["kinde-edge"]));
  const args = [wrangler, "deploy", "--dry-run", "--outdir", "bundled", "--metafile", "meta.json"];
  await run(process.execPath, args, { cwd: folder, env: quiet(folder) });
  const { inputs } = JSON.parse(await readFile(join(folder, "meta.json"), "utf8"));
  assertEntry("Wrangler", Object.keys(inputs));
});
