// Organizations' users, with their roles and permissions there.
import { NOTHING, given, success, words } from "../answer.js";
import { pageByToken } from "../paging.js";
import { userData } from "../events.js";
import { conflict, invalid, missing } from "../refusal.js";
import { newMember } from "../seed.js";
import { scopeOf } from "./apis.js";
import { nameOf } from "./identities.js";

/** The service takes no more users in one call. */
const MOST_USERS = 100;

export default {
  GetOrganizationUsers({ store, path, query }) {
    const { members } = store.organizations.get(path.org_code);
    const roles = words(query.roles).map((key) => refer(store.roles, key).id);
    const permissions = words(query.permissions).map((key) => refer(store.permissions, key).id);
    const found = Object.entries(members)
      .filter(([, member]) => roles.every((id) => member.roles.includes(id)))
      .filter(([, member]) => permissions.every((id) => permissionsOf(store, member).has(id)))
      .map(([id, member]) => show(store, store.users.get(id), member));
    const fields = { name: (user) => user.full_name, email: (user) => user.email, id: (user) => user.id };
    const { page, next } = pageByToken(found, query, fields);
    return success({ organization_users: page, next_token: next ?? null });
  },

  AddOrganizationUsers({ store, path, body, emit }) {
    const { members } = store.organizations.get(path.org_code);
    const added = readUsers(store, body).filter(({ id }) => !(id in members));
    if (added.length === 0) return NOTHING;
    for (const { id, ...member } of added) members[id] = newMember({ joined_on: store.now(), ...member });
    for (const { id } of added) emit("user.updated", userData(store, store.users.get(id)));
    return success({ users_added: added.map(({ id }) => id) }, "Users added to organization");
  },

  UpdateOrganizationUsers({ store, path, body, emit }) {
    const { members } = store.organizations.get(path.org_code);
    const users = readUsers(store, body);
    /** @type {Record<string, string[]>} */
    const answer = { users_added: [], users_updated: [], users_removed: [] };
    for (const [index, { id, ...member }] of users.entries()) {
      if (body.users[index].operation === "delete") {
        if (delete members[id]) answer.users_removed.push(id);
      } else if (id in members) {
        Object.assign(members[id], member);
        answer.users_updated.push(id);
      } else {
        members[id] = newMember({ joined_on: store.now(), ...member });
        answer.users_added.push(id);
      }
    }
    for (const id of new Set(Object.values(answer).flat())) emit("user.updated", userData(store, store.users.get(id)));
    return success(answer);
  },

  RemoveOrganizationUser({ store, path, emit }) {
    memberOf(store, path);
    delete store.organizations.get(path.org_code).members[path.user_id];
    emit("user.updated", userData(store, store.users.get(path.user_id)));
    return success({}, "User removed from organization");
  },

  GetOrganizationUserRoles({ store, path }) {
    const roles = memberOf(store, path).roles.map((id) => given(store.roles.get(id), ["id", "key", "name"]));
    // No next_token: this list has one page.
    return success({ roles });
  },

  CreateOrganizationUserRole({ store, path, body, emit }) {
    const { roles } = memberOf(store, path);
    grant(roles, required(store.roles, body, "role_id"));
    emit("user.updated", userData(store, store.users.get(path.user_id)));
    return success({}, "Role added to user");
  },

  DeleteOrganizationUserRole({ store, path, emit }) {
    const member = memberOf(store, path);
    member.roles = withdraw(member.roles, store.roles.get(path.role_id));
    emit("user.updated", userData(store, store.users.get(path.user_id)));
    return success({}, "Role removed from user");
  },

  GetOrganizationUserPermissions({ store, path, query }) {
    const member = memberOf(store, path);
    const withRoles = words(query.expand).includes("roles");
    const roles = member.roles.map((id) => store.roles.get(id));
    const permissions = [...permissionsOf(store, member)].map((id) => ({
      ...given(store.permissions.get(id), ["id", "key", "name", "description"]),
      roles: withRoles
        ? roles.filter((role) => role.permissions.includes(id)).map((role) => given(role, ["id", "key"]))
        : null,
    }));
    return success({ permissions });
  },

  CreateOrganizationUserPermission({ store, path, body, emit }) {
    const { permissions } = memberOf(store, path);
    grant(permissions, required(store.permissions, body, "permission_id"));
    emit("user.updated", userData(store, store.users.get(path.user_id)));
    return success({}, "Permission added to user");
  },

  DeleteOrganizationUserPermission({ store, path, emit }) {
    const member = memberOf(store, path);
    member.permissions = withdraw(member.permissions, store.permissions.get(path.permission_id));
    emit("user.updated", userData(store, store.users.get(path.user_id)));
    return success({}, "Permission removed from user");
  },

  addOrganizationUserAPIScope({ store, path }) {
    grant(memberOf(store, path).scopes, scopeOf(store, path));
  },

  deleteOrganizationUserAPIScope({ store, path }) {
    const member = memberOf(store, path);
    member.scopes = withdraw(member.scopes, scopeOf(store, path));
  },
};

function show(store, user, member) {
  const { id, first_name, last_name, picture } = user;
  return {
    id,
    email: nameOf(store, user, "email"),
    full_name: [first_name, last_name].filter(Boolean).join(" "),
    last_name,
    first_name,
    picture,
    joined_on: member.joined_on,
    last_accessed_on: user.last_signed_in,
    is_suspended: user.is_suspended,
    roles: member.roles.map((role) => store.roles.get(role).key),
  };
}

/** A user's place in an organization, or a refusal. */
function memberOf(store, { org_code, user_id }) {
  const { members } = store.organizations.get(org_code);
  store.users.get(user_id);
  if (!(user_id in members)) throw missing("organization user", user_id);
  return members[user_id];
}

/** Permissions of one's own, and those of the roles. */
const permissionsOf = (store, { roles, permissions }) =>
  new Set([...permissions, ...roles.flatMap((id) => store.roles.get(id).permissions)]);

/** The body's users, with ids for the keys of their roles and permissions. */
function readUsers(store, { users = [] }) {
  if (users.length > MOST_USERS)
    throw invalid(`body users must not have more than ${MOST_USERS} items`, "TOO_MANY_USERS");
  return users.map(({ id, roles, permissions }) => ({
    id: store.users.get(id).id,
    ...(roles && { roles: roles.map((key) => refer(store.roles, key).id) }),
    ...(permissions && { permissions: permissions.map((key) => refer(store.permissions, key).id) }),
  }));
}

/** A role or a permission by its key, or by its id. */
function refer(table, key) {
  const found = table.by("key", key) ?? (table.has(key) ? table.get(key) : undefined);
  if (!found) throw invalid(`There is no ${table.name} ${JSON.stringify(key)}`);
  return found;
}

function required(table, body, name) {
  if (!body[name]) throw invalid(`body must have required property '${name}'`);
  return table.get(body[name]);
}

function grant(ids, { id, key }) {
  if (ids.includes(id)) throw conflict("a grant", key);
  ids.push(id);
}

function withdraw(ids, { id, key }) {
  if (!ids.includes(id)) throw missing("grant", key);
  return ids.filter((other) => other !== id);
}
