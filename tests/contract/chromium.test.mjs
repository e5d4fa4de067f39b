import { CONTRACT, inBrowser } from "../lib/hosts.mjs";

await inBrowser("contract", CONTRACT);
