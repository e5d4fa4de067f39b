// The dialog behind the button in the bar: who calls, signing in and out, a token that one brings along. It comes when it
// is first opened.
import { announce, h, icon } from "./dom.js";
import { timeLeft } from "./connect.js";

const ABOUT = {
  local:
    "This page is served by local Kinde: a tenant with made-up data, on this machine only. It signs you in without a password.",
  worker: "A Worker makes the calls, with a token that it keeps. It lets in who is signed in and may use it.",
  token:
    "Bring an access token along. The API has to allow calls from this page's origin: local Kinde does; for a tenant of yours, put the Worker of examples/explorer-worker in between.",
};

/** Fill the dialog. `attempt` does something that may fail, and shows how. */
export function fillDialog(dialog, connection, attempt, { error, runs }) {
  const close = h("button", { type: "button", class: "plain", click: () => dialog.close() }, "Close");
  const parts = [h("h2", { id: "connect-title" }, "Connection"), h("p", {}, ABOUT[connection.kind])];
  if (error) parts.push(h("p", { class: "error", role: "alert" }, error.message));
  if (connection.isReady) parts.push(factsOf(connection));
  if (connection.canSignIn && !connection.isReady)
    parts.push(
      h(
        "button",
        { type: "button", class: "primary", click: () => attempt(() => connection.signIn({ runs })) },
        "Sign in",
      ),
    );
  if (connection.isReady) {
    const row = h("div", { class: "actions" });
    if (connection.canSignIn)
      row.append(
        h(
          "button",
          { type: "button", class: "secondary", click: () => attempt(() => connection.signIn({ again: true })) },
          "Switch person",
        ),
      );
    row.append(
      h(
        "button",
        { type: "button", class: "plain", click: () => attempt(() => signOut(dialog, connection)) },
        "Sign out",
      ),
    );
    parts.push(row);
  }
  if (connection.kind !== "worker") parts.push(tokenForm(dialog, connection));
  parts.push(
    h(
      "p",
      { class: "quiet" },
      "A client secret must never be in a browser, and this page has no place for one. A token of a tenant stays in the memory of this page and is gone with a reload; one of local Kinde is kept until you sign out.",
    ),
    close,
  );
  dialog.replaceChildren(...parts);
}

function factsOf(connection) {
  const { name, domain, scopes } = connection;
  const list = [["Who", name ?? "not known"]];
  if (domain) list.push(["Where", h("code", {}, domain)]);
  const left = timeLeft(connection);
  if (left) list.push(["Token", left]);
  if (scopes)
    list.push([
      "Scopes",
      h(
        "details",
        {},
        h("summary", {}, icon("more"), `${scopes.length}`),
        h(
          "div",
          { class: "scopes", tabindex: 0, role: "region", "aria-label": "Scopes" },
          h(
            "ul",
            {},
            scopes.map((scope) => h("li", {}, h("code", {}, scope))),
          ),
        ),
      ),
    ]);
  return h(
    "dl",
    { class: "facts-of" },
    list.map(([key, value]) => h("div", {}, h("dt", {}, key), h("dd", {}, value))),
  );
}

async function signOut(dialog, connection) {
  await connection.signOut();
  dialog.close();
  announce("Signed out");
}

function tokenForm(dialog, connection) {
  const domain = h("input", {
    id: "domain",
    name: "domain",
    required: true,
    value: connection.domain ?? "",
    placeholder: "https://acme.kinde.com",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
  });
  const token = h("input", { id: "token", name: "token", type: "password", required: true, autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    connection.use(domain.value, token.value);
    dialog.close();
  };
  const form = h("form", { submit, autocomplete: "off" });
  form.append(
    h("h3", {}, connection.canSignIn ? "Or with a token" : "With a token"),
    h("label", { for: "domain" }, "Domain"),
    domain,
    h("label", { for: "token" }, "Access token"),
    token,
    h("button", { class: connection.canSignIn || connection.isReady ? "secondary" : "primary" }, "Use it"),
  );
  return form;
}
