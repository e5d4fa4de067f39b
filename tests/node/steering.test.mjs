import { inNode } from "../lib/hosts.mjs";

await inNode("steering");
