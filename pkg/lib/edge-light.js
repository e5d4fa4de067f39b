// Vercel's edge runtime, in Next.js and elsewhere: it compiles no bytes at run time. Its
// bundlers compile the .wasm when they see `?module`, and `import` gives the module.
import module from "./kinde_edge_bg.wasm?module";
import { ofThisRealm } from "./realm.js";
import { start } from "./share.js";

start.startAtImport(() => ofThisRealm(module));

export { VERSION } from "./kinde.js";
export { SharedKinde as Kinde, SharedKindeError as KindeError } from "./share.js";
