// An issuer of tokens for the suites: keys of its own, a domain of its own, and a fetch that serves
// its key set and counts how often.

import * as jose from "jose";

import { double } from "./double.mjs";

export const seconds = () => Math.floor(Date.now() / 1000);

/** A key pair whose halves can be exported. */
export const makeKey = (alg = "RS256", options) => jose.generateKeyPair(alg, { extractable: true, ...options });

const encoder = new TextEncoder();
export const base64url = (data) => jose.base64url.encode(data);
/** `eyJ…` of a value, or of a text that is JSON to be. */
export const part = (data) => base64url(encoder.encode(typeof data === "string" ? data : JSON.stringify(data)));

const shared = new Map();
/** Keys take long to make: the suites share one for each algorithm. */
export function sharedKey(alg = "RS256") {
  if (!shared.has(alg)) shared.set(alg, makeKey(alg));
  return shared.get(alg);
}

/**
 * `{ domain, kid, key, jwk, sign, claims, serve, client, calls }`.
 *
 * `serve` makes the answer to a request for the keys, from its address and init, and may be replaced.
 * @param {any} sdk
 * @param {{ alg?: string, kid?: string, options?: object }} [what]
 */
export async function makeIssuer(sdk, { alg = "RS256", kid = "key-1", options } = {}) {
  const domain = `https://${crypto.randomUUID()}.kinde.com`;
  const key = await sharedKey(alg);
  const jwk = { ...(await jose.exportJWK(key.publicKey)), kid, alg, use: "sig" };
  /** @type {any} */
  const issuer = {
    domain,
    kid,
    key,
    jwk,
    keys: [jwk],
    serve: () => Response.json({ keys: issuer.keys }),
    /** Claims that pass. */
    claims: (more) => ({ iss: domain, sub: "kp_1", aud: "the-api", iat: seconds(), exp: seconds() + 60, ...more }),
    /** A token with these claims; `header` is added to its header. */
    sign: (claims = issuer.claims(), header = {}, privateKey = key.privateKey) =>
      new jose.CompactSign(encoder.encode(typeof claims === "string" ? claims : JSON.stringify(claims)))
        .setProtectedHeader({ alg, kid, typ: "JWT", ...header })
        .sign(privateKey, { crit: { b64: true, exp: true } }),
    /** A signature by WebCrypto over any text, whatever is in it. */
    seal: (header, claims) => issuer.sealText(`${part(header)}.${part(claims)}`),
    async sealText(signed) {
      const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key.privateKey, encoder.encode(signed));
      return `${signed}.${base64url(new Uint8Array(signature))}`;
    },
    client: (more) => new sdk.Kinde({ domain, maxRetries: 0, fetch, ...options, ...more }),
  };
  const { fetch, calls } = double((url, init) => issuer.serve(url, init));
  issuer.calls = calls;
  issuer.kinde = issuer.client();
  return issuer;
}
