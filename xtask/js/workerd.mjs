// A Worker in the real runtime, by the path its author takes: Wrangler bundles, workerd runs.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { Miniflare } from "miniflare";

import { run } from "./project.mjs";

const require = createRequire(import.meta.url);

/** The newest compatibility date that the installed workerd knows. */
export const newestDate = require("workerd").compatibilityDate;

/** The file of Wrangler. */
export const wrangler = join(dirname(require.resolve("wrangler/package.json")), "bin/wrangler.js");

/**
 * Wrangler's environment: nothing is deployed, asked for or reported, and logs stay in `folder`.
 * @param {string} folder
 */
export const quiet = (folder) => ({
  CI: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_LOG_PATH: join(folder, "logs"),
  WRANGLER_SEND_METRICS: "false",
});

/**
 * Bundle the Worker of the project in `folder` with Wrangler; resolves to the folder of the bundle.
 * @param {string} folder
 */
export async function bundle(folder) {
  const bundled = join(folder, "bundled");
  await run(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", bundled], {
    cwd: folder,
    env: quiet(folder),
  });
  return bundled;
}

/**
 * Start workerd with a bundle; `options` are Miniflare's.
 * @param {string} bundled
 * @param {object} options
 */
export function serve(bundled, options) {
  return new Miniflare({
    rootPath: bundled,
    modulesRoot: bundled,
    scriptPath: join(bundled, "index.js"),
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    ...options,
  });
}
