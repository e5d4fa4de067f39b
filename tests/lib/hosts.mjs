// Runs a suite in a runtime: the packed package in a project of its own, one subtest per case.
//
// A suite is tests/suites/<suite>.mjs, with `cases(operations)`, a list of `{ name, run(host) }`, and a
// `timeout` in milliseconds for those that take more than a minute.
// It uses no API of one runtime only; what it needs of the world outside is in `host`:
//
//     runtime     "Node", "workerd", "Chromium", "Firefox" or "WebKit"
//     sdk         the exports of the package
//     stores      those of kinde-edge/stores
//     operations  its operations.json
//     server      origin of the scripted server (server.mjs)
//     faults      origin of the one that misbehaves (faults.mjs)
//     faultsAgain origin of another one, for connections that are used again
//     limited     origin of the service with limits (limited.mjs)
//     refused     an origin where nobody listens
//     prism       origin of Prism with the API document
//     inspect     in Node: how it prints a value in full
//
// and what runner.mjs adds for some: `provider`, the origin of the OpenID provider.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";

import { build } from "esbuild";

import { sendFile } from "../../xtask/js/pages.mjs";
import { newestDate, serve } from "../../xtask/js/workerd.mjs";
import { startChromium } from "../support/chromium.mjs";
import { missing } from "../support/environment.mjs";
import { makeProject } from "../support/project.mjs";
import { startBrowser } from "../support/webdriver.mjs";
import { listen } from "../support/listen.mjs";
import { startFaults } from "./faults.mjs";
import { startLimited } from "./limited.mjs";
import { runCase } from "./remote.mjs";
import { closedOrigin, startServer } from "./server.mjs";

/** What has to be set to test the package, alone and against the document. */
export const PACKAGE = ["KINDE_EDGE_TARBALL"];
export const CONTRACT = [...PACKAGE, "KINDE_EDGE_PRISM"];

const BROWSER = ["Firefox", "WebKit"].find((name) => name === process.env.KINDE_EDGE_RUNTIME) ?? "Chromium";

export const inNode = (suite, needs = PACKAGE, more = {}) => runIn("Node", startNode, suite, needs, more);
export const inWorkerd = (suite, needs = PACKAGE, more = {}) =>
  runIn("workerd", workerdOf("2024-09-23"), suite, needs, more);
/** With the oldest date that the package works with, and with today's. */
export async function inBothWorkerds(suite, needs = PACKAGE, more = {}) {
  const oldest = await prepare("workerd", workerdOf("2024-09-23"), suite, needs, more);
  const newest = await prepare(`workerd of ${newestDate}`, workerdOf(newestDate), suite, needs, more);
  oldest();
  newest();
}
/** In Chromium, or in the other browser that KINDE_EDGE_RUNTIME names. */
export const inBrowser = (suite, needs = PACKAGE, more = {}) =>
  runIn(BROWSER, startPage, suite, BROWSER === "Chromium" ? [...needs, "CHROME"] : needs, more);

/** Whether everything is there; if not, a failing test says what to do. */
export function isSet(needs) {
  const problems = missing(needs);
  if (problems.length > 0) test("what the tests need is there", () => assert.fail(problems.join("; ")));
  return problems.length === 0;
}

const cleanups = [];
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});
/**
 * Calls `cleanup` after all tests of the file, the latest first. Node takes a file for done as soon as none of the tests
 * that it knows of is left: prepare everything first, then register test after test without waiting between them.
 */
export const defer = (cleanup) => cleanups.push(cleanup);

/** A project with the package, removed in the end. */
export const project = (files) => makeProject({ after: defer }, files);

const runIn = async (...given) => (await prepare(...given))();

/** Starts what the suite needs; resolves to what registers its tests. */
async function prepare(runtime, start, suite, needs, more) {
  if (!isSet(needs)) return () => {};
  const folder = await project({
    "sdk.mjs": `export * from "kinde-edge";`,
    "stores.mjs": `export * from "kinde-edge/stores";`,
  });
  const operations = JSON.parse(await readFile(join(folder, "node_modules/kinde-edge/operations.json"), "utf8"));
  const servers = {
    server: await startServer(),
    faults: await startFaults(),
    faultsAgain: await startFaults(),
    limited: await startLimited(),
  };
  // A binding of workerd cannot be undefined.
  const prism = process.env.KINDE_EDGE_PRISM ?? null;
  const facts = { runtime, refused: await closedOrigin(), prism, ...more };
  for (const [name, { origin, close }] of Object.entries(servers)) {
    facts[name] = origin;
    defer(close);
  }

  const { cases } = await import(suiteUrl(suite));
  const run = await start(suite, folder, { ...facts, operations });
  return () => {
    describe(`${suite} in ${runtime}`, () => {
      for (const { name, timeout = 60_000 } of cases(operations)) {
        test(`${suite} in ${runtime}: ${name}`, { timeout }, async () => {
          const { error } = await run(name);
          // The far end has a stack of its own; the one from here would say nothing.
          if (error) throw Object.assign(new Error(error), { stack: error });
        });
      }
    });
  };
}

