// Node, browsers and bundlers: the bytes travel inside the JavaScript, so that there is
// no second file to lose in a bundle and nothing to await before the first call.
import bytes from "../dist/kinde_edge_bg.wasm";
import { startWith } from "./start.js";

startWith(bytes);

export { Kinde, KindeError, VERSION } from "./kinde.js";
