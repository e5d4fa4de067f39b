// Elements in one line each.

/** An element with its attributes (a function listens, `true` is an attribute without value) and its content. */
export function h(name, attributes, ...content) {
  return fill(document.createElement(name), attributes, content);
}

/** The same for SVG. */
export function svg(name, attributes, ...content) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

function fill(element, attributes, content) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...content.flat(2).filter((part) => part !== undefined && part !== null && part !== false));
  return element;
}

/** Text for those who do not see the page. */
export const unseen = (text) => h("span", { class: "unseen" }, text);

/** Strokes of 16 by 16. */
const ICONS = {
  run: "M5 3.2v9.6L12.6 8z",
  stop: "M4.5 4.5h7v7h-7z",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3",
  done: "M3 8.5l3.4 3.4L13 4.8",
  down: "M8 2.8v7.4M4.6 7.2L8 10.6l3.4-3.4M3 13.2h10",
  more: "M6 3.6L10.4 8 6 12.4",
  remove: "M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6",
  plus: "M8 3.4v9.2M3.4 8h9.2",
  link: "M6.6 9.4l2.8-2.8M7.2 4.6l1.4-1.4a2.9 2.9 0 014.2 4.2l-1.4 1.4M8.8 11.4l-1.4 1.4a2.9 2.9 0 01-4.2-4.2l1.4-1.4",
  warning: "M8 2.6l6 10.6H2zM8 6.6v3M8 11.4v.2",
  wand: "M3 13l6.4-6.4M11 2.6v2.8M9.6 4h2.8M13 7.4v1.8M12.1 8.3h1.8M6.4 3v1.8M5.5 3.9h1.8",
  bolt: "M9 2L4 9h3.4L7 14l5-7H8.6z",
};

/** A picture beside words; whoever does not see it misses nothing. */
export const icon = (name) =>
  svg("svg", { class: `icon ${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

/** Buttons of which one is pressed; `choose` gets its value. */
export function choice(label, options, chosen, choose) {
  const group = h("div", { class: "choice", role: "group", "aria-label": label });
  const press = (value) => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.value === value));
  };
  for (const [value, text] of options) {
    const click = () => {
      if (choose(value) !== false) press(value);
    };
    group.append(h("button", { type: "button", value, click }, text));
  }
  press(chosen);
  group.press = press;
  return group;
}

/** A button that puts what `text` gives into the clipboard. */
export function copyButton(text, what = "") {
  const name = h("span", {}, "Copy");
  const mark = h("span", {}, icon("copy"));
  const reset = () => (mark.replaceChildren(icon("copy")), (name.textContent = "Copy"));
  const show = (word, picture) => {
    mark.replaceChildren(icon(picture));
    name.textContent = word;
    announce(word);
    setTimeout(reset, 1500);
  };
  const click = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      show("Copied", "done");
    } catch {
      show("Not copied", "warning");
    }
  };
  return h("button", { type: "button", class: "plain", click }, mark, name, what && unseen(` ${what}`));
}

/** A file of what the page has, by the browser's own download. */
export function download(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** A description, which is CommonMark: its links as such, the rest of it as plain text. */
export function prose(text = "") {
  const plain = (part) => part.replaceAll(/`|\*\*|<br\s*\/?>/g, "");
  const parts = [];
  let end = 0;
  for (const { 0: all, 1: title, 2: href, index } of text.matchAll(/\[([^\]]+)\]\((https:[^)\s]+)\)/g)) {
    parts.push(plain(text.slice(end, index)), h("a", { href, rel: "noreferrer" }, title));
    end = index + all.length;
  }
  return [...parts, plain(text.slice(end))];
}

/**
 * An element that index.html has.
 * @param {string} id
 * @returns {any}
 */
export const byId = (id) => document.getElementById(id);

/** When nothing else is to do, or soon: for what is not needed to begin. */
export const whenIdle = (act) =>
  "requestIdleCallback" in globalThis ? requestIdleCallback(act, { timeout: 500 }) : setTimeout(act, 100);

/** Say something to those who do not see the page. */
export function announce(text) {
  byId("live").textContent = text;
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
