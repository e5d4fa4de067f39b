// Local Kinde in any runtime: it does not listen, whoever calls it has its `fetch`.
import { checkOptions, start } from "./core.js";

/**
 * See types/index.d.ts.
 * @param {import("../types/index.js").LocalKindeOptions} [options]
 */
export async function startLocalKinde(options = {}) {
  checkOptions(options, { isNode: false });
  return start(options);
}
