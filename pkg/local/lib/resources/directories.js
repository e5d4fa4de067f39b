// Directories that organizations keep their people in, and bring here by SCIM.
import { given, success } from "../answer.js";
import { pageById } from "../paging.js";
import { conflict } from "../refusal.js";
import { newDirectory } from "../seed.js";

export default {
  getDirectories({ store, query }) {
    const { organization_code: code } = query;
    const found = store.directories.all().filter(({ organization_code }) => !code || organization_code === code);
    const { page, more } = pageById(found, query, store.directories.placeOf);
    return success({ has_more: more, directories: page.map((one) => show(store, one)) });
  },

  createDirectory({ store, body }) {
    const { org_code, directory_name, provider_code, enterprise_connection_id = null } = body;
    store.organizations.get(org_code);
    if (enterprise_connection_id) store.connections.get(enterprise_connection_id);
    const own = store.directories.all().filter(({ organization_code }) => organization_code === org_code);
    if (own.some((one) => one.directory_name === directory_name)) throw conflict("a directory", directory_name);
    const directory = store.directories.add(
      newDirectory(store.random, store.secrets, {
        directory_name,
        provider_code,
        organization_code: org_code,
        enterprise_connection_id,
        created_on: store.now(),
      }),
    );
    return success({ directory: show(store, directory) }, "Directory created", "DIRECTORY_CREATED");
  },

  getDirectory: ({ store, path }) => success({ directory: show(store, store.directories.get(path.directory_id)) }),

  updateDirectory({ store, path, body }) {
    const directory = store.directories.get(path.directory_id);
    Object.assign(directory, given(body, ["directory_name"]));
    return success({ directory: show(store, directory) }, "Directory updated", "DIRECTORY_UPDATED");
  },

  deleteDirectory({ store, path }) {
    const { id } = store.directories.get(path.directory_id);
    store.directories.delete(id);
    return success({ directory_id: id }, "Directory deleted", "DIRECTORY_DELETED");
  },
};

function show(store, directory) {
  const { enterprise_connection_id: id } = directory;
  return {
    ...given(directory, [
      "id",
      "directory_name",
      "directory_endpoint_id",
      "secret_token",
      "status",
      "organization_code",
      "enterprise_connection_id",
      "last_sync_started_at",
      "last_sync_completed_at",
      "last_sync_error",
      "created_on",
    ]),
    enterprise_connection_name: id && store.connections.has(id) ? store.connections.get(id).name : null,
  };
}
