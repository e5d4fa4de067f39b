// A list as a table: sorted by its columns, with the whole of a row on request.
import { count, h, icon, unseen } from "./dom.js";
import { fieldsOfThing, shown } from "./values.js";

/** So many rows are shown at first, and so many more each time. */
const ROWS = 200;

export function table({ name, items }, links) {
  const columns = columnsOf(items);
  const body = h("tbody", {});
  const more = h("button", { type: "button", class: "plain", click: () => add() });
  let rows = items;
  let [sorted, direction] = [undefined, 1];
  let done = 0;

  function add() {
    for (const [place, item] of rows.slice(done, done + ROWS).entries()) body.append(row(item, done + place));
    done = Math.min(rows.length, done + ROWS);
    more.hidden = done >= rows.length;
    more.textContent = `Show more: ${done.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  }
  function row(item, index) {
    const toggle = h(
      "button",
      { type: "button", class: "plain open", "aria-expanded": "false", click: () => details() },
      icon("more"),
      unseen(`Row ${index + 1}`),
    );
    const own = h(
      "tr",
      {},
      h("th", { scope: "row", class: "tool" }, toggle),
      columns.map((column) => cell(item, column, index)),
    );
    let inner;
    function details() {
      if (inner) inner = inner.remove();
      else {
        inner = h(
          "tr",
          { class: "details" },
          h("td", { colspan: columns.length + 1 }, fieldsOfThing(item, links, `${name}.${index}`)),
        );
        own.after(inner);
      }
      toggle.setAttribute("aria-expanded", String(Boolean(inner)));
    }
    return own;
  }
  const cell = (item, column, index) => {
    const value = item?.[column];
    if (value === undefined) return h("td", {});
    if (value === null) return h("td", { class: "null" }, "null");
    if (typeof value === "number") return h("td", { class: "number" }, String(value));
    if (typeof value === "object") return h("td", { class: "inner" }, h("code", {}, JSON.stringify(value)));
    return h("td", {}, shown(value, links, `${name}.${index}.${column}`));
  };
  function sort(column) {
    [sorted, direction] = sorted === column ? [column, -direction] : [column, 1];
    rows = items.toSorted((one, other) => direction * compare(one?.[column], other?.[column]));
    for (const head of heads)
      head.setAttribute(
        "aria-sort",
        head.dataset.column === column ? (direction > 0 ? "ascending" : "descending") : "none",
      );
    done = 0;
    body.replaceChildren();
    add();
  }
  const heads = columns.map((column) =>
    h(
      "th",
      { scope: "col", "data-column": column, "aria-sort": "none" },
      h("button", { type: "button", class: "sort", click: () => sort(column) }, column),
    ),
  );
  add();
  const scroller = h(
    "div",
    { class: "scroller", tabindex: 0, role: "region", "aria-label": `Table of ${name}` },
    h(
      "table",
      {},
      h("caption", { class: "unseen" }, `${name}, ${count(items.length, "row")}`),
      h("thead", {}, h("tr", {}, h("td", { class: "tool" }), heads)),
      body,
    ),
  );
  return h("div", {}, scroller, more);
}

/** Numbers as numbers, all else as text; what is missing comes last. */
function compare(one, other) {
  const isNothing = (value) => value === undefined || value === null || value === "";
  if (isNothing(one) || isNothing(other)) return Number(isNothing(one)) - Number(isNothing(other));
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [a, b] = [one, other].map((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)));
  return a.localeCompare(b, "en", { numeric: true });
}

/** What the items have, plain values before others, so that the first columns say most. */
export function columnsOf(items) {
  const plain = new Map();
  for (const item of items.slice(0, 50)) {
    for (const [key, value] of Object.entries(item ?? {})) {
      plain.set(key, (plain.get(key) ?? false) || (value !== null && typeof value !== "object"));
    }
  }
  const keys = [...plain.keys()];
  return [...keys.filter((key) => plain.get(key)), ...keys.filter((key) => !plain.get(key))];
}

/** For a spreadsheet: RFC 4180, and nothing in it that a spreadsheet would calculate. */
export function csv(items) {
  const isThing = (item) => item !== null && typeof item === "object";
  const columns = columnsOf(items.filter(isThing));
  const rows =
    columns.length > 0 ? items.map((item) => columns.map((column) => item?.[column])) : items.map((item) => [item]);
  return [columns.length > 0 ? columns : ["value"], ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value) {
  if (value === undefined || value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value === "string" && /^[=@\t\r]|^[+-](?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
