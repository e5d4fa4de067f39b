// `wrangler dev`, as a user runs it.
import { writeFiles } from "../../xtask/js/project.mjs";
import { quiet, wrangler } from "../../xtask/js/workerd.mjs";
import { startProgram } from "./program.mjs";

/**
 * Start it with these variables; resolves to the Worker's address, and what `startProgram` gives to read its log.
 * @param {import("./cleanup.mjs").Test} t
 * @param {string} folder
 * @param {Record<string, string>} variables
 * @param {{ env?: NodeJS.ProcessEnv, within?: number }} options
 */
export async function startWranglerDev(t, folder, variables, { env = {}, within } = {}) {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await writeFiles(folder, { ".dev.vars": lines.join("") });
  // Any free ports: tests run side by side.
  const args = [
    "dev",
    "--ip",
    "127.0.0.1",
    "--port",
    "0",
    "--inspector-port",
    "0",
    "--show-interactive-dev-session=false",
  ];
  const { match, ...rest } = await startProgram(t, process.execPath, [wrangler, ...args], {
    cwd: folder,
    env: { ...quiet(folder), ...env },
    ready: /Ready on (http:\S+)\s/,
    within,
  });
  return { url: match[1], ...rest };
}
