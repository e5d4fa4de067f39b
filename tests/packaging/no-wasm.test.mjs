// Where there is no WebAssembly, or where it may not be compiled: the import goes through, and who makes a client is told
// what to do.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createContext, runInContext } from "node:vm";

import { build } from "esbuild";

import { run } from "../../xtask/js/project.mjs";
import { serve } from "../../xtask/js/workerd.mjs";
import { startChromium } from "../support/chromium.mjs";
import { listen } from "../support/listen.mjs";
import { makeProject } from "../support/project.mjs";

/** Tries everything that makes a client, with `Kinde` and `KindeError` in scope, and leaves `report`. */
const TRY = `
const attempt = (make) => {
  try {
    make();
    return "a client";
  } catch (error) {
    return [KindeError.is(error) && error instanceof KindeError && error.code, error.message, error.cause?.name];
  }
};
const options = { domain: "acme.kinde.com", accessToken: "t" };
const report = [attempt(() => new Kinde(options)), attempt(() => Kinde.fromEnv({ KINDE_DOMAIN: "acme.kinde.com" })), attempt(() => new Kinde())];
`;
const PRINT = "console.log(JSON.stringify(report));";
/** All three say the same. */
function assertAll(report, expected, cause) {
  assert.equal(report.length, 3);
  for (const [code, message, name] of report) {
    assert.equal(code, "configuration");
    assert.match(message, expected);
    if (cause) assert.equal(name, cause);
  }
}

const NONE =
  /^this runtime has no WebAssembly, which kinde-edge is made of \(React Native, Fastly and node --jitless have none\): call Kinde from a server that has it$/;

/** What React Native's engine lacks, taken away before the package comes. */
const REACT_NATIVE = `
for (const name of ["WebAssembly", "TextDecoder", "TextEncoder", "FinalizationRegistry", "WeakRef", "Buffer", "atob", "crypto", "structuredClone"]) delete globalThis[name];
`;

const PROGRAMS = {
  "main.mjs": `import { Kinde, KindeError } from "kinde-edge";${TRY}${PRINT}`,
  "main.cjs": `const { Kinde, KindeError } = require("kinde-edge");${TRY}${PRINT}`,
  "others.mjs": `
    import { Kinde, KindeError } from "kinde-edge";
    await Promise.all(["bulk", "claims", "express", "hono", "stores", "testing"].map((name) => import(\`kinde-edge/\${name}\`)));
    ${TRY}${PRINT}`,
  "slim.mjs": `
    import { Kinde, KindeError, init, initSync } from "kinde-edge/slim";
    ${TRY}
    report.length = 0;
    for (const start of [init, async () => initSync(new Uint8Array(8)), async () => init("https://example.com/x.wasm")]) {
      await start().catch((error) => report.push([error instanceof KindeError && error.code, error.message]));
    }
    ${PRINT}`,
};

for (const file of Object.keys(PROGRAMS)) {
  test(`node --jitless: ${file}`, async (t) => {
    const folder = await makeProject(t, PROGRAMS);
    const { stdout, stderr } = await run(process.execPath, ["--jitless", file], { cwd: folder });
    assertAll(JSON.parse(stdout), NONE);
    assert.equal(stderr.replace(/^Warning: disabling flag --expose_wasm .*\n/, ""), "");
  });
}

test("an engine that has neither WebAssembly nor what Hermes lacks", async (t) => {
  const folder = await makeProject(t, {
    "main.cjs": `
      ${REACT_NATIVE}
      const { getBuiltinModule } = process;
      delete process.getBuiltinModule;
      process.getBuiltinModule = undefined;
      const { Kinde, KindeError } = require("kinde-edge");
      ${TRY}
      globalThis.process.getBuiltinModule = getBuiltinModule;
      ${PRINT}`,
  });
  assertAll(JSON.parse((await run(process.execPath, ["main.cjs"], { cwd: folder })).stdout), NONE);
});

test("slim says that it has not been started", async (t) => {
  const folder = await makeProject(t, {
    "main.mjs": `import { Kinde, KindeError, init } from "kinde-edge/slim";${TRY}
      await init();
      report.push(attempt(() => new Kinde(options)));
      ${PRINT}`,
  });
  const report = JSON.parse((await run(process.execPath, ["main.mjs"], { cwd: folder })).stdout);
  assert.equal(report.pop(), "a client");
  assertAll(
    report,
    /^the WebAssembly is not there yet: await init\(\) of kinde-edge\/slim, or call its initSync\(module\)/,
  );
});

