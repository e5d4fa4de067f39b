// Who calls: the button in the bar, and the dialog behind it.
import { announce, h } from "./dom.js";

const ABOUT = {
  local:
    "This page is served by local Kinde: a tenant with made-up data, on this machine only. It signs you in without a password.",
  worker: "A Worker makes the calls, with a token that it keeps. It lets in who is signed in and may use it.",
  token:
    "Bring an access token along. The API has to allow calls from this page's origin: local Kinde does; for a tenant of yours, put the Worker of examples/explorer-worker in between.",
};

/** Fill the place in the bar; `open` shows the dialog, `update` follows the connection. */
export function connect(connection, place, dialog) {
  const button = h("button", { type: "button", class: "who", "aria-haspopup": "dialog", click: open });
  place.append(button);

  function update() {
    const { isReady } = connection;
    button.classList.toggle("ready", isReady);
    button.replaceChildren(h("span", { class: "dot" }), h("span", {}, nameOf(connection)));
  }

  function open() {
    fill();
    dialog.showModal();
  }

  function fill(error) {
    const close = h("button", { type: "button", class: "plain", click: () => dialog.close() }, "Close");
    const parts = [h("h2", { id: "connect-title" }, "Connection"), h("p", {}, ABOUT[connection.kind])];
    if (error) parts.push(h("p", { class: "error", role: "alert" }, error.message));
    if (connection.canSignIn)
      parts.push(
        h("button", { type: "button", class: "primary", click: () => attempt(() => connection.signIn()) }, "Sign in"),
      );
    if (connection.canSignOut)
      parts.push(h("button", { type: "button", class: "plain", click: () => attempt(signOut) }, "Sign out"));
    if (connection.kind !== "worker") parts.push(tokenForm());
    parts.push(
      h(
        "p",
        { class: "quiet" },
        "A client secret must never be in a browser, and this page has no place for one. A token stays in the memory of this page: it is gone with a reload.",
      ),
      close,
    );
    dialog.replaceChildren(...parts);
  }

  async function signOut() {
    await connection.signOut();
    dialog.close();
    announce("Signed out");
  }

  function tokenForm() {
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
      h("button", { class: connection.canSignIn ? "secondary" : "primary" }, "Use it"),
    );
    return form;
  }

  async function attempt(act) {
    await Promise.resolve(act()).catch(fail);
  }
  function fail(error) {
    fill(error);
    if (!dialog.open) dialog.showModal();
  }
  return { update, open, fail };
}

function nameOf({ isReady, kind, domain, user }) {
  if (!isReady) return "Not connected";
  if (kind === "worker") return user.name ?? "Through the Worker";
  return hostOf(domain);
}

function hostOf(domain) {
  const address = domain.includes("://") ? domain : `https://${domain}`;
  return URL.canParse(address) ? new URL(address).host : domain;
}
