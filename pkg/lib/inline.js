// Node, browsers and bundlers: the bytes travel as JavaScript, so that there is no asset to lose
// in a bundle and nothing to await before the first call.
import { base64 } from "kinde-edge-bytes";
import { reuseControllers } from "kinde-edge-host";
import { start } from "./share.js";

start.startAtImport(() => decode(base64));
reuseControllers();

/**
 * Text in lines. By what the runtime brings, where it can: a loop in JavaScript that runs once is never compiled.
 * @param {string} text
 */
function decode(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  if (globalThis.Buffer) return globalThis.Buffer.from(text, "base64");
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export { VERSION } from "./kinde.js";
export { SharedKinde as Kinde, SharedKindeError as KindeError } from "./share.js";
