import { given, success, words } from "../answer.js";
import { pageById, pageByToken } from "../paging.js";
import { conflict, invalid } from "../refusal.js";
import { userData } from "../events.js";
import { newMember } from "../seed.js";
import { addIdentity, findIdentity, identitiesOf, nameOf, readIdentity } from "./identities.js";

export default {
  getUsers({ store, query }) {
    const found = select(store, query);
    const { page, next } = pageByToken(found, query, { created: (user) => user.created_on });
    const users = page.map((user) => show(store, user, query.expand));
    return success({ users, next_token: next ?? null });
  },

  searchUsers({ store, query }) {
    const wanted = (query.query ?? "*").toLowerCase();
    const found = store.users.all().filter((user) => {
      const texts = [
        user.first_name,
        user.last_name,
        `${user.first_name} ${user.last_name}`,
        nameOf(store, user, "email"),
      ];
      const fits = wanted === "*" || texts.some((text) => text?.toLowerCase().includes(wanted));
      const has = ([key, values]) => values.includes(user.properties[key]);
      return fits && Object.entries(query.properties ?? {}).every(has);
    });
    const { page } = pageById(found, query, store.users.placeOf);
    const results = page.map((user) => ({ ...show(store, user, query.expand), properties: user.properties }));
    return success({ results });
  },

  // Without an envelope, and with other names than in a list.
  getUserData({ store, query }) {
    const { email, ...user } = show(store, store.users.get(query.id), query.expand);
    return { ...user, preferred_email: email };
  },

  createUser({ store, body, emit }) {
    const { profile = {}, identities = [], organization_code, provided_id = null } = body;
    const wanted = identities.map(({ type, details = {}, is_verified }) => ({
      ...readIdentity(type, details[type]),
      is_confirmed: is_verified ?? false,
    }));
    const known = wanted.map(({ type, name }) => findIdentity(store, type, name)).find(Boolean);
    const result = (created) => identities.map(({ type }) => ({ type, result: { created } }));
    // Whoever is there already is not made twice: the service says so, and who it is.
    if (known) return { id: known.user, created: false, identities: result(false) };
    if (provided_id && store.users.by("provided_id", provided_id)) throw conflict("a user", provided_id);

    const { members } = organization_code
      ? store.organizations.get(organization_code)
      : store.organizations.by("is_default", true);
    const user = addUser(store, {
      provided_id,
      first_name: profile.given_name ?? null,
      last_name: profile.family_name ?? null,
      picture: profile.picture ?? null,
    });
    for (const { type, name, is_confirmed } of wanted) addIdentity(store, user, type, name, { is_confirmed });
    members[user.id] = newMember({ joined_on: user.created_on, roles: defaultRoles(store) });
    emit("user.created", userData(store, user));
    return { id: user.id, created: true, identities: result(true) };
  },

  updateUser({ store, query, body, emit }) {
    const user = store.users.get(query.id);
    const { given_name: first_name, family_name: last_name } = body;
    const kept = given(body, ["picture", "is_suspended", "is_password_reset_requested", "provided_id"]);
    const holder = kept.provided_id && store.users.by("provided_id", kept.provided_id);
    if (holder && holder !== user) throw conflict("a user", kept.provided_id);
    Object.assign(user, kept, given({ first_name, last_name }, ["first_name", "last_name"]));
    emit("user.updated", userData(store, user));
    return {
      id: user.id,
      given_name: user.first_name,
      family_name: user.last_name,
      email: nameOf(store, user, "email"),
      ...given(user, ["is_suspended", "is_password_reset_requested", "picture"]),
    };
  },

  deleteUser({ store, query, emit }) {
    const user = store.users.get(query.id);
    if (query.is_delete_profile) {
      const subscriber = store.subscribers.by("email", nameOf(store, user, "email"));
      if (subscriber) store.subscribers.delete(subscriber.id);
    }
    for (const id of user.identities) store.identities.delete(id);
    for (const { members } of store.organizations.all()) delete members[user.id];
    for (const { session_id } of sessionsOf(store, user)) store.sessions.delete(session_id);
    for (const key of store.api_keys.all()) if (key.user_id === user.id) store.api_keys.delete(key.id);
    store.users.delete(user.id);
    emit("user.deleted", { user: { id: user.id } });
    return success({}, "User successfully deleted");
  },
};

/** A user with what every one has. */
export const addUser = (store, special) =>
  store.users.add({
    id: `kp_${store.random.hex(32)}`,
    provided_id: null,
    first_name: null,
    last_name: null,
    is_suspended: false,
    is_password_reset_requested: false,
    picture: null,
    total_sign_ins: 0,
    failed_sign_ins: 0,
    last_signed_in: null,
    created_on: store.now(),
    identities: [],
    properties: {},
    feature_flags: {},
    mfa: [],
    customer_id: null,
    ...special,
  });

/** Where somebody is signed in. */
export const sessionsOf = (store, { id }) => store.sessions.all().filter(({ user_id }) => user_id === id);

/** The users that a list is asked for. */
function select(store, { user_id, email, username, phone, has_organization, active_since }) {
  const ids = new Set(words(user_id));
  const emails = new Set(words(email?.toLowerCase()));
  return store.users.all().filter((user) => {
    if (ids.size > 0 && !ids.has(user.id)) return false;
    if (emails.size > 0 && !emails.has(nameOf(store, user, "email")?.toLowerCase())) return false;
    if (username && nameOf(store, user, "username") !== username) return false;
    if (phone && nameOf(store, user, "phone") !== phone) return false;
    if (active_since && !(Date.parse(user.last_signed_in) >= Date.parse(active_since))) return false;
    return has_organization === undefined || organizationsOf(store, user).length > 0 === has_organization;
  });
}

/** A user as lists have them: what is not asked for with `expand` is null. */
function show(store, user, expand) {
  const more = new Set(words(expand));
  const unknown = [...more].find((word) => !["organizations", "identities", "billing"].includes(word));
  if (unknown) throw invalid(`query parameter "expand" knows no ${JSON.stringify(unknown)}`);
  return {
    id: user.id,
    provided_id: user.provided_id,
    email: nameOf(store, user, "email"),
    phone: nameOf(store, user, "phone"),
    username: nameOf(store, user, "username"),
    last_name: user.last_name,
    first_name: user.first_name,
    is_suspended: user.is_suspended,
    picture: user.picture,
    total_sign_ins: user.total_sign_ins,
    failed_sign_ins: user.failed_sign_ins,
    last_signed_in: user.last_signed_in,
    created_on: user.created_on,
    organizations: more.has("organizations") ? organizationsOf(store, user) : null,
    identities: more.has("identities")
      ? identitiesOf(store, user).map(({ type, name }) => ({ type, identity: name, connection_id: null }))
      : null,
    last_organization_sign_ins: null,
    // Version 1 of the document does not know this one.
    billing: { customer_id: user.customer_id },
  };
}

const organizationsOf = (store, user) =>
  store.organizations
    .all()
    .filter(({ members }) => user.id in members)
    .map(({ code }) => code);

export const defaultRoles = (store) =>
  store.roles
    .all()
    .filter((role) => role.is_default_role)
    .map(({ id }) => id);
