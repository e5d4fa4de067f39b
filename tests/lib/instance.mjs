// The instance of WebAssembly behind the package, in Node.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The package, loaded afresh, and the one instance of WebAssembly that it makes. */
export function load(folder) {
  const { Instance } = WebAssembly;
  const instances = [];
  WebAssembly.Instance = class extends Instance {
    /** @param {ConstructorParameters<typeof Instance>} args */
    constructor(...args) {
      super(...args);
      instances.push(this);
    }
  };
  const require = createRequire(join(folder, "index.js"));
  // Or it would be the copy that was loaded before.
  Reflect.deleteProperty(globalThis, Symbol.for("kinde-edge/shared/1"));
  delete require.cache[require.resolve("kinde-edge")];
  const sdk = require(require.resolve("kinde-edge"));
  WebAssembly.Instance = Instance;
  assert.equal(instances.length, 1, "the package makes another number of instances than one");
  return { instance: instances[0], sdk };
}
