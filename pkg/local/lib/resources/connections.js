import { given, success } from "../answer.js";
import { pageById } from "../paging.js";
import { conflict } from "../refusal.js";

const FIELDS = ["name", "display_name", "options"];

export default {
  GetConnections({ store, query, asDocumented }) {
    const { home_realm_domain: domain } = query;
    const all = store.connections
      .all()
      .filter(({ options }) => !domain || options.home_realm_domains?.includes(domain));
    const { page, more } = pageById(all, query);
    return success({ connections: page.map((connection) => listed(connection, asDocumented)), has_more: more });
  },

  GetConnection: ({ store, path }) => success({ connection: show(store.connections.get(path.connection_id)) }),

  CreateConnection({ store, body }) {
    refuseTaken(store, body);
    const enable = readHolders(store, body);
    const { id } = store.connections.add({
      id: `conn_${store.random.hex(32)}`,
      name: null,
      display_name: null,
      strategy: null,
      options: {},
      ...given(body, [...FIELDS, "strategy"]),
    });
    enable(id);
    return success({ connection: { id } });
  },

  UpdateConnection({ store, path, body }) {
    const connection = store.connections.get(path.connection_id);
    refuseTaken(store, body, connection);
    readHolders(store, body)(connection.id);
    Object.assign(connection, given(body, FIELDS));
    return success();
  },

  // What is not given is empty then.
  ReplaceConnection({ store, path, body }) {
    const connection = store.connections.get(path.connection_id);
    refuseTaken(store, body, connection);
    readHolders(store, { enabled_applications: [], ...body })(connection.id);
    Object.assign(connection, { name: null, display_name: null, options: {} }, given(body, FIELDS));
    return success();
  },

  deleteConnection({ store, path }) {
    const { id } = store.connections.get(path.connection_id);
    for (const holder of [...store.applications.all(), ...store.organizations.all()]) {
      holder.connections = holder.connections.filter((other) => other !== id);
    }
    store.connections.delete(id);
    return success();
  },
};

const show = (connection) => given(connection, ["id", "name", "display_name", "strategy"]);

/** A connection in a list: the document wraps each, the service does not. */
export const listed = (connection, asDocumented) =>
  asDocumented ? success({ connection: show(connection) }) : show(connection);

function refuseTaken(store, { name }, own) {
  const holder = name && store.connections.by("name", name);
  if (holder && holder !== own) throw conflict("a connection", name);
}

/** Who may use a connection: these applications and no others, and the organization that it is for. */
function readHolders(store, { enabled_applications, organization_code }) {
  const chosen = enabled_applications && new Set(enabled_applications.map((id) => store.applications.get(id)));
  const organization = organization_code && store.organizations.get(organization_code);
  return (id) => {
    if (chosen) for (const application of store.applications.all()) set(application, id, chosen.has(application));
    if (organization) set(organization, id, true);
  };
}

/** Whether an application or an organization has a connection. */
export function set(holder, id, isEnabled) {
  const others = holder.connections.filter((other) => other !== id);
  holder.connections = isEnabled ? [...others, id] : others;
}
