// Where the package is tested: the table "Tested places" in pkg/guides/frameworks.md, and what each
// of them says, for the test of that place to check.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { basename } from "node:path";

const require = createRequire(import.meta.url);
const { packages } = require("../../package-lock.json");
const { engines } = require("../../pkg/package.json");

/** The version of an npm package that the tests run with. */
const locked = (name) => packages[`node_modules/${name}`].version;

const node = `${/^>=(\d+)$/.exec(engines.node)[1]} and newer`;
const workerd = `workerd ${locked("workerd")}`;
const vitest = `${locked("vitest")}, pool ${locked("@cloudflare/vitest-pool-workers")}`;

/** Each place: the version of its tool, the file of `dist/` that `kinde-edge` is there, where the result runs. */
export const PLACES = {
  "Node, `import`": { version: node, entry: "inline.js", runs: "Node" },
  "Node, `require`": { version: node, entry: "inline.cjs", runs: "Node" },
  Deno: { version: locked("deno"), entry: "inline.js", runs: "Deno" },
  Bun: { version: locked("bun"), entry: "inline.js", runs: "Bun" },
  Wrangler: { version: locked("wrangler"), entry: "workerd.js", runs: workerd },
  "Vitest in Workers": { version: vitest, entry: "workerd.js", runs: workerd },
  "Next.js, edge route": { version: locked("next"), entry: "edge-light.js", runs: "Next.js's edge runtime" },
  "Next.js, Node route and page": { version: locked("next"), entry: "inline.js", runs: "Node, Chromium" },
  "Vite, development server": { version: locked("vite"), entry: "inline.js", runs: "Chromium" },
  "Vite, built": { version: locked("vite"), entry: "inline.js", runs: "Chromium" },
  webpack: { version: locked("webpack"), entry: "inline.js", runs: "Node, Chromium" },
  Rollup: { version: locked("rollup"), entry: "inline.js", runs: "Node, Chromium" },
  esbuild: { version: locked("esbuild"), entry: "inline.js", runs: "Node, Chromium" },
  "an import map": { version: "", entry: "inline.js", runs: "Chromium" },
};

/** That of these files, from the package the entry of the place is there, and no other. Its bytes are a module. */
export function assertEntry(place, files) {
  const inside = /[\\/]kinde-edge[\\/]dist[\\/][^?]+/;
  const scripts = [...files].flatMap((file) => inside.exec(file) ?? []).filter((file) => /\.c?js$/.test(file));
  const entries = scripts.map((file) => basename(file)).filter((name) => !/^wasm-base64\.c?js$/.test(name));
  assert.deepEqual([...new Set(entries)], [PLACES[place].entry]);
}

/** The table as it has to stand in the guide. */
export function table() {
  const rows = Object.entries(PLACES).map(([place, { version, entry, runs }]) => [
    place,
    version,
    `\`${entry}\``,
    runs,
  ]);
  const lines = [["from", "version", "takes", "runs in"], Array(4).fill("---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
