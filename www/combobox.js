// A text field that offers what the tenant has: by name, with the id that is filled in.
import { announce, h, icon, unseen } from "./dom.js";

/** So many are shown; typing narrows them down. */
const SHOWN = 30;

/** Make one of an input; `load` resolves to `[{ value, label }]`. */
export function combobox(control, name, load) {
  const id = `${control.id}-offers`;
  const list = h("ul", { role: "listbox", id, "aria-label": `What there is for ${name}` });
  const note = h("p", { class: "quiet" });
  const popup = h("div", { class: "offers", hidden: true }, note, list);
  const open = h(
    "button",
    {
      type: "button",
      class: "plain choose",
      tabindex: -1,
      "aria-expanded": "false",
      click: () => (popup.hidden ? show(true) : close()),
    },
    icon("more"),
    unseen(`Choose ${name}`),
  );
  for (const [key, value] of [
    ["role", "combobox"],
    ["aria-expanded", "false"],
    ["aria-controls", id],
    ["aria-autocomplete", "list"],
  ])
    control.setAttribute(key, value);
  let all;
  let active = -1;

  async function show(isAll) {
    popup.hidden = false;
    setExpanded("true");
    if (isAll) control.focus();
    note.textContent = "Looking …";
    list.replaceChildren();
    all = await load();
    if (!popup.hidden) fill(isAll ? "" : control.value);
  }
  function fill(text) {
    const wanted = text.trim().toLowerCase();
    const fitting = all.filter(({ value, label }) => `${label} ${value}`.toLowerCase().includes(wanted));
    const shown = fitting.slice(0, SHOWN);
    list.replaceChildren(
      ...shown.map(({ value, label }, index) =>
        h(
          "li",
          {
            role: "option",
            id: `${id}-${index}`,
            "data-value": value,
            "aria-selected": "false",
            pointerdown: (event) => (event.preventDefault(), choose(value)),
          },
          label !== value && label && h("span", {}, label),
          h("code", {}, value),
        ),
      ),
    );
    active = -1;
    control.removeAttribute("aria-activedescendant");
    note.textContent =
      all.length === 0
        ? "Nothing to choose from"
        : fitting.length > SHOWN
          ? `${SHOWN} of ${fitting.length}: type to narrow down`
          : "";
    note.hidden = !note.textContent;
    announce(all.length === 0 ? "Nothing to choose from" : `${fitting.length} to choose from`);
  }
  function choose(value) {
    control.value = value;
    close();
    control.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }
  function close() {
    popup.hidden = true;
    setExpanded("false");
    control.removeAttribute("aria-activedescendant");
  }
  function setExpanded(value) {
    control.setAttribute("aria-expanded", value);
    open.setAttribute("aria-expanded", value);
  }
  function move(step) {
    const options = [...list.children];
    if (options.length === 0) return;
    options[active]?.setAttribute("aria-selected", "false");
    active = (active + step + options.length) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    control.setAttribute("aria-activedescendant", options[active].id);
  }

  control.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (popup.hidden) show(control.value === "" || event.altKey);
      else move(key === "ArrowDown" ? 1 : -1);
    } else if (popup.hidden) {
      return;
    } else if (key === "Escape") {
      event.preventDefault();
      close();
    } else if (key === "Enter" && active >= 0) {
      event.preventDefault();
      event.stopPropagation();
      choose(list.children[active].dataset.value);
    }
  });
  control.addEventListener("input", () => !popup.hidden && all && fill(control.value));
  control.addEventListener("blur", close);
  return h("div", { class: "combobox" }, control, open, popup);
}
