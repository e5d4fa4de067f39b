// Single values of an answer: a thing with its fields, and ids that lead on.
import { h, icon, unseen } from "./dom.js";
import { addressOf } from "./operations.js";
import { actionsOf } from "./things.js";

/** Where ids lead: the operations that take them, with what this call was given. */
export class Links {
  constructor(operations, operation, args) {
    this.operations = operations;
    this.operation = operation;
    this.args = args;
  }

  /** What can be done with a value, or nothing where it is no id. */
  for(path, value) {
    if (typeof value !== "string" || value === "") return [];
    return actionsOf(this.operations, this.operation, path).map(({ operation, args, opens }) => ({
      operation,
      opens,
      href: addressOf(operation, args(value, this.args)),
    }));
  }
}

/** A value in a place of one line. */
export function shown(value, links, path) {
  const actions = links.for(path, value);
  if (actions.length === 0) return String(value);
  const opens = actions.find((one) => one.opens && one.operation !== links.operation);
  const text = opens ? h("a", { class: "id", href: opens.href }, value) : h("span", { class: "id" }, value);
  const menu = h(
    "button",
    {
      type: "button",
      class: "plain menu",
      "aria-haspopup": "dialog",
      click: (event) => showMenu(event.currentTarget, value, actions),
    },
    icon("more"),
    unseen(`What to do with ${value}`),
  );
  return h("span", { class: "thing" }, text, menu);
}

let popover;

/** The operations for an id, below the button that asked. */
function showMenu(button, value, actions) {
  popover?.remove();
  const items = actions.map(({ operation: { method, call, summary }, href }) =>
    h(
      "li",
      {},
      h(
        "a",
        { href, click: () => popover.hidePopover() },
        h("span", { class: `method ${method.toLowerCase()}` }, method === "DELETE" ? "DEL" : method),
        h("span", {}, h("code", {}, call), h("small", {}, summary)),
      ),
    ),
  );
  popover = h(
    "div",
    { popover: "auto", class: "actions-of", role: "dialog", "aria-label": `What to do with ${value}` },
    h("p", {}, h("code", {}, value)),
    h("ul", {}, items),
  );
  popover.addEventListener(
    "toggle",
    ({ newState }) => newState === "closed" && popover?.contains(document.activeElement) && button.focus(),
  );
  document.body.append(popover);
  popover.showPopover();
  const { left, bottom, top } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  popover.style.top = `${bottom + height + 8 < innerHeight ? bottom + 4 : Math.max(8, top - height - 4)}px`;
  popover.querySelector("a")?.focus();
}

/** A thing, field by field: what it is called first, what it has in it below. */
export function fieldsOfThing(value, links, path = "") {
  if (value === null || typeof value !== "object")
    return h("p", { class: "value" }, value === null ? h("span", { class: "null" }, "null") : String(value));
  const isList = Array.isArray(value);
  if (Object.keys(value).length === 0) return h("p", { class: "quiet" }, isList ? "none" : "no fields");
  const entries = Object.entries(value);
  const isInner = ([, one]) => one !== null && typeof one === "object";
  const ordered = isList ? entries : [...entries.filter((one) => !isInner(one)), ...entries.filter(isInner)];
  return h(
    "dl",
    { class: "thing-fields" },
    ordered.map(([key, one]) => {
      const own = path ? `${path}.${key}` : key;
      const content = isInner([key, one])
        ? fieldsOfThing(one, links, own)
        : one === null
          ? h("span", { class: "null" }, "null")
          : typeof one === "string"
            ? one === ""
              ? h("span", { class: "null" }, "empty")
              : shown(one, links, own)
            : h("span", { class: typeof one === "number" ? "number" : "literal" }, String(one));
      return h(
        "div",
        { class: isInner([key, one]) ? "inner" : undefined },
        h("dt", {}, isList ? String(Number(key) + 1) : key),
        h("dd", {}, content),
      );
    }),
  );
}
