import { CONTRACT, inWorkerd } from "../lib/hosts.mjs";

await inWorkerd("contract", CONTRACT);
