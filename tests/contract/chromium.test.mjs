import { CONTRACT, inChromium } from "../lib/hosts.mjs";

await inChromium("contract", CONTRACT);
