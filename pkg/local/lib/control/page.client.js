// The page of local Kinde: it shows /local/state, and asks for changes.
/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);

/** An element: `h("a", { href }, "text", other)`. Texts are texts, whatever is in them. */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

let state;
let shown = "";
const opened = new Set();

async function ask(path, body, method = "POST") {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(path, { method, headers, body: JSON.stringify(body ?? {}) });
  const text = await answer.text();
  const result = text ? JSON.parse(text) : undefined;
  if (!answer.ok) say(result?.errors?.[0]?.message ?? `It answered ${answer.status}`, "bad");
  await load();
  return answer.ok ? result : undefined;
}

let silence;
function say(text, kind = "good") {
  $("state").textContent = text;
  $("state").className = kind;
  clearTimeout(silence);
  silence = setTimeout(() => ($("state").textContent = ""), 4000);
}

async function copy(text, what) {
  await navigator.clipboard.writeText(text);
  say(`${what} copied`);
}

const copier = (text, what, label = "Copy") =>
  h(
    "button",
    { type: "button", class: "small", "aria-label": `${label} ${what}`, onclick: () => copy(text, what) },
    label,
  );

const secret = (text, what) => [h("code", {}, text), " ", copier(text, what)];

function table(heads, rows, empty) {
  if (rows.length === 0) return h("p", { class: "empty" }, empty);
  const head = h(
    "tr",
    {},
    heads.map((text) => h("th", { scope: "col" }, text)),
  );
  return h("div", { class: "table" }, h("table", {}, h("thead", {}, head), h("tbody", {}, rows)));
}

const row = (...cells) =>
  h(
    "tr",
    {},
    cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : h("td", {}, cell ?? "–"))),
  );
const code = (text) => h("td", { class: "code" }, text ?? "–");
const kindOf = (status) => (!status || status >= 500 ? "bad" : status >= 400 ? "warn" : "good");
const time = (text) => text?.slice(11, 19);

const SECTIONS = {
  start: {
    title: "Start",
    show: () => [
      h("p", {}, "What a program needs in its environment. The secrets are made up and open nothing but this."),
      h("div", { class: "cards" }, state.clients.map(clientCard)),
      h("h2", {}, "A first call"),
      h("pre", {}, firstCall()),
      copier(firstCall(), "the call"),
    ],
  },
  requests: {
    title: "Requests",
    count: () => state.requests,
    show: () => [
      h("p", {}, "What was asked, newest first, and what was wrong with it. A row opens."),
      table(["Time", "Request", "Status", "ms"], state.log.flatMap(requestRows), "Nobody has asked anything yet."),
    ],
  },
  webhooks: {
    title: "Webhooks",
    count: () => state.deliveries.length,
    show: () => [
      h(
        "p",
        {},
        "Events go to webhooks with an endpoint on this machine. Make webhooks with the API; let something happen here.",
      ),
      eventForm(),
      table(
        ["Event", "Endpoint", "Outcome", "Attempts", "Action"],
        state.deliveries.map((one) =>
          row(
            code(one.type),
            code(one.endpoint),
            h(
              "span",
              { class: one.status === "delivered" ? "good" : one.status.startsWith("not") ? "quiet" : "warn" },
              one.status,
            ),
            one.tries.map(({ status, error }) => status ?? error).join(", "),
            h(
              "button",
              { type: "button", class: "small", onclick: () => ask(`/local/deliveries/${one.id}/again`) },
              "Send again",
            ),
          ),
        ),
        "Nothing was sent yet.",
      ),
      h("h2", {}, "Webhooks"),
      table(
        ["Name", "Endpoint", "Events"],
        state.webhooks.map(({ name, endpoint, event_types }) => row(name, code(endpoint), event_types.join(", "))),
        "There are none.",
      ),
    ],
  },
  faults: { title: "Faults", count: () => state.faults.length || undefined, show: showFaults },
  clock: { title: "Clock", show: showClock },
  people: {
    title: "People",
    count: () => state.counts.users,
    show: () => [
      h("p", {}, "Everybody can sign in, without a password."),
      search(),
      table(
        ["Name", "E-mail", "Id", "Organizations", "Action"],
        state.people.map((one) =>
          row(
            [one.name || "–", one.is_suspended ? h("span", { class: "bad" }, " suspended") : ""],
            one.email,
            code(one.id),
            one.organizations.join(", "),
            h(
              "button",
              { type: "button", class: "small", onclick: () => copyToken({ user: one.id }, one.name) },
              "Copy a token",
            ),
          ),
        ),
        "Nobody is called that.",
      ),
    ],
  },
  organizations: {
    title: "Organizations",
    count: () => state.counts.organizations,
    show: () => [
      table(
        ["Name", "Code", "Members", "Plan"],
        state.organizations.map(({ name, code: own, members, plan }) => row(name, code(own), String(members), plan)),
        "There are none.",
      ),
    ],
  },
  applications: {
    title: "Applications",
    count: () => state.applications.length,
    show: () => [h("div", { class: "cards" }, state.applications.map(applicationCard))],
  },
};

