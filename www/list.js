// The list of operations, with its search.
import { h } from "./dom.js";

/** Fill the place; `mark` shows which operation is open. */
export function makeList(operations, place, field, found) {
  const groups = Map.groupBy ? Map.groupBy(operations, ({ group }) => group) : groupBy(operations);
  let open;
  let finder;
  let shown;

  /** The search, loaded when somebody begins to type: a function from a text to operations. */
  const load = () =>
    (finder ??= import("./search.js").then(({ indexOf, search }) => {
      const index = indexOf(operations);
      return (text) => search(index, text);
    }));
  const show = () => (shown = fill());

  async function fill() {
    const text = field.value.trim();
    if (text) {
      place.setAttribute("aria-busy", "true");
      const find = await load();
      if (text !== field.value.trim()) return;
      const results = find(text);
      place.replaceChildren(
        h(
          "ul",
          {},
          results.map((operation) => item(operation, operation.call)),
        ),
      );
      found.textContent = results.length === 1 ? "1 operation" : `${results.length} operations`;
    } else {
      place.replaceChildren(...[...groups].map(([name, members]) => group(name, members)));
      found.textContent = "";
    }
    place.removeAttribute("aria-busy");
    mark(open);
  }

  function group(name, members) {
    const summary = h("summary", {}, h("span", {}, name), h("span", { class: "count" }, String(members.length)));
    return h(
      "details",
      { "data-group": name },
      summary,
      h(
        "ul",
        {},
        members.map((one) => item(one, one.short)),
      ),
    );
  }

  function item({ hash, method, summary }, name) {
    const badge = h("span", { class: `method ${method.toLowerCase()}` }, method === "DELETE" ? "DEL" : method);
    return h("li", {}, h("a", { href: hash }, badge, h("span", {}, h("code", {}, name), h("small", {}, summary))));
  }

  function mark(operation) {
    open = operation;
    for (const link of place.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
    if (!operation) return;
    const details = place.querySelector(`[data-group="${operation.group}"]`);
    if (details) details.open = true;
    const link = place.querySelector(`a[href="${CSS.escape(operation.hash)}"], a[href="${operation.hash}"]`);
    link?.setAttribute("aria-current", "page");
    link?.scrollIntoView({ block: "nearest" });
  }

  const stops = () => [...place.querySelectorAll("a, summary")].filter((element) => element.checkVisibility());
  field.addEventListener("focus", load);
  field.addEventListener("input", show);
  field.addEventListener("keydown", async (event) => {
    if (event.key === "Escape" && field.value) {
      event.preventDefault();
      field.value = "";
      show();
    }
    if (event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      await shown;
      place.querySelector("a")?.click();
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      await shown;
      stops()[0]?.focus();
    }
  });
  place.addEventListener("keydown", (event) => {
    const all = stops();
    const index = all.indexOf(document.activeElement);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1 }[event.key];
    if (index === -1 || next === undefined) return;
    event.preventDefault();
    (next < 0 ? field : all[Math.min(next, all.length - 1)]).focus();
  });
  show();
  return {
    mark,
    load,
    search(text) {
      field.value = text;
      show();
    },
  };
}

function groupBy(operations) {
  const groups = new Map();
  for (const operation of operations) groups.set(operation.group, [...(groups.get(operation.group) ?? []), operation]);
  return groups;
}
