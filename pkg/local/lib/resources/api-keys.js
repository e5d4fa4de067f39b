// API keys: secrets of users, organizations or the environment, for an API.
import { given, success } from "../answer.js";
import { pageById } from "../paging.js";
import { invalid, missing } from "../refusal.js";
import { newApiKey } from "../seed.js";
import { bearerOf } from "../tokens.js";

export default {
  getApiKeys({ store, query }) {
    const { key_type, status, user_id, org_code } = query;
    const wanted = Object.entries({ type: key_type, status, user_id, org_code }).filter(([, value]) => value);
    const found = store.api_keys.all().filter((key) => wanted.every(([name, value]) => key[name] === value));
    const { page, more } = pageById(found, query, store.api_keys.placeOf);
    return success({ has_more: more, api_keys: page.map((key) => show(store, key)) });
  },

  createApiKey({ store, body }) {
    const { name, type, api_id, scope_ids, user_id = null, org_code = null } = body;
    const { scopes } = store.apis.get(api_id);
    for (const id of scope_ids ?? []) if (!scopes.some((scope) => scope.id === id)) throw missing("scope", id);
    if (user_id) store.users.get(user_id);
    if (org_code) store.organizations.get(org_code);
    if (type === "user" && !user_id) throw invalid("A key of the type user needs a user_id");
    if (type === "organization" && !org_code) throw invalid("A key of the type organization needs an org_code");
    const { id, key } = store.api_keys.add(
      newApiKey(store.random, store.secrets, {
        name,
        type,
        api_id,
        scope_ids: scope_ids ?? scopes.map((scope) => scope.id),
        user_id,
        org_code,
        created_on: store.now(),
      }),
    );
    return success({ api_key: { id, key } }, "API key created", "API_KEY_CREATED");
  },

  getApiKey({ store, path }) {
    const key = store.api_keys.get(path.key_id);
    return success({
      api_key: {
        ...show(store, key),
        verification_count: key.verification_count,
        organization_id: key.org_code,
        user_id: key.user_id,
      },
    });
  },

  rotateApiKey({ store, path }) {
    const api_key = store.api_keys.get(path.key_id);
    const { key } = newApiKey(store.random, store.secrets);
    Object.assign(api_key, { key, status: "active" });
    return success({ api_key: { id: api_key.id, key } }, "API key rotated", "API_KEY_ROTATED");
  },

  deleteApiKey({ store, path }) {
    store.api_keys.delete(store.api_keys.get(path.key_id).id);
    return success({}, "API key deleted", "API_KEY_DELETED");
  },

  // No scope is needed, but somebody's token.
  async verifyApiKey({ store, tokens, headers, origin, body, ip }) {
    await tokens.read(bearerOf(headers), origin);
    const key = store.api_keys.by("key", body.api_key);
    if (!key) throw invalid("There is no such API key", "INVALID_API_KEY");
    const isValid = key.status === "active";
    if (isValid) {
      key.verification_count += 1;
      Object.assign(key, { last_verified_on: store.now(), last_verified_ip: ip });
    }
    return success({
      is_valid: isValid,
      key_id: key.id,
      scopes: show(store, key).scopes,
      ...given(key, ["status", "org_code", "user_id", "last_verified_on", "verification_count"]),
    });
  },
};

/** A key without what is secret of it. */
function show(store, { key, api_id, scope_ids, ...rest }) {
  const scopes = store.apis.has(api_id) ? store.apis.get(api_id).scopes : [];
  return {
    ...given(rest, [
      "id",
      "name",
      "type",
      "status",
      "created_on",
      "last_verified_on",
      "last_verified_ip",
      "created_by",
    ]),
    key_prefix: key.slice(0, 10),
    key_suffix: key.slice(-4),
    api_ids: [api_id],
    scopes: scopes.filter(({ id }) => scope_ids.includes(id)).map((scope) => scope.key),
  };
}
