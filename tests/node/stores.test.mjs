// Token stores in Node: how they are packed.

import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { build } from "esbuild";

import { run } from "../../xtask/js/project.mjs";
import { isSet, PACKAGE, project } from "../lib/hosts.mjs";

if (isSet(PACKAGE)) {
  const NAMES = ["cacheStore", "encrypted", "kvStore", "memoryStore"];

  test("the import and the require of kinde-edge/stores have the same names", async () => {
    const folder = await project({
      "main.mjs": `
        import { createRequire } from "node:module";
        import * as imported from "kinde-edge/stores";
        const required = createRequire(import.meta.url)("kinde-edge/stores");
        console.log(JSON.stringify([imported, required].map((names) => Object.keys(names).sort())));`,
    });
    const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: folder });
    assert.deepEqual(JSON.parse(stdout), [NAMES, NAMES]);
  });

  /** The size and text of a bundle of this module. */
  async function bundled(text) {
    const folder = await project({ "main.mjs": text });
    const outfile = join(folder, "out.mjs");
    await build({ entryPoints: [join(folder, "main.mjs")], bundle: true, format: "esm", outfile, logLevel: "silent" });
    return { size: (await stat(outfile)).size, code: await readFile(outfile, "utf8") };
  }

  test("a program that uses one store holds no other, and no WebAssembly", async () => {
    const { size, code } = await bundled(
      `import { memoryStore } from "kinde-edge/stores"; console.log(memoryStore());`,
    );
    assert.ok(size < 2_000, `${size} bytes`);
    assert.ok(!code.includes("AES-GCM") && !code.includes("kinde-edge.invalid"));
  });

  test("a program that uses none holds none", async () => {
    const { code } = await bundled(`import { Kinde } from "kinde-edge"; console.log(Kinde);`);
    assert.ok(!code.includes("encrypted: the secret") && !code.includes("kinde-edge.invalid"));
    const none = await bundled(`import { kvStore } from "kinde-edge/stores"; console.log("none");`);
    assert.ok(none.size < 100, `${none.size} bytes`);
  });
}
