// Cloudflare Workers: the runtime compiles the .wasm when the Worker is uploaded, and
// `import` gives the module. The path is that of the file beside the built one.
import module from "./kinde_edge_bg.wasm";
import { startAtImport } from "./start.js";

startAtImport(() => module);

export { Kinde, KindeError, VERSION } from "./kinde.js";
