// "kinde-edge/kinde_edge_bg.wasm", for those who import it themselves and use "kinde-edge/slim".
declare const module: WebAssembly.Module;
export default module;
