// What the exports that take time have in common.

/** What a promise is made with that the wasm settles through its sink, where it may leave more. */
export const executor = (start, sink = {}) => (resolve, reject) => {
  sink.resolve = resolve;
  sink.reject = reject;
  start(sink);
};

export const promised = (start) => new Promise(executor(start));
