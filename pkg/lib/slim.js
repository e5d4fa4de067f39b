// The same client without the WebAssembly: the caller says where it comes from.
import { isModule, ofThisRealm } from "./realm.js";
import { start } from "./share.js";

export { VERSION } from "./kinde.js";
export { SharedKinde as Kinde, SharedKindeError as KindeError } from "./share.js";

/** @import * as declared from "../types/slim.js" */

/**
 * Start from a compiled module or from bytes. Where the module is imported, this is all.
 * @type {typeof declared.initSync}
 */
export function initSync(input) {
  if (!globalThis.WebAssembly) throw start.explained();
  start.startWith(ofThisRealm(input));
}

/**
 * Start from a module, bytes, a response, or an address to load from: kinde_edge_bg.wasm
 * beside this file if nothing is given. More than one call does no harm.
 * @type {typeof declared.init}
 */
export async function init(input) {
  if (start.isStarted()) return;
  if (!globalThis.WebAssembly) throw start.explained();
  start.startWith(ofThisRealm(await compile((await input) ?? besideThisFile())));
}

function besideThisFile() {
  if (!import.meta.url) {
    throw new Error("kinde-edge: this file's address is unknown here; give init() the wasm or its URL");
  }
  // Bundlers know this expression and carry the file along.
  return new URL("./kinde_edge_bg.wasm", import.meta.url);
}

/** @param {string | URL | Response | WebAssembly.Module | BufferSource} source */
async function compile(source) {
  if (typeof source === "string" || source instanceof URL) source = await load(new URL(source, base()));
  if (!isResponse(source)) return isModule(source) ? source : WebAssembly.compile(source);
  if (!source.ok) {
    throw new Error(`kinde-edge: the wasm could not be loaded: ${source.url} answered ${source.status}`);
  }
  // Streaming needs the right media type, which not every server gives.
  const streams = source.headers.get("content-type")?.startsWith("application/wasm");
  return streams && WebAssembly.compileStreaming
    ? WebAssembly.compileStreaming(source)
    : WebAssembly.compile(await source.arrayBuffer());
}

/**
 * Node's fetch reads no files.
 * @param {URL} url
 */
async function load(url) {
  if (url.protocol !== "file:") return fetch(url);
  return globalThis.process.getBuiltinModule("node:fs").promises.readFile(url);
}

function base() {
  return globalThis.location?.href ?? import.meta.url;
}

/**
 * @param {any} value
 * @returns {value is Response}
 */
function isResponse(value) {
  return typeof value.arrayBuffer === "function" && "ok" in value;
}
