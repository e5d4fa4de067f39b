import { given, success, words } from "../answer.js";
import { conflict, invalid, missing } from "../refusal.js";
import { audienceOf } from "../oauth.js";

const TYPES = {
  m2m: "Machine to machine (M2M)",
  reg: "Back-end web",
  spa: "Front-end and mobile",
  device: "Device and IoT",
};

export default {
  getAPIs({ store, query, origin }) {
    const withScopes = words(query.expand).includes("scopes");
    const apis = store.apis.all().map((api) => ({
      ...show(api, origin),
      scopes: withScopes ? api.scopes.map((scope) => given(scope, ["id", "key"])) : null,
    }));
    // It has a token that nothing takes: all are on this page.
    return success({ apis, next_token: null });
  },

  addAPIs({ store, body }) {
    if (store.apis.by("audience", body.audience)) throw conflict("an api", body.audience);
    const { id } = store.apis.add({
      id: store.random.hex(32),
      ...given(body, ["name", "audience"]),
      is_management_api: false,
      scopes: [],
    });
    return success({ api: { id } });
  },

  getAPI({ store, path, origin }) {
    const api = store.apis.get(path.api_id);
    const applications = store.applications.all().map((application) => ({
      ...given(application, ["id", "name"]),
      type: TYPES[application.type],
      is_active: application.type === "m2m" ? api.id in application.apis : null,
    }));
    return success({
      api: { ...show(api, origin), scopes: api.scopes.map((scope) => given(scope, ["id", "key"])), applications },
    });
  },

  deleteAPI({ store, path }) {
    const { id, is_management_api } = store.apis.get(path.api_id);
    if (is_management_api) throw invalid("The Management API cannot be deleted", "MANAGEMENT_API");
    store.apis.delete(id);
    for (const { apis } of store.applications.all()) delete apis[id];
    return success({}, "API successfully deleted", "API_DELETED");
  },

  updateAPIApplications({ store, path, body }) {
    const api = store.apis.get(path.api_id);
    /** @type {Record<string, string[]>} */
    const answer = { applications_disconnected: [], applications_connected: [] };
    const wanted = body.applications.map(({ id, operation }) => ({ operation, ...store.applications.get(id) }));
    for (const { id, operation, apis } of wanted) {
      if (operation === "delete") {
        if (api.id in apis && delete apis[api.id]) answer.applications_disconnected.push(id);
      } else if (!(api.id in apis)) {
        apis[api.id] = [];
        answer.applications_connected.push(id);
      }
    }
    return success(answer, "API applications updated", "API_APPLICATIONS_UPDATED");
  },

  addAPIApplicationScope({ store, path }) {
    const { scopes, scope } = grantOf(store, path);
    if (!scopes.includes(scope.id)) scopes.push(scope.id);
  },

  deleteAPIAppliationScope({ store, path }) {
    const { scopes, scope } = grantOf(store, path);
    if (!scopes.includes(scope.id)) throw missing("scope", scope.id);
    scopes.splice(scopes.indexOf(scope.id), 1);
  },

  getAPIScopes: ({ store, path }) => success({ scopes: store.apis.get(path.api_id).scopes }),

  addAPIScope({ store, path, body }) {
    const { scopes } = store.apis.get(path.api_id);
    if (scopes.some(({ key }) => key === body.key)) throw conflict("a scope", body.key);
    const scope = { id: `api_scope_${store.random.hex(32)}`, key: body.key, description: body.description ?? null };
    scopes.push(scope);
    return success({ scope: { id: scope.id } });
  },

  getAPIScope: ({ store, path }) => success({ scope: scopeOf(store, path) }),

  updateAPIScope({ store, path, body }) {
    Object.assign(scopeOf(store, path), given(body, ["description"]));
  },

  deleteAPIScope({ store, path }) {
    const { id } = scopeOf(store, path);
    const api = store.apis.get(path.api_id);
    const without = (ids) => ids.filter((other) => other !== id);
    api.scopes = api.scopes.filter((scope) => scope.id !== id);
    for (const { apis } of store.applications.all()) if (apis[api.id]) apis[api.id] = without(apis[api.id]);
    for (const role of store.roles.all()) role.scopes = without(role.scopes);
  },
};

const show = (api, origin) => ({
  ...given(api, ["id", "name", "is_management_api"]),
  audience: audienceOf(api, origin),
});

/** A scope of an API, by the ids of both. */
export function scopeOf(store, { api_id, scope_id }) {
  const scope = store.apis.get(api_id).scopes.find(({ id }) => id === scope_id);
  if (!scope) throw missing("scope", scope_id);
  return scope;
}

/** A scope of any API, with the API's id. */
export function findScope(store, id) {
  for (const api of store.apis.all()) {
    const scope = api.scopes.find((one) => one.id === id);
    if (scope) return { ...scope, api_id: api.id };
  }
  throw missing("scope", id);
}

/** The scopes that an application has of an API, and the one that the path names. */
function grantOf(store, path) {
  const scope = scopeOf(store, path);
  const scopes = store.applications.get(path.application_id).apis[path.api_id];
  if (!scopes) throw invalid("The application is not authorized for the API", "APPLICATION_NOT_AUTHORIZED");
  return { scopes, scope };
}
