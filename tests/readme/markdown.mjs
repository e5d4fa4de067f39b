// The code of a Markdown file.

/**
 * The fenced code blocks, in their order: `{ language, code, name }`, where the name is the heading
 * above and the number of the block below that heading, of those in the same language.
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
      const block = { heading, language, code: "", name: `${heading} ${number}` };
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
  const text = markdown.replace(/^\s*(`{3,}|~{3,})[^]*?^\s*\1\s*$/gm, "");
  return [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map(([, , code]) => code);
}
