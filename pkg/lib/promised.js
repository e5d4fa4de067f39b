// What the exports that take time have in common.

/** A promise that the wasm settles through the sink it is given, where it may leave more. */
export const promised = (start, sink = {}) =>
  new Promise((resolve, reject) => start(Object.assign(sink, { resolve, reject })));
