// The OAuth endpoints that the document has.
import { authenticate } from "../oauth.js";
import { Refusal, oauthError } from "../refusal.js";
import { bearerOf } from "../tokens.js";
import { nameOf } from "./identities.js";

export default {
  async getUserProfileV2({ store, tokens, headers, origin }) {
    const { sub } = await tokens.read(bearerOf(headers), origin);
    if (!store.users.has(sub)) throw oauthError("invalid_token", "The access token is no user's", 403);
    return profileOf(store, store.users.get(sub));
  },

  /** RFC 7662: whoever asks has to be somebody; about a token that is not good nothing is said. */
  async tokenIntrospection({ store, tokens, headers, body, origin }) {
    if (/^Basic/i.test(headers.authorization)) authenticate(headers, {}, store);
    else await tokens.read(bearerOf(headers), origin);
    const claims = await readQuietly(tokens, body.token, origin);
    if (!claims) return { active: false };
    const { aud, azp, exp, iat, iss, jti, scope, sub } = claims;
    return { active: true, aud, client_id: azp, exp, iat, iss, jti, scope, sub, token_type: "Bearer" };
  },

  /** RFC 7009: a token that is not good is no error. */
  async tokenRevocation({ store, tokens, headers, body, origin }) {
    const { authorization, ...rest } = headers;
    // A client that calls with a token of its own names itself in the form.
    const application = authenticate(/^Basic/i.test(authorization) ? headers : rest, body, store, { isPublic: true });
    const claims = await readQuietly(tokens, body.token, origin);
    if (!claims) return;
    if (claims.azp !== application.id) throw oauthError("invalid_grant", "The token was given to another client");
    tokens.revoke(claims);
  },
};

/** A user by the names of OpenID Connect Core, section 5.1. */
export function profileOf(store, user) {
  const email = nameOf(store, user, "email");
  return {
    sub: user.id,
    provided_id: user.provided_id,
    name: [user.first_name, user.last_name].filter(Boolean).join(" "),
    given_name: user.first_name,
    family_name: user.last_name,
    updated_at: Math.floor(Date.parse(user.created_on) / 1000),
    email,
    email_verified: email !== null,
    picture: user.picture,
    preferred_username: nameOf(store, user, "username"),
    id: user.id,
  };
}

async function readQuietly(tokens, token, origin) {
  try {
    return await tokens.read(token, origin);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
