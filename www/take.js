// The call as code, following the form.
import { choice, copyButton, h, whenIdle } from "./dom.js";
import { lazily } from "./operations.js";

const LANGUAGES = [
  ["worker", "Worker"],
  ["typescript", "Node"],
  ["rust", "Rust"],
  ["curl", "curl"],
];
/** The one that was looked at last. */
let language = "worker";
/** What writes the code and colours it, once it is there. */
let tools;
let loading;

/** `peek` gives the arguments as they are; `pages` whether all pages are wanted. */
export function codeOf(operation, connection, peek, pages) {
  const text = h("pre", { class: "code", tabindex: 0, role: "region", "aria-label": "The call as code" });
  const write = {
    worker: ({ worker }, args) => worker(operation, args, pages()),
    typescript: ({ node }, args) => node(operation, args, pages()),
    curl: ({ curl }, args) => curl(operation, args, connection.domain),
    rust: async (_, args) => (await import("./rust.js")).rust(operation, args, await lazily("rust.json")),
  };
  let source = "";
  function update() {
    if (!tools) return load();
    const wanted = language;
    const show = (written) => {
      if (wanted !== language || written === source) return;
      source = written;
      text.replaceChildren(...tools.coloured(written, wanted));
    };
    const written = write[wanted](tools, peek());
    if (typeof written === "string") show(written);
    else written.then(show, (error) => show(`// ${error.message}`));
    return undefined;
  }
  function load() {
    const both = () => Promise.all([import("./highlight.js"), import("./code.js")]);
    loading ??= new Promise((resolve) => whenIdle(() => resolve(both())));
    loading.then(([highlight, code]) => {
      tools = { ...highlight, ...code };
      update();
    });
  }
  const choose = (value) => {
    language = value;
    update();
  };
  const head = h(
    "div",
    { class: "head" },
    h("h2", {}, "Code"),
    choice("Language", LANGUAGES, language, choose),
    copyButton(() => source, "the code"),
  );
  return { element: h("section", { class: "take", "aria-label": "Code" }, head, text), update };
}
