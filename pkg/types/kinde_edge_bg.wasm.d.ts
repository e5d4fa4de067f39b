/**
 * The WebAssembly module, where what imports it compiles it: Workers, and bundlers for them.
 *
 * @module kinde-edge/kinde_edge_bg.wasm
 */

/** The compiled `WebAssembly.Module`, for `initSync` of `kinde-edge/slim`. */
declare const module: object;
export default module;
