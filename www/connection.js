// Whose calls these are. connection.json, beside this page, says what its server has for it:
//
// - `{ kind: "local", domain, clientId }`: local Kinde signs in, without a password
// - `{ kind: "worker", user, signIn, signOut }`: a Worker makes the calls with a token that it keeps;
//   `POST` to `signOut` gives `{ location }`, where the session ends
// - `{ kind: "token" }`: nothing; an access token has to be brought along
//
// A token is kept in the memory of this page and nowhere else: it is gone with a reload.

/** What a sign-in has to bring back, while the browser is at the page to sign in at. */
const PENDING = "kinde-edge sign-in";

const sdk = () => import("./sdk.js");

export class Connection {
  #server;
  #token;
  #domain;
  /** Called when it has changed. */
  changed = () => {};

  constructor(server) {
    this.#server = server;
    this.#domain = server.kind === "local" ? server.domain : undefined;
  }

  /** What the page's server has, and what the address of the page brings along. */
  static async open() {
    const response = await fetch("connection.json", { cache: "no-store" }).catch(() => undefined);
    const server = response?.ok ? await response.json().catch(() => ({})) : {};
    const connection = new Connection({ kind: "token", ...server });
    connection.#takeToken();
    return connection;
  }

  get kind() {
    return this.#token ? "token" : this.#server.kind;
  }
  /** Where calls go, for those that are copied. */
  get domain() {
    return this.#token || this.#server.kind === "local" ? this.#domain : undefined;
  }
  get user() {
    return this.#server.user;
  }
  get isReady() {
    return Boolean(this.#token ?? this.#server.user);
  }
  get canSignIn() {
    return this.#server.kind !== "token" && !this.isReady;
  }
  get canSignOut() {
    return this.isReady;
  }
  /** The scopes that the token says it has; nothing where that is not known. */
  get scopes() {
    return this.#token && scopesOf(this.#token);
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

  use(domain, token) {
    this.#domain = domain.trim();
    this.#token = token.trim();
    this.changed();
  }

  /** Leave the page to sign in, and come back to where it is. */
  async signIn() {
    const { kind, domain, clientId, signIn } = this.#server;
    if (kind === "worker") return location.assign(`${signIn}?returnTo=${encodeURIComponent(here() + location.hash)}`);
    const { Kinde } = await sdk();
    const redirect_uri = location.origin + here();
    const asked = { redirect_uri, scope: "openid profile email", audience: `${domain}/api` };
    const { url, ...pending } = await new Kinde({ domain, clientId }).oauth.authorizationUrl(asked);
    sessionStorage.setItem(PENDING, JSON.stringify({ ...pending, redirect_uri, hash: location.hash }));
    location.assign(url);
  }

  /** The end of a sign-in that this page began, if the address says that there is one. */
  async finish() {
    const query = new URLSearchParams(location.search);
    if (!query.has("state")) return;
    const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
    sessionStorage.removeItem(PENDING);
    const { href: url } = location;
    history.replaceState(null, "", here() + (pending?.hash ?? "#/"));
    if (!pending) return;
    const { domain, clientId } = this.#server;
    const { Kinde } = await sdk();
    const { hash, ...exchange } = pending;
    const { access_token } = await new Kinde({ domain, clientId }).oauth.exchangeCode({ url, ...exchange });
    this.use(domain, access_token);
  }

  async signOut() {
    if (this.#token) {
      this.#token = undefined;
      return this.changed();
    }
    const response = await fetch(this.#server.signOut, { method: "POST" });
    if (!response.ok) throw new Error(`The Worker did not sign out: ${response.status}`);
    // The session at Kinde ends there.
    location.assign((await response.json()).location);
  }

  /** A client for one call; `sent` is told of each request. */
  async client(sent) {
    const { Kinde } = await sdk();
    const byWorker = this.kind === "worker";
    return new Kinde({
      domain: byWorker ? location.origin : this.#domain,
      accessToken: byWorker ? "kept-by-the-worker" : this.#token,
      async fetch(url, init) {
        const { authorization, ...headers } = init.headers;
        sent({ method: init.method, url, body: init.body, type: headers["content-type"] });
        return fetch(url, byWorker ? { ...init, headers } : init);
      },
    });
  }
}

/** The path of the page, as it is asked for. */
const here = () => location.pathname;

/** The scopes in the payload of a JWT: said, not verified, for a hint. */
function scopesOf(token) {
  try {
    const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    const { scp, scope } = JSON.parse(text);
    return scp ?? scope?.split(" ");
  } catch {
    return undefined;
  }
}
