// Whose calls these are. connection.json, beside this page, says what its server has for it:
//
// - `{ kind: "local", domain, clientId }`: local Kinde signs in, without a password
// - `{ kind: "worker", user, signIn, signOut }`: a Worker makes the calls with a token that it keeps;
//   `POST` to `signOut` gives `{ location }`, where the session ends
// - `{ kind: "token" }`: nothing; an access token has to be brought along
//
// A token of a tenant is kept in the memory of this page and nowhere else: it is gone with a reload. Those of
// local Kinde open made-up data on this machine: they stay, for a reload and for other tabs.
import { withTrouble } from "./trouble.js";

/** What a sign-in has to bring back, while the browser is at the page to sign in at. */
const PENDING = "kinde-edge sign-in";
/** The session at local Kinde. */
const KEPT = "kinde-edge local Kinde";
/** So many seconds before a token expires, a new one is asked for. */
const MARGIN = 30;

const sdk = () => import("./sdk.js");

export class Connection {
  #server;
  #domain;
  /** `{ access_token, refresh_token?, name? }` */
  #session;
  /**
   * Called when it has changed; `true` says that it is still the same person.
   * @type {(isSame?: boolean) => void}
   */
  changed = () => {};
  /** What is to go wrong with the next call, at local Kinde: one of trouble.js. */
  trouble = undefined;

  constructor(server) {
    this.#server = server;
    this.#domain = server.kind === "local" ? server.domain : undefined;
  }

  /** What the page's server has, and what the address of the page brings along. */
  static async open() {
    const response = await fetch("connection.json", { cache: "no-store" }).catch(() => undefined);
    const server = response?.ok ? await response.json().catch(() => ({})) : {};
    const connection = new Connection({ kind: "token", ...server });
    connection.#takeKept();
    connection.#takeToken();
    addEventListener("storage", ({ key }) => {
      if (key !== KEPT || server.kind !== "local") return;
      connection.#session = undefined;
      connection.#takeKept();
      connection.changed();
    });
    return connection;
  }

