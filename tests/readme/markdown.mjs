// The Markdown files of this repository, and the code in them.
import { readdir, readFile } from "node:fs/promises";

/** The text of a file, by its path in the repository. */
export const read = (file) => readFile(new URL(`../../${file}`, import.meta.url), "utf8");

/** The guides of the package, by their paths. */
export const guideFiles = (await readdir(new URL("../../pkg/guides", import.meta.url)))
  .sort()
  .map((name) => `pkg/guides/${name}`);

const JAVASCRIPT = ["js", "mjs", "cjs", "jsx", "javascript", "ts", "mts", "cts", "tsx", "typescript"];

/**
 * The fenced code blocks, in their order: `{ language, code, name }`. The name is the heading above, the
 * language if that is not JavaScript, and the number of the block below that heading, of those in the
 * same language.
 */
export function codeBlocks(markdown) {
  const blocks = [];
  let heading = "";
  let open;
  for (const line of markdown.split("\n")) {
    const [, fence, language] = /^\s*(`{3,}|~{3,})\s*([^\s,`{]*)/.exec(line) ?? [];
    if (open && fence?.startsWith(open.fence) && !language) {
      open = undefined;
    } else if (open) {
      open.block.code += `${line}\n`;
    } else if (fence) {
      const number = blocks.filter((block) => block.heading === heading && block.language === language).length + 1;
      const kind = JAVASCRIPT.includes(language) ? heading : `${heading}, ${language || "text"}`;
      const block = { heading, language, code: "", name: `${kind} ${number}` };
      open = { fence, block };
      blocks.push(block);
    } else if (/^#+ /.test(line)) {
      heading = line.replace(/^#+ /, "").trim();
    }
  }
  if (open) throw new Error(`the code block "${open.block.name}" has no end`);
  return blocks;
}

/** The code spans of the text between the blocks. */
export function codeSpans(markdown) {
  const text = markdown.replace(/^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1\s*$/gm, "");
  return [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map(([, , code]) => code);
}

/** Where the links of the text go. */
export const links = (markdown) => [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);

/** The headings as they are linked to. */
export function headings(markdown) {
  const titles = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .trim()
      .replace(/ /g, "-"),
  );
}
