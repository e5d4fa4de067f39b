// What came of a call: the request as it was sent, status and time, and the answer as table or JSON.
import { choice, h } from "./dom.js";
import { isSecret } from "./operations.js";
import { itemsOf } from "./run.js";

/** So many rows are shown at first, and so many more each time. */
const ROWS = 200;
/** The longest JSON that is coloured, in characters: more of it takes longer than it helps. */
const COLOURED = 100_000;

const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** One line on how it went. */
export function summaryOf({ error, response, time, data, items, pages, requests }, operation) {
  const listed = items ?? itemsOf(operation, data)?.items;
  const parts = [statusOf(error, response), `${Math.max(1, Math.round(time)).toLocaleString("en")} ms`];
  if (listed) parts.push(count(listed.length, "item"));
  if (pages !== undefined) parts.push(count(pages, "page"));
  else if (requests.length > 1) parts.push(count(requests.length, "request"));
  return parts;
}

function statusOf(error, response) {
  if (!error) return `${response.status} ${response.statusText || REASONS[response.status] || ""}`.trim();
  return [error.status, error.code ?? "not sent"].filter(Boolean).join(" ");
}

/** HTTP/2 has no reason phrases. */
const REASONS = { 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content" };

/** All of it, as elements. */
export function showAnswer(result, operation, scopes) {
  const { error, requests } = result;
  const [status, ...more] = summaryOf(result, operation);
  const head = h(
    "p",
    { class: "outcome" },
    h("strong", { class: error ? "status bad" : "status good" }, status),
    more.map((part) => h("span", {}, part)),
  );
  const parts = [head];
  if (requests.length > 0) parts.push(showRequest(requests));
  if (error) parts.push(showError(error, operation, scopes));
  // What came before it stopped.
  if (error && result.items?.length > 0) parts.push(showBody(result.items, operation));
  else if (error && error.body !== undefined) parts.push(json(error.body));
  else if (!error && result.data !== undefined) parts.push(showBody(result.data, operation));
  else if (!error) parts.push(h("p", { class: "quiet" }, "It succeeded, and has no content."));
  return parts;
}

function showRequest(requests) {
  const { method, url, body, type } = requests.at(-1);
  const { origin, pathname, search } = new URL(url);
  const line = h(
    "code",
    { class: "line" },
    h("b", { class: `method ${method.toLowerCase()}` }, method),
    ` ${origin}`,
    h("b", {}, pathname),
    search,
  );
  const parts = [line];
  const text = bodyText(body, type);
  if (text) parts.push(h("pre", { tabindex: 0, role: "region", "aria-label": "Body of the request" }, text));
  return h(
    "div",
    { class: "request" },
    h("h3", {}, requests.length > 1 ? `Last of ${requests.length} requests` : "Request"),
    parts,
  );
}

/** The body as it was sent, but for what opens something. */
function bodyText(body, type = "") {
  if (body === undefined || body === null) return undefined;
  if (body instanceof FormData) {
    return [...body]
      .map(
        ([name, value]) =>
          `${name}: ${value instanceof Blob ? `${value.name}, ${value.type}, ${count(value.size, "byte")}` : value}`,
      )
      .join("\n");
  }
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return [...new URLSearchParams(String(body))]
      .map(([name, value]) => `${name}=${isSecret(name) ? "•••" : value}`)
      .join("\n");
  }
  try {
    return JSON.stringify(
      JSON.parse(body),
      (name, value) => (typeof value === "string" && isSecret(name) ? "•••" : value),
      2,
    );
  } catch {
    return String(body);
  }
}

function showError(error, { scope }, scopes) {
  const facts = [];
  const tell = (name, value) => value !== undefined && facts.push(h("dt", {}, name), h("dd", {}, value));
  tell("Code", h("code", {}, error.code ?? error.name));
  for (const { code, message } of error.errors ?? []) tell("Service", [h("code", {}, code), ` ${message}`]);
  const needed = error.requiredScope ?? (error.status === 403 ? scope : undefined);
  if (needed) tell("Scope needed", h("code", {}, needed));
  const has = error.tokenScopes ?? scopes;
  if (needed && has) tell("The token has", has.length > 0 ? listOf(has) : "no scopes");
  if (error.retryAfter !== undefined) tell("Try again in", `${error.retryAfter} s`);
  if (error.attempts > 1) tell("Attempts", String(error.attempts));
  const id = ["x-request-id", "request-id", "cf-ray"].map((name) => error.headers?.get(name)).find(Boolean);
  if (id) tell("Request id", h("code", {}, id));
  return h("div", { class: "error" }, h("p", {}, error.message), h("dl", {}, facts));
}

function listOf(scopes) {
  const [shown, rest] = [scopes.slice(0, 8), scopes.length - 8];
  return [shown.map((scope) => [h("code", {}, scope), " "]), rest > 0 ? `and ${rest} more` : undefined].flat(2);
}

function showBody(data, operation) {
  const list = itemsOf(operation, data);
  const place = h("div", {});
  const isTable = list?.items.some((item) => item !== null && typeof item === "object" && !Array.isArray(item));
  const show = (view) => place.replaceChildren(view === "table" ? table(list) : json(data));
  show(isTable ? "table" : "json");
  const views = choice(
    "View",
    [
      ["table", "Table"],
      ["json", "JSON"],
    ],
    "table",
    show,
  );
  return h("div", { class: "body" }, isTable && views, place);
}

function table({ name, items }) {
  const columns = columnsOf(items);
  const body = h("tbody", {});
  const more = h("button", { type: "button", class: "plain", click: () => add() });
  let shown = 0;
  function add() {
    const rows = items.slice(shown, shown + ROWS).map((item) =>
      h(
        "tr",
        {},
        columns.map((column) => cell(item?.[column])),
      ),
    );
    body.append(...rows);
    shown += rows.length;
    more.hidden = shown >= items.length;
    more.textContent = `Show more: ${shown.toLocaleString("en")} of ${items.length.toLocaleString("en")}`;
  }
  add();
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      columns.map((column) => h("th", { scope: "col" }, column)),
    ),
  );
  const caption = h("caption", { class: "unseen" }, name);
  const scroller = h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": `Table of ${name}` });
  scroller.append(h("table", {}, caption, head, body));
  return h("div", {}, scroller, more);
}

/** What the items have, plain values before others, so that the first columns say most. */
function columnsOf(items) {
  const plain = new Map();
  for (const item of items.slice(0, 50)) {
    for (const [key, value] of Object.entries(item ?? {})) {
      plain.set(key, (plain.get(key) ?? false) || (value !== null && typeof value !== "object"));
    }
  }
  const keys = [...plain.keys()];
  return [...keys.filter((key) => plain.get(key)), ...keys.filter((key) => !plain.get(key))];
}

function cell(value) {
  if (value === undefined) return h("td", {});
  if (value === null) return h("td", { class: "null" }, "null");
  if (typeof value === "number") return h("td", { class: "number" }, String(value));
  if (typeof value === "object") return h("td", { class: "inner" }, h("code", {}, JSON.stringify(value)));
  return h("td", {}, String(value));
}

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function json(data) {
  const pre = h("pre", { class: "json", tabindex: 0, role: "region", "aria-label": "Answer as JSON" });
  const text = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  if (typeof data === "string" || text.length > COLOURED) {
    pre.append(text);
    return pre;
  }
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [all, string, colon] = match;
    pre.append(text.slice(end, match.index));
    const kind = colon ? "key" : string ? "string" : "literal";
    pre.append(h("span", { class: kind }, string ?? all), colon ?? "");
    end = match.index + all.length;
  }
  pre.append(text.slice(end));
  return pre;
}
