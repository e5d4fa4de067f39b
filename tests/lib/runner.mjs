// Runs a suite of tests/suites/ in the runtime that KINDE_EDGE_RUNTIME names; Node, unless it is set:
//
//     KINDE_EDGE_RUNTIME=workerd node --import ./tests/lib/runner.mjs --test tests/suites/retries.mjs
//
// It is loaded ahead of each test file, in its process; of a file that is no suite it takes no notice.
import { defer, inBothWorkerds, inBrowser, inNode, inWorkerd, PACKAGE } from "./hosts.mjs";

/** @type {Record<string, (suite: string, needs?: string[], more?: object) => Promise<void>>} */
const RUNTIMES = {
  Node: inNode,
  workerd: inWorkerd,
  Chromium: inBrowser,
  Firefox: inBrowser,
  WebKit: inBrowser,
};

/** They touch most of the runtime's own objects: in workerd they run with today's compatibility date, too. */
const IN_BOTH = ["oauth", "session", "surface", "wire"];

/** Those that sign in at an OpenID provider. */
const WITH_PROVIDER = ["oauth", "session"];

/** @param {string} suite */
async function run(suite) {
  const runtime = process.env.KINDE_EDGE_RUNTIME || "Node";
  const start = runtime === "workerd" && IN_BOTH.includes(suite) ? inBothWorkerds : RUNTIMES[runtime];
  if (!start) throw new Error(`KINDE_EDGE_RUNTIME is ${runtime}: it is one of ${Object.keys(RUNTIMES).join(", ")}`);
  const more = {};
  if (WITH_PROVIDER.includes(suite)) {
    const { startProvider } = await import("./provider.mjs");
    const { origin, close } = await startProvider();
    defer(close);
    Object.assign(more, { provider: origin });
  }
  await start(suite, PACKAGE, more);
}

// The process that starts the others has the file as an argument, too.
const isStarter = process.execArgv.includes("--test");
const [, suite] = /[\\/]tests[\\/]suites[\\/]([^\\/]+)\.mjs$/.exec(process.argv[1] ?? "") ?? [];
if (suite && !isStarter) await run(suite);
