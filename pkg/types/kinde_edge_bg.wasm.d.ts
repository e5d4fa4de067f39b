/** The compiled `WebAssembly.Module`, as bundlers for Workers hand it out: for `initSync`. */
declare const module: object;
export default module;