function clientCard({ title, id, secret: own }) {
  const lines = [`KINDE_DOMAIN=${state.url}`, `KINDE_CLIENT_ID=${id}`, `KINDE_CLIENT_SECRET=${own}`].join("\n");
  return h(
    "div",
    { class: "card" },
    h("h2", {}, title),
    h("pre", {}, lines),
    h("div", { class: "row" }, copier(lines, "the three lines"), copier(own, "the secret", "Copy the secret")),
  );
}

function firstCall() {
  const [{ id, secret: own } = {}] = state.clients;
  return [
    `TOKEN=$(curl -s ${state.url}/oauth2/token -d grant_type=client_credentials \\`,
    `  -d client_id=${id} -d client_secret=${own} \\`,
    `  -d audience=${state.url}/api | node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token')`,
    `curl -s "${state.url}/api/v1/users?page_size=2" -H "Authorization: Bearer $TOKEN"`,
  ].join("\n");
}

function applicationCard({ name, type, id, secret: own, redirect_urls }) {
  return h(
    "div",
    { class: "card" },
    h("h2", {}, name),
    h(
      "dl",
      {},
      h("dt", {}, "Type"),
      h("dd", {}, type),
      h("dt", {}, "Client id"),
      h("dd", {}, secret(id, `the client id of ${name}`)),
      h("dt", {}, "Secret"),
      h("dd", {}, own ? secret(own, `the secret of ${name}`) : "has none"),
      redirect_urls.length ? [h("dt", {}, "Callback"), h("dd", {}, h("code", {}, redirect_urls.join(" ")))] : [],
    ),
    type === "m2m"
      ? h("button", { type: "button", class: "small", onclick: () => copyToken({ client: id }, name) }, "Copy a token")
      : "",
  );
}

async function copyToken(wanted, name) {
  const given = await ask("/local/token", wanted);
  if (given) await copy(given.token, `A token of ${name}`);
}

function requestRows({ id, at, method, url, status, milliseconds, notes, operation, headers, body }) {
  const toggle = () => {
    if (!opened.delete(id)) opened.add(id);
    render();
  };
  const name = h(
    "button",
    {
      type: "button",
      class: "small",
      "aria-expanded": String(opened.has(id)),
      onclick: (event) => (event.stopPropagation(), toggle()),
    },
    opened.has(id) ? "–" : "+",
  );
  const line = h(
    "tr",
    { class: "opens", onclick: toggle },
    h("td", { class: "quiet" }, time(at)),
    h(
      "td",
      { class: "code" },
      name,
      ` ${method} ${url}`,
      notes.map((note) => h("span", { class: "note" }, note)),
    ),
    h("td", { class: `status ${kindOf(status)}` }, String(status ?? "reset")),
    h("td", { class: "quiet" }, String(milliseconds)),
  );
  if (!opened.has(id)) return [line];
  const sent = Object.entries(headers).map(([key, value]) => `${key}: ${short(value)}`);
  const text = [
    operation ? `operation: ${operation}` : "",
    ...sent,
    body === undefined ? "" : `\n${JSON.stringify(body, null, 2)}`,
  ];
  return [line, h("tr", {}, h("td", { colspan: "4" }, h("pre", {}, text.filter(Boolean).join("\n"))))];
}

/** A token fills a screen, and says nothing to people. */
const short = (text) => (text.length > 160 ? `${text.slice(0, 60)}… (${text.length} characters)` : text);

function eventForm() {
  const choice = h(
    "select",
    { id: "event-type", "aria-label": "Event" },
    state.types.map((type) => h("option", {}, type)),
  );
  const send = () => ask("/local/events", { type: choice.value }).then((made) => made && say(`${made.type} happened`));
  return h("div", { class: "row" }, choice, h("button", { type: "button", onclick: send }, "Let it happen"));
}

/** @type {[string, Record<string, any>][]} */
const SWITCHES = [
  ["Every call answers 503", { path: "/api/*", status: 503 }],
  ["Every call answers 429", { path: "/api/*", status: 429 }],
  ["Every call answers 500", { path: "/api/*", status: 500 }],
  ["Connections are reset", { path: "/api/*", reset: true }],
  ["Every call takes 3 s more", { path: "/api/*", delay: 3000 }],
  ["No tokens: 503", { path: "/oauth2/token", status: 503 }],
  ["No keys: 503", { path: "/.well-known/*", status: 503 }],
];

const same = (one, other) => ["path", "status", "reset", "delay"].every((name) => one[name] === other[name]);

