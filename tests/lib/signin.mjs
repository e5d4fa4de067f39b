// A stand-in for Kinde's sign-in, for cases that need answers that no provider gives.

import { exportJWK, generateKeyPair, SignJWT } from "jose";

import { DOMAIN, double } from "./double.mjs";

export const APP = "https://app.example";
export const CALLBACK = `${APP}/callback`;
export const CLIENT = { clientId: "the-app", clientSecret: "the secret/&+" };

const ALG = "RS256";
/** One key for each run: to make one takes a while. */
let made;
const keys = () => (made ??= Promise.all([generateKeyPair(ALG), generateKeyPair(ALG)]));

/**
 * `{ kinde, calls, idToken, requests }`; `answer` makes the answer of the token endpoint from the form
 * that came, or is that answer's JSON.
 */
export function issuer(sdk, { answer = {}, ...options } = {}) {
  const { fetch, calls } = double(async (url, init) => {
    const { pathname } = new URL(url);
    if (pathname === "/.well-known/jwks.json") {
      const [{ publicKey }] = await keys();
      return Response.json({ keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: ALG, use: "sig" }] });
    }
    if (pathname !== "/oauth2/token")
      return Response.json({ path: pathname, authorization: init.headers.authorization });
    const form = Object.fromEntries(new URLSearchParams(init.body));
    const found = typeof answer === "function" ? await answer(form, init) : answer;
    return found instanceof Response ? found : Response.json(found);
  });
  return {
    calls,
    kinde: new sdk.Kinde({ domain: DOMAIN, ...CLIENT, fetch, ...options }),
    /** The forms that the token endpoint got. */
    forms: () =>
      calls
        .filter(({ url }) => url === `${DOMAIN}/oauth2/token`)
        .map(({ init }) => Object.fromEntries(new URLSearchParams(init.body))),
  };
}

/** An id token with these claims beside the usual ones; `undefined` leaves one out. */
/** @param {{ [claim: string]: any, nonce?: string, foreign?: boolean }} [claims] */
export async function idToken({ nonce, foreign = false, ...claims } = {}) {
  const [own, other] = await keys();
  const now = Math.floor(Date.now() / 1000);
  const usual = { iss: DOMAIN, aud: CLIENT.clientId, sub: "kp_ada", name: "Ada", iat: now, exp: now + 3600, nonce };
  return new SignJWT(JSON.parse(JSON.stringify({ ...usual, ...claims })))
    .setProtectedHeader({ alg: ALG, kid: "one" })
    .sign((foreign ? other : own).privateKey);
}

/** What the token endpoint says, with an id token of these claims. */
export const tokens = async (claims, more) => ({
  access_token: "an-access-token",
  token_type: "bearer",
  expires_in: 3600,
  id_token: await idToken(claims),
  ...more,
});

/** A sign-in up to the callback: what to exchange. */
export async function begin(kinde, params) {
  const { url, ...pending } = await kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK, ...params });
  const back = (query) => `${CALLBACK}?${new URLSearchParams({ code: "the-code", state: pending.state, ...query })}`;
  return { url, pending, back, exchange: { url: back(), redirect_uri: CALLBACK, ...pending } };
}
