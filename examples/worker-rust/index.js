// Starts the WebAssembly that wasm-bindgen wrote, and hands the Worker's events to it.
import module from "./build/worker_rust_bg.wasm";
import { fetch, initSync } from "./build/worker_rust.js";

initSync({ module });

export default { fetch };
