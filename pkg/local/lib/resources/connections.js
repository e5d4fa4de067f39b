import { given, success } from "../answer.js";
import { pageById } from "../paging.js";
import { conflict, invalid } from "../refusal.js";

const FIELDS = ["name", "display_name", "options"];

export default {
  GetConnections({ store, query, strict }) {
    const { home_realm_domain: domain } = query;
    const all = store.connections
      .all()
      .filter(({ options }) => !domain || options.home_realm_domains?.includes(domain));
    const { page, more } = pageById(all, query, store.connections.placeOf);
    return success({ connections: page.map((connection) => listed(connection, strict)), has_more: more });
  },

  GetConnection: ({ store, path }) => success({ connection: show(store.connections.get(path.connection_id)) }),

  CreateConnection({ store, body }) {
    checkOptions(body.strategy, body.options);
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
    checkOptions(connection.strategy, body.options);
    readHolders(store, body)(connection.id);
    Object.assign(connection, given(body, FIELDS));
    return success();
  },

  // What is not given is empty then.
  ReplaceConnection({ store, path, body }) {
    const connection = store.connections.get(path.connection_id);
    refuseTaken(store, body, connection);
    checkOptions(connection.strategy, body.options);
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
export const listed = (connection, strict) => (strict ? success({ connection: show(connection) }) : show(connection));

/** What the options of a strategy may be called: the document has one list for each of three kinds. */
const SHARED = ["is_use_custom_domain", "is_trusted"];
const ENTERPRISE = [
  ...SHARED,
  "home_realm_domains",
  "is_auto_join_organization_enabled",
  "is_create_missing_user",
  "is_force_show_sso_button",
  "upstream_params",
];
const OPTIONS = {
  social: [...SHARED, "client_id", "client_secret"],
  "Azure AD": [
    ...ENTERPRISE,
    "client_id",
    "client_secret",
    "entra_id_domain",
    "is_use_common_endpoint",
    "is_sync_user_profile_on_login",
    "is_retrieve_provider_user_groups",
    "is_extended_attributes_required",
  ],
  SAML: [
    ...ENTERPRISE,
    "saml_entity_id",
    "saml_acs_url",
    "saml_idp_metadata_url",
    "saml_idp_metadata_xml",
    "saml_sign_in_url",
    "saml_email_key_attr",
    "saml_first_name_key_attr",
    "saml_last_name_key_attr",
    "saml_user_id_key_attr",
    "saml_signing_certificate",
    "saml_signing_private_key",
    "sign_request_algorithm",
    "protocol_binding",
    "name_id_format",
  ],
};

function kindOf(strategy) {
  if (strategy?.startsWith("saml:")) return "SAML";
  return strategy?.endsWith(":azure_ad") ? "Azure AD" : "social";
}

/** That the options are those of the strategy: SAML's are no use to a social connection. */
function checkOptions(strategy, options) {
  if (!options) return;
  const kind = kindOf(strategy);
  const foreign = Object.keys(options).filter((name) => !OPTIONS[kind].includes(name));
  if (foreign.length === 0) return;
  const names = foreign.map((name) => JSON.stringify(name)).join(", ");
  throw invalid(`A ${kind} connection (${strategy}) has no option ${names}`, "INVALID_CONNECTION_OPTIONS");
}

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
