// Loaded before each test file: says which one had a failure. Node's reporter names the place where a
// test was registered, which for the suites of all hosts is one line of tests/lib/hosts.mjs.
import { relative } from "node:path";

process.on("exit", (code) => {
  if (code && process.argv[1]) console.error(`failed file: ${relative(process.cwd(), process.argv[1])}`);
});
