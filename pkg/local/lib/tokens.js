// Access tokens: JWTs signed with RS256 (RFC 7515, 7519), with the claims that Kinde's have.
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, randomUUID, sign, verify } from "node:crypto";
import { promisify } from "node:util";

import { noToken, unauthorized } from "./refusal.js";

/** How long a token is good, in seconds, where its application says nothing of it. */
const LIFETIME = 86_400;

/** The scopes of a person who is asked for nothing else. */
const PERSONAL = ["openid", "profile", "email", "offline"];

/** A key to sign with, as a JWK. */
export async function makeKey() {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey.export({ format: "jwk" });
}

export class Tokens {
  #private;
  #public;
  #revoked = new Set();

  constructor(key) {
    const { kty, n, e } = key;
    this.#private = createPrivateKey({ key, format: "jwk" });
    this.#public = createPublicKey(this.#private);
    // RFC 7638: the same key has the same name.
    const kid = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
    this.jwk = { kty, n, e, use: "sig", alg: "RS256", kid };
  }

  /** For a program: the client credentials grant. */
  forApplication(application, { issuer, audience, scopes }) {
    const lifetime = application.tokens.access_token_lifetime ?? LIFETIME;
    const claims = {
      aud: audience,
      azp: application.id,
      gty: ["client_credentials"],
      scope: scopes.join(" "),
      scp: scopes,
      v: "2",
    };
    return { token: this.#issue(claims, issuer, lifetime), lifetime };
  }

  /** For a person who has signed in. */
  forUser(user, { issuer, application, audience = [], scopes = PERSONAL, claims = {} }) {
    const lifetime = application.tokens.access_token_lifetime ?? LIFETIME;
    const own = { aud: audience, azp: application.id, sub: user.id, scp: scopes, scope: scopes.join(" "), ...claims };
    return { token: this.#issue(own, issuer, lifetime), lifetime };
  }

  /** The id token: for the application, about the person. */
  forApplicationOf(user, { issuer, application, claims }) {
    const lifetime = application.tokens.id_token_lifetime ?? 3600;
    const auth_time = Math.floor(Date.now() / 1000);
    const { id } = application;
    return this.#issue({ ...claims, aud: [id], azp: id, sub: user.id, auth_time }, issuer, lifetime);
  }

  #issue(claims, issuer, lifetime) {
    const iat = Math.floor(Date.now() / 1000);
    const header = { alg: "RS256", kid: this.jwk.kid, typ: "JWT" };
    const signed = [header, { ...claims, iss: issuer, iat, exp: iat + lifetime, jti: randomUUID() }]
      .map(encode)
      .join(".");
    return `${signed}.${sign("sha256", Buffer.from(signed), this.#private).toString("base64url")}`;
  }

  /** The claims of a token that is good here; a refusal says what it is not. */
  read(token, issuer) {
    const parts = token.split(".");
    const [header, claims] = parts.slice(0, 2).map(decode);
    if (parts.length !== 3 || !header || !claims) throw unauthorized("The access token is not a JWT");
    if (header.alg !== "RS256" || header.kid !== this.jwk.kid)
      throw unauthorized("The access token is signed with another key");
    const signature = Buffer.from(parts[2], "base64url");
    if (!verify("sha256", Buffer.from(`${parts[0]}.${parts[1]}`), this.#public, signature)) {
      throw unauthorized("The signature of the access token is wrong");
    }
    if (claims.iss !== issuer) throw unauthorized(`The access token is of ${claims.iss}, not of ${issuer}`);
    if (claims.exp <= Date.now() / 1000) throw unauthorized("The access token has expired");
    if (this.#revoked.has(claims.jti)) throw unauthorized("The access token was revoked");
    return claims;
  }

  revoke = ({ jti }) => this.#revoked.add(jti);
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(part = "") {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
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
