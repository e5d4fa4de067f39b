// Elements in one line each.

/** An element with its attributes (a function listens, `true` is an attribute without value) and its content. */
export function h(name, attributes, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...content.flat().filter((part) => part !== undefined && part !== null && part !== false));
  return element;
}

/** Text for those who do not see the page. */
export const unseen = (text) => h("span", { class: "unseen" }, text);

/** Buttons of which one is pressed; `choose` gets its value. */
export function choice(label, options, chosen, choose) {
  const group = h("div", { class: "choice", role: "group", "aria-label": label });
  const press = (value) => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.value === value));
  };
  for (const [value, text] of options) {
    const click = () => (press(value), choose(value));
    group.append(h("button", { type: "button", value, click }, text));
  }
  press(chosen);
  return group;
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

/** Say something to those who do not see the page. */
export function announce(text) {
  document.getElementById("live").textContent = text;
}
