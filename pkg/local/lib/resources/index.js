// What keeps state, by operation id. An operation that is not here is answered with the document's example.
import account from "./account.js";
import apiKeys from "./api-keys.js";
import apis from "./apis.js";
import applications from "./applications.js";
import billing from "./billing.js";
import business from "./business.js";
import callbacks from "./callbacks.js";
import connectedApps from "./connected-apps.js";
import connections from "./connections.js";
import directories from "./directories.js";
import environment from "./environment.js";
import featureFlags from "./feature-flags.js";
import identities from "./identities.js";
import invites from "./invites.js";
import members from "./members.js";
import oauth from "./oauth.js";
import organizations from "./organizations.js";
import permissions from "./permissions.js";
import properties from "./properties.js";
import roleUsers from "./role-users.js";
import roles from "./roles.js";
import security from "./security.js";
import subscribers from "./subscribers.js";
import users from "./users.js";
import variables from "./variables.js";
import webhooks from "./webhooks.js";

/**
 * Each is called with `{ path, query, body, store, origin, emit, … }`, everything checked against the
 * document, and gives the answer's JSON, or nothing where the document has no content.
 */
export const handlers = {
  ...account,
  ...apiKeys,
  ...apis,
  ...applications,
  ...billing,
  ...business,
  ...callbacks,
  ...connectedApps,
  ...connections,
  ...directories,
  ...environment,
  ...featureFlags,
  ...identities,
  ...invites,
  ...members,
  ...oauth,
  ...organizations,
  ...permissions,
  ...properties,
  ...roles,
  ...roleUsers,
  ...security,
  ...subscribers,
  ...users,
  ...variables,
  ...webhooks,
};