  get kind() {
    return this.#session && !this.isLocal ? "token" : this.#server.kind;
  }
  /** Whether calls go to local Kinde, whose data are made up. */
  get isLocal() {
    return this.#server.kind === "local" && this.#domain === this.#server.domain;
  }
  /** Where calls go, for those that are copied. */
  get domain() {
    return this.#session || this.#server.kind === "local" ? this.#domain : undefined;
  }
  get isReady() {
    return Boolean(this.#session ?? this.#server.user);
  }
  get canSignIn() {
    return this.#server.kind !== "token";
  }
  /** Who it is, as far as the page was told. */
  get name() {
    if (this.#session) return this.#session.name ?? nameIn(this.#session.access_token) ?? hostOf(this.#domain);
    return this.#server.user?.name;
  }
  /** The scopes that the token says it has; nothing where that is not known. */
  get scopes() {
    const { scp, scope } = (this.#session && payloadOf(this.#session.access_token)) ?? {};
    return scp ?? scope?.split(" ");
  }
  /** When the token expires, in milliseconds since 1970; nothing where that is not known. */
  get expires() {
    const exp = this.#session && payloadOf(this.#session.access_token)?.exp;
    return typeof exp === "number" ? exp * 1000 : undefined;
  }
  /** Whether there will be another token then. */
  get isRenewed() {
    return Boolean(this.#session?.refresh_token);
  }

  /**
   * `#domain=…&token=…`, as local Kinde's `/try` has it: taken, and out of the address at once. No other
   * domain than the server's own: whoever makes a link would decide where the calls go.
   */
  #takeToken() {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!given.has("token")) return;
    history.replaceState(null, "", `${location.pathname}#/`);
    const { kind, domain } = this.#server;
    if (kind === "local" && given.get("domain") === domain) this.use(domain, given.get("token"));
  }

  #takeKept() {
    if (this.#server.kind !== "local") return;
    const kept = parse(storage("getItem", KEPT));
    // Another start of local Kinde has other keys; who is too late signs in again.
    const { exp } = payloadOf(kept?.access_token ?? "") ?? {};
    if (kept && (kept.refresh_token || exp * 1000 > Date.now()))
      [this.#session, this.#domain] = [kept, this.#server.domain];
  }

  #keep() {
    if (this.isLocal && this.#session) storage("setItem", KEPT, JSON.stringify(this.#session));
    else storage("removeItem", KEPT);
  }

  use(domain, access_token, more = {}) {
    this.#domain = domain.trim().replace(/\/+$/, "");
    this.#session = { access_token: access_token.trim(), ...more };
    this.#keep();
    this.changed();
  }

  /** The token is not taken: at local Kinde that means that it was started again. */
  refused() {
    if (!this.isLocal || !this.#session) return;
    this.#session = undefined;
    this.#keep();
    this.changed(true);
  }

  /** Leave the page to sign in, and come back to where it is; `runs` says that the call is made then. */
  async signIn({ runs = false, again = false } = {}) {
    const { kind, domain, clientId, signIn } = this.#server;
    sessionStorage.setItem(PENDING, JSON.stringify({ hash: location.hash, runs }));
    if (kind === "worker") return location.assign(`${signIn}?returnTo=${encodeURIComponent(here() + location.hash)}`);
    const { Kinde } = await sdk();
    const redirect_uri = location.origin + here();
    /** @type {import("../pkg/types/index.js").AuthorizationUrlParams} */
    const asked = { redirect_uri, scope: "openid profile email offline", audience: `${domain}/api` };
    if (again) asked.prompt = "login";
    const { url, ...pending } = await new Kinde({ domain, clientId }).oauth.authorizationUrl(asked);
    sessionStorage.setItem(PENDING, JSON.stringify({ ...pending, redirect_uri, hash: location.hash, runs }));
    location.assign(url);
  }

  /**
   * The end of a sign-in that this page began, if the address says that there is one. Resolves to whether the call
   * at the address is to be made now.
   */
  async finish() {
    const query = new URLSearchParams(location.search);
    const pending = parse(sessionStorage.getItem(PENDING));
    sessionStorage.removeItem(PENDING);
    if (!query.has("state")) return Boolean(pending?.runs && this.isReady && pending.hash === location.hash);
    const { href: url } = location;
    history.replaceState(null, "", here() + (pending?.hash ?? "#/"));
    if (!pending?.redirect_uri) return false;
    const { domain, clientId } = this.#server;
    const { Kinde } = await sdk();
    const { hash, runs, ...exchange } = pending;
    const tokens = await new Kinde({ domain, clientId }).oauth.exchangeCode({ url, ...exchange });
    const { access_token, refresh_token } = tokens;
    this.use(domain, access_token, { refresh_token, name: nameIn(tokens.id_token ?? "") });
    return runs;
  }

  async signOut() {
    if (this.#session) {
      this.#session = undefined;
      this.#domain = this.#server.kind === "local" ? this.#server.domain : undefined;
      this.#keep();
      return this.changed();
    }
    const response = await fetch(this.#server.signOut, { method: "POST" });
    if (!response.ok) throw new Error(`The Worker did not sign out: ${response.status}`);
    // The session at Kinde ends there.
    location.assign((await response.json()).location);
  }

  /**
   * A client for one call; `sent` is told of each request, and gives a function for how it ended.
   * @param {(request: object) => (end: object) => void} sent
   * @param {{ trouble?: any }} [options]
   */
  async client(sent, { trouble } = {}) {
    const { Kinde } = await sdk();
    const byWorker = !this.#session && this.#server.kind === "worker";
    const send = trouble && this.isLocal ? withTrouble(trouble) : fetch;
    const watched = (kind) => async (url, init) => {
      const { authorization, ...headers } = init.headers;
      const ended = sent({ kind, method: init.method, url, body: init.body, type: headers["content-type"] });
      try {
        const response = await (kind === "call" ? send : fetch)(url, byWorker ? { ...init, headers } : init);
        ended({ status: response.status });
        return response;
      } catch (error) {
        ended({ error });
        throw error;
      }
    };
    const canRenew = () => !byWorker && Boolean(this.#session?.refresh_token);
    const renew = async () => {
      const { domain, clientId } = this.#server;
      const { oauth } = new Kinde({ domain, clientId, fetch: watched("token") });
      const { access_token, refresh_token } = await oauth.refresh({ refresh_token: this.#session.refresh_token });
      Object.assign(this.#session, { access_token, refresh_token });
      this.#keep();
      this.changed(true);
    };
    const accessToken = async () => {
      const isOld = this.expires !== undefined && this.expires < Date.now() + MARGIN * 1000;
      if (isOld && canRenew()) await renew();
      return this.#session.access_token;
    };
    // A token that is refused may have been withdrawn: another one is asked for, once.
    const call = watched("call");
    let isRenewed = false;
    const callOrRenew = async (url, init) => {
      const response = await call(url, init);
      if (response.status !== 401 || isRenewed || !canRenew()) return response;
      isRenewed = true;
      try {
        await renew();
      } catch {
        return response;
      }
      return call(url, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${this.#session.access_token}` },
      });
    };
    return new Kinde({
      domain: byWorker ? location.origin : this.#domain,
      accessToken: byWorker ? "kept-by-the-worker" : accessToken,
      fetch: callOrRenew,
      ...trouble?.options,
    });
  }
}

/** The path of the page, as it is asked for. */
const here = () => location.pathname;

/** Storage may be forbidden: then nothing stays. */
function storage(method, ...values) {
  try {
    return localStorage[method](...values);
  } catch {
    return null;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The payload of a JWT: said, not verified, for a hint. */
function payloadOf(token) {
  try {
    const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))));
  } catch {
    return undefined;
  }
}

function nameIn(token) {
  const { name, given_name, family_name, email } = payloadOf(token) ?? {};
  return name ?? ([given_name, family_name].filter(Boolean).join(" ") || email);
}

function hostOf(domain) {
  const address = domain.includes("://") ? domain : `https://${domain}`;
  return URL.canParse(address) ? new URL(address).host : domain;
}
