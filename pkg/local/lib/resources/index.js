// What keeps state, by operation id. An operation that is not here is answered by Prism.
import apis from "./apis.js";
import applications from "./applications.js";
import business from "./business.js";
import callbacks from "./callbacks.js";
import connections from "./connections.js";
import environment from "./environment.js";
import featureFlags from "./feature-flags.js";
import identities from "./identities.js";
import members from "./members.js";
import oauth from "./oauth.js";
import organizations from "./organizations.js";
import permissions from "./permissions.js";
import properties from "./properties.js";
import roles from "./roles.js";
import subscribers from "./subscribers.js";
import users from "./users.js";
import variables from "./variables.js";
import webhooks from "./webhooks.js";

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