const FORBIDDEN =
  /^the WebAssembly of kinde-edge did not start: where a runtime compiles nothing itself, import the module: import wasm from "kinde-edge\/kinde_edge_bg\.wasm", and initSync\(wasm\) of kinde-edge\/slim \(.*disallowed by embedder.*\)$/;

test("a context of Node's that compiles no WebAssembly", async (t) => {
  const folder = await makeProject(t);
  const out = join(folder, "out.js");
  await bundled(
    folder,
    `import { Kinde, KindeError } from "kinde-edge"; ${TRY} globalThis.report = report;`,
    out,
    "iife",
  );
  const context = createContext(
    { TextDecoder, TextEncoder, URL, Headers, AbortSignal, atob, queueMicrotask },
    { codeGeneration: { wasm: false, strings: false } },
  );
  runInContext(await readFile(out, "utf8"), context);
  assertAll(JSON.parse(JSON.stringify(context.report)), FORBIDDEN, "CompileError");
});

test("workerd, with the entry that brings bytes", async (t) => {
  const folder = await makeProject(t);
  const worker = `
    import { Kinde, KindeError } from "kinde-edge";
    export default { fetch() { ${TRY} return Response.json(report); } };`;
  await bundled(folder, worker, join(folder, "out/index.js"), "esm");
  // From 2025-06-01 a Worker may compile while it starts.
  const running = serve(join(folder, "out"), { compatibilityDate: "2024-09-23" });
  t.after(() => running.dispose());
  assertAll(await (await running.dispatchFetch("http://worker/")).json(), FORBIDDEN, "CompileError");
});

let chromium;
before(async () => (chromium = await startChromium()));
after(() => chromium.close());

/** What a page with a policy makes of a bundle. */
async function pageWith(t, policy, source) {
  const folder = await makeProject(t);
  const out = join(folder, "out.js");
  await bundled(folder, source, out, "esm");
  const script = await readFile(out);
  const server = createServer((request, response) => {
    const isScript = request.url === "/out.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    if (policy) response.setHeader("content-security-policy", policy);
    response.end(isScript ? script : '<!doctype html><script type="module" src="/out.js"></script>');
  });
  const address = await listen(server);
  t.after(() => (server.close(), server.closeAllConnections()));
  const page = await chromium.newPage();
  t.after(() => page.close());
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(address);
  await page.waitForFunction(() => globalThis.report, undefined, { timeout: 30_000 });
  assert.deepEqual(errors, []);
  return page.evaluate(() => globalThis.report);
}

const IN_PAGE = `import { Kinde, KindeError } from "kinde-edge"; ${TRY} globalThis.report = report;`;
/** What Chromium gives the pages of an extension (Manifest V3) that says nothing of it. */
const OF_EXTENSIONS = "script-src 'self'; object-src 'self';";

for (const policy of [OF_EXTENSIONS, "default-src 'self'"]) {
  test(`a page with the policy ${policy}`, async (t) => {
    const expected =
      /^the WebAssembly of kinde-edge did not start: a page needs 'wasm-unsafe-eval' in script-src of its Content-Security-Policy, a browser extension in content_security_policy\.extension_pages of its manifest \(.*Content Security.*\)$/s;
    assertAll(await pageWith(t, policy, IN_PAGE), expected, "CompileError");
  });
}

test("a page with 'wasm-unsafe-eval' has its client", async (t) => {
  const [client, ofEnv] = await pageWith(t, "script-src 'self' 'wasm-unsafe-eval'", IN_PAGE);
  assert.deepEqual([client, ofEnv], ["a client", "a client"]);
});

test("what the environment of fromEnv throws reaches the caller", async (t) => {
  const folder = await makeProject(t, {
    "main.mjs": `
      import { Kinde } from "kinde-edge";
      const thrown = new RangeError("no such variable");
      const envs = [new Proxy({}, { get() { throw thrown; } }), { get KINDE_CLIENT_ID() { throw thrown; } }];
      const same = envs.map((env) => { try { Kinde.fromEnv(env); } catch (error) { return error === thrown; } });
      console.log(JSON.stringify(same));`,
  });
  assert.equal((await run(process.execPath, ["main.mjs"], { cwd: folder })).stdout, "[true,true]\n");
});

function bundled(folder, contents, outfile, format) {
  return build({
    stdin: { contents, resolveDir: folder },
    outfile,
    bundle: true,
    format,
    // The entry for everything that has none of its own.
    conditions: ["browser"],
    platform: "neutral",
    mainFields: ["module"],
    logLevel: "silent",
  });
}
