import { given, success } from "../answer.js";
import { pageByToken } from "../paging.js";
import { roleData } from "../events.js";
import { conflict, invalid, missing } from "../refusal.js";
import { findScope } from "./apis.js";
import { checkKey } from "./keys.js";

const FIELDS = ["name", "description", "key", "is_default_role"];
const TAKEN = [...FIELDS, "assignment_permission_id"];
const SORTED = { name: ({ name }) => name, id: ({ id }) => id, key: ({ key }) => key };

export default {
  GetRoles({ store, query }) {
    const { page, next } = pageByToken(store.roles.all(), query, SORTED);
    return success({ roles: page.map(show), next_token: next ?? null });
  },

  GetRole: ({ store, path }) => success({ role: show(store.roles.get(path.role_id)) }),

  CreateRole({ store, body, emit }) {
    checkKey(store.roles, "a role", body.key);
    if (body.assignment_permission_id) store.permissions.get(body.assignment_permission_id);
    const role = store.roles.add({
      id: store.random.uuid(),
      name: null,
      description: null,
      is_default_role: false,
      assignment_permission_id: null,
      ...given(body, TAKEN),
      permissions: [],
      scopes: [],
      system_permissions: [],
    });
    emit("role.created", roleData(role));
    return success({ role: { id: role.id } });
  },

  UpdateRoles({ store, path, body, emit }) {
    const role = store.roles.get(path.role_id);
    checkKey(store.roles, "a role", body.key, role);
    if (body.assignment_permission_id) store.permissions.get(body.assignment_permission_id);
    Object.assign(role, given(body, TAKEN));
    emit("role.updated", roleData(role));
    return success({}, "Role updated");
  },

  DeleteRole({ store, path, emit }) {
    const { id } = store.roles.get(path.role_id);
    for (const { members } of store.organizations.all()) {
      for (const member of Object.values(members)) member.roles = member.roles.filter((other) => other !== id);
    }
    for (const application of store.applications.all())
      application.access_roles = application.access_roles.filter((other) => other !== id);
    for (const invite of store.invites.all()) invite.roles = invite.roles.filter((other) => other !== id);
    store.roles.delete(id);
    emit("role.deleted", { role: { id } });
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
    /** @type {Record<string, string[]>} */
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
