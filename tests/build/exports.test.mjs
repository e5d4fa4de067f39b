// What no export of the WebAssembly may do: return exactly one JavaScript value. Node 20 (V8 11.3)
// crashes when it deoptimises a function that has inlined such an export while that export runs.
// Numbers, nothing, and several values at once are fine; promises go through an object.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import binaryen from "binaryen";

import { tarball } from "../support/environment.mjs";

const NUMBERS = [binaryen.i32, binaryen.i64, binaryen.f32, binaryen.f64];

/** The names of a module's exported functions, those first that return one JavaScript value. */
function exported(module) {
  const found = { dangerous: [], safe: [] };
  for (let index = 0; index < module.getNumExports(); index++) {
    const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(index));
    if (kind !== binaryen.ExternalFunction) continue;
    const { results } = binaryen.getFunctionInfo(module.getFunction(value));
    const types = binaryen.expandType(results);
    found[types.length === 1 && !NUMBERS.includes(types[0]) ? "dangerous" : "safe"].push(name);
  }
  module.dispose();
  return found;
}

test("no export of the package's WebAssembly returns one JavaScript value", async () => {
  const unpack = ["-xzOf", tarball(), "package/dist/kinde_edge_bg.wasm"];
  const { stdout } = await promisify(execFile)("tar", unpack, { encoding: "buffer", maxBuffer: 1 << 24 });
  const { dangerous, safe } = exported(binaryen.readBinary(stdout));
  assert.deepEqual(dangerous, [], "hand the value over through an object, as src/js.rs does with its Sink");
  // Their names are short ones by now.
  assert.ok(safe.length > 10, `only ${safe.length} exports: is it the module of the package?`);
});

test("such an export would be found", () => {
  const text = `(module
    (func (export "value") (result externref) (ref.null extern))
    (func (export "function") (result funcref) (ref.null func))
    (func (export "number") (result f64) (f64.const 1))
    (func (export "values") (result i32 externref) (tuple.make 2 (i32.const 1) (ref.null extern)))
    (func (export "nothing") (param externref)))`;
  const found = exported(binaryen.parseText(text));
  assert.deepEqual(found, { dangerous: ["value", "function"], safe: ["number", "values", "nothing"] });
});
