// Commands that a guide names: each is one that is there.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { run } from "../../xtask/js/project.mjs";
import { read } from "./markdown.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Commands of others, as the guides have them. */
const KNOWN = [
  /^npm install --save-dev kinde-edge-local$/,
  /^npx kinde-edge-local$/,
  /^npm (install|uninstall) (kinde-edge|@kinde\/management-api-js)$/,
  /^npx wrangler secret put [A-Z_]+$/,
  /^openssl rand -base64 32 \| npx wrangler secret put [A-Z_]+$/,
  /^git diff$/,
];

/** A block of commands: those of this project take these arguments, the others are known ones. */
export async function commands(t, code) {
  const lines = code
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter(Boolean);
  assert.notEqual(lines.length, 0);
  for (const line of lines) {
    const [, command, rest] = /^cargo xtask (\S+) ?(.*)$/.exec(line) ?? [];
    if (command) {
      await t.test(line, () =>
        isOurs(command, rest.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? []),
      );
    } else if (line.startsWith("node ")) {
      await t.test(line, () => read(line.split(" ")[1]));
    } else {
      assert.ok(
        KNOWN.some((known) => known.test(line)),
        line,
      );
    }
  }
}

const xtask = (...words) => run("cargo", ["xtask", ...words], { cwd: ROOT });

/** The suites of `cargo xtask test`. */
export async function suites() {
  const { stdout } = await xtask("test", "--list");
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]);
}

async function isOurs(command, args) {
  const { stdout: help } = await xtask(command, "--help");
  for (const flag of args.filter((arg) => arg.startsWith("-"))) assert.ok(help.includes(flag), flag);
  if (command !== "test") return;
  // It refuses a suite, a file or a test that is not there.
  await xtask("test", "--list", ...args.filter((arg) => !arg.startsWith("-")));
}
