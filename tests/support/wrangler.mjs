// `wrangler dev`, as a user runs it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { writeFiles } from "../../xtask/js/project.mjs";
import { startProgram } from "./program.mjs";

const require = createRequire(import.meta.url);

/** The file of Wrangler. */
export const wrangler = join(dirname(require.resolve("wrangler/package.json")), "bin/wrangler.js");

/** With this, nothing is asked for or reported. */
export const quiet = (folder) => ({
  CI: "true",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_LOG_PATH: join(folder, "logs"),
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
});

/** Start it with these variables; resolves to the Worker's address and `log`, what was printed so far. */
export async function startWranglerDev(t, folder, variables, { env = {}, within } = {}) {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await writeFiles(folder, { ".dev.vars": lines.join("") });
  // Any free port, and none for a debugger: tests run side by side.
  const args = ["dev", "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", "--show-interactive-dev-session=false"];
  const { match, log } = await startProgram(t, process.execPath, [wrangler, ...args], {
    cwd: folder,
    env: { ...quiet(folder), ...env },
    ready: /Ready on (http:\S+)/,
    within,
  });
  return { url: match[1], log };
}
