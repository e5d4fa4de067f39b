// Deno, Bun, and a browser without a bundler.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { startChromium } from "../support/chromium.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { makeFolder, makeProject } from "../support/project.mjs";
import { bun, deno } from "../support/runtimes.mjs";
import { run } from "../../xtask/js/project.mjs";
import { assertCallsFrom, page, serveFolder, USE } from "./page.mjs";
import { assertEntry, PLACES } from "./places.mjs";
import { ANSWER, CALL, assertOneRequest, startUsers } from "./shared.mjs";

const REST = `
const server = process.env.SERVER;
${CALL}
console.log(JSON.stringify({ page, entry: import.meta.resolve("kinde-edge") }));`;

const PROGRAMS = {
  "kinde-edge": `import { Kinde } from "kinde-edge";\nimport process from "node:process";${REST}`,
  "kinde-edge/slim": `import { Kinde, init } from "kinde-edge/slim";\nimport process from "node:process";\nawait init();${REST}`,
  "kinde-edge by require": `
    import { createRequire } from "node:module";
    import process from "node:process";
    const { Kinde } = createRequire(import.meta.url)("kinde-edge");${REST}`,
};

/** Run the program; resolves to the address of the package's entry there. */
async function assertCalls(t, program, args, { cwd }) {
  const server = await startUsers();
  cleanUp(t, server.close);
  const { stdout } = await run(program, args, { cwd, env: { SERVER: server.url, DENO_NO_UPDATE_CHECK: "1" } });
  const { page, entry } = JSON.parse(stdout);
  assert.deepEqual(page, ANSWER);
  assertOneRequest(server);
  return entry;
}

/** That the version of the table is the one that runs. */
async function assertVersion(place, program) {
  const { stdout } = await run(program, ["--version"]);
  assert.ok(stdout.split(/\s/).includes(PLACES[place].version), stdout);
}

describe("Deno", () => {
  test("is the version that is said", () => assertVersion("Deno", deno));

  // What a call needs of it, and no more: the file of slim is read, that of the other is a module.
  const permissions = ["--allow-net=127.0.0.1", "--allow-env=SERVER"];
  const more = { "kinde-edge/slim": ["--allow-read"], "kinde-edge by require": ["--allow-read"] };
  for (const [name, source] of Object.entries(PROGRAMS)) {
    test(`${name} makes a call`, async (t) => {
      const cwd = await makeProject(t, { "main.ts": source });
      const args = ["run", "--quiet", "--no-prompt", "--cached-only", ...permissions, ...(more[name] ?? []), "main.ts"];
      const entry = await assertCalls(t, deno, args, { cwd });
      assertEntry("Deno", [entry]);
    });
  }
});

describe("Bun", () => {
  test("is the version that is said", () => assertVersion("Bun", bun));

  for (const [name, source] of Object.entries(PROGRAMS)) {
    test(`${name} makes a call`, async (t) => {
      const cwd = await makeProject(t, { "main.ts": source });
      const entry = await assertCalls(t, bun, ["main.ts"], { cwd });
      assertEntry("Bun", [entry]);
    });
  }

  test("bundled and compiled into one program, alone in a folder, it makes a call", async (t) => {
    const source = await makeProject(t, {
      "main.ts": PROGRAMS["kinde-edge"].replace(/import\.meta\.resolve\(.*?\)/, '"none"'),
    });
    const elsewhere = await makeFolder(t);
    const program = join(elsewhere, "program");
    await run(bun, ["build", "--compile", "main.ts", "--outfile", program], { cwd: source });
    assert.equal(await assertCalls(t, program, [], { cwd: elsewhere }), "none");
  });
});

describe("An import map in Chromium, from the files as they are published", () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium?.close());

  const imports = `<script type="importmap">{ "imports": {
    "kinde-edge": "/node_modules/kinde-edge/dist/${PLACES["an import map"].entry}",
    "kinde-edge/slim": "/node_modules/kinde-edge/dist/slim.js"
  } }</script>`;

  for (const [name, start] of Object.entries({
    "kinde-edge": `import { Kinde } from "kinde-edge";`,
    "kinde-edge/slim": `import { Kinde, init } from "kinde-edge/slim";\nawait init();`,
  })) {
    test(`${name} makes a call`, async (t) => {
      const site = await makeProject(t, { "index.html": page("/main.js", imports), "main.js": start + USE });
      await assertCallsFrom(t, chromium, await serveFolder(t, site));
    });
  }
});
