// The suites that touch most of the runtime's own objects, with today's compatibility date.

import { inNewestWorkerd } from "../lib/hosts.mjs";

await inNewestWorkerd("wire");
await inNewestWorkerd("surface");
