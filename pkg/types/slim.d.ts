/**
 * The same as `kinde-edge`, without the WebAssembly: {@link init} or {@link initSync} is told where it is.
 *
 * @module kinde-edge/slim
 */

export * from "./index.js";

/** What {@link initSync} takes: a compiled `WebAssembly.Module`, or the bytes of one. */
export type WasmSource = object | ArrayBuffer | ArrayBufferView;

/**
 * Load the WebAssembly module. To be awaited once, before the first `new Kinde`.
 *
 * @param input - A compiled module, its bytes, a response with them, or where to fetch them.
 * Default: the `kinde_edge_bg.wasm` beside this file.
 */
export function init(input?: WasmSource | Response | Promise<Response> | string | URL): Promise<void>;

/**
 * Load the WebAssembly module at once, where it is at hand: in a Worker, or from a file.
 *
 * @param input - A compiled module, or its bytes
 */
export function initSync(input: WasmSource): void;
