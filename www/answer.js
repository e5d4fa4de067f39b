// What came of a call: how it went, the request as it was sent, and the answer as fields, table or JSON.
import { choice, copyButton, count, download, h, icon } from "./dom.js";
import { json } from "./json.js";
import { isSecret, itemsOf } from "./operations.js";
import { nextPage } from "./run.js";
import { csv, table } from "./table.js";
import { timeline } from "./timeline.js";
import { Links, fieldsOfThing } from "./values.js";

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

/**
 * All of it, as elements. `context`: `{ operations, operation, args, connection, next }`, where `next` makes the call
 * with other arguments.
 */
export function showAnswer(result, context) {
  const { error, requests } = result;
  const { operation, connection } = context;
  const [status, ...more] = summaryOf(result, operation);
  const head = h(
    "p",
    { class: "outcome" },
    h("strong", { class: error ? "status bad" : "status good" }, status),
    more.map((part) => h("span", {}, part)),
  );
  const parts = [head];
  const isLong = requests.length > 1 && result.pages === undefined;
  if (isLong || (result.trouble && requests.length > 0)) parts.push(timeline(result));
  if (error) parts.push(showError(error, operation, connection));
  // What came before it stopped.
  if (error && result.items?.length > 0) parts.push(showBody(result.items, result, context));
  else if (error && error.body !== undefined) parts.push(json(error.body));
  else if (!error && result.data !== undefined) parts.push(showBody(result.data, result, context));
  else if (!error) parts.push(h("p", { class: "quiet" }, "It succeeded, and has no content."));
  if (requests.length > 0) parts.push(showRequest(requests));
  return parts;
}

function showRequest(requests) {
  const calls = requests.filter(({ kind }) => kind === "call");
  const { method, url, body, type } = calls.at(-1) ?? requests.at(-1);
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
    h("h3", {}, calls.length > 1 ? `Last of ${calls.length} requests` : "Request"),
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

function showError(error, { scope }, connection) {
  const facts = [];
  const tell = (name, value) => value !== undefined && facts.push(h("dt", {}, name), h("dd", {}, value));
  tell("Code", h("code", {}, error.code ?? error.name));
  for (const { code, message } of error.errors ?? []) tell("Service", [h("code", {}, code), ` ${message}`]);
  const needed = error.requiredScope ?? (error.status === 403 ? scope : undefined);
  if (needed) tell("Scope needed", h("code", {}, needed));
  const has = error.tokenScopes ?? connection.scopes;
  if (needed && has) tell("The token has", has.length > 0 ? listOf(has) : "no scopes");
  if (error.retryAfter !== undefined) tell("Try again in", `${error.retryAfter} s`);
  if (error.attempts > 1) tell("Attempts", String(error.attempts));
  const id = ["x-request-id", "request-id", "cf-ray"].map((name) => error.headers?.get(name)).find(Boolean);
  if (id) tell("Request id", h("code", {}, id));
  return h("div", { class: "error" }, h("p", {}, error.message), h("dl", {}, facts), adviceFor(error, connection));
}

/** A browser does not say why there was no answer; these are the reasons, and what to do. */
function adviceFor(error, connection) {
  if (error.code !== "connection" && error.status !== 401) return undefined;
  if (error.status === 401) {
    if (!connection.isLocal) return undefined;
    return h("p", {}, "Local Kinde was started again, or the token is too old. Sign in again: what you typed stays.");
  }
  if (connection.isLocal)
    return h("p", {}, "Local Kinde does not answer. It may have been stopped: start it again, then press Run.");
  const isOther = connection.kind !== "worker";
  return h(
    "div",
    { class: "advice" },
    h("p", {}, "A browser does not tell a page why. It may be that"),
    h(
      "ul",
      {},
      isOther &&
        h(
          "li",
          {},
          "the API does not allow calls from the pages of other origins, as a tenant's does not: put the Worker of ",
          h("code", {}, "examples/explorer-worker"),
          " in between, or copy the call as curl and run it in a terminal.",
        ),
      h("li", {}, "the domain is misspelt, or there is no network."),
      isOther && h("li", {}, "this page is on https and the domain is on http, which browsers refuse."),
    ),
  );
}

function listOf(scopes) {
  const [shown, rest] = [scopes.slice(0, 8), scopes.length - 8];
  return [shown.map((scope) => [h("code", {}, scope), " "]), rest > 0 ? `and ${rest} more` : undefined].flat(2);
}

/** The last view that was chosen, where it is there. */
let preferred = "first";

function showBody(data, result, context) {
  const { operations, operation, args, next } = context;
  const list = itemsOf(operation, data);
  const isThing = (item) => item !== null && typeof item === "object" && !Array.isArray(item);
  const isTable = list?.items.some(isThing);
  const links = new Links(operations, operation, args);
  const isPlain = typeof data === "string" || (list && !isTable);
  const views = [
    isTable && ["table", "Table"],
    !isTable && !isPlain && ["fields", "Fields"],
    ["json", "JSON"],
    result.response && ["headers", "Headers"],
  ].filter(Boolean);
  const place = h("div", {});
  const show = (view) => {
    const make = {
      table: () => (list ? table(list, links) : ""),
      fields: () => h("div", { class: "fields-of" }, fieldsOfThing(data, links)),
      json: () => json(data),
      headers: () => showHeaders(result.response.headers),
    };
    place.replaceChildren(make[view]());
  };
  const first = views.some(([view]) => view === preferred) ? preferred : views[0][0];
  show(first);
  const pick = choice("View", views, first, (view) => {
    preferred = view === "json" ? "json" : "first";
    show(view);
  });
  const text = () => JSON.stringify(data, null, 2);
  const name = operation.call;
  const tools = h(
    "div",
    { class: "tools" },
    pick,
    h("span", { class: "spread" }),
    copyButton(text, "the answer"),
    h(
      "button",
      { type: "button", class: "plain", click: () => download(`${name}.json`, "application/json", text()) },
      icon("down"),
      "JSON",
    ),
    list &&
      list.items.length > 0 &&
      h(
        "button",
        { type: "button", class: "plain", click: () => download(`${name}.csv`, "text/csv", csv(list.items)) },
        icon("down"),
        "CSV",
      ),
  );
  const more = result.pages === undefined && nextPage(operation, args, data);
  return h(
    "div",
    { class: "body" },
    tools,
    list?.items.length === 0 && h("p", { class: "empty" }, `No ${list.name.replaceAll("_", " ")}: the list is empty.`),
    place,
    more && h("button", { type: "button", class: "secondary", click: () => next(more) }, "Next page"),
  );
}

function showHeaders(headers) {
  const entries = [...headers];
  return h(
    "dl",
    { class: "headers" },
    entries.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}
