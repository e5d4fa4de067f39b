// How much an instance of WebAssembly holds.

import { ok } from "./assert.mjs";

/** Pages of memory and lengths of tables, by the names they are exported by. */
export function sizes({ exports }) {
  const { Memory, Table } = WebAssembly;
  const found = Object.entries(exports).flatMap(([name, value]) => {
    if (value instanceof Memory) return [[name, value.buffer.byteLength / 65_536]];
    return value instanceof Table ? [[name, value.length]] : [];
  });
  ok(found.length > 0, "there is no memory");
  return Object.fromEntries(found);
}
