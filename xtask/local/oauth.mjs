// The endpoints of RFC 6749, 7009, 7517, 7662 and 8414 around the tokens.
import { oauthError } from "./refusal.mjs";

/** Paths that the document does not have: `"METHOD /path"` to what answers. */
export const endpoints = {
  "POST /oauth2/token": giveToken,
  "GET /.well-known/jwks.json": ({ tokens }) => ({ keys: [tokens.jwk] }),
  "GET /.well-known/openid-configuration": describe,
  "GET /oauth2/auth": noSignIn,
  "GET /logout": noSignIn,
};

function describe({ origin, store }) {
  const scopes = store.apis.all().flatMap((api) => api.scopes.map(({ key }) => key));
  const methods = ["client_secret_basic", "client_secret_post"];
  return {
    issuer: origin,
    token_endpoint: `${origin}/oauth2/token`,
    jwks_uri: `${origin}/.well-known/jwks.json`,
    introspection_endpoint: `${origin}/oauth2/introspect`,
    revocation_endpoint: `${origin}/oauth2/revoke`,
    userinfo_endpoint: `${origin}/oauth2/v2/user_profile`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: [...new Set(scopes)],
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: [...methods, "none"],
  };
}

function noSignIn() {
  throw oauthError("unsupported_response_type", "Local Kinde signs nobody in: it gives tokens to programs only", 501);
}

function giveToken({ headers, bytes, tokens, store, origin }) {
  const form = readForm(headers, bytes);
  const application = authenticate(headers, form, store);
  if (!form.grant_type) throw oauthError("invalid_request", "grant_type is missing");
  if (form.grant_type !== "client_credentials") {
    throw oauthError("unsupported_grant_type", "Local Kinde has client_credentials only: it signs nobody in");
  }
  if (application.type !== "m2m")
    throw oauthError("unauthorized_client", `${application.name} is no machine-to-machine application`);
  const { token, lifetime, scopes } = grant({ store, tokens, origin }, application, form);
  return { access_token: token, token_type: "bearer", expires_in: lifetime, scope: scopes.join(" ") };
}

/** A token of an application, for an API that it is authorized for, or for none. */
export function grant({ store, tokens, origin }, application, { audience, scope }) {
  const api = audience && store.apis.all().find((one) => audienceOf(one, origin) === audience);
  if (audience && !api) throw oauthError("invalid_request", `There is no API with the audience ${audience}`);
  const granted = api && application.apis[api.id];
  if (api && !granted) throw oauthError("access_denied", `${application.name} is not authorized for ${api.name}`, 403);
  const scopes = scopesOf(api, granted, scope);
  return { scopes, ...tokens.forApplication(application, { issuer: origin, audience: api ? [audience] : [], scopes }) };
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
  const pairs = [...new URLSearchParams(bytes.toString())];
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
  const application = store.applications.has(id) ? store.applications.get(id) : undefined;
  const isKnown = application?.client_secret ? application.client_secret === secret : application && isPublic;
  if (isKnown) return application;
  const challenge = basic ? { "www-authenticate": `Basic realm="Kinde", charset="UTF-8"` } : {};
  throw oauthError("invalid_client", "The client id or the client secret is wrong", 401, challenge);
}

function readBasic(authorization = "") {
  const [, encoded] = /^Basic +(\S+)$/i.exec(authorization) ?? [];
  if (!encoded) return undefined;
  const [id, ...secret] = Buffer.from(encoded, "base64").toString().split(":");
  const decode = (text) => new URLSearchParams(`v=${text}`).get("v");
  return { client_id: decode(id), client_secret: decode(secret.join(":")) };
}
