import { defer, inChromium, PACKAGE } from "../lib/hosts.mjs";
import { startProvider } from "../lib/provider.mjs";

const { origin, close } = await startProvider();
defer(close);
await inChromium("oauth", PACKAGE, { provider: origin });
