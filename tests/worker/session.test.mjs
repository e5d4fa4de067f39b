import { defer, inBothWorkerds, PACKAGE } from "../lib/hosts.mjs";
import { startProvider } from "../lib/provider.mjs";

const { origin, close } = await startProvider();
defer(close);
await inBothWorkerds("session", PACKAGE, { provider: origin });
