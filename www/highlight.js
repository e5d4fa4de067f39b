// Colours for the code that this page writes: strings, comments, keywords, numbers and the names of calls.
import { h } from "./dom.js";

const KEYWORDS = {
  worker: /^(import|from|const|await|async|return|new|export|default|for|of|if|satisfies|interface)$/,
  rust: /^(use|async|fn|let|mut|match|await|impl|pub|struct|while|if|Some|None|Ok|Err|true|false)$/,
  curl: /^(curl|export|true|false)$/,
};
KEYWORDS.typescript = KEYWORDS.worker;

/** Comments, strings, numbers, words. In a shell, a string may be in single quotes. */
const TOKENS = {
  curl: /(#.*$)|('(?:[^']|'\\'')*'|"(?:[^"\\]|\\.)*")|(-{1,2}[\w-]+)|(\b[A-Za-z_]\w*\b)/gm,
  other: /(\/\/.*$|#\[[^\]]*\])|("(?:[^"\\]|\\.)*")|(\b\d[\d_.]*\b)|([A-Za-z_$][\w$]*!?)(?=(\()?)/gm,
};

/** The parts of a text, with what has a colour in elements. */
export function coloured(text, language) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS[language] ?? TOKENS.other)) {
    const [all, comment, string, number, word, call] = match;
    const kind = comment
      ? "comment"
      : string
        ? "string"
        : number
          ? "literal"
          : KEYWORDS[language].test(word)
            ? "keyword"
            : call
              ? "named"
              : undefined;
    if (!kind) continue;
    parts.push(text.slice(end, match.index), h("span", { class: kind }, all));
    end = match.index + all.length;
  }
  return [...parts, text.slice(end)];
}
