// Nothing is left hanging: every call settles in time, and no promise is rejected unheard.

/** What `promise` settles to, or an error after `limit` milliseconds. */
export async function settled(promise, limit = 10_000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not settled after ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs, and fails if a promise was rejected meanwhile that nobody listened to, at once or later. */
export async function withoutStrays(run) {
  const strays = new Map();
  const stop = listen({
    unhandledrejection: (promise, reason) => strays.set(promise, reason),
    // workerd tells of some rejections of fetch a moment too early, and then takes it back.
    rejectionhandled: (promise) => strays.delete(promise),
  });
  try {
    const result = await run();
    // They are told of after the microtasks of the rejection.
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (strays.size > 0) throw new Error(`rejected unheard: ${[...strays.values()].map(String).join("; ")}`);
    return result;
  } finally {
    stop();
  }
}

function listen(hear) {
  if (globalThis.process?.release?.name === "node") return listenInNode(hear);
  const listeners = Object.entries(hear).map(([name, tell]) => {
    const listener = (event) => {
      event.preventDefault();
      tell(event.promise, event.reason);
    };
    addEventListener(name, listener);
    return () => removeEventListener(name, listener);
  });
  return () => listeners.forEach((stop) => stop());
}

function listenInNode({ unhandledrejection, rejectionhandled }) {
  const unhandled = (reason, promise) => unhandledrejection(promise, reason);
  // The runner of the tests would fail whichever test it takes it for.
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", unhandled);
  process.on("rejectionHandled", rejectionhandled);
  return () => {
    process.off("unhandledRejection", unhandled);
    process.off("rejectionHandled", rejectionhandled);
    for (const other of others) process.on("unhandledRejection", other);
  };
}
