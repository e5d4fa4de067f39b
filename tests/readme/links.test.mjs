// The links of the guides lead somewhere: to files of this repository, and to headings in them.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { guideFiles, headings, links, read } from "./markdown.mjs";

const GUIDES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "pkg/README.md",
  "pkg/UPGRADING.md",
  ...guideFiles,
];

/** What each folder is, for those who look around in it. */
const FOLDERS = ["src", "spec", "xtask", "tests", "examples", "bench", "www", "pkg/local"].map(
  (folder) => `${folder}/README.md`,
);

for (const guide of [...GUIDES, ...FOLDERS]) {
  test(`${guide}: its links`, async () => {
    const text = await read(guide);
    const own = links(text).filter((link) => !/^https:\/\//.test(link));
    for (const link of own) {
      const [path, heading] = link.split("#");
      const target = new URL(path || guide.split("/").at(-1), new URL(`../../${guide}`, import.meta.url));
      await access(fileURLToPath(target));
      if (heading) {
        const text = await readFile(target, "utf8");
        assert.ok(headings(text).includes(heading), link);
      }
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

test("the guides of the package lead to each other", async () => {
  const targets = links(await read("pkg/README.md"));
  for (const guide of guideFiles) assert.ok(targets.includes(guide.replace(/^pkg/, ".")), guide);
});

test("README.md is short", async () => {
  const words = (await read("README.md")).split(/\s+/).filter(Boolean);
  assert.ok(words.length <= 900, `${words.length} words`);
});
