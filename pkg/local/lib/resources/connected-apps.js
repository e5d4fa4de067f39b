// Other services that a person connects, and the tokens for them.
import { success } from "../answer.js";
import { invalid } from "../refusal.js";

const LIFETIME = 3_600_000;

export default {
  GetConnectedAppAuthUrl({ store, query, origin }) {
    const { key_code_ref, user_id, org_code } = query;
    if (user_id) store.users.get(user_id);
    if (org_code) store.organizations.get(org_code);
    if (!user_id && !org_code) throw invalid("A connected app belongs to a user or an organization: give its id");
    const session_id = `conn_app_${store.random.hex(32)}`;
    store.connected_apps.add({ session_id, key_code_ref, token: store.secrets.hex(48) });
    store.changed();
    // Nobody is there to ask: whoever opens it has agreed.
    return { url: `${origin}/connected_apps?session_id=${session_id}`, session_id };
  },

  GetConnectedAppToken({ store, query }) {
    const { token } = store.connected_apps.get(query.session_id);
    return { access_token: token, access_token_expiry: store.clock.text(store.clock.now() + LIFETIME) };
  },

  RevokeConnectedAppToken({ store, query }) {
    const { session_id } = store.connected_apps.get(query.session_id);
    store.connected_apps.delete(session_id);
    return success({}, "Token revoked");
  },
};
