// Run the demo's Worker: node run.mjs --project <folder> --tarball <file> --port <number>
// with local Kinde, or with --tenant (KINDE_* of the environment); --serve keeps it running.
import { parseArgs } from "node:util";

import { pages } from "../js/pages.mjs";
import { install } from "../js/project.mjs";
import { bundle, serve } from "../js/workerd.mjs";
import { startLocalKinde } from "../../pkg/local/dist/node.js";

const { values } = parseArgs({
  options: {
    project: { type: "string" },
    tarball: { type: "string" },
    port: { type: "string" },
    tenant: { type: "boolean", default: false },
    serve: { type: "boolean", default: false },
  },
});

// Fixed ports only for those who come back to them.
const port = values.serve ? Number(values.port) : 0;
const local = values.tenant ? undefined : await startLocalKinde({ port: port && port + 1, folders: pages });
let worker;
try {
  await install(values.project, values.tarball);
  const bundled = await bundle(values.project);
  worker = serve(bundled, {
    host: "127.0.0.1",
    port,
    compatibilityDate: "2024-09-23",
    bindings: environment(),
  });
  const address = String(await worker.ready).replace(/\/$/, "");
  console.log(`A Worker in workerd, with ${values.tenant ? process.env.KINDE_DOMAIN : `local Kinde at ${local.url}`}`);

  const response = await worker.dispatchFetch(`${address}/tour`);
  const report = (await response.text()).trimEnd();
  if (response.ok) {
    console.log(report);
    console.log(tokenLine(report));
    if (values.serve) await keepRunning(address);
  } else {
    const lines = report.split("\n");
    const reason = lines.pop();
    if (lines.length) console.log(lines.join("\n"));
    fail(reason);
  }
} catch (error) {
  fail(`The demo could not run: ${error.message}`);
} finally {
  await worker?.dispose();
  await local?.stop();
}

/** What the Worker finds in its environment. */
function environment() {
  if (!values.tenant) {
    const { full } = local.clients;
    return { KINDE_DOMAIN: local.url, KINDE_CLIENT_ID: full.id, KINDE_CLIENT_SECRET: full.secret };
  }
  const { KINDE_DOMAIN, KINDE_CLIENT_ID, KINDE_CLIENT_SECRET, KINDE_AUDIENCE } = process.env;
  return {
    KINDE_DOMAIN,
    KINDE_CLIENT_ID,
    KINDE_CLIENT_SECRET,
    ...(KINDE_AUDIENCE && { KINDE_AUDIENCE }),
    // Nothing in someone's tenant is changed.
    READ_ONLY: "true",
  };
}

function tokenLine(report) {
  const requests = report.split("\n").filter((line) => / -> \d+$/.test(line));
  const tokens = requests.filter((line) => line.includes("/oauth2/token ")).length;
  return `${tokens} token ${tokens === 1 ? "request" : "requests"} for ${requests.length - tokens} calls`;
}

async function keepRunning(address) {
  console.log(`\nThe Worker is at ${address}:  curl ${address}/users`);
  if (local) console.log(`The page is at ${local.url}/try`);
  console.log("Ctrl-C ends it.");
  await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
