// The table of README.md says what is tested.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { table } from "./places.mjs";

test("README.md has the places, the versions of package-lock.json and the entries", async () => {
  const readme = await readFile(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const [, section] = /^## Where it runs\n([\s\S]*?)^## /m.exec(readme);
  assert.equal([...section.matchAll(/^\|.*\n/gm)].join(""), table());
});
