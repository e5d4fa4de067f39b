import { defer, inBrowser, PACKAGE } from "../lib/hosts.mjs";
import { startProvider } from "../lib/provider.mjs";

const { origin, close } = await startProvider();
defer(close);
await inBrowser("oauth", PACKAGE, { provider: origin });
