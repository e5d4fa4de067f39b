import { inWorkerd } from "../lib/hosts.mjs";

await inWorkerd("steering");
