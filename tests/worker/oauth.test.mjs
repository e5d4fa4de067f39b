import { defer, inNewestWorkerd, inWorkerd, PACKAGE } from "../lib/hosts.mjs";
import { startProvider } from "../lib/provider.mjs";

const { origin, close } = await startProvider();
defer(close);
await inWorkerd("oauth", PACKAGE, { provider: origin });
await inNewestWorkerd("oauth", PACKAGE, { provider: origin });
