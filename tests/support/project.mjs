// A project of a user's with the packed package (KINDE_EDGE_TARBALL) installed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { install, run, writeFiles } from "../../xtask/js/project.mjs";
import { tarball } from "./environment.mjs";

/** Make one from `files`; it is removed when what is given to `t.after` runs: after the test. */
export async function makeProject(t, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), "kinde-edge-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, { "package.json": { name: "a-project", private: true, type: "module" }, ...files });
  await install(folder, tarball());
  return folder;
}

/** Run a file of the project in Node; resolves to what it printed on standard output. */
export async function runNode(folder, file, env = {}) {
  return (await run(process.execPath, [file], { cwd: folder, env })).stdout;
}
