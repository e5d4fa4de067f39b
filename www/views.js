// What the main part of the page shows: the start, or one operation.
import { showAnswer, summaryOf } from "./answer.js";
import { curl, rust, typescript } from "./code.js";
import { announce, choice, h, prose } from "./dom.js";
import { exampleOf, makeForm } from "./form.js";
import { hasPages, run } from "./run.js";

/** The start: what this is, and where to begin. */
export function showStart(main, operations, connection, connect) {
  const place = h("p", { class: "actions" });
  const first = operations.find(({ operationId }) => operationId === "getUsers") ?? operations[0];
  main.replaceChildren(
    h(
      "article",
      { class: "start" },
      h("h1", { tabindex: -1 }, "Every call of the Kinde API, from this page"),
      h(
        "p",
        { class: "lead" },
        `${operations.length} operations: each with a form, its answer, and the code to take along as TypeScript, Rust or curl. The calls are made by kinde-edge, here in the browser.`,
      ),
      h(
        "p",
        { class: "warning", role: "note" },
        h("strong", {}, "A client secret must never be in a browser."),
        " Everyone who opens the page can read it. This page takes none: it signs you in, goes through a Worker that keeps the secret, or uses an access token that you bring along.",
      ),
      place,
      h("h2", {}, "Keys"),
      h(
        "dl",
        { class: "keys" },
        [
          ["/", "search"],
          ["↓ ↑", "go through the list"],
          ["Enter", "open"],
          ["Ctrl Enter", "run"],
        ].map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what))),
      ),
    ),
  );
  const update = () => {
    const begin = h("a", { class: "button", href: first.hash }, "Open users.list");
    const sign = h(
      "button",
      { type: "button", class: "primary", click: connect },
      connection.canSignIn ? "Sign in" : "Connect",
    );
    place.replaceChildren(...(connection.isReady ? [] : [sign]), begin);
  };
  update();
  return { update, abandon() {} };
}

/** One operation. */
export function showOperation(main, operation, connection, connect) {
  const { call, method, path, summary, description, scope } = operation;
  const form = makeForm(operation);
  const scopeLine = h("p", { class: "scope" });
  const answer = h("section", { class: "answer", "aria-label": "Answer" });
  const progress = h("div", { class: "progress", hidden: true });
  let underWay;

  const runButton = h("button", { class: method === "DELETE" ? "primary danger" : "primary" }, "Run");
  const stop = h("button", { type: "button", class: "plain", hidden: true, click: () => underWay?.abort() }, "Stop");
  const actions = h("div", { class: "actions" }, runButton);
  const limit = h("input", {
    id: "limit",
    inputmode: "numeric",
    pattern: "[0-9]*",
    placeholder: "all",
    title: "A whole number",
  });
  if (hasPages(operation)) {
    actions.append(
      h("button", { type: "button", class: "secondary", click: () => start({ all: true }) }, "All pages"),
      h("label", { class: "limit", for: "limit" }, "at most"),
      limit,
    );
  }
  actions.append(stop);

  const args = argumentsEditor(operation, form);
  const element = h(
    "form",
    { novalidate: true, autocomplete: "off", submit, input: () => code.update() },
    args.head,
    args.element,
    actions,
  );
  const code = codeOf(operation, connection, args.peek);
  main.replaceChildren(
    h(
      "article",
      { class: "operation", "data-operation": operation.operationId },
      h("a", { class: "back", href: "#/" }, "← All operations"),
      h(
        "header",
        {},
        h("h1", { tabindex: -1 }, h("code", {}, call)),
        h(
          "p",
          { class: "path" },
          h("span", { class: `method ${method.toLowerCase()}` }, method),
          " ",
          h("code", {}, path),
        ),
        h("p", { class: "lead" }, prose(description?.trim() || summary)),
        scopeLine,
      ),
      h(
        "div",
        { class: "columns" },
        h("section", { "aria-label": "Arguments" }, element, progress),
        answer,
        code.element,
      ),
    ),
  );

  function update() {
    const has = connection.scopes;
    const missing = scope && has && !has.includes(scope);
    const needs = scope ? ["Needs the scope ", h("code", {}, scope)] : ["Needs no scope of the Management API"];
    const isForwarded = connection.kind !== "worker" || path.startsWith("/api/v1/");
    const trouble = missing
      ? "your token does not have it"
      : isForwarded
        ? undefined
        : "the Worker does not forward it";
    scopeLine.replaceChildren(...needs, ...(trouble ? [h("span", { class: "missing" }, trouble)] : []));
    code.update();
  }

  function submit(event) {
    event.preventDefault();
    start({});
  }

  async function start({ all = false }) {
    if (underWay) return;
    if (!connection.isReady) return connect();
    if (!element.reportValidity()) return;
    let given;
    try {
      given = args.read();
    } catch (error) {
      return show({ error, requests: [], time: 0 });
    }
    underWay = new AbortController();
    const { signal } = underWay;
    const shown = all && progressOf(Number(limit.value) || undefined);
    runButton.setAttribute("aria-disabled", "true");
    stop.hidden = false;
    announce("Running");
    answer.setAttribute("aria-busy", "true");
    const result = await run(connection, operation, given, {
      all,
      limit: Number(limit.value) || undefined,
      signal,
      progress: shown,
    });
    underWay = undefined;
    if (document.activeElement === stop) runButton.focus();
    stop.hidden = true;
    runButton.removeAttribute("aria-disabled");
    answer.removeAttribute("aria-busy");
    progress.hidden = true;
    if (answer.isConnected) show(result);
  }

  function show(result) {
    answer.replaceChildren(h("h2", {}, "Answer"), ...showAnswer(result, operation, connection.scopes));
    // Below a long form, one would not see that it came.
    if (answer.getBoundingClientRect().top > innerHeight - 120) answer.scrollIntoView({ block: "start" });
    announce(summaryOf(result, operation).join(", ") + (result.error ? `: ${result.error.message}` : ""));
  }

  /** How far following the pages is: how many there will be, nobody knows, unless a limit is set. */
  function progressOf(most) {
    const bar = h("progress", { "aria-label": "Items so far", max: most });
    const text = h("span", {});
    progress.replaceChildren(bar, text);
    progress.hidden = false;
    return ({ items, pages }) => {
      if (most) bar.value = items.length;
      text.textContent = `${items.length.toLocaleString("en")} items, ${pages} ${pages === 1 ? "page" : "pages"}`;
    };
  }

  update();
  return { update, run: () => start({}), abandon: () => underWay?.abort() };
}

