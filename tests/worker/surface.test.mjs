// It touches most of the runtime's own objects: with today's compatibility date, too.

import { inBothWorkerds } from "../lib/hosts.mjs";

await inBothWorkerds("surface");
