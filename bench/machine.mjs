// Where and with what it was measured: no name of a host, no path.
import { createRequire } from "node:module";
import { cpus, totalmem, type, release } from "node:os";
import { readFileSync } from "node:fs";

import { clients, versionOf } from "./lib/peers.mjs";

const require = createRequire(import.meta.url);
const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const names = new Set([...clients.map((client) => client.package).filter(Boolean), ...Object.keys(dependencies)]);

const machine = {
  processor: cpus()[0]?.model.trim() || "unknown",
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${type()} ${release().split("-")[0]}`,
  date: new Date().toISOString().slice(0, 10),
  versions: {
    Node: process.versions.node,
    workerd: require("workerd/package.json").version,
    ...Object.fromEntries(Array.from(names, (name) => [name, versionOf(name)])),
  },
};
console.log(JSON.stringify(machine));
