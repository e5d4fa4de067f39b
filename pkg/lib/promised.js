// What the exports that take time have in common.

import { traced } from "kinde-edge-error";

/** What the wasm does with its sink, in which it may leave more. */
export async function promised(start, sink = {}) {
  try {
    return await new Promise((resolve, reject) => {
      sink.resolve = resolve;
      sink.reject = reject;
      start(sink);
    });
  } catch (error) {
    throw traced(error, promised);
  }
}
