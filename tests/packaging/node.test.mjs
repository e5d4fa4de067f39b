// The package in Node: ES modules, CommonJS, and bundled for Node.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { startServer } from "../support/server.mjs";
import { makeFolder, makeProject, runNode } from "../support/project.mjs";
import { assertEntry } from "./places.mjs";
import { ANSWER, CALL, assertOneRequest, startUsers } from "./shared.mjs";

const SERVER = "const server = process.env.SERVER;";
const PRINT = "console.log(JSON.stringify(page));";

const ESM = `import { Kinde } from "kinde-edge";\n${SERVER}${CALL}${PRINT}`;
const CJS = `const { Kinde } = require("kinde-edge");\n(async () => {${SERVER}${CALL}${PRINT}})();`;
/** As in an older browser. Node's own fetch cannot do without Buffer. */
const BARE = `
const { Buffer } = globalThis;
delete globalThis.Buffer;
delete Uint8Array.fromBase64;
const { Kinde } = await import("kinde-edge");
globalThis.Buffer = Buffer;
${SERVER}${CALL}${PRINT}`;
const SLIM_ESM = `import { Kinde, init } from "kinde-edge/slim";\nawait init();\n${SERVER}${CALL}${PRINT}`;
const SLIM_CJS = `const { Kinde, init } = require("kinde-edge/slim");\n(async () => {await init();${SERVER}${CALL}${PRINT}})();`;
const SLIM_SYNC = `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kinde, initSync } from "kinde-edge/slim";
initSync(readFileSync(fileURLToPath(import.meta.resolve("kinde-edge/kinde_edge_bg.wasm"))));
${SERVER}${CALL}${PRINT}`;

const foreign = (start) => `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { Kinde, ${start} } from "kinde-edge/slim";
const { Module } = runInNewContext("WebAssembly");
const module = new Module(readFileSync(fileURLToPath(import.meta.resolve("kinde-edge/kinde_edge_bg.wasm"))));
await ${start}(module);
${SERVER}${CALL}${PRINT}`;

async function answers(t, folder, file) {
  const server = await startUsers();
  t.after(server.close);
  const page = JSON.parse(await runNode(folder, file, { SERVER: server.url }));
  assert.deepEqual(page, ANSWER);
  assertOneRequest(server);
}

for (const [name, file, text] of [
  ["an ES module", "main.mjs", ESM],
  ["CommonJS", "main.cjs", CJS],
  ["an ES module where nothing decodes base64 but atob", "bare.mjs", BARE],
  ["slim, an ES module", "slim.mjs", SLIM_ESM],
  ["slim, CommonJS", "slim.cjs", SLIM_CJS],
  ["slim, from bytes", "sync.mjs", SLIM_SYNC],
  ["slim, by initSync from a module of another realm", "foreign.mjs", foreign("initSync")],
  ["slim, by init from a module of another realm", "foreign.mjs", foreign("init")],
]) {
  test(`${name} makes a call`, async (t) => {
    const folder = await makeProject(t, { [file]: text });
    await answers(t, folder, file);
  });
}

for (const [format, extension, text] of [
  ["esm", "mjs", ESM],
  ["cjs", "cjs", CJS],
]) {
  test(`bundled for Node as ${format}, alone in a folder, it makes a call`, async (t) => {
    const source = await makeProject(t, { [`main.${extension}`]: text });
    const elsewhere = await makeFolder(t);
    const outfile = `${elsewhere}/dist/main.${extension}`;
    await build({
      entryPoints: [`${source}/main.${extension}`],
      bundle: true,
      platform: "node",
      format,
      outfile,
      logLevel: "silent",
    });
    await answers(t, elsewhere, outfile);
  });
}

