// Where the package is tested: the rows of the table "Where it runs" in README.md, and what each
// of them says, for the test of that place to check.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { basename } from "node:path";

const require = createRequire(import.meta.url);
const { packages } = require("../../package-lock.json");

/** The version of an npm package that the tests run with. */
const locked = (name) => packages[`node_modules/${name}`].version;

const workerd = `workerd ${locked("workerd")}`;
const next = locked("next");
const vite = locked("vite");
const vitest = `${locked("@cloudflare/vitest-pool-workers")}, Vitest ${locked("vitest")}`;
const wrangler = locked("wrangler");

/** Each place: the version of its tool, the file of `dist/` that `kinde-edge` is there, where the result runs. */
export const PLACES = {
  "Node, `import`": { version: "20", entry: "inline.js", runs: "Node" },
  "Node, `require`": { version: "20", entry: "inline.cjs", runs: "Node" },
  Deno: { version: locked("deno"), entry: "inline.js", runs: "Deno" },
  Bun: { version: locked("bun"), entry: "inline.js", runs: "Bun" },
  "Bun, bundled": { version: locked("bun"), entry: "inline.js", runs: "Bun" },
  "Wrangler, `dev`": { version: wrangler, entry: "workerd.js", runs: workerd },
  "Wrangler, `deploy`": { version: wrangler, entry: "workerd.js", runs: workerd },
  "Vitest in Workers": { version: vitest, entry: "workerd.js", runs: workerd },
  esbuild: { version: locked("esbuild"), entry: "inline.js", runs: "Node, Chromium" },
  Rollup: { version: locked("rollup"), entry: "inline.js", runs: "Node, Chromium" },
  webpack: { version: locked("webpack"), entry: "inline.js", runs: "Node, Chromium" },
  "Vite, development server": { version: vite, entry: "inline.js", runs: "Chromium" },
  "Vite, built": { version: vite, entry: "inline.js", runs: "Chromium" },
  "Next.js, Node route": { version: next, entry: "inline.js", runs: "Node" },
  "Next.js, edge route": { version: next, entry: "inline.js", runs: "Next's edge runtime" },
  "import map, no bundler": { version: "", entry: "inline.js", runs: "Chromium" },
};

/** That of these files, from the package the entry of the place is there, and no other. */
export function assertEntry(place, files) {
  const inside = /[\\/]kinde-edge[\\/]dist[\\/][^?]+/;
  const entries = [...files].flatMap((file) => inside.exec(file)?.map((path) => basename(path)) ?? []);
  assert.deepEqual([...new Set(entries)].filter((entry) => /js$/.test(entry)), [PLACES[place].entry]);
}

/** The table as it stands in README.md. */
export function table() {
  const rows = Object.entries(PLACES).map(([place, { version, entry, runs }]) => [place, version, `\`${entry}\``, runs]);
  const lines = [["from", "version", "takes", "runs in"], Array(4).fill("---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
