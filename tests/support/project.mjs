// A project of a user's with the packed package (KINDE_EDGE_TARBALL) installed.
import { rmSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { install, run, writeFiles } from "../../xtask/js/project.mjs";
import { cleanUp } from "./cleanup.mjs";
import { installed, tarball } from "./environment.mjs";

/** A folder from where the tools of package.json are found, as a user's own tools are. */
export const besideTools = fileURLToPath(new URL("../../target/", import.meta.url));

/**
 * Make one from `files`, where nothing else is found unless it is made in another folder. It is
 * removed when what is given to `t.after` runs: after the test.
 * @param {import("./cleanup.mjs").Test} t
 * @param {Record<string, any>} files
 */
export async function makeProject(t, files = {}, parent = tmpdir()) {
  const own = { "package.json": { name: "a-project", private: true, type: "module" } };
  /** @type {Record<string, any>} */
  const all = { ...own, ...files };
  const first = await (installation ??= installFirst());
  const { dependencies } = JSON.parse(await readFile(join(first, "package.json"), "utf8"));
  all["package.json"] = { ...all["package.json"], dependencies };
  const folder = await makeFolder(t, all, parent);
  await cp(join(first, "node_modules"), join(folder, "node_modules"), { recursive: true });
  return folder;
}

/** The project that npm installed the package into, which is copied. */
let installation;

async function installFirst() {
  // One for all test files, where xtask runs them.
  if (installed()) return installed();
  const folder = await mkdtemp(join(tmpdir(), "kinde-edge-first-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await writeFiles(folder, { "package.json": { private: true } });
  await install(folder, tarball());
  return folder;
}

/**
 * A folder with `files` and no package, removed in the same way.
 * @param {import("./cleanup.mjs").Test} t
 * @param {Record<string, unknown>} files
 */
export async function makeFolder(t, files = {}, parent = tmpdir()) {
  const folder = await mkdtemp(join(parent, "kinde-edge-"));
  cleanUp(t, () => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, files);
  return folder;
}

/**
 * Run a file of the project in Node; resolves to what it printed on standard output.
 * @param {string} folder
 * @param {string} file
 */
export async function runNode(folder, file, env = {}) {
  return (await run(process.execPath, [file], { cwd: folder, env })).stdout;
}