test("slim takes a response, and says when it is not the wasm's", async (t) => {
  const wasm = await startServer(() => ({ status: 404 }));
  t.after(wasm.close);
  const file = await readFile(fileURLToPath(new URL("../../pkg/dist/kinde_edge_bg.wasm", import.meta.url)));
  const wasmUrl = `data:application/wasm;base64,${file.toString("base64")}`;
  const folder = await makeProject(t, {
    "main.mjs": `
      import { Kinde, init } from "kinde-edge/slim";
      const failed = await init(fetch(process.env.WASM + "/missing")).catch((error) => error.message);
      await init(fetch("${wasmUrl}"));
      await init();
      ${SERVER}${CALL}
      console.log(JSON.stringify({ failed, page }));`,
  });
  const server = await startUsers();
  t.after(server.close);
  const printed = await runNode(folder, "main.mjs", { SERVER: server.url, WASM: wasm.url });
  assert.deepEqual(JSON.parse(printed), {
    failed: `kinde-edge: the wasm could not be loaded: ${wasm.url}/missing answered 404`,
    page: ANSWER,
  });
});

test("a bundle that uses none of it holds none of it", async (t) => {
  const folder = await makeProject(t, { "main.mjs": `import { Kinde } from "kinde-edge"; console.log("none");` });
  const outfile = `${folder}/out.mjs`;
  const options = { bundle: true, format: "esm", outfile, logLevel: "silent" };
  await build({ entryPoints: [`${folder}/main.mjs`], ...options });
  assert.ok((await stat(outfile)).size < 100);
});

test("a program ends at once after its calls", async (t) => {
  const ended = `${SERVER}${CALL}
const start = performance.now();
process.on("exit", () => console.log(Math.round(performance.now() - start)));`;
  const folder = await makeProject(t, { "main.mjs": `import { Kinde } from "kinde-edge";\n${ended}` });
  const server = await startUsers();
  t.after(server.close);
  const milliseconds = Number(await runNode(folder, "main.mjs", { SERVER: server.url }));
  assert.ok(milliseconds < 3_000, `it went on for ${milliseconds} ms`);
});

test("importing leaves nothing running, and what its copies share behind a symbol", async (t) => {
  const folder = await makeProject(t, {
    "main.mjs": `
      const before = Reflect.ownKeys(globalThis);
      await import("kinde-edge");
      const left = () => process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap");
      // What reading the file of the module itself has left is soon over.
      for (const end = Date.now() + 10_000; left().length > 0 && Date.now() < end; )
        await new Promise((resolve) => setTimeout(resolve, 20));
      console.log(JSON.stringify({
        globals: Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String),
        resources: left(),
      }));`,
  });
  assert.deepEqual(JSON.parse(await runNode(folder, "main.mjs")), {
    globals: ["Symbol(kinde-edge/shared/1)"],
    resources: [],
  });
});

test("the import and the require have the same names", async (t) => {
  const folder = await makeProject(t, {
    "main.mjs": `
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      const names = async (path) => [Object.keys(await import(path)), Object.keys(require(path))].map((list) => list.filter((name) => !["default", "module.exports"].includes(name)).sort());
      console.log(JSON.stringify({ main: await names("kinde-edge"), slim: await names("kinde-edge/slim") }));`,
  });
  const main = ["Kinde", "KindeError", "VERSION"];
  const slim = [...main, "init", "initSync"];
  assert.deepEqual(JSON.parse(await runNode(folder, "main.mjs")), { main: [main, main], slim: [slim, slim] });
});

test("Node takes the entry of its kind of module", async (t) => {
  const folder = await makeProject(t, {
    "main.mjs": `
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      console.log(JSON.stringify([import.meta.resolve("kinde-edge"), require.resolve("kinde-edge")]));`,
  });
  const [imported, required] = JSON.parse(await runNode(folder, "main.mjs"));
  assertEntry("Node, `import`", [imported]);
  assertEntry("Node, `require`", [required]);
});

test("the other files of the package can be reached", async (t) => {
  const operations = JSON.parse(await readFile(new URL("../../pkg/operations.json", import.meta.url), "utf8"));
  const folder = await makeProject(t, {
    "main.cjs": `
      const operations = require("kinde-edge/operations.json");
      const { version } = require("kinde-edge/package.json");
      const { VERSION } = require("kinde-edge");
      const wasm = require("node:fs").readFileSync(require.resolve("kinde-edge/kinde_edge_bg.wasm"));
      console.log(JSON.stringify([operations.length, version === VERSION, WebAssembly.validate(wasm)]));`,
  });
  assert.deepEqual(JSON.parse(await runNode(folder, "main.cjs")), [operations.length, true, true]);
});
