// What every entry point does with the compiled module, once.
import { initSync } from "kinde-edge-wasm";
import { addResources, unready, wrong } from "./kinde.js";

let started = false;

export function isStarted() {
  return started;
}

/** @param {WebAssembly.Module | BufferSource} module */
export function startWith(module) {
  if (started) return;
  initSync({ module });
  addResources();
  started = true;
}

/**
 * Where the module is imported. A program that only imports this, or has it in a bundle for several places, goes on where
 * WebAssembly is not to be had: who makes a client is told.
 * @param {() => WebAssembly.Module | BufferSource} give
 */
export function startAtImport(give) {
  try {
    startWith(give());
  } catch (cause) {
    unready(() => explained(cause));
  }
}

/**
 * Why there is no WebAssembly, and the way out.
 * @param {unknown} [cause]
 */
export function explained(cause) {
  if (!globalThis.WebAssembly) {
    return wrong(
      "this runtime has no WebAssembly, which kinde-edge is made of (React Native, Fastly and node --jitless have none): call Kinde from a server that has it",
      cause,
    );
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  const way = globalThis.location
    ? "a page needs 'wasm-unsafe-eval' in script-src of its Content-Security-Policy, a browser extension in content_security_policy.extension_pages of its manifest"
    : 'where a runtime compiles nothing itself, import the module: import wasm from "kinde-edge/kinde_edge_bg.wasm", and initSync(wasm) of kinde-edge/slim';
  return wrong(`the WebAssembly of kinde-edge did not start: ${way} (${said})`, cause);
}
