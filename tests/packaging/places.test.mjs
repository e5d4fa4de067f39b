// The table of the guide says what is tested.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { table } from "./places.mjs";

test("the guide has the places, the versions of package-lock.json and the entries", async () => {
  const guide = await readFile(fileURLToPath(new URL("../../pkg/guides/frameworks.md", import.meta.url)), "utf8");
  const [, section] = /^## Tested places\n([\s\S]*?)^## /m.exec(guide);
  assert.equal([...section.matchAll(/^\|.*\n/gm)].join(""), table());
});
