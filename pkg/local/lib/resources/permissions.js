import { given, success } from "../answer.js";
import { pageByToken } from "../paging.js";
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
  CreatePermission({ store, body }) {
    checkKey(store.permissions, "a permission", body.key);
    store.permissions.add({ id: store.random.uuid(), name: null, description: null, ...given(body, FIELDS) });
    return success({}, "Permission successfully created");
  },

  UpdatePermissions({ store, path, body }) {
    const permission = store.permissions.get(path.permission_id);
    if (body.key !== undefined) checkKey(store.permissions, "a permission", body.key, permission);
    Object.assign(permission, given(body, FIELDS));
    return success({}, "Permission successfully updated");
  },

  DeletePermission({ store, path }) {
    const { id } = store.permissions.get(path.permission_id);
    const without = (ids) => ids.filter((other) => other !== id);
    for (const role of store.roles.all()) role.permissions = without(role.permissions);
    for (const { members } of store.organizations.all()) {
      for (const member of Object.values(members)) member.permissions = without(member.permissions);
    }
    store.permissions.delete(id);
    return success({}, "Permission successfully deleted");
  },
};
