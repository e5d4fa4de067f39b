import { defer, inNode, PACKAGE } from "../lib/hosts.mjs";
import { startProvider } from "../lib/provider.mjs";

const { origin, close } = await startProvider();
defer(close);
await inNode("oauth", PACKAGE, { provider: origin });
