// What the exports that take time have in common.

import { KindeError } from "kinde-edge-error";

/** What the wasm does with its sink, in which it may leave more. */
export async function promised(start, sink = {}) {
  try {
    return await new Promise((resolve, reject) => {
      sink.resolve = resolve;
      sink.reject = reject;
      start(sink);
    });
  } catch (error) {
    // The stack of those who wait for the call, where the runtime tells it.
    if (error instanceof KindeError) Error.captureStackTrace?.(error);
    throw error;
  }
}