function showFaults() {
  const switches = SWITCHES.map(([title, rule]) => {
    const on = state.faults.find((one) => one.isEndless && same(one, rule));
    const turn = () =>
      on ? ask(`/local/faults/${on.id}`, {}, "DELETE") : ask("/local/faults", { ...rule, endless: true });
    return h("button", { type: "button", "aria-pressed": String(Boolean(on)), onclick: turn }, title);
  });
  const setting = (name, label, unit, step = 1) => {
    const input = h("input", { id: name, type: "number", min: 0, step, value: state.trouble[name] ?? "" });
    const set = () => ask("/local/trouble", { [name]: input.value === "" ? null : Number(input.value) });
    input.addEventListener("change", set);
    return h("label", {}, label, input, unit);
  };
  return [
    h("p", {}, "What goes wrong with a real service. Switches stay on until they are turned off."),
    h("div", { class: "row" }, switches),
    h(
      "div",
      { class: "row" },
      setting("faults", "Share that fails", "from 0 to 1", 0.05),
      setting("latency", "Every answer takes", "ms"),
      setting("rateLimit", "At most", "requests a second"),
    ),
    h("h2", {}, "Faults that wait"),
    table(
      ["For", "What", "Times left", "Action"],
      state.faults.map((one) =>
        row(
          code([one.method, one.operation ?? one.path ?? "every call"].filter(Boolean).join(" ")),
          [one.status, one.reset && "reset", one.delay && `${one.delay} ms late`].filter(Boolean).join(", "),
          one.isEndless ? "all" : String(one.times - one.struck),
          h(
            "button",
            { type: "button", class: "small", onclick: () => ask(`/local/faults/${one.id}`, {}, "DELETE") },
            "Take back",
          ),
        ),
      ),
      "None.",
    ),
    h("h2", {}, "Start again"),
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { type: "button", onclick: () => ask("/local/reset").then(() => say("As it was at first")) },
        "Reset the tenant",
      ),
      h(
        "button",
        {
          type: "button",
          onclick: () => ask("/local/keys").then((key) => key && say(`Signs with ${key.kid.slice(0, 8)}… now`)),
        },
        "Rotate the signing key",
      ),
    ),
  ];
}

function showClock() {
  const { now, stopped } = state.clock;
  const by = (label, milliseconds) =>
    h("button", { type: "button", onclick: () => ask("/local/clock", { advance: milliseconds }) }, label);
  const to = h("input", { type: "datetime-local", step: 1, "aria-label": "Time (UTC)", value: now.slice(0, 19) });
  return [
    h("p", {}, "Tokens, codes, sessions and dates go by this clock; limits and delays by the machine's."),
    h("p", {}, h("code", {}, now), stopped ? " stopped" : ""),
    h(
      "div",
      { class: "row" },
      by("+ 1 minute", 60_000),
      by("+ 1 hour", 3_600_000),
      by("+ 1 day", 86_400_000),
      by("+ 30 days", 2_592_000_000),
    ),
    h(
      "div",
      { class: "row" },
      to,
      h("button", { type: "button", onclick: () => ask("/local/clock", { set: `${to.value}Z` }) }, "Set (UTC)"),
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(stopped),
          onclick: () => ask("/local/clock", { [stopped ? "run" : "freeze"]: true }),
        },
        stopped ? "Let it run" : "Stop it",
      ),
      h("button", { type: "button", onclick: () => ask("/local/clock", { reset: true }) }, "The machine's time"),
    ),
  ];
}

let wanted = "";
function search() {
  const find = (event) => {
    wanted = event.target.value;
    load();
  };
  return h(
    "div",
    { class: "row" },
    h("label", { for: "people-search" }, "Find"),
    h("input", { id: "people-search", type: "search", value: wanted, oninput: find }),
  );
}

const current = () => (Object.hasOwn(SECTIONS, location.hash.slice(1)) ? location.hash.slice(1) : "start");

async function load() {
  try {
    const answer = await fetch(`/local/state?q=${encodeURIComponent(wanted)}`);
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    state = await answer.json();
  } catch {
    return say("Local Kinde does not answer", "bad");
  }
  render();
}

function render() {
  $("url").textContent = state.url;
  $("clock-now").textContent =
    state.clock.ahead || state.clock.stopped ? `It is ${state.clock.now.slice(0, 19).replace("T", " ")} here` : "";
  $("explorer").hidden = !state.explorer;
  // What changes while somebody reads or types is drawn anew only where it differs.
  const { clock, ...rest } = state;
  const key = JSON.stringify([
    current(),
    [...opened],
    rest,
    current() === "clock" ? [clock.stopped, Math.round(clock.ahead / 1000)] : 0,
  ]);
  if (key === shown) return;
  shown = key;
  const focus = document.activeElement;
  const place =
    focus && $("main").contains(focus) ? [...$("main").querySelectorAll("button, input, select")].indexOf(focus) : -1;
  const section = SECTIONS[current()];
  $("sections").replaceChildren(
    ...Object.entries(SECTIONS).map(([name, { title, count }]) => {
      const number = count?.();
      return h(
        "a",
        { href: `#${name}`, "aria-current": name === current() ? "page" : undefined },
        title,
        number === undefined ? "" : h("span", { class: "count" }, ` ${number}`),
      );
    }),
  );
  const chosen = $("event-type")?.value;
  $("main").replaceChildren(h("section", { "aria-label": section.title }, section.show()));
  if (chosen && $("event-type")) $("event-type").value = chosen;
  if (place >= 0) $("main").querySelectorAll("button, input, select")[place]?.focus();
  if ($("people-search") === document.activeElement) $("people-search").setSelectionRange(wanted.length, wanted.length);
}

addEventListener("hashchange", () => state && render());
setInterval(() => document.visibilityState === "visible" && load(), 1500);
load();
