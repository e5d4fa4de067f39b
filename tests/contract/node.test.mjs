import { CONTRACT, inNode } from "../lib/hosts.mjs";

await inNode("contract", CONTRACT);