/** The form, or its arguments as JSON: for nulls, empty lists and fields that it does not know. */
function argumentsEditor(operation, form) {
  const text = h("textarea", { id: "arguments", rows: 12, spellcheck: "false", autocomplete: "off" });
  const asJson = h(
    "div",
    { class: "fields", hidden: true },
    h("label", { for: "arguments" }, "Arguments as JSON"),
    text,
  );
  let isJson = false;
  const read = () => {
    if (!isJson) return form.read();
    const value = JSON.parse(text.value.trim() || "{}");
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new SyntaxError("The arguments have to be an object");
    return value;
  };
  const toggle = (view) => {
    if ((view === "json") === isJson) return;
    if (view === "json") {
      text.value = JSON.stringify(peek(), null, 2);
    } else {
      try {
        form.write(read());
      } catch {
        // What is no JSON stays out of the form, and is gone.
      }
    }
    isJson = view === "json";
    asJson.hidden = !isJson;
    form.element.hidden = isJson;
    // What is hidden cannot be wrong.
    for (const control of form.element.querySelectorAll("input, select, textarea")) control.disabled = isJson;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const peek = () => {
    try {
      return read();
    } catch {
      return {};
    }
  };
  const fill = () => {
    const example = exampleOf(operation);
    if (isJson) text.value = JSON.stringify(example, null, 2);
    else form.write(example);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const head = h("div", { class: "head" }, h("h2", {}, "Arguments"));
  if (!form.isEmpty) {
    head.append(h("button", { type: "button", class: "plain", click: fill }, "Fill with examples"));
    if (!form.hasFile)
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
  }
  return { head, element: h("div", {}, form.element, asJson), read, peek };
}

const LANGUAGES = [
  ["typescript", "TypeScript"],
  ["rust", "Rust"],
  ["curl", "curl"],
];
/** The one that was looked at last. */
let language = "typescript";
/** What rust.json has, once it is needed. */
let names;

/** The call as code, following the form. */
function codeOf(operation, connection, peek) {
  const text = h("pre", { class: "code", tabindex: 0, role: "region", "aria-label": "The call as code" });
  const copy = h("button", { type: "button", class: "plain", click: toClipboard }, "Copy");
  const write = {
    typescript: (args) => typescript(operation, args),
    curl: (args) => curl(operation, args, connection.domain),
    rust: async (args) => rust(operation, args, (names ??= await loadNames())),
  };
  async function update() {
    const wanted = language;
    const written = await Promise.resolve(write[wanted](peek())).catch((error) => error.message);
    if (wanted === language) text.textContent = written;
  }
  async function toClipboard() {
    await navigator.clipboard.writeText(text.textContent).then(
      () => done("Copied"),
      () => done("Not allowed"),
    );
  }
  function done(what) {
    copy.textContent = what;
    announce(what);
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  }
  const select = choice("Language", LANGUAGES, language, (value) => ((language = value), update()));
  const element = h(
    "section",
    { class: "take", "aria-label": "Code" },
    h("div", { class: "head" }, h("h2", {}, "Code"), select, copy),
    text,
  );
  return { element, update };
}

async function loadNames() {
  const response = await fetch("rust.json");
  if (!response.ok) throw new Error(`rust.json: ${response.status}`);
  return response.json();
}
