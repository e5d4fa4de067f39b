// The same checks as `tsc -p tests/types`, against the packed tarball in a project of its own:
// what is resolved there are the package's `exports`, for `import` and for `require`.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { tarball } from "../support/environment.mjs";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const settings = (await readdir(here)).filter((name) => /^tsconfig.*\.json$/.test(name));
const files = [...settings, "package.json", ...(await readdir(here)).filter((f) => /\.c?ts$/.test(f))];
const tsc = createRequire(join(root, "package.json")).resolve("typescript/package.json");

let project;

before(async () => {
  project = await mkdtemp(join(tmpdir(), "kinde-edge-types-"));
  await Promise.all(files.map((name) => cp(join(here, name), join(project, name))));
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  await run("npm", ["install", ...flags, tarball()], { cwd: project });
  for (const name of ["@types", "@cloudflare"]) {
    await symlink(join(root, "node_modules", name), join(project, "node_modules", name));
  }
});

after(() => project && rm(project, { recursive: true, force: true }));

for (const name of settings) {
  test(`${basename(name, ".json")} with the packed package`, async () => {
    const command = [join(dirname(tsc), "bin/tsc"), "-p", name, "--paths", "null"];
    await run(process.execPath, command, { cwd: project }).catch((error) => {
      assert.fail(error.stdout || error.stderr || error.message);
    });
  });
}
