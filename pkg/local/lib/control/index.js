// Local Kinde's own pages: what it has, what was asked of it, and what can be done with it.
import { clientsOf, handleOf } from "../handle.js";
import { checkOrigin } from "../hosts.js";
import { resetKinde, respond } from "../kinde.js";
import { grant } from "../oauth.js";
import { invalid, missing, noRoute } from "../refusal.js";
import { nameOf } from "../resources/identities.js";
import { EXPLORER } from "../signin.js";
import { EVENT_TYPES } from "../words.js";
// @ts-expect-error esbuild gives its text.
import script from "./page.client.js";
import style from "./page.css";
import page from "./page.html";

/** How much of a list the page shows. */
const SHOWN = 100;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";

export function addControl(app, kinde) {
  const file = (type, body) => () =>
    respond({
      status: 200,
      body,
      headers: { "content-type": `${type}; charset=utf-8`, "content-security-policy": POLICY },
    });
  app.get("/", file("text/html", page));
  app.get("/local/page.js", file("text/javascript", script));
  app.get("/local/page.css", file("text/css", style));
  app.get("/try", (context) => leadToPage(kinde, context.get("given")));
  app.get("/www/connection.json", (context) => {
    const { origin } = context.get("given");
    return respond({ status: 200, body: { kind: "local", domain: origin, clientId: EXPLORER.id } });
  });

  app.use("/local/*", checkOrigin);
  app.get("/local/state", (context) => respond({ status: 200, body: stateOf(kinde, context.get("given")) }));
  const change = (method, path, make) =>
    app.on(method, path, async (context) => {
      const given = context.get("given");
      const handle = handleOf(kinde, { url: given.origin });
      const body = await make({ handle, body: readJson(given), id: Number(context.req.param("id")) });
      return respond(body === undefined ? { status: 204 } : { status: 200, body });
    });
  change("POST", "/local/reset", () => resetKinde(kinde));
  change("POST", "/local/trouble", ({ body }) => said(() => kinde.trouble.set(body)));
  change("POST", "/local/faults", ({ body: { endless, ...rule } }) =>
    said(() => kinde.trouble.add(endless ? { ...rule, times: Number.POSITIVE_INFINITY } : rule)),
  );
  change("DELETE", "/local/faults/:id", ({ id }) => kinde.trouble.remove(id));
  change("POST", "/local/deliveries/:id/again", ({ id }) => {
    if (!kinde.webhooks.again(id)) throw missing("delivery", id);
  });
  change("POST", "/local/events", ({ handle, body }) => said(() => handle.emit(body.type, body.data)));
  change("POST", "/local/keys", async ({ handle }) => ({ kid: await handle.rotateKeys() }));
  change("POST", "/local/token", async ({ handle, body }) =>
    said(async () => ({ token: await handle.signToken(body) })),
  );
  change("POST", "/local/clock", ({ handle: { clock }, body }) =>
    said(() => {
      for (const name of ["advance", "set", "freeze", "run", "reset"])
        if (body[name] !== undefined) clock[name](...(body[name] === true ? [] : [body[name]]));
      return kinde.clock.state;
    }),
  );
}

/** What cannot be done is said to whoever asked. */
async function said(act) {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TypeError) throw invalid(error.message);
    throw error;
  }
}

/** Only JSON: a form that another page sends is none. */
function readJson({ headers, bytes }) {
  if (bytes.length === 0) return {};
  if (!/^application\/json\b/.test(headers["content-type"] ?? ""))
    throw invalid("Content-Type has to be application/json");
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Refused below.
  }
  throw invalid("The body has to be a JSON object");
}

/** Everything that the page shows. */
function stateOf(kinde, { origin, url }) {
  const { store, clock, log, trouble, webhooks, pages } = kinde;
  const { full, readOnly, web } = clientsOf(store);
  const titles = { full: "May do everything", readOnly: "May only read", web: "People sign in to it" };
  const clients = Object.entries({ full, readOnly, web }).filter(([, client]) => client);
  const organizations = store.organizations.all();
  const done = log.select();
  return {
    url: origin,
    explorer: Boolean(pages["/www/"]),
    clock: clock.state,
    clients: clients.map(([name, client]) => ({ title: titles[name], ...client })),
    counts: { users: store.users.items.size, organizations: organizations.length },
    people: findPeople(store, url.searchParams.get("q") ?? "").map((user) => personOf(store, user)),
    organizations: organizations.slice(0, SHOWN).map(({ name, code, members, customer_id }) => ({
      name,
      code,
      members: Object.keys(members).length,
      plan: customer_id ? store.agreements.by("customer_id", customer_id)?.plan_code : undefined,
    })),
    applications: store.applications.all().map(({ id, name, type, client_secret, redirect_urls }) => ({
      id,
      name,
      type,
      secret: client_secret,
      redirect_urls,
    })),
    requests: done.length,
    log: done.slice(-SHOWN).reverse(),
    webhooks: store.webhooks.all(),
    types: EVENT_TYPES,
    deliveries: webhooks.deliveries.slice(-SHOWN).reverse(),
    trouble: trouble.settings,
    faults: trouble.rules.map((rule) => ({ ...rule, isEndless: rule.times === Number.POSITIVE_INFINITY })),
  };
}

function findPeople(store, text) {
  const wanted = text.toLowerCase();
  const fits = (user) =>
    [
      user.first_name,
      user.last_name,
      `${user.first_name} ${user.last_name}`,
      user.id,
      nameOf(store, user, "email"),
    ].some((one) => one?.toLowerCase().includes(wanted));
  const found = [];
  for (const user of store.users.items.values()) {
    if (!wanted || fits(user)) found.push(user);
    if (found.length === SHOWN) break;
  }
  return found;
}

function personOf(store, user) {
  const { id, first_name, last_name, is_suspended } = user;
  const own = store.organizations.all().filter(({ members }) => id in members);
  return {
    id,
    name: [first_name, last_name].filter(Boolean).join(" "),
    email: nameOf(store, user, "email"),
    is_suspended,
    organizations: own.map(({ name }) => name),
  };
}

/** To the explorer, with the address and a fresh token in the part of the URL that is not sent. */
async function leadToPage(kinde, { origin }) {
  const { full, readOnly } = clientsOf(kinde.store);
  const client = full ?? readOnly;
  if (!client || !kinde.pages["/www/"]) throw noRoute();
  const application = kinde.store.applications.get(client.id);
  const { token } = await grant({ ...kinde, origin }, application, { audience: `${origin}/api` });
  return respond({ status: 302, headers: { location: `/www/#domain=${encodeURIComponent(origin)}&token=${token}` } });
}
