import { inChromium } from "../lib/hosts.mjs";

await inChromium("steering");
