import { inBrowser } from "../lib/hosts.mjs";

await inBrowser("never-stuck");
