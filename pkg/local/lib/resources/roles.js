import { given, success } from "../answer.js";
import { pageByToken } from "../paging.js";
import { conflict, invalid, missing } from "../refusal.js";
import { findScope } from "./apis.js";
import { checkKey } from "./keys.js";

const FIELDS = ["name", "description", "key", "is_default_role"];
const SORTED = { name: ({ name }) => name, id: ({ id }) => id };

export default {
  GetRoles({ store, query }) {
    const { page, next } = pageByToken(store.roles.all(), query, SORTED);
    return success({ roles: page.map(show), next_token: next ?? null });
  },

  GetRole: ({ store, path }) => success({ role: show(store.roles.get(path.role_id)) }),

  CreateRole({ store, body }) {
    checkKey(store.roles, "a role", body.key);
    const { id } = store.roles.add({
      id: store.random.uuid(),
      name: null,
      description: null,
      is_default_role: false,
      ...given(body, FIELDS),
      permissions: [],
      scopes: [],
    });
    return success({ role: { id } });
  },

  UpdateRoles({ store, path, body }) {
    const role = store.roles.get(path.role_id);
    checkKey(store.roles, "a role", body.key, role);
    Object.assign(role, given(body, FIELDS));
    return success({}, "Role updated");
  },

  DeleteRole({ store, path }) {
    const { id } = store.roles.get(path.role_id);
    for (const { members } of store.organizations.all()) {
      for (const member of Object.values(members)) member.roles = member.roles.filter((other) => other !== id);
    }
    store.roles.delete(id);
    return success({}, "Role deleted");
  },

  GetRolePermissions({ store, path, query }) {
    const all = store.roles.get(path.role_id).permissions.map((id) => store.permissions.get(id));
    const { page, next } = pageByToken(all, query, SORTED);
    return success({ permissions: page, next_token: next ?? null });
  },

  UpdateRolePermissions({ store, path, body }) {
    const role = store.roles.get(path.role_id);
    const ids = new Set(role.permissions);
    const answer = { permissions_added: [], permissions_removed: [] };
    for (const { id, operation } of body.permissions ?? []) {
      store.permissions.get(id);
      if (operation === "delete") {
        if (ids.delete(id)) answer.permissions_removed.push(id);
      } else if (!ids.has(id)) {
        ids.add(id);
        answer.permissions_added.push(id);
      }
    }
    role.permissions = [...ids];
    return success(answer);
  },

  RemoveRolePermission({ store, path }) {
    const role = store.roles.get(path.role_id);
    if (!role.permissions.includes(path.permission_id)) throw missing("permission", path.permission_id);
    role.permissions = role.permissions.filter((id) => id !== path.permission_id);
    return success();
  },

  GetRoleScopes({ store, path }) {
    const { scopes } = store.roles.get(path.role_id);
    return success({ scopes: scopes.map((id) => findScope(store, id)) });
  },

  AddRoleScope({ store, path, body }) {
    const { scopes } = store.roles.get(path.role_id);
    if (!body.scope_id) throw invalid("body must have required property 'scope_id'");
    const { id, key } = findScope(store, body.scope_id);
    if (scopes.includes(id)) throw conflict("a role scope", key);
    scopes.push(id);
    return success({}, "Scope added to role", "ROLE_SCOPE_ADDED");
  },

  DeleteRoleScope({ store, path }) {
    const role = store.roles.get(path.role_id);
    if (!role.scopes.includes(path.scope_id)) throw missing("scope", path.scope_id);
    role.scopes = role.scopes.filter((id) => id !== path.scope_id);
    return success({}, "Scope deleted from role", "SCOPE_DELETED");
  },
};

const show = (role) => given(role, ["id", ...FIELDS]);
