#!/usr/bin/env node
// The command: npx kinde-edge-local, and cargo xtask local.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { startLocalKinde } from "./node.js";

const HELP = `Local Kinde: a server that behaves like a small Kinde tenant, on this machine only.

Usage: kinde-edge-local [options]

  --port <number>        The port it listens on; 0 for any free one (default: 4400)
  --data <file>          Keep the tenant in a file; without it, each start is from the beginning
  --seed <number>        Fix what is made up: people, ids and secrets are the same at each start
  --strict               Give documented answers only: no fields, nulls or statuses beyond the API's document

When things go wrong:
  --rate-limit <number>  Refuse (429) what goes beyond so many requests a second
  --faults <share>       Let a share of the requests fail or take long, from 0 to 1
  --latency <ms>         How long each answer takes

  --webhooks-anywhere    Deliver webhooks to other machines as well, not only to this one
  --serve <path=folder>  Hand out the files of a folder, too: --serve /app/=./dist
  --quiet                Do not print the requests
  --help, --version

In a browser, its address shows what it has and what was asked of it.
In tests: import { startLocalKinde } from "kinde-edge-local".
`;

/** @type {NonNullable<import("node:util").ParseArgsConfig["options"]>} */
const options = {
  port: { type: "string", default: "4400" },
  data: { type: "string" },
  seed: { type: "string" },
  strict: { type: "boolean", default: false },
  "rate-limit": { type: "string" },
  faults: { type: "string", default: "0" },
  latency: { type: "string", default: "0" },
  "webhooks-anywhere": { type: "boolean", default: false },
  serve: { type: "string", multiple: true, default: [] },
  quiet: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", short: "v", default: false },
};

// NO_COLOR and FORCE_COLOR: no-color.org, force-color.org. An empty one says nothing.
const { NO_COLOR, FORCE_COLOR } = process.env;
const isColoured = !NO_COLOR && (FORCE_COLOR ? FORCE_COLOR !== "0" : process.stdout.isTTY);
const paint = (code) => (text) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
const [bold, dim, red, green, yellow, cyan] = [1, 2, 31, 32, 33, 36].map(paint);

await main(process.argv.slice(2)).catch((error) => {
  console.error(`${red("Local Kinde could not run:")} ${error.message}`);
  process.exitCode = 1;
});

async function main(args) {
  const values = read(args);
  if (values.help) return console.log(HELP);
  if (values.version) return console.log(__VERSION__);
  const folders = Object.fromEntries(values.serve.map(readFolder));
  const kinde = await startLocalKinde({
    port: number(
      values.port,
      "--port",
      (port) => Number.isInteger(port) && port >= 0 && port < 65_536,
      "from 0 to 65535",
    ),
    data: values.data,
    seed: values.seed === undefined ? undefined : number(values.seed, "--seed", Number.isSafeInteger, "a whole number"),
    strict: values.strict,
    rateLimit: values["rate-limit"] && number(values["rate-limit"], "--rate-limit", (limit) => limit > 0, "above 0"),
    faults: number(values.faults, "--faults", (share) => share >= 0 && share <= 1, "from 0 to 1"),
    latency: number(values.latency, "--latency", (latency) => latency >= 0, "of milliseconds"),
    webhooks: { everywhere: values["webhooks-anywhere"] || undefined },
    folders,
    log: values.quiet ? undefined : printRequest,
  });
  console.log(greeting(kinde, /** @type {any} */ (values), folders));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  await new Promise((done) => {
    for (const signal of signals) process.once(signal, done);
    endWithParent(done);
  });
  await kinde.stop?.();
}

/** npx and npm run pass on no signal but Ctrl-C, which the terminal sends to all: whoever ends them means this. */
function endWithParent(done) {
  if (!process.env.npm_command) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && done(), 250).unref();
}

/** @returns {Record<string, any>} */
function read(args) {
  try {
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new Error(
      `${/** @type {Error} */ (error).message.replace(/ To specify a positional.*$/s, "")}\nSee kinde-edge-local --help`,
    );
  }
}

function number(text, name, isGood, what) {
  const value = Number(text);
  if (text.trim() !== "" && isGood(value)) return value;
  throw new Error(
    `${name} has to be a number ${what.replace(/^a whole number$/, "without a fraction")}, not ${JSON.stringify(text)}`,
  );
}

function readFolder(text) {
  const [path, folder] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  if (!path.startsWith("/") || !folder)
    throw new Error(`--serve wants a path and a folder, /app/=./dist, not ${JSON.stringify(text)}`);
  return [path, resolve(folder)];
}

function printRequest(line, { status = 0 }) {
  const [first, ...notes] = line.split("\n");
  const colour = status === 0 || status >= 500 ? red : status >= 400 ? yellow : status >= 300 ? cyan : green;
  console.log([first.replace(/-> .*/, (outcome) => colour(outcome)), ...notes.map(dim)].join("\n"));
}

function greeting({ url, clients: { full, readOnly, web } }, { data }, folders) {
  const lines = [`${bold(`Local Kinde is at ${url}`)}${data ? `, kept in ${data}` : ", new at each start"}`, ""];
  const tell = (title, { id, secret }) =>
    lines.push(
      `${title}:`,
      "",
      `  KINDE_DOMAIN=${url}`,
      `  KINDE_CLIENT_ID=${id}`,
      `  KINDE_CLIENT_SECRET=${secret}`,
      "",
    );
  if (full) tell("For a program that may do everything", full);
  if (readOnly) tell("For one that may read", readOnly);
  if (web) tell("For one that people sign in to, without a password, with any callback on this machine", web);
  if (full) {
    lines.push(
      "A first call:",
      "",
      `  TOKEN=$(curl -s ${url}/oauth2/token -d grant_type=client_credentials \\`,
      `    -d client_id=${full.id} -d client_secret=${full.secret} \\`,
      `    -d audience=${url}/api | node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token')`,
      `  curl -s "${url}/api/v1/users?page_size=2" -H "Authorization: Bearer $TOKEN"`,
      "",
    );
  }
  lines.push("In a browser:", "", `  ${url}    what it has, what was asked of it, and switches`);
  // The explorer loads the package as it was built.
  if (folders["/www/"] && existsSync(join(folders["/pkg/dist/"] ?? "", "inline.js"))) {
    lines.push(`  ${url}/www/    the API explorer`, `  ${url}/try    the same, with a token that may do everything`);
  } else if (folders["/www/"]) {
    lines.push("  The API explorer is there after cargo xtask build.");
  }
  return [...lines, "", dim("The secrets are made up and open nothing but this. Ctrl-C ends it.")].join("\n");
}
