// Who has a role, which roles may enter an application, and what a role may do in the service's own pages.
import { success } from "../answer.js";
import { pageById, pageByToken } from "../paging.js";
import { conflict, missing } from "../refusal.js";

const SORTED = { name: ({ name }) => name, id: ({ id }) => id };
const BY_ID = { id: ({ id }) => id };

export default {
  GetRoleUsers({ store, path, query }) {
    const { id: role } = store.roles.get(path.role_id);
    const users = new Map();
    for (const { code, members } of store.organizations.all()) {
      for (const [id, { roles }] of Object.entries(members)) {
        if (roles.includes(role)) users.set(id, [...(users.get(id) ?? []), code]);
      }
    }
    const all = [...users].map(([id, org_codes]) => ({ id, org_codes }));
    const { page, next } = pageByToken(all, query, BY_ID);
    return success({ users: page, next_token: next ?? null });
  },

  GetOrganizationRoleUsers({ store, path, query }) {
    const { page, next } = pageByToken(holders(store, path), query, BY_ID);
    return success({ users: page, next_token: next ?? null });
  },

  GetOrganizationRoleUsersCount: ({ store, path }) => success({ count: holders(store, path).length }),

  GetOrganizationRoleActiveUsersCount({ store, path, query }) {
    const { date_time_from, date_time_to } = query;
    const isActive = ({ id }) => {
      const last = Date.parse(store.users.get(id).last_signed_in);
      return last >= Date.parse(date_time_from) && last <= Date.parse(date_time_to);
    };
    return success({
      active_users_count: holders(store, path).filter(isActive).length,
      date_time_from,
      date_time_to,
    });
  },

  GetSystemPermissions({ store, query }) {
    const { page, next } = pageByToken(store.system_permissions.all(), query, SORTED);
    return success({ system_permissions: page, next_token: next ?? null });
  },

  GetRoleSystemPermissions({ store, path, query }) {
    const all = store.roles.get(path.role_id).system_permissions.map((id) => store.system_permissions.get(id));
    const { page, next } = pageByToken(all, query, SORTED);
    return success({ system_permissions: page, next_token: next ?? null });
  },

  UpdateRoleSystemPermissions({ store, path, body }) {
    const role = store.roles.get(path.role_id);
    const wanted = body.system_permissions ?? [];
    for (const { id } of wanted) store.system_permissions.get(id);
    const ids = new Set(role.system_permissions);
    /** @type {Record<string, string[]>} */
    const answer = { system_permissions_added: [], system_permissions_removed: [] };
    for (const { id, operation } of wanted) {
      if (operation === "delete") {
        if (ids.delete(id)) answer.system_permissions_removed.push(id);
      } else if (!ids.has(id)) {
        ids.add(id);
        answer.system_permissions_added.push(id);
      }
    }
    role.system_permissions = [...ids];
    return success(answer);
  },

  GetApplicationAccessRoles({ store, path, query }) {
    const roles = store.applications.get(path.application_id).access_roles.map((id) => store.roles.get(id));
    const shown = roles.map(({ id, key, name, description }) => ({ id, key, name, description }));
    const { page, more } = pageById(shown, query, store.roles.placeOf);
    return success({ roles: page, has_more: more });
  },

  AddApplicationAccessRole({ store, path }) {
    const { access_roles } = store.applications.get(path.application_id);
    const { id, key } = store.roles.get(path.role_id);
    if (access_roles.includes(id)) throw conflict("an access role", key);
    access_roles.push(id);
    access_roles.sort((one, other) => store.roles.placeOf(one) - store.roles.placeOf(other));
    return success({}, "Access role added");
  },

  RemoveApplicationAccessRole({ store, path }) {
    const application = store.applications.get(path.application_id);
    const { id } = store.roles.get(path.role_id);
    if (!application.access_roles.includes(id)) throw missing("access role", id);
    application.access_roles = application.access_roles.filter((other) => other !== id);
    return success({}, "Access role removed");
  },
};

/** The users of an organization that have a role there. */
function holders(store, { org_code, role_id }) {
  const { members } = store.organizations.get(org_code);
  const { id: role } = store.roles.get(role_id);
  return Object.entries(members).flatMap(([id, { roles }]) => (roles.includes(role) ? [{ id }] : []));
}
