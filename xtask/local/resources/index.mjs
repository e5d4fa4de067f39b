// What keeps state, by operation id. An operation that is not here is answered by Prism.
import apis from "./apis.mjs";
import applications from "./applications.mjs";
import business from "./business.mjs";
import callbacks from "./callbacks.mjs";
import connections from "./connections.mjs";
import environment from "./environment.mjs";
import featureFlags from "./feature-flags.mjs";
import identities from "./identities.mjs";
import members from "./members.mjs";
import oauth from "./oauth.mjs";
import organizations from "./organizations.mjs";
import permissions from "./permissions.mjs";
import properties from "./properties.mjs";
import roles from "./roles.mjs";
import subscribers from "./subscribers.mjs";
import users from "./users.mjs";
import variables from "./variables.mjs";
import webhooks from "./webhooks.mjs";

/**
 * Each is called with `{ path, query, body, store, origin, … }`, everything checked against the
 * document, and gives the answer's JSON, or nothing where the document has no content.
 */
export const handlers = {
  ...apis,
  ...applications,
  ...business,
  ...callbacks,
  ...connections,
  ...environment,
  ...featureFlags,
  ...identities,
  ...members,
  ...oauth,
  ...organizations,
  ...permissions,
  ...properties,
  ...roles,
  ...subscribers,
  ...users,
  ...variables,
  ...webhooks,
};
