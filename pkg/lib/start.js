// What every entry point does with the compiled module, once.
import { initSync } from "kinde-edge-wasm";
import { start } from "./kinde.js";

let started = false;

export function isStarted() {
  return started;
}

export function startWith(module) {
  if (started) return;
  initSync({ module });
  start();
  started = true;
}
