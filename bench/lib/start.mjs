// One start of a client: prints `[since the process began, since before the import]`, in
// milliseconds, when the first request is handed to fetch. Imports nothing else: it would count.
const before = performance.now();
globalThis.fetch = () => {
  const now = performance.now();
  console.log(JSON.stringify([now, now - before]));
  process.exit();
};
const { open } = await import(`../peers/${process.argv[2]}`);
await open().list(100);
