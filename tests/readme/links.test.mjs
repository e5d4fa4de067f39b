// The links of the guides lead somewhere: to files of this repository, and to headings in them.
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { headings, links, read } from "./markdown.mjs";

const GUIDES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "pkg/README.md",
  "pkg/AUTH.md",
  "pkg/UPGRADING.md",
];

/** What each folder is, for those who look around in it. */
const FOLDERS = ["src", "spec", "xtask", "tests", "examples", "bench"].map((folder) => `${folder}/README.md`);

for (const guide of [...GUIDES, ...FOLDERS]) {
  test(`${guide}: its links`, async () => {
    const text = await read(guide);
    const own = links(text).filter((link) => !/^https:\/\//.test(link));
    for (const link of own) {
      const [path, heading] = link.split("#");
      const target = new URL(path || guide.split("/").at(-1), new URL(`../../${guide}`, import.meta.url));
      await access(fileURLToPath(target));
      if (heading) assert.ok(headings(await read(`${guide}/../${path}`)).includes(heading), link);
    }
  });
}

test("README.md leads to every guide", async () => {
  const targets = links(await read("README.md"));
  for (const guide of GUIDES)
    if (guide !== "README.md")
      assert.ok(
        targets.some((link) => link.split("#")[0] === guide),
        guide,
      );
});
