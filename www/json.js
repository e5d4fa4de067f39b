// JSON with colours, at any size: a piece of it is coloured when it comes into sight.
import { h } from "./dom.js";

/** So many lines are one piece. */
const PIECE = 300;
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A block of it, which scrolls. */
export function json(data, label = "Answer as JSON") {
  const pre = h("pre", { class: "json", tabindex: 0, role: "region", "aria-label": label });
  if (typeof data === "string") {
    pre.append(data);
    return pre;
  }
  const lines = JSON.stringify(data, null, 2).split("\n");
  if (lines.length <= PIECE) {
    pre.append(...coloured(lines.join("\n")));
    return pre;
  }
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        target.replaceChildren(...coloured(target.textContent));
      }
    },
    { root: pre, rootMargin: "100%" },
  );
  for (let at = 0; at < lines.length; at += PIECE) {
    const piece = h("span", { class: "piece" }, lines.slice(at, at + PIECE).join("\n"));
    pre.append(piece);
    watcher.observe(piece);
  }
  return pre;
}

function coloured(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [all, string, colon] = match;
    parts.push(text.slice(end, match.index));
    const kind = colon ? "key" : string ? "string" : "literal";
    parts.push(h("span", { class: kind }, string ?? all), colon ?? "");
    end = match.index + all.length;
  }
  parts.push(text.slice(end));
  return parts;
}
