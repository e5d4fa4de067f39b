// What the exports that take time have in common.

import { traced } from "kinde-edge-error";

/** @import { Sink, Start } from "./internal.js" */

/**
 * What the wasm does with its sink, in which it may leave more.
 * @param {Start} start
 * @param {Sink} [sink]
 * @returns {Promise<any>}
 */
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
