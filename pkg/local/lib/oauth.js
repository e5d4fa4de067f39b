// The endpoints of RFC 6749, 7009, 7517, 7662 and 8414 around the tokens.
import { fromBase64url, textOf } from "./base64url.js";
import { oauthError } from "./refusal.js";
import profile from "./resources/oauth.js";
import { askWho, exchange, findApplication, refresh, showInvite, signIn, signOut } from "./signin.js";
import { message } from "./signin-pages.js";

/** Paths that the document does not have: `"METHOD /path"` to what answers `{ status, headers, body }`. */
export const endpoints = {
  "POST /oauth2/token": inJson(giveToken),
  "GET /.well-known/jwks.json": inJson(describeKeys),
  // The address that older receivers of webhooks look at.
  "GET /.well-known/jwks": inJson(describeKeys),
  "GET /.well-known/openid-configuration": inJson(describe),
  "GET /oauth2/auth": askWho,
  "POST /oauth2/auth": signIn,
  "GET /oauth2/userinfo": inJson((call) => profile.getUserProfileV2(call)),
  "GET /logout": signOut,
  "GET /invite": showInvite,
  "GET /portal": () => message("The portal", "Kinde has pages here on which people see their plan and their profile."),
  "GET /connected_apps": () =>
    message("Connected", "Whoever opens this has agreed: ask for the token with the session's id."),
};

function inJson(make) {
  return async (call) => ({ status: 200, body: await make(call) });
}

async function describeKeys({ tokens }) {
  return { keys: await tokens.published() };
}

function describe({ origin, store }) {
  const scopes = store.apis.all().flatMap((api) => api.scopes.map(({ key }) => key));
  const methods = ["client_secret_basic", "client_secret_post"];
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth2/auth`,
    end_session_endpoint: `${origin}/logout`,
    token_endpoint: `${origin}/oauth2/token`,
    jwks_uri: `${origin}/.well-known/jwks.json`,
    introspection_endpoint: `${origin}/oauth2/introspect`,
    revocation_endpoint: `${origin}/oauth2/revoke`,
    userinfo_endpoint: `${origin}/oauth2/v2/user_profile`,
    grant_types_supported: ["authorization_code", "client_credentials", "refresh_token"],
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid", "profile", "email", "offline", ...new Set(scopes)],
    token_endpoint_auth_methods_supported: [...methods, "none"],
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: [...methods, "none"],
  };
}

async function giveToken(kinde) {
  const { headers, bytes, store, tokens, origin } = kinde;
  /** @type {any} */
  const form = readForm(headers, bytes);
  const { grant_type } = form;
  // Who has no secret can only bring what a person gave it.
  const isPublic = ["authorization_code", "refresh_token"].includes(grant_type);
  const application = authenticate(headers, form, store, { isPublic });
  if (!grant_type) throw oauthError("invalid_request", "grant_type is missing");
  if (grant_type === "authorization_code") return exchange(kinde, application, form);
  if (grant_type === "refresh_token") return refresh(kinde, application, form);
  if (grant_type !== "client_credentials") {
    const known = "authorization_code, client_credentials and refresh_token";
    throw oauthError("unsupported_grant_type", `Local Kinde has ${known}, not ${grant_type}`);
  }
  if (application.type !== "m2m")
    throw oauthError("unauthorized_client", `${application.name} is no machine-to-machine application`);
  const { token, lifetime, scopes } = await grant({ store, tokens, origin }, application, form);
  return { access_token: token, token_type: "bearer", expires_in: lifetime, scope: scopes.join(" ") };
}

/**
 * A token of an application, for an API that it is authorized for, or for none.
 * @param {{ store: any, tokens: any, origin: string }} kinde
 * @param {any} application
 * @param {{ audience?: string, scope?: string }} wanted
 */
export async function grant({ store, tokens, origin }, application, { audience, scope }) {
  const api = audience && store.apis.all().find((one) => audienceOf(one, origin) === audience);
  if (audience && !api) throw oauthError("invalid_request", `There is no API with the audience ${audience}`);
  const granted = api && application.apis[api.id];
  if (api && !granted) throw oauthError("access_denied", `${application.name} is not authorized for ${api.name}`, 403);
  const scopes = scopesOf(api, granted, scope);
  const issued = await tokens.forApplication(application, { issuer: origin, audience: api ? [audience] : [], scopes });
  return { scopes, ...issued };
}

/** The Management API is known by the address that the tenant has. */
export const audienceOf = ({ is_management_api, audience }, origin) => (is_management_api ? `${origin}/api` : audience);

function scopesOf(api, granted = [], wanted) {
  const all = (api?.scopes ?? []).filter(({ id }) => granted.includes(id)).map(({ key }) => key);
  if (!wanted) return all;
  const words = wanted.split(" ").filter(Boolean);
  const unknown = words.find((word) => !all.includes(word));
  if (unknown) throw oauthError("invalid_scope", `The application does not have the scope ${unknown}`);
  return words;
}

/** The fields of a form, none of them twice (RFC 6749, section 3.2). */
function readForm(headers, bytes) {
  const [type] = (headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    throw oauthError("invalid_request", "Content-Type has to be application/x-www-form-urlencoded");
  }
  const pairs = [...new URLSearchParams(textOf(bytes))];
  const form = Object.fromEntries(pairs);
  if (Object.keys(form).length < pairs.length) throw oauthError("invalid_request", "a parameter comes twice");
  return form;
}

/** The application whose credentials come in the header or in the form (RFC 6749, section 2.3.1). */
export function authenticate(headers, form, store, { isPublic = false } = {}) {
  const basic = readBasic(headers.authorization);
  if (basic && form.client_secret)
    throw oauthError("invalid_request", "Authenticate once, in the header or in the form");
  const { client_id: id, client_secret: secret } = basic ?? form;
  const application = findApplication(store, id);
  const isKnown = application?.client_secret ? application.client_secret === secret : application && isPublic;
  if (isKnown) return application;
  const challenge = basic ? { "www-authenticate": `Basic realm="Kinde", charset="UTF-8"` } : {};
  throw oauthError("invalid_client", "The client id or the client secret is wrong", 401, challenge);
}

function readBasic(authorization = "") {
  const [, encoded] = /^Basic +(\S+)$/i.exec(authorization) ?? [];
  if (!encoded) return undefined;
  const [id, ...secret] = decodeBase64(encoded).split(":");
  const decode = (text) => new URLSearchParams(`v=${text}`).get("v");
  return { client_id: decode(id), client_secret: decode(secret.join(":")) };
}

function decodeBase64(text) {
  try {
    return textOf(fromBase64url(text));
  } catch {
    // Nobody's credentials.
    return ":";
  }
}
