// The start: what this is, where to begin, and what an address that leads nowhere may have meant.
import { h, icon } from "./dom.js";

/** What to begin with, as one would search for it. */
const TASKS = [
  "list users",
  "create user",
  "list organizations",
  "add user to organization",
  "create feature flag",
  "create webhook",
];

export function showStart(main, operations, connection, connect, { missed, load }) {
  const place = h("p", { class: "actions" });
  const first = h("ul", { class: "first" });
  const notice =
    missed &&
    h(
      "p",
      { class: "warning", role: "status" },
      h("strong", {}, "There is no operation at this address."),
      ` Its words are in the search: ${missed}.`,
    );
  main.replaceChildren(
    h(
      "article",
      { class: "start" },
      h("h1", { tabindex: -1 }, "Every call of the Kinde API, from this page"),
      notice,
      h(
        "p",
        { class: "lead" },
        `${operations.length} operations: each with a form, its answer, and the code to take along for a Worker, Node, Rust or curl. The calls are made by kinde-edge, here in the browser.`,
      ),
      place,
      h("h2", {}, "Begin with"),
      first,
      h(
        "p",
        { class: "warning", role: "note" },
        h("strong", {}, "A client secret must never be in a browser."),
        " Everyone who opens the page can read it. This page takes none: it signs you in, goes through a Worker that keeps the secret, or uses an access token that you bring along.",
      ),
      h(
        "dl",
        { class: "keys", "aria-label": "Keys" },
        [
          ["/", "search"],
          ["↓ ↑", "go through the list"],
          ["Enter", "open"],
          ["Ctrl Enter", "run"],
        ].map(([key, what]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, what))),
      ),
    ),
  );
  let begin = operations[0];
  const update = () => {
    const open = h(
      "a",
      { class: connection.isReady ? "button primary" : "button", href: begin.hash },
      icon("run"),
      `Try ${begin.call}`,
    );
    const sign = h(
      "button",
      { type: "button", class: "primary", click: connect },
      connection.canSignIn ? "Sign in" : "Connect",
    );
    place.replaceChildren(...(connection.isReady ? [] : [sign]), open);
  };
  update();
  load().then((find) => {
    const found = [...new Set(TASKS.map((task) => find(task)[0]).filter(Boolean))];
    begin = found[0];
    update();
    first.replaceChildren(...found.map(card));
  });
  return { update, abandon() {} };
}

const card = ({ hash, call, summary, method }) =>
  h(
    "li",
    {},
    h(
      "a",
      { href: hash },
      h("span", { class: `method ${method.toLowerCase()}` }, method),
      h("strong", {}, summary),
      h("code", {}, call),
    ),
  );
