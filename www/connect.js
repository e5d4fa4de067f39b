// Who calls: the button in the bar. The dialog behind it is a file of its own, which comes when it is first opened.
import { h } from "./dom.js";

/** How often the time that is left is told, in milliseconds. */
const TICK = 15_000;

/** Fill the place in the bar; `open` shows the dialog, `update` follows the connection. */
export function connect(connection, place, dialog) {
  const button = h("button", { type: "button", class: "who", "aria-haspopup": "dialog", click: () => open() });
  place.append(button);

  function update() {
    const { isReady, name, scopes } = connection;
    button.classList.toggle("ready", isReady);
    const facts = [scopes && `${scopes.length} scopes`, isReady && timeLeft(connection)].filter(Boolean).join(" · ");
    button.replaceChildren(
      h("span", { class: "dot" }),
      h("span", { class: "name" }, isReady ? (name ?? "Connected") : "Not connected"),
      ...(facts ? [h("span", { class: "facts" }, facts)] : []),
    );
  }
  setInterval(update, TICK);

  /** Shown, or at local Kinde straight to where one signs in: there is nothing to ask. */
  function open({ runs = false, direct = false } = {}) {
    if (direct && connection.kind === "local" && !connection.isReady) return attempt(() => connection.signIn({ runs }));
    return show({ runs });
  }

  /** @param {{ error?: unknown, runs?: boolean }} shown */
  async function show({ error, runs = false }) {
    const { fillDialog } = await import("./dialog.js");
    fillDialog(dialog, connection, attempt, { error, runs });
    if (!dialog.open) dialog.showModal();
  }

  async function attempt(act) {
    await Promise.resolve(act()).catch(fail);
  }
  const fail = (error) => show({ error });
  return { update, open, fail };
}

/** How long the token lasts, in words. */
export function timeLeft({ expires, isRenewed }) {
  if (expires === undefined) return undefined;
  const minutes = Math.floor((expires - Date.now()) / 60_000);
  if (minutes < 0) return isRenewed ? "renewed at the next call" : "expired";
  if (minutes === 0) return "less than a minute left";
  return minutes < 120 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h left`;
}
