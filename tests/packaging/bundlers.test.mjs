// esbuild, Rollup and webpack: bundles for Chromium, and for Node, where they run alone in a folder.
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";

import { startChromium } from "../support/chromium.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { makeFolder, makeProject, runNode } from "../support/project.mjs";
import { assertCallsFrom, page, serveFolder, USE } from "./page.mjs";
import { assertEntry } from "./places.mjs";
import { ANSWER, assertOneRequest, CALL, startUsers } from "./shared.mjs";

const MAIN = `import { Kinde } from "kinde-edge";\n`;
const SLIM = `import { Kinde, init } from "kinde-edge/slim";\nawait init();\n`;
const RUN = `const server = process.env.SERVER;${CALL}console.log(JSON.stringify(page));`;

/** How each bundles `entry` into `out/main.js` for `platform`; resolves to the files it took. */
const BUNDLERS = {
  async esbuild(entry, out, platform) {
    const { metafile } = await esbuild.build({
      entryPoints: [entry],
      outfile: join(out, "main.js"),
      bundle: true,
      minify: true,
      format: "esm",
      platform,
      metafile: true,
      logLevel: "silent",
    });
    return Object.keys(metafile.inputs);
  },

  async Rollup(entry, out, platform) {
    const plugins = [nodeResolve({ browser: platform === "browser", exportConditions: [platform] })];
    const bundle = await rollup({ input: entry, plugins, onwarn: fail });
    await bundle.write({ file: join(out, "main.js"), format: "es" });
    await bundle.close();
    return bundle.watchFiles;
  },

  async webpack(entry, out, platform) {
    const options = {
      entry,
      mode: "production",
      target: platform === "browser" ? "web" : "node",
      experiments: { outputModule: true },
      output: { path: out, filename: "main.js", module: true, chunkFormat: "module" },
      // The bytes inside are more than a page should have; whoever minds them takes slim.
      performance: { hints: false },
    };
    const stats = await new Promise((resolve, reject) => {
      const compiler = webpack(options, (error, stats) =>
        compiler.close(() => (error ? reject(error) : resolve(stats))),
      );
    });
    const { errors, warnings, modules } = stats.toJson({
      all: false,
      errors: true,
      warnings: true,
      modules: true,
      nestedModules: true,
    });
    assert.deepEqual(
      [...errors, ...warnings].map(({ message }) => message),
      [],
    );
    return modules
      .flatMap(({ nameForCondition, modules = [] }) => [
        nameForCondition,
        ...modules.map((inner) => inner.nameForCondition),
      ])
      .filter(Boolean);
  },
};

/** Those that leave the `.wasm` of slim to be put beside the bundle. */
const LEAVES_WASM = ["esbuild", "Rollup"];

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  describe(name, () => {
    let chromium;
    before(async () => {
      chromium = await startChromium();
    });
    after(() => chromium?.close());

    for (const [path, start] of Object.entries({ "kinde-edge": MAIN, "kinde-edge/slim": SLIM })) {
      /** Bundle it; resolves to the files that were taken. */
      async function make(t, out, platform, rest) {
        const source = await makeProject(t, { "main.js": start + rest });
        const files = await bundle(join(source, "main.js"), out, platform);
        if (path === "kinde-edge") assertEntry(name, files);
        else if (LEAVES_WASM.includes(name)) await copyFile(wasmOf(source), join(out, "kinde_edge_bg.wasm"));
      }

      test(`${path} in Chromium`, async (t) => {
        const site = await makeFolder(t, { "index.html": page("/out/main.js"), "out/.keep": "" });
        await make(t, join(site, "out"), "browser", USE);
        await assertCallsFrom(t, chromium, await serveFolder(t, site));
      });

      test(`${path} in Node`, async (t) => {
        const elsewhere = await makeFolder(t, { "package.json": { type: "module" }, "out/.keep": "" });
        await make(t, join(elsewhere, "out"), "node", RUN);
        const server = await startUsers();
        cleanUp(t, server.close);
        assert.deepEqual(JSON.parse(await runNode(elsewhere, "out/main.js", { SERVER: server.url })), ANSWER);
        assertOneRequest(server);
      });
    }
  });
}

function fail({ message }) {
  throw new Error(message);
}

function wasmOf(project) {
  return createRequire(join(project, "main.js")).resolve("kinde-edge/kinde_edge_bg.wasm");
}
