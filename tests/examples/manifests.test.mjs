// What the examples say of themselves: their versions are those that they are tested with, and the
// scopes those of the calls they make.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";

import { examples, manifest } from "./example.mjs";

const json = async (path) => JSON.parse(await readFile(join(examples, "..", path), "utf8"));
const tools = (await json("package.json")).devDependencies;
const { version } = await json("pkg/package.json");
const operations = await json("pkg/operations.json");

const entries = await readdir(examples, { withFileTypes: true });
const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

for (const name of names) {
  describe(name, () => {
    test("depends on what it is tested with", async () => {
      const { dependencies, devDependencies } = await manifest(name);
      for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
        // Before 1.0, the second number is the one that breaks.
        const expected =
          dependency === "kinde-edge" ? `^${version.split(".").slice(0, 2).join(".")}.0` : tools[dependency];
        assert.equal(range, expected, dependency);
      }
    });

    test("names the scopes of its calls", async () => {
      const readme = await readFile(join(examples, name, "README.md"), "utf8");
      const named = [...readme.matchAll(/`((?:read|create|update|delete):\w+)`/g)].map(([, scope]) => scope);
      assert.deepEqual(named.sort(), await scopesOf(name));
    });
  });
}

test("the list has all of them", async () => {
  const readme = await readFile(join(examples, "README.md"), "utf8");
  const listed = [...readme.matchAll(/^\| \[(\S+)\]\(\1\) /gm)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), names.sort());
});

/** The scopes of the calls in the source of an example, sorted. */
async function scopesOf(name) {
  const scopes = new Set();
  for (const file of await readdir(join(examples, name), { recursive: true })) {
    if (!/\.(js|ts|rs)$/.test(file) || /node_modules|target|build|dist/.test(file)) continue;
    // As JavaScript has it: `kinde.users().list(` and `context.get("kinde").users.list(` too.
    const source = (await readFile(join(examples, name, file), "utf8")).replace(/\(\)/g, "");
    for (const [, path] of source.matchAll(/kinde(?:"\))?\.([a-zA-Z.]+)\(/g)) {
      const operation = operations.find(({ resource, name }) => `${resource}.${name}` === path);
      if (operation?.scope) scopes.add(operation.scope);
    }
  }
  return [...scopes].sort();
}
