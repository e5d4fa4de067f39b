import { given, success } from "../answer.js";
import { APPLICATION } from "../seed.js";
import { pageByToken } from "../paging.js";
import { missing } from "../refusal.js";
import { listed, set } from "./connections.js";
import { setValue, valuesOf } from "./properties.js";

const TOKENS = [
  "access_token_lifetime",
  "refresh_token_lifetime",
  "id_token_lifetime",
  "authenticated_session_lifetime",
  "is_hasura_mapping_enabled",
];

export default {
  getApplications({ store, query }) {
    const { page, next } = pageByToken(store.applications.all(), query, { name: ({ name }) => name });
    const applications = page.map((application) => given(application, ["id", "name", "type"]));
    // At the end there is no token at all; other lists have null or an empty one.
    return success({ applications, next_token: next });
  },

  createApplication({ store, body: { name, type, org_code } }) {
    if (org_code) store.organizations.get(org_code);
    const id = store.random.hex(32);
    // Those that run where people can look inside have none.
    const client_secret = ["spa", "device"].includes(type) ? null : store.secrets.hex(50);
    store.applications.add({
      id,
      name,
      type,
      client_secret,
      login_uri: null,
      homepage_uri: null,
      has_cancel_button: false,
      language_key: null,
      redirect_urls: [],
      logout_urls: [],
      connections: [],
      properties: {},
      tokens: {},
      access_roles: [],
      ...APPLICATION,
      org_code: org_code ?? null,
      apis: {},
    });
    return success({ application: { id, client_id: id, client_secret } });
  },

  getApplication({ store, path }) {
    const application = store.applications.get(path.application_id);
    const shown = given(application, [
      "id",
      "name",
      "type",
      "client_secret",
      "login_uri",
      "homepage_uri",
      "has_cancel_button",
      ...Object.keys(APPLICATION),
    ]);
    return success({ application: { ...shown, client_id: application.id } });
  },

  updateApplication({ store, path, body }) {
    const { redirect_uris: redirect_urls, logout_uris: logout_urls } = body;
    const application = store.applications.get(path.application_id);
    Object.assign(
      application,
      given(body, ["name", "language_key", "login_uri", "homepage_uri", ...Object.keys(APPLICATION)]),
      given({ redirect_urls, logout_urls }, ["redirect_urls", "logout_urls"]),
    );
  },

  deleteApplication({ store, path }) {
    store.applications.delete(store.applications.get(path.application_id).id);
    return success({}, "Application successfully deleted");
  },

  GetApplicationConnections({ store, path, strict }) {
    const { connections } = store.applications.get(path.application_id);
    return success({
      connections: connections.map((id) => listed(store.connections.get(id), strict)),
      has_more: false,
    });
  },

  EnableConnection({ store, path }) {
    set(store.applications.get(path.application_id), store.connections.get(path.connection_id).id, true);
  },

  RemoveConnection({ store, path }) {
    const application = store.applications.get(path.application_id);
    if (!application.connections.includes(path.connection_id)) throw missing("connection", path.connection_id);
    set(application, path.connection_id, false);
    return success();
  },

  getApplicationPropertyValues({ store, path }) {
    return success({
      properties: valuesOf(store, store.applications.get(path.application_id), "app"),
      next_token: null,
    });
  },

  updateApplicationsProperty({ store, path, body }) {
    setValue(store, store.applications.get(path.application_id), "app", path.property_key, String(body.value));
    return success({}, "Property successfully updated");
  },

  updateApplicationTokens({ store, path, body }) {
    Object.assign(store.applications.get(path.application_id).tokens, given(body, TOKENS));
    return success({}, "Application tokens successfully updated");
  },
};
