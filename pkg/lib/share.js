// A program may load this package several times: as an ES module and as CommonJS, with slim, in each of the bundles of one
// Next.js server. All copies of one version are the first of them: they have one token, one pace and one renewal for the
// same credentials, one WebAssembly, and one KindeError.
import { Kinde, KindeError, VERSION } from "./kinde.js";
import { explained, isStarted, startAtImport, startWith } from "./start.js";

/** The number is that of the layout. It holds classes and functions; what clients know stays in their closures. */
const COPIES = Symbol.for("kinde-edge/shared/1");

export const {
  Kinde: SharedKinde,
  KindeError: SharedKindeError,
  ...start
} = first({
  Kinde,
  KindeError,
  explained,
  isStarted,
  startAtImport,
  startWith,
});

/**
 * @template Copy
 * @param {Copy} own
 * @returns {Copy}
 */
function first(own) {
  const all = /** @type {any} */ (globalThis);
  try {
    if (!all[COPIES]) Object.defineProperty(all, COPIES, { value: {}, configurable: true });
    return (all[COPIES][VERSION] ??= own);
  } catch {
    // A global object that takes nothing: each copy is for itself.
    return own;
  }
}
