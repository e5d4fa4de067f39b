// Tokens: JWTs signed with RS256 (RFC 7515, 7519), with the claims that Kinde's have.
import { fromBase64url, sha256, textOf, toBase64url } from "./base64url.js";
import { noToken, unauthorized } from "./refusal.js";

/** How long a token is good, in seconds, where its application says nothing of it. */
const LIFETIME = 86_400;

/** How long an id token is. */
const ID_LIFETIME = 3600;

/** The scopes of a person who is asked for nothing else. */
const PERSONAL = ["openid", "profile", "email", "offline"];

/** The keys that stay published beside the one that signs. */
const KEPT_KEYS = 1;

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** A key to sign with, as a JWK. */
export async function makeKey() {
  const algorithm = { ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return crypto.subtle.exportKey("jwk", privateKey);
}

export class Tokens {
  /** @type {any[]} */
  #keys = [];
  /** What they were made of. */
  #stored;
  #revoked = new Set();

  /** `keys` of the store: the last one signs, those before it are still believed. */
  constructor(store, clock) {
    this.store = store;
    this.clock = clock;
  }

  /** What `/.well-known/jwks.json` says (RFC 7517). */
  async published() {
    return (await this.#load()).map(({ jwk }) => jwk);
  }

  /** Sign with a new key from now on. The one before stays published: what it has signed is still good. */
  async rotate() {
    const keys = await this.store.keys;
    this.store.keys = Promise.resolve([...keys.slice(-KEPT_KEYS), await makeKey()]);
    this.store.changed();
    return (await this.published()).at(-1).kid;
  }

  /** For a program: the client credentials grant. */
  async forApplication(application, { issuer, audience, scopes, claims = {}, lifetime: wished }) {
    const lifetime = wished ?? application.tokens.access_token_lifetime ?? LIFETIME;
    const own = {
      aud: audience,
      azp: application.id,
      gty: ["client_credentials"],
      scope: scopes.join(" "),
      scp: scopes,
      v: "2",
      ...claims,
    };
    return { token: await this.issue(own, issuer, lifetime), lifetime };
  }

  /** For a person who has signed in. */
  async forUser(user, { issuer, application, audience = [], scopes = PERSONAL, claims = {}, lifetime: wished }) {
    const lifetime = wished ?? application.tokens.access_token_lifetime ?? LIFETIME;
    const own = { aud: audience, azp: application.id, sub: user.id, scp: scopes, scope: scopes.join(" "), ...claims };
    return { token: await this.issue(own, issuer, lifetime), lifetime };
  }

  /** The id token: for the application, about the person. */
  async forApplicationOf(user, { issuer, application, claims, lifetime: wished }) {
    const lifetime = wished ?? application.tokens.id_token_lifetime ?? ID_LIFETIME;
    const { id } = application;
    const own = { aud: [id], azp: id, sub: user.id, auth_time: this.clock.seconds(), ...claims };
    return this.issue(own, issuer, lifetime);
  }

  /** A token with these claims, good for so many seconds from now. */
  issue(claims, issuer, lifetime) {
    const iat = this.clock.seconds();
    return this.sign({ iss: issuer, iat, exp: iat + lifetime, jti: crypto.randomUUID(), ...claims });
  }

  /** A JWT that says just this. */
  async sign(claims) {
    const { jwk, signing } = (await this.#load()).at(-1);
    const signed = [{ alg: "RS256", kid: jwk.kid, typ: "JWT" }, claims]
      .map((part) => toBase64url(JSON.stringify(part)))
      .join(".");
    const signature = await crypto.subtle.sign(RS256.name, signing, new TextEncoder().encode(signed));
    return `${signed}.${toBase64url(signature)}`;
  }

  /** The claims of a token that is good here; a refusal says what it is not. */
  async read(token, issuer) {
    const parts = token.split(".");
    const [header, claims] = parts.slice(0, 2).map(decode);
    if (parts.length !== 3 || !header || !claims) throw unauthorized("The access token is not a JWT");
    const key = (await this.#load()).find(({ jwk }) => jwk.kid === header.kid);
    if (header.alg !== "RS256" || !key) throw unauthorized("The access token is signed with another key");
    if (!(await isSigned(key, parts))) throw unauthorized("The signature of the access token is wrong");
    if (claims.iss !== issuer) throw unauthorized(`The access token is of ${claims.iss}, not of ${issuer}`);
    if (claims.exp <= this.clock.now() / 1000) throw unauthorized("The access token has expired");
    if (this.#revoked.has(claims.jti)) throw unauthorized("The access token was revoked");
    return claims;
  }

  revoke = ({ jti }) => this.#revoked.add(jti);

  /** Whatever was revoked is good again. */
  forget = () => this.#revoked.clear();

  async #load() {
    const keys = await this.store.keys;
    if (keys !== this.#stored) {
      this.#keys = await Promise.all(keys.map(usable));
      this.#stored = keys;
    }
    return this.#keys;
  }
}

async function usable(key) {
  const { kty, n, e } = key;
  // RFC 7638: the same key has the same name.
  const kid = toBase64url(await sha256(JSON.stringify({ e, kty, n })));
  const jwk = { kty, n, e, use: "sig", alg: "RS256", kid };
  const [signing, verifying] = await Promise.all([
    crypto.subtle.importKey("jwk", key, RS256, false, ["sign"]),
    crypto.subtle.importKey("jwk", { kty, n, e }, RS256, false, ["verify"]),
  ]);
  return { jwk, signing, verifying };
}

async function isSigned({ verifying }, [header, claims, signature]) {
  try {
    const signed = new TextEncoder().encode(`${header}.${claims}`);
    return await crypto.subtle.verify(RS256.name, verifying, fromBase64url(signature), signed);
  } catch {
    // No base64url: no signature.
    return false;
  }
}

function decode(part = "") {
  try {
    return JSON.parse(textOf(fromBase64url(part)));
  } catch {
    return undefined;
  }
}

/** What stands behind `Bearer`. */
export function bearerOf({ authorization = "" }) {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  if (!token) throw noToken();
  return token;
}
