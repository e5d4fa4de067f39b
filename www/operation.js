// One operation: its form, its answer, its code.
import { argumentsEditor } from "./arguments.js";
import { announce, h, icon, prose, whenIdle } from "./dom.js";
import { makeForm } from "./form.js";
import { keepAnswer, keptAnswer, setAddress } from "./history.js";
import { addressOf, argumentsIn, hasPages } from "./operations.js";
import { codeOf } from "./take.js";
import { TROUBLES } from "./trouble.js";

/** How long after the last key the address follows, in milliseconds. */
const SETTLED = 300;

/** `context`: `{ operations, connection, tenant, connect }`. */
export function showOperation(main, operation, context) {
  const { operations, connection, tenant, connect } = context;
  const { call, method, path, summary, description, scope, deprecated } = operation;
  const isDelete = method === "DELETE";
  const form = makeForm(operation, tenant);
  const scopeLine = h("p", { class: "scope" });
  const answer = h("section", { class: "answer", "aria-label": "Answer" });
  const progress = h("div", { class: "progress", hidden: true });
  let underWay;
  let wantsAll = false;

  const runName = h("span", {}, "Run");
  const runButton = h("button", { class: isDelete ? "primary danger" : "primary" }, icon("run"), runName);
  const stop = h(
    "button",
    { type: "button", class: "plain", hidden: true, click: () => underWay?.abort() },
    icon("stop"),
    "Stop",
  );
  const limit = h("input", {
    id: "limit",
    inputmode: "numeric",
    pattern: "[0-9]*",
    placeholder: "all",
    title: "A whole number",
  });
  const trouble = troubleSwitch();
  const asking = h("div", { class: "asking", hidden: true });
  const actions = h("div", { class: "actions" }, runButton);
  if (hasPages(operation)) {
    const all = h("button", { type: "button", class: "secondary", click: () => start({ all: true }) }, "All pages");
    actions.append(all, h("label", { class: "limit", for: "limit" }, "at most"), limit);
  }
  actions.append(stop, h("span", { class: "spread" }), trouble, asking);

  const args = argumentsEditor(operation, form, tenant);
  const element = h(
    "form",
    { novalidate: true, autocomplete: "off", submit, input: edited, keydown },
    args.head,
    args.element,
    actions,
    progress,
  );
  const code = codeOf(operation, connection, args.peek, () => wantsAll);
  const given = argumentsIn(operation, location.hash);
  if (Object.keys(given).length > 0) args.write(given);

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
        deprecated && h("p", { class: "missing" }, "Deprecated: it may go away."),
        scopeLine,
      ),
      h(
        "div",
        { class: "columns" },
        h("section", { class: "arguments", "aria-label": "Arguments" }, element),
        h("div", { class: "side" }, answer, code.element),
      ),
    ),
  );
  const kept = keptAnswer();
  if (kept?.operation === operation) import("./answer.js").then((shows) => show(shows, kept.result, kept.args));
  else whenIdle(before);

  async function before() {
    const { showSchema } = await import("./schema.js");
    const parts = await showSchema(operation);
    if (answer.childElementCount === 0 && parts.length > 0)
      answer.replaceChildren(h("div", { class: "head" }, h("h2", {}, "What comes back")), ...parts);
  }

  function update() {
    const has = connection.scopes;
    const missing = scope && has && !has.includes(scope);
    const needs = scope ? ["Needs the scope ", h("code", {}, scope)] : ["Needs no scope of the Management API"];
    const isForwarded = connection.kind !== "worker" || path.startsWith("/api/v1/");
    const problem = missing
      ? "your token does not have it"
      : isForwarded
        ? undefined
        : "the Worker does not forward it";
    scopeLine.replaceChildren(
      ...needs,
      ...(problem ? [h("span", { class: "missing" }, icon("warning"), problem)] : []),
    );
    trouble.hidden = !connection.isLocal;
    code.update();
  }

  let settling;
  function edited() {
    code.update();
    disarm();
    clearTimeout(settling);
    settling = setTimeout(follow, SETTLED);
  }
  /** The address has the arguments, so that it can be shared and come back to. */
  function follow() {
    clearTimeout(settling);
    // Who is on the way to another operation is not called back.
    if (element.isConnected && location.hash.split("?")[0] === operation.hash)
      setAddress(addressOf(operation, args.peek()));
  }

  function keydown(event) {
    // A delete is made by its button alone.
    if (
      isDelete &&
      event.key === "Enter" &&
      event.target.matches("input, select") &&
      event.target !== asking.querySelector("input")
    )
      event.preventDefault();
  }
  function submit(event) {
    event.preventDefault();
    if (isDelete && !isArmed()) return ask();
    start({});
  }

  // A delete asks. For a tenant whose data are real, by the end of the id of what is to go.

  let armed;
  const isArmed = () => {
    if (!armed) return false;
    const wanted = armed.word;
    return wanted === undefined || armed.field.value.trim() === wanted;
  };
  function ask() {
    if (underWay || !prepared()) return;
    if (armed?.word !== undefined) return armed.field.focus();
    const target = targetOf(operation, args.peek());
    if (connection.isLocal) {
      armed = {};
      runName.textContent = "Press again to delete";
      runButton.focus();
      announce("Press again to delete");
      return;
    }
    const word = target ? target.slice(-4) : "delete";
    const field = h("input", { id: "confirm", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    armed = { word, field };
    runName.textContent = "Delete";
    asking.replaceChildren(
      h(
        "label",
        { for: "confirm" },
        target
          ? ["To delete ", h("code", {}, target), ", type its last four: ", h("strong", {}, word)]
          : ["To delete, type ", h("strong", {}, word)],
      ),
      field,
      h("button", { type: "button", class: "plain", click: () => (disarm(), runButton.focus()) }, "Cancel"),
    );
    asking.hidden = false;
    field.focus();
    announce(target ? `To delete ${target}, type its last four characters` : "To delete, type delete");
  }
  function disarm() {
    if (!armed || asking.contains(document.activeElement)) return;
    clear();
  }
  function clear() {
    armed = undefined;
    asking.hidden = true;
    asking.replaceChildren();
    runName.textContent = "Run";
  }

  /** Whether there is somebody to call as, and nothing is missing. */
  function prepared() {
    follow();
    if (!connection.isReady) {
      connect({ runs: method === "GET" });
      return false;
    }
    for (const details of element.querySelectorAll("details"))
      if (details.querySelector(":invalid")) details.open = true;
    return element.reportValidity();
  }

  /** @param {{ all?: boolean, values?: object }} how */
  async function start({ all = false, values }) {
    if (underWay || !prepared()) return;
    if (isDelete) clear();
    wantsAll = all;
    code.update();
    let given;
    let failed;
    try {
      given = values ?? args.read();
    } catch (error) {
      failed = { error, requests: [], time: 0 };
      element.querySelector("[aria-invalid]")?.focus();
    }
    underWay = new AbortController();
    const { signal } = underWay;
    const most = Number(limit.value) || undefined;
    const shown = all && progressOf(most);
    runButton.setAttribute("aria-disabled", "true");
    stop.hidden = false;
    announce("Running");
    answer.setAttribute("aria-busy", "true");
    const wanted = connection.isLocal ? TROUBLES[connection.trouble] : undefined;
    const [{ run }, shows] = await Promise.all([import("./run.js"), import("./answer.js")]);
    const result =
      failed ??
      (await run(connection, operation, given, {
        all,
        limit: most,
        signal,
        progress: shown,
        trouble: wanted,
      }));
    underWay = undefined;
    if (document.activeElement === stop) runButton.focus();
    stop.hidden = true;
    runButton.removeAttribute("aria-disabled");
    answer.removeAttribute("aria-busy");
    progress.hidden = true;
    if (method !== "GET") tenant.forget();
    if (scope && result.error?.status === 401) connection.refused();
    if (!answer.isConnected) return;
    show(shows, result, given);
    keepAnswer({ operation, result, args: given });
    announce(shows.summaryOf(result, operation).join(", ") + (result.error ? `: ${result.error.message}` : ""));
  }

  function show({ showAnswer }, result, given) {
    const next = (values) => {
      args.write(values);
      edited();
      start({ values });
    };
    const own = { operations, operation, connection, args: given ?? {}, next };
    answer.replaceChildren(h("h2", { class: "unseen" }, "Answer"), ...showAnswer(result, own));
    // Below a long form, one would not see that it came.
    const { top } = answer.getBoundingClientRect();
    if (top > innerHeight - 160 || top < 0) answer.scrollIntoView({ block: "start" });
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

  function troubleSwitch() {
    const control = h(
      "select",
      {
        id: "trouble",
        change: () => (connection.trouble = control.value || undefined),
        input: (event) => event.stopPropagation(),
      },
      h("option", { value: "" }, "None"),
      Object.entries(TROUBLES).map(([value, { title }]) => h("option", { value }, title)),
    );
    control.value = connection.trouble ?? "";
    return h(
      "span",
      { class: "trouble", hidden: true },
      icon("bolt"),
      h("label", { for: "trouble" }, "Trouble"),
      control,
    );
  }

  runButton.addEventListener("blur", () => armed?.word === undefined && disarm());
  update();
  return {
    update,
    run: () => (isDelete ? (isArmed() ? runButton.focus() : ask()) : start({})),
    abandon: () => underWay?.abort(),
  };
}

/** What a delete is about: the last value of its path, or its one required value. */
function targetOf({ parameters, path }, args) {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
  const required = parameters.filter((one) => one.required).map(({ name }) => name);
  const value = args[names.at(-1) ?? required.at(-1)];
  return typeof value === "string" && value !== "" ? value : undefined;
}
