// Those that know nothing of `exports` find every subpath: older bundlers, eslint-plugin-import, whose resolver this is.
import assert from "node:assert/strict";
import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { makeProject } from "../support/project.mjs";

const require = createRequire(import.meta.url);
const { sync: resolve } = require("resolve");

test("every subpath is found by main and by module, and is the file of exports", async (t) => {
  const folder = await realpath(await makeProject(t));
  const root = join(folder, "node_modules/kinde-edge");
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const subpaths = Object.entries(exports).filter(([, entry]) => typeof entry === "object");
  assert.ok(subpaths.length > 8);
  for (const [subpath, entry] of subpaths) {
    const { require: required = entry, import: imported } = subpath === "." ? entry.default : entry;
    const name = join("kinde-edge", subpath);
    assert.equal(resolve(name, { basedir: folder }), join(root, required.default), subpath);
    if (!imported) continue;
    const packageFilter = (manifest) => ({ ...manifest, main: manifest.module });
    assert.equal(resolve(name, { basedir: folder, packageFilter }), join(root, imported.default), subpath);
    const stub = JSON.parse(await readFile(join(root, subpath, "package.json"), "utf8"));
    if (subpath !== ".") assert.equal(join(root, subpath, stub.types), join(root, required.types), subpath);
  }
  for (const [subpath] of Object.entries(exports).filter(([, entry]) => typeof entry === "string")) {
    assert.equal(dirname(resolve(join("kinde-edge", subpath), { basedir: folder })), root);
  }
});
