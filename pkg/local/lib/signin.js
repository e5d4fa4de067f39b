// Signing people in: the authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636), and the id
// token of OpenID Connect. There are no passwords: whoever comes chooses who to be.
import { createHash, randomBytes } from "node:crypto";

import { audienceOf } from "./oauth.js";
import { oauthError } from "./refusal.js";
import { profileOf } from "./resources/oauth.js";

/** The page of www/: a public client that every tenant knows. */
export const EXPLORER = {
  id: "local_api_explorer",
  name: "API explorer",
  type: "spa",
  client_secret: null,
  redirect_urls: [],
  logout_urls: [],
  tokens: {},
};

/** How long a code is good, in milliseconds (RFC 6749 recommends 10 minutes at most). */
const CODE_LIFETIME = 60_000;

/** Who can be chosen: their place among the users, and what they may do. */
const PEOPLE = {
  full: { index: 0, about: "may do everything", may: () => true },
  reader: { index: 1, about: "may only read", may: (key) => key.startsWith("read:") },
};

/** What was given and not used yet: codes and refresh tokens. In memory only. */
export class Grants {
  #codes = new Map();
  #refreshTokens = new Map();

  code(grant) {
    return keep(this.#codes, { ...grant, until: Date.now() + CODE_LIFETIME });
  }
  refreshToken(grant) {
    return keep(this.#refreshTokens, grant);
  }
  /** A code or a refresh token is good for one time. */
  useCode(code) {
    const grant = take(this.#codes, code);
    return grant && grant.until > Date.now() ? grant : undefined;
  }
  useRefreshToken(token) {
    return take(this.#refreshTokens, token);
  }
}

function keep(map, grant) {
  const key = randomBytes(32).toString("base64url");
  map.set(key, grant);
  return key;
}

function take(map, key) {
  const grant = map.get(key);
  map.delete(key);
  return grant;
}

/** `GET /oauth2/auth`: the page that asks who to be. */
export function askWho({ store, url, origin }) {
  const request = readRequest(store, url.searchParams, origin);
  if (request.error) return sendBack(request, { error: request.error, error_description: request.why });
  return page(200, chooser(store, request));
}

/** `POST /oauth2/auth`: the choice, and back to the application. */
export function signIn({ store, url, bytes, grants, origin }) {
  const request = readRequest(store, url.searchParams, origin);
  if (request.error) return sendBack(request, { error: request.error, error_description: request.why });
  const choice = new URLSearchParams(bytes.toString()).get("person");
  const person = Object.hasOwn(PEOPLE, choice) && store.users.all()[PEOPLE[choice].index];
  if (!person) return sendBack(request, { error: "access_denied", error_description: "Nobody was chosen" });
  const { application, redirect_uri, scope, audience, nonce, code_challenge } = request;
  const grant = { application: application.id, user: person.id, person: choice, scope, audience };
  return sendBack(request, { code: grants.code({ ...grant, redirect_uri, nonce, code_challenge }) });
}

/** What the application asks for. What is wrong with the client or its address stays here: RFC 6749, section 4.1.2.1. */
function readRequest(store, given, origin) {
  const values = Object.fromEntries(given);
  const application = findApplication(store, values.client_id);
  if (!application || application.type === "m2m") {
    throw oauthError(
      "invalid_client",
      `There is no application ${JSON.stringify(values.client_id ?? "")} that people sign in to`,
    );
  }
  if (!mayLeadTo(application.redirect_urls, values.redirect_uri)) {
    throw oauthError(
      "invalid_request",
      "redirect_uri is neither a callback URL of the application nor on this machine",
    );
  }
  const request = { ...values, application };
  const wrong = (error, why) => ({ ...request, error, why });
  if (values.response_type !== "code") return wrong("unsupported_response_type", "response_type has to be code");
  if (values.code_challenge && values.code_challenge_method !== "S256")
    return wrong("invalid_request", "code_challenge_method has to be S256");
  if (!values.code_challenge && !application.client_secret)
    return wrong("invalid_request", "An application without a secret needs a code_challenge");
  if (values.audience && !findApi(store, values.audience, origin)) {
    return wrong("invalid_request", `There is no API with the audience ${values.audience}`);
  }
  if (values.prompt === "none") return wrong("login_required", "Somebody has to choose");
  return request;
}

/** The application of a client id, that of the page included. */
export const findApplication = ({ applications }, id) =>
  id === EXPLORER.id ? EXPLORER : applications.has(id) ? applications.get(id) : undefined;

const findApi = ({ apis }, audience, origin) => apis.all().find((one) => audienceOf(one, origin) === audience);

/** One of the application's own addresses, or any of this machine (RFC 8252, section 7.3). */
function mayLeadTo(own, uri) {
  if (!URL.canParse(uri ?? "")) return false;
  const { protocol, hostname, hash } = new URL(uri);
  if (hash) return false;
  return own.includes(uri) || (/^https?:$/.test(protocol) && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}

function sendBack({ redirect_uri, state }, values) {
  const location = new URL(redirect_uri);
  for (const [name, value] of Object.entries({ ...values, state })) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: location.href, "cache-control": "no-store" } };
}

/** `GET /logout`: nobody stays signed in here, so that it only leads back. */
export function signOut({ store, url }) {
  const redirect = url.searchParams.get("redirect");
  const own = store.applications.all().flatMap(({ logout_urls }) => logout_urls);
  if (mayLeadTo(own, redirect)) return { status: 302, headers: { location: redirect } };
  return page(200, `<h1>Signed out</h1><p>Local Kinde keeps nobody signed in.</p>`);
}

/** The grant `authorization_code`: RFC 6749, section 4.1.3. */
export function exchange(kinde, application, { code, redirect_uri, code_verifier }) {
  const grant = kinde.grants.useCode(code);
  if (!grant || grant.application !== application.id)
    throw oauthError("invalid_grant", "The code is not good, or not any more");
  if (grant.redirect_uri !== redirect_uri) throw oauthError("invalid_grant", "redirect_uri is not that of the sign-in");
  const challenge = createHash("sha256")
    .update(code_verifier ?? "")
    .digest("base64url");
  if (grant.code_challenge && grant.code_challenge !== challenge) {
    throw oauthError("invalid_grant", "code_verifier does not belong to the code_challenge");
  }
  return giveTokens(kinde, application, grant);
}

/** The grant `refresh_token`: RFC 6749, section 6. */
export function refresh(kinde, application, { refresh_token }) {
  const grant = kinde.grants.useRefreshToken(refresh_token);
  if (!grant || grant.application !== application.id) {
    throw oauthError("invalid_grant", "The refresh token is not good, or not any more");
  }
  // The nonce was for the first id token.
  return giveTokens(kinde, application, { ...grant, nonce: undefined });
}

function giveTokens({ store, tokens, grants, origin }, application, grant) {
  const user = store.users.has(grant.user) && store.users.get(grant.user);
  if (!user) throw oauthError("invalid_grant", "The person is gone");
  const scopes = scopesOf(store, grant, origin);
  const { may } = PEOPLE[grant.person];
  const permissions = store.permissions
    .all()
    .map(({ key }) => key)
    .filter(may);
  const organization = store.organizations.by("is_default", true);
  const claims = { org_code: organization?.code, permissions };
  const audience = grant.audience ? [grant.audience] : [];
  const { token, lifetime } = tokens.forUser(user, { issuer: origin, application, audience, scopes, claims });
  const answer = { access_token: token, token_type: "bearer", expires_in: lifetime, scope: scopes.join(" ") };
  if (scopes.includes("openid")) {
    const { id, ...profile } = profileOf(store, user);
    const half = createHash("sha256").update(token).digest().subarray(0, 16);
    const own = {
      ...profile,
      org_codes: organization ? [organization.code] : [],
      nonce: grant.nonce,
      at_hash: half.toString("base64url"),
    };
    answer.id_token = tokens.forApplicationOf(user, { issuer: origin, application, claims: own });
  }
  if (scopes.includes("offline")) answer.refresh_token = grants.refreshToken(grant);
  return answer;
}

/** Those of OpenID Connect that are asked for, and those of the API that the person may have: all unless some are named. */
function scopesOf(store, { person, scope = "", audience }, origin) {
  const asked = scope.split(" ").filter(Boolean);
  const known = ["openid", "profile", "email", "offline"].filter((one) => asked.includes(one));
  const api = audience && findApi(store, audience, origin);
  const own = (api?.scopes ?? []).map(({ key }) => key).filter(PEOPLE[person].may);
  const named = own.filter((key) => asked.includes(key));
  return [...known, ...(named.length > 0 ? named : own)];
}

function chooser(store, { application }) {
  const users = store.users.all();
  const choices = Object.entries(PEOPLE).flatMap(([key, { index, about }]) => {
    const user = users[index];
    if (!user) return [];
    const name = escaped([user.first_name, user.last_name].filter(Boolean).join(" "));
    return [`<button name="person" value="${key}"><strong>${name}</strong> <span>${about}</span></button>`];
  });
  return `<h1>Who do you want to be?</h1>
    <p>${escaped(application.name)} wants you to sign in.</p>
    <form method="post">${choices.join("\n")}
    <button class="no" name="person" value="nobody">Do not sign in</button></form>
    <p class="note">This is local Kinde: made-up people on this machine, and no passwords.</p>`;
}

const escaped = (text) => text.replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;
background:light-dark(#fbfbfa,#131416);color:light-dark(#1d1f22,#e9e9e6);font:1rem/1.5 system-ui,sans-serif}
main{width:min(24rem,100vw - 2rem)}h1{font-size:1.4rem;margin:0}p{margin:.4rem 0 1.2rem;color:light-dark(#5c6066,#a2a6ad)}
form{display:grid;gap:.6rem}button{padding:.8rem 1rem;border:1px solid light-dark(#85898f,#767b83);border-radius:8px;
background:light-dark(#fff,#1a1c1f);color:inherit;font:inherit;text-align:left;cursor:pointer}span{color:light-dark(#5c6066,#a2a6ad)}
.no{border-color:transparent;background:none}.note{margin-top:1.6rem;font-size:.88rem}
:focus-visible{outline:2px solid light-dark(#2d4fc9,#9db4ff);outline-offset:2px}`;

function page(status, content) {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Local Kinde</title><link rel="icon" href="data:,">
<style>${STYLE}</style><main>${content}</main></html>`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
  };
  return { status, body, headers };
}
