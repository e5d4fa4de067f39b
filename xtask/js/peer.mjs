// The methods of @kinde/management-api-js, as its installed version makes their calls.
//
// `node xtask/js/peer.mjs` writes them to spec/management-api-js.json, from which `cargo xtask codegen`
// makes the table of pkg/UPGRADING.md: after a change of that package's version in package.json.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const NAME = "@kinde/management-api-js";
const FILE = fileURLToPath(new URL("../../spec/management-api-js.json", import.meta.url));
const ORIGIN = "https://acme.kinde.com";

/** What every class has. */
const INHERITED = ["length", "name", "prototype"];

/**
 * `{ package, version, methods }`, where a method is `{ name, call, params }`: what it is called, the
 * HTTP call with the names of its path values, and what it reads of its argument.
 */
export async function record() {
  const peer = await import(NAME);
  const methods = new Map();
  for (const [className, holder] of Object.entries(peer)) {
    if (typeof holder !== "function") continue;
    for (const method of Object.getOwnPropertyNames(holder)) {
      if (INHERITED.includes(method) || typeof holder[method] !== "function") continue;
      methods.set(`${className}.${method}`, await callOf(peer.OpenAPI, holder[method]));
    }
  }
  const entries = [...methods].map(([name, call]) => ({ name, ...call }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { package: NAME, version: await version(), methods: entries };
}

/**
 * Makes the call of a method, which goes nowhere.
 * @param {object} settings
 * @param {(options: object) => unknown} method
 */
async function callOf(settings, method) {
  /** @type {string[]} */
  const params = [];
  const read = (/** @type {object} */ _, /** @type {string | symbol} */ key) => {
    const name = String(key);
    if (!params.includes(name)) params.push(name);
    return `{${name}}`;
  };
  const real = globalThis.fetch;
  let sent;
  globalThis.fetch = async (address, init) => {
    sent = `${init?.method} ${decodeURI(new URL(String(address)).pathname)}`;
    return Response.json({});
  };
  Object.assign(settings, { BASE: ORIGIN, TOKEN: "token" });
  try {
    await method(new Proxy({}, { get: read }));
  } finally {
    globalThis.fetch = real;
  }
  return { call: sent, params };
}

async function version() {
  const entry = createRequire(import.meta.url).resolve(NAME);
  const folder = entry.slice(0, entry.lastIndexOf(NAME) + NAME.length);
  return JSON.parse(await readFile(`${folder}/package.json`, "utf8")).version;
}

/**
 * What the file holds: a method a line.
 * @param {{ methods: object[] }} record
 */
export function format({ methods, ...rest }) {
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head},"methods":[\n${methods.map((method) => JSON.stringify(method)).join(",\n")}\n]}\n`;
}

/** The file as it is. */
export const committed = () => readFile(FILE, "utf8");

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(FILE, format(await record()));
