// CONTRIBUTING.md names every suite, and no other.
import assert from "node:assert/strict";
import { test } from "node:test";

import { suites } from "./commands.mjs";
import { codeSpans, read } from "./markdown.mjs";

test("CONTRIBUTING.md: the suites", async () => {
  const [, section] = /^## Tests\n([\s\S]*?)^## /m.exec(await read("CONTRIBUTING.md"));
  const named = [...section.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell]) => codeSpans(cell));
  assert.deepEqual(named.sort(), (await suites()).sort());
});
