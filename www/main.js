// The page: what is shown for which address, and what its keys do.
import { Connection } from "./connection.js";
import { connect } from "./connect.js";
import { announce, byId, h, whenIdle } from "./dom.js";
import { forgetAnswers } from "./history.js";
import { makeList } from "./list.js";
import { loadOperations, operationAt, wordsIn } from "./operations.js";

const main = byId("main");

const [operations, connection] = await Promise.all([loadOperations(), Connection.open()]).catch((error) => {
  main.replaceChildren(h("p", { class: "error" }, `The page could not load: ${error.message}`));
  throw error;
});
const list = makeList(operations, byId("operations"), byId("search"), byId("found"));
const bar = connect(connection, byId("connection"), byId("connect"));
const views = { operation: () => import("./operation.js"), start: () => import("./start.js") };
/** Looks at what the tenant has; made with the first operation. */
let tenant;
async function makeTenant() {
  const { Tenant } = await import("./things.js");
  tenant ??= new Tenant(operations, async ({ operationId }, args) => {
    if (!connection.isReady) return {};
    const client = await connection.client(() => () => {});
    return client.call(operationId, args, { maxRetries: 0 });
  });
  return tenant;
}

/** Show what the address names; what it does not name is searched for. */
async function route({ focus = true } = {}) {
  const { hash } = location;
  const operation = operationAt(operations, hash);
  const [operationView, startView, own] = operation
    ? await Promise.all([views.operation(), undefined, makeTenant()])
    : await Promise.all([undefined, views.start(), undefined]);
  // Somebody was faster.
  if (hash !== location.hash) return;
  const missed = operation || hash.length < 3 ? "" : wordsIn(hash);
  document.title = operation ? `${operation.call} · kinde-edge` : "kinde-edge API explorer";
  document.body.classList.toggle("open", Boolean(operation));
  current?.abandon();
  if (missed) list.search(missed);
  list.mark(operation);
  const connect = ({ runs }) => bar.open({ runs, direct: true });
  current = operationView
    ? operationView.showOperation(main, operation, { operations, connection, tenant: own, connect })
    : startView?.showStart(main, operations, connection, () => bar.open(), { missed, load: list.load });
  scrollTo(0, 0);
  if (focus) (operation ? main.querySelector("h1") : byId("search")).focus({ preventScroll: true });
}
/** @type {any} */
let current;

connection.changed = (isSame) => {
  if (!isSame) {
    tenant?.forget();
    forgetAnswers();
  }
  bar.update();
  current?.update();
};

addEventListener("hashchange", () => route());
document.addEventListener("keydown", (event) => {
  const isTyping = /** @type {HTMLElement} */ (event.target).closest("input, textarea, select, dialog");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.body.classList.remove("open");
    byId("search").focus();
    byId("search").select();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    current?.run?.();
  }
});
byId("skip").addEventListener("click", () => main.focus());

const theme = byId("theme");
theme.value = document.documentElement.dataset.theme ?? "";
theme.addEventListener("change", () => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem("theme", theme.value);
});

const runs = await connection.finish().catch((error) => bar.fail(error));
await route({ focus: false });
bar.update();
document.body.dataset.ready = "";
if (connection.isReady) announce("Signed in");
if (runs) current.run?.();
// What the next steps need is there before they are taken.
const later = ["start", "operation", "things", "search", "code", "run", "answer", "schema", "examples", "dialog"];
whenIdle(() => later.forEach((name) => import(`./${name}.js`).catch(() => {})));
