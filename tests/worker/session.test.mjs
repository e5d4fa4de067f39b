import { defer, inNewestWorkerd, inWorkerd, PACKAGE } from "../lib/hosts.mjs";
import { startProvider } from "../lib/provider.mjs";

const { origin, close } = await startProvider();
defer(close);
await inWorkerd("session", PACKAGE, { provider: origin });
await inNewestWorkerd("session", PACKAGE, { provider: origin });
