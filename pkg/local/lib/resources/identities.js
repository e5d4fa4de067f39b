import { given, success } from "../answer.js";
import { pageById } from "../paging.js";
import { userData } from "../events.js";
import { conflict, invalid } from "../refusal.js";

export default {
  GetUserIdentities({ store, path, query }) {
    const { page, more } = pageById(
      identitiesOf(store, store.users.get(path.user_id)),
      query,
      store.identities.placeOf,
    );
    return success({ identities: page.map(show), has_more: more });
  },

  CreateUserIdentity({ store, path, body, emit }) {
    const user = store.users.get(path.user_id);
    const { type, name } = readIdentity(body.type, body.value);
    if (findIdentity(store, type, name)) throw conflict("an identity", name);
    const { id } = addIdentity(store, user, type, name);
    emit("user.updated", userData(store, user));
    return success({ identity: { id } });
  },

  // Without an envelope.
  GetIdentity: ({ store, path }) => show(store.identities.get(path.identity_id)),

  UpdateIdentity({ store, path, body, emit }) {
    const identity = store.identities.get(path.identity_id);
    if (body.is_primary) {
      const others = identitiesOf(store, store.users.get(identity.user)).filter(({ type }) => type === identity.type);
      for (const other of others) other.is_primary = other === identity;
      emit("user.updated", userData(store, store.users.get(identity.user)));
    }
    return success();
  },

  DeleteIdentity({ store, path, emit }) {
    const identity = store.identities.get(path.identity_id);
    const user = store.users.get(identity.user);
    user.identities = user.identities.filter((id) => id !== identity.id);
    store.identities.delete(identity.id);
    const next = identitiesOf(store, user).find(({ type }) => type === identity.type);
    if (identity.is_primary && next) next.is_primary = true;
    emit("user.updated", userData(store, user));
    return success();
  },
};

const show = (identity) => ({
  ...given(identity, [
    "id",
    "type",
    "is_confirmed",
    "is_primary",
    "created_on",
    "last_login_on",
    "total_logins",
    "name",
  ]),
  // Only those of type email have it; the document does not know it.
  email: identity.type === "email" ? identity.name : null,
  connection_id: null,
});

/** What a user signs in with. */
export const identitiesOf = (store, user) => user.identities.map((id) => store.identities.get(id));

/** The primary identity of a type: a user's e-mail address, for one. */
export const nameOf = (store, user, type) =>
  identitiesOf(store, user).find((identity) => identity.type === type && identity.is_primary)?.name ?? null;

const isSame = (one, other) => one.toLowerCase() === other.toLowerCase();

/** Whoever has it. */
export const findIdentity = (store, type, name) =>
  store.identities.all().find((identity) => identity.type === type && isSame(identity.name, name));

/** The type and the name of an identity to come, if they are ones. */
export function readIdentity(type, name) {
  if (!type) throw invalid("an identity needs a type");
  if (!name) throw invalid(`an identity of type ${type} needs a value`);
  if (type === "email" && !/^[^@\s]+@[^@\s]+$/.test(name))
    throw invalid(`${JSON.stringify(name)} is no e-mail address`, "INVALID_EMAIL");
  return { type, name };
}

/** Give it to a user; the first of a type is the primary one. */
export function addIdentity(store, user, type, name, { is_confirmed = false } = {}) {
  const identity = store.identities.add({
    id: `identity_${store.random.hex(32)}`,
    user: user.id,
    type,
    name,
    is_primary: nameOf(store, user, type) === null,
    is_confirmed,
    created_on: store.now(),
    last_login_on: null,
    total_logins: 0,
  });
  user.identities.push(identity.id);
  return identity;
}