const suiteUrl = (suite) => new URL(`../suites/${suite}.mjs`, import.meta.url).href;
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

async function startNode(suite, folder, facts) {
  const { cases } = await import(suiteUrl(suite));
  const [sdk, stores] = await Promise.all(
    ["sdk", "stores"].map((name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)),
  );
  const host = { ...facts, sdk, stores, inspect: (value) => inspect(value, { depth: Infinity, showHidden: true }) };
  return (name) => runCase({ cases }, name, host);
}

/** One request to the Worker for each case; no flag, and the oldest date that the package works with or another. */
const workerdOf = (compatibilityDate) => async (suite, folder, facts) => {
  const { operations: _, ...bindings } = facts;
  const worker = await startWorker(
    folder,
    `${farEnd(suite)}
    export default {
      async fetch(request, env) {
        return Response.json(await runCase(suite, await request.text(), { ...env.HOST, sdk, stores, operations }));
      },
    };`,
    { bindings: { HOST: bindings }, compatibilityDate },
  );
  return async (name) => (await worker.dispatchFetch("http://worker/", { method: "POST", body: name })).json();
};

/** Starts workerd with a module of the project in `folder`. */
export async function startWorker(folder, text, options) {
  const bundled = join(folder, "worker");
  await bundle(folder, text, {
    outdir: bundled,
    conditions: ["workerd"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
  });
  const worker = serve(bundled, { compatibilityDate: "2024-09-23", ...options });
  defer(() => worker.dispose());
  await worker.ready;
  return worker;
}

/** The suite in a page; whatever the page complains of fails the case that runs. */
async function startPage(suite, folder, facts) {
  const { operations: _, ...rest } = facts;
  const site = join(folder, "site");
  await bundle(
    folder,
    `${farEnd(suite)}
    globalThis.run = (name) => runCase(suite, name, { ...${JSON.stringify(rest)}, sdk, stores, operations });`,
    { outdir: site, conditions: ["browser"] },
  );
  const page = await openPage();
  defer(page.close);
  await page.goto(await servePage(site));
  return (name) => page.run(RUN_CASE, name);
}

/** What runs a case in the page. What the page complains of fails the case that runs. */
const RUN_CASE = `
  for (const end = Date.now() + 30_000; !globalThis.run; await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() > end) return { error: ["the suite is not there after 30 s", ...complaints].join("\\n") };
  const result = await globalThis.run(arguments[0]);
  return { error: [result.error, ...complaints.splice(0)].filter(Boolean).join("\\n") };`;

/** A page of the browser: opens an address, and runs the body of an async function in it. */
async function openPage() {
  if (BROWSER !== "Chromium") return startBrowser(BROWSER);
  const browser = await startChromium();
  const page = await browser.newPage();
  const script = "([script, given]) => (async () => {}).constructor(script).apply(null, given)";
  return {
    goto: (url) => page.goto(url),
    run: (body, ...given) => page.evaluate(`(${script})(${JSON.stringify([body, given])})`),
    close: () => browser.close(),
  };
}

/** Where the bundled far end of a suite begins. */
const farEnd = (suite) => `
  import * as sdk from "kinde-edge";
  import * as stores from "kinde-edge/stores";
  import operations from "kinde-edge/operations.json";
  import { runCase } from ${JSON.stringify(path("remote.mjs"))};
  import * as suite from ${JSON.stringify(path(`../suites/${suite}.mjs`))};`;

const bundle = (folder, contents, options) =>
  build({
    stdin: { contents, resolveDir: folder, sourcefile: "index.js" },
    bundle: true,
    format: "esm",
    target: "es2022",
    entryNames: "index",
    logLevel: "silent",
    ...options,
  });

async function servePage(site) {
  const server = createServer(async (request, response) => {
    if (request.url === "/") {
      const page = `<!doctype html><link rel="icon" href="data:,"><script>
        globalThis.complaints = [];
        const complain = (error) => complaints.push(error + "\\n" + error?.stack);
        addEventListener("error", (event) => complain(event.error ?? event.message));
        // A suite that listens for them says so by preventing the default.
        addEventListener("unhandledrejection", (event) =>
          setTimeout(() => event.defaultPrevented || complain(event.reason)));
      </script><script type="module" src="/index.js"></script>`;
      response.writeHead(200, { "content-type": "text/html" }).end(page);
    } else if (!(await sendFile(request, response, { "/": site }))) {
      response.writeHead(404).end();
    }
  });
  const origin = await listen(server);
  defer(() => (server.close(), server.closeAllConnections()));
  return `${origin}/`;
}
