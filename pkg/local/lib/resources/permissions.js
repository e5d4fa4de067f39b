import { given, success } from "../answer.js";
import { pageByToken } from "../paging.js";
import { permissionData } from "../events.js";
import { checkKey } from "./keys.js";

const FIELDS = ["name", "description", "key"];

export default {
  GetPermissions({ store, query }) {
    const { page, next } = pageByToken(store.permissions.all(), query, {
      name: ({ name }) => name,
      id: ({ id }) => id,
    });
    return success({ permissions: page, next_token: next ?? null });
  },

  // The answer does not say its id: whoever needs it looks it up by its key.
  CreatePermission({ store, body, emit }) {
    checkKey(store.permissions, "a permission", body.key);
    const permission = { id: store.random.uuid(), name: null, description: null, ...given(body, FIELDS) };
    store.permissions.add(permission);
    emit("permission.created", permissionData(permission));
    return success({}, "Permission successfully created");
  },

  UpdatePermissions({ store, path, body, emit }) {
    const permission = store.permissions.get(path.permission_id);
    if (body.key !== undefined) checkKey(store.permissions, "a permission", body.key, permission);
    Object.assign(permission, given(body, FIELDS));
    emit("permission.updated", permissionData(permission));
    return success({}, "Permission successfully updated");
  },

  DeletePermission({ store, path, emit }) {
    const { id } = store.permissions.get(path.permission_id);
    const without = (ids) => ids.filter((other) => other !== id);
    for (const role of store.roles.all()) {
      role.permissions = without(role.permissions);
      if (role.assignment_permission_id === id) role.assignment_permission_id = null;
    }
    for (const { members } of store.organizations.all()) {
      for (const member of Object.values(members)) member.permissions = without(member.permissions);
    }
    store.permissions.delete(id);
    emit("permission.deleted", { permission: { id } });
    return success({}, "Permission successfully deleted");
  },
};
