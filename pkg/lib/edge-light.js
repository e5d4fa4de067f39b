// Vercel's edge runtime, in Next.js and elsewhere: it compiles no bytes at run time. Its
// bundlers compile the .wasm when they see `?module`, and `import` gives the module.
import module from "./kinde_edge_bg.wasm?module";
import { ofThisRealm } from "./realm.js";
import { startAtImport } from "./start.js";

startAtImport(() => ofThisRealm(module));

export { Kinde, KindeError, VERSION } from "./kinde.js";
