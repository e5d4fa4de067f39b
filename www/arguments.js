// The arguments of an operation: its form, or the same as JSON, for nulls, empty lists and fields that it does not know.
import { choice, h, icon } from "./dom.js";
import { jsonOf } from "./form.js";

export function argumentsEditor(operation, form, tenant) {
  const text = h("textarea", { id: "arguments", rows: 12, spellcheck: "false", autocomplete: "off" });
  const { read: readJson, note, mark } = jsonOf(text, "The text");
  const asJson = h(
    "div",
    { class: "fields", hidden: true },
    h("label", { for: "arguments" }, "Arguments as JSON"),
    text,
    note,
  );
  let isJson = false;

  const read = () => {
    if (!isJson) return form.read();
    if (text.value.trim() === "") text.value = "{}";
    const value = readJson();
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      mark("The arguments have to be an object: { … }");
      throw new SyntaxError("The arguments have to be an object");
    }
    return value;
  };
  const peek = () => {
    try {
      return read();
    } catch {
      return {};
    }
  };
  const changed = () => text.dispatchEvent(new Event("input", { bubbles: true }));
  const write = (values) => {
    if (isJson) text.value = JSON.stringify(values, null, 2);
    else form.write(values);
  };
  const toggle = (view) => {
    if ((view === "json") === isJson) return undefined;
    if (view === "json") {
      text.value = JSON.stringify(peek(), null, 2);
    } else {
      try {
        form.write(read());
      } catch {
        // What is broken stays, to be mended.
        text.focus();
        return false;
      }
    }
    isJson = view === "json";
    asJson.hidden = !isJson;
    form.element.hidden = isJson;
    // What is hidden cannot be wrong.
    for (const control of form.element.querySelectorAll("input, select, textarea")) control.disabled = isJson;
    changed();
    return undefined;
  };
  async function fill() {
    filler.setAttribute("aria-disabled", "true");
    const { exampleOf } = await import("./examples.js");
    write(await exampleOf(operation, tenant));
    filler.removeAttribute("aria-disabled");
    changed();
  }
  const filler = h("button", { type: "button", class: "plain", click: fill }, icon("wand"), "Fill with examples");
  const head = h("div", { class: "head" }, h("h2", {}, "Arguments"));
  if (!form.isEmpty) head.append(filler);
  if (!form.isEmpty && !form.hasFile)
    head.append(
      choice(
        "Edit as",
        [
          ["form", "Form"],
          ["json", "JSON"],
        ],
        "form",
        toggle,
      ),
    );
  return { head, element: h("div", {}, form.element, asJson), read, peek, write };
}
