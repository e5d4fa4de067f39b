// What `startLocalKinde` gives: local Kinde as a program or a test sees it.
import { resetKinde } from "./kinde.js";
import { audienceOf, grant } from "./oauth.js";
import { sampleData } from "./events.js";
import { findIdentity } from "./resources/identities.js";
import { PEOPLE, claimsOf, scopesOf } from "./signin.js";
import { Reset } from "./trouble.js";
import { isEventType } from "./webhooks.js";

/**
 * `stop` ends what the host has begun; `isListening`: others reach it by its address.
 * @param {any} kinde
 * @param {{ url: string, stop?: () => Promise<void>, isListening?: boolean }} host
 */
export function handleOf(kinde, { url, stop, isListening }) {
  const { store, clock, trouble, webhooks, tokens, log } = kinde;
  const clients = clientsOf(store);
  const { id, secret } = clients.full ?? {};
  const fetch = (input, init) => call(kinde, url, input, init);
  return {
    url,
    clients,
    env: { KINDE_DOMAIN: url, KINDE_CLIENT_ID: id, KINDE_CLIENT_SECRET: secret },
    credentials: { domain: url, clientId: id, clientSecret: secret, ...(isListening ? {} : { fetch }) },
    fetch,
    clock: clockOf(clock),
    reset: () => resetKinde(kinde),
    sent: (wanted) => log.select(wanted),
    fault(rule) {
      const { id: own } = trouble.add(rule);
      return () => trouble.remove(own);
    },
    trouble: (changes) => trouble.set(changes),
    signToken: (options) => signToken(kinde, url, options).catch(explain),
    signWebhook: (type, data, more) => signWebhook(kinde, type, data, more),
    emit(type, data = sampleData(store, type), { source = "admin" } = {}) {
      checkType(type);
      const { event_id, event_timestamp } = webhooks.emit(type, data, source);
      return { type, event_id, event_timestamp, source, data };
    },
    deliveries: () => webhooks.settled(),
    rotateKeys: () => tokens.rotate(),
    stop,
    [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]: stop,
  };
}

/** The programs that a new tenant knows; whoever deleted one does without. */
export function clientsOf({ applications }) {
  const client = (name, type = "m2m") => {
    const found = applications.all().find((one) => one.type === type && one.name === name);
    return found && { id: found.id, secret: found.client_secret };
  };
  return { full: client("Backoffice"), readOnly: client("Reporting"), web: client("Shop", "reg") };
}

/** A request that no connection carries. */
async function call(kinde, url, input, init) {
  const request = new Request(typeof input === "string" ? new URL(input, url) : input, init);
  const { signal } = request;
  signal.throwIfAborted();
  let stop;
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([kinde.app.fetch(request, {}), aborted]);
  } catch (error) {
    if (!(error instanceof Reset)) throw error;
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

const clockOf = (clock) => ({
  now: () => new Date(clock.now()),
  advance: (milliseconds) => clock.advance(milliseconds),
  set: (time) => clock.set(time),
  freeze: (time) => clock.stop(time),
  run: () => clock.start(),
  reset: () => clock.reset(),
});

/** A token as this tenant gives them, with whatever it is to say. */
async function signToken({ store, tokens }, issuer, options = {}) {
  const {
    client,
    user: who,
    orgCode,
    application: id,
    audience,
    scopes,
    lifetime,
    kind = "access",
    claims = {},
  } = options;
  if (client) {
    const wanted = audience ?? audienceOf(store.apis.by("is_management_api", true), issuer);
    const application = store.applications.get(client);
    if (claims.aud === undefined && scopes === undefined && lifetime === undefined) {
      const given = await grant({ store, tokens, origin: issuer }, application, { audience: wanted });
      if (Object.keys(claims).length === 0) return given.token;
      return sign(tokens.forApplication(application, { issuer, audience: [wanted], scopes: given.scopes, claims }));
    }
    const more = { issuer, audience: [wanted].flat(), scopes: scopes ?? [], claims, lifetime };
    return sign(tokens.forApplication(application, more));
  }
  const user = findUser(store, who);
  const application = id ? store.applications.get(id) : store.applications.all().find(({ type }) => type === "reg");
  const org_code = orgCode ?? homeOf(store, user);
  const person = { person: user.id, org_code, user: user.id, audience };
  if (kind === "id") return tokens.forApplicationOf(user, { issuer, application, claims, lifetime });
  const own = {
    ...claimsOf(store, person, user),
    ...(options.permissions && { permissions: options.permissions }),
    ...claims,
  };
  const given = scopes ?? [...new Set(["openid", "profile", "email", "offline", ...scopesOf(store, person, issuer)])];
  const more = { issuer, application, audience: [audience ?? []].flat(), scopes: given, claims: own, lifetime };
  return sign(tokens.forUser(user, more));
}

/** What a request would be answered is a program's mistake here. */
function explain(error) {
  const reasons = error.body?.errors ?? error.body?.error_description;
  const message = [reasons ?? []]
    .flat()
    .map((one) => one.message ?? one)
    .join("; ");
  throw message ? new TypeError(message) : error;
}

const sign = async (issued) => (await issued).token;

function findUser(store, who) {
  if (who === undefined) return store.users.all()[0];
  if (Object.hasOwn(PEOPLE, who)) return store.users.all()[PEOPLE[who].index];
  return store.users.get(who.includes("@") ? (findIdentity(store, "email", who)?.user ?? who) : who);
}

const homeOf = (store, user) =>
  (store.organizations.all().find(({ members }) => user.id in members) ?? store.organizations.by("is_default", true))
    ?.code;

/** The body of a webhook that nothing has caused. */
function signWebhook({ store, webhooks, clock }, type, data = sampleData(store, type), more = {}) {
  const event_id = `event_${crypto.randomUUID().replaceAll("-", "")}`;
  return webhooks.sign({ type, event_id, source: "admin", event_timestamp: clock.text(), data, ...more });
}

function checkType(type) {
  if (!isEventType(type)) throw new TypeError(`There is no event type ${JSON.stringify(type)}`);
}
