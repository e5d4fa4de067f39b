import { CONTRACT, inNode } from "../lib/hosts.mjs";

await inNode("required", CONTRACT);
