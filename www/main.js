// The page: what is shown for which address, and what its keys do.
import { Connection } from "./connection.js";
import { connect } from "./connect.js";
import { announce, h } from "./dom.js";
import { makeList } from "./list.js";
import { loadOperations, operationAt } from "./operations.js";
import { showOperation, showStart } from "./views.js";

const main = document.getElementById("main");
const byId = (id) => document.getElementById(id);

const [operations, connection] = await Promise.all([loadOperations(), Connection.open()]).catch((error) => {
  main.replaceChildren(h("p", { class: "error" }, `The page could not load: ${error.message}`));
  throw error;
});
const list = makeList(operations, byId("operations"), byId("search"), byId("found"));
const bar = connect(connection, byId("connection"), byId("connect"));

/** Show what the address names. */
function route({ focus = true } = {}) {
  const operation = operationAt(operations, location.hash);
  document.title = operation ? `${operation.call} · kinde-edge` : "kinde-edge API explorer";
  document.body.classList.toggle("open", Boolean(operation));
  list.mark(operation);
  current?.abandon();
  current = operation
    ? showOperation(main, operation, connection, bar.open)
    : showStart(main, operations, connection, bar.open);
  scrollTo(0, 0);
  if (focus) (operation ? main.querySelector("h1") : byId("search")).focus({ preventScroll: true });
}
let current;

connection.changed = () => {
  bar.update();
  current?.update();
};

addEventListener("hashchange", () => route());
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, dialog");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.body.classList.remove("open");
    byId("search").focus();
    byId("search").select();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) current?.run?.();
});
byId("skip").addEventListener("click", () => main.focus());

const theme = byId("theme");
theme.value = document.documentElement.dataset.theme ?? "";
theme.addEventListener("change", () => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem("theme", theme.value);
});

await connection.finish().catch((error) => bar.fail(error));
route({ focus: false });
bar.update();
document.body.dataset.ready = "";
if (connection.isReady) announce("Signed in");
