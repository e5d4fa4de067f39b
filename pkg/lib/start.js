// What every entry point does with the compiled module, once.
import { initSync } from "kinde-edge-wasm";
import { addResources } from "./kinde.js";

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
