// Arguments for every operation that name what local Kinde's tenant has.
import { callOf } from "../lib/values.mjs";
import { all, operations } from "./kinde.mjs";

/** Things of the tenant that a value in a path, a query or a body may name. */
export async function thingsOf({ kinde, clients, userToken, token, emit }) {
  const [user] = (await kinde.users.list()).users;
  const { code } = await kinde.organizations.get();
  await kinde.organizations.users.add(code, { users: [{ id: user.id }] });
  const [identity] = await all(kinde.users.identities.list(user.id));
  const role = (await all(kinde.roles.list())).find(({ key }) => key === "guest");
  const [held] = await all(kinde.roles.permissions.list((await all(kinde.roles.list()))[0].id));
  const api = (await kinde.apis.list({ expand: "scopes" })).apis.find(({ name }) => name === "Orders API");
  const application = (await all(kinde.applications.list())).find(({ name }) => name === "Order sync");
  const [connection] = await all(kinde.connections.list());
  const property = (await all(kinde.properties.list({ context: "usr" }))).find((one) => !one.is_kinde_property);
  const [category] = await all(kinde.propertyCategories.list({ context: "usr" }));
  const [variable] = await all(kinde.environmentVariables.list());
  const [subscriber] = await all(kinde.subscribers.list());
  const [webhook] = await all(kinde.webhooks.list());
  const connected = await kinde.call("GetConnectedAppAuthUrl", { key_code_ref: "crm", user_id: user.id });
  const others = (await kinde.users.list({ page_size: 9 })).users;
  const organizations = (await kinde.organizations.list()).organizations;
  return {
    client: clients.full,
    userToken: await userToken(),
    spareToken: await token(),
    other: others[8].id,
    second: organizations.find((one) => one.code !== code).code,
    user_id: user.id,
    id: user.id,
    org_code: code,
    organization_code: code,
    code,
    identity_id: identity.id,
    role_id: role.id,
    permission_id: held.id,
    api_id: api.id,
    scope_id: api.scopes[0].id,
    application_id: application.id,
    app_id: application.id,
    connection_id: (connection.connection ?? connection).id,
    property_id: property.id,
    category_id: category.id,
    variable_id: variable.id,
    subscriber_id: subscriber.id,
    webhook_id: webhook.id,
    feature_flag_key: "theme",
    factor_id: (await kinde.users.mfa.get(user.id)).mfa.id,
    event_id: emit("user.created").event_id,
    another: { id: others[1].id, factor: (await kinde.users.mfa.get(others[1].id)).mfa.id },
    session_id: connected.session_id,
    key_code_ref: "crm",
    another_scope: api.scopes[1].id,
  };
}

/** Where the values that fit the document do not fit the tenant: what to send in their place. */
const inTheTenant = {
  updateAPIApplications: (things) => ({ applications: [{ id: things.application_id }] }),
  updateApplicationsProperty: () => ({ property_key: "owner_team" }),
  updateBusiness: () => ({ industry_key: "construction", timezone_key: "tokyo" }),
  deleteCallbackURLs: () => ({ urls: "https://example.com/x1" }),
  deleteLogoutURLs: () => ({ urls: "https://example.com/x1" }),
  addRedirectCallbackURLs: () => ({ urls: ["https://example.com/x1"] }),
  replaceRedirectCallbackURLs: () => ({ urls: ["https://example.com/x1"] }),
  addLogoutRedirectURLs: () => ({ urls: ["https://example.com/x1"] }),
  replaceLogoutRedirectURLs: () => ({ urls: ["https://example.com/x1"] }),
  CreateConnection: (things) => ({ enabled_applications: [things.application_id] }),
  UpdateConnection: (things) => ({ enabled_applications: [things.application_id], name: "one" }),
  ReplaceConnection: (things) => ({ enabled_applications: [things.application_id], name: "one" }),
  deleteOrganization: (things) => ({ org_code: things.second }),
  CreateUserIdentity: () => ({ value: "another@example.com" }),
  AddOrganizationUsers: (things) => ({ users: [{ id: things.other, roles: ["admin"], permissions: ["read:orders"] }] }),
  UpdateOrganizationUsers: (things) => ({ users: [{ id: things.other, roles: ["admin"] }] }),
  UpdateOrganizationProperty: () => ({ property_key: "plan" }),
  UpdateUserProperty: () => ({ property_key: "notes" }),
  UpdateOrganizationProperties: () => ({ properties: { plan: "team" } }),
  UpdateUserProperties: () => ({ properties: { notes: "none" } }),
  CreateProperty: () => ({ context: "usr" }),
  AddRoleScope: (things) => ({ scope_id: things.another_scope }),
  DeleteRoleScope: (things) => ({ scope_id: things.another_scope }),
  UpdateRolePermissions: (things) => ({ permissions: [{ id: things.permission_id }] }),
  UpdatePermissions: () => ({ key: "changed" }),
  UpdateRoles: () => ({ key: "changed" }),
  updateEnvironmentVariable: () => ({ key: "CHANGED" }),
  updateOrganization: () => ({ handle: "changed" }),
  updateUser: () => ({ provided_id: "changed" }),
  // The factor of the user that others name is reset by way of an organization.
  ResetUsersMFA: ({ another }) => ({ user_id: another.id, factor_id: another.factor }),
  getUserData: () => ({ expand: "organizations,identities" }),
  getUsers: () => ({
    expand: "organizations,identities",
    email: undefined,
    username: undefined,
    user_id: undefined,
    next_token: undefined,
  }),
  searchUsers: () => ({
    query: "*",
    expand: "organizations,identities",
    properties: undefined,
    starting_after: undefined,
    ending_before: undefined,
  }),
  CreateWebHook: () => ({ endpoint: "https://hooks.example.com/x", event_types: ["user.created"] }),
  UpdateWebHook: () => ({ event_types: ["user.created"] }),
  createUser: (things) => ({
    identities: [{ type: "email", details: { email: "new@example.com" } }],
    organization_code: things.code,
  }),
  GetOrganizationUsers: () => ({ roles: undefined, permissions: undefined, next_token: undefined }),
  getAPIs: () => ({ expand: "scopes" }),
  tokenIntrospection: (things) => ({ token: things.userToken }),
  tokenRevocation: (things) => ({
    client_id: things.client.id,
    client_secret: things.client.secret,
    token: things.spareToken,
  }),
};

/** Cursors of other lists, and filters that leave nothing. */
const UNSENT = ["next_token", "starting_after", "ending_before", "home_realm_domain", "context"];

/** What to call an operation with, so that the tenant has it. */
export function argumentsOf(operation, things) {
  const { named } = callOf(operation, { everything: true });
  for (const name of Object.keys(named)) if (Object.hasOwn(things, name)) named[name] = things[name];
  if (operation.method === "GET") for (const name of UNSENT) delete named[name];
  const own = { ...named, ...inTheTenant[operation.operationId]?.(things) };
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

/** First what reads and makes, then what changes, in the end what deletes, from the inside to the outside. */
export function inOrder() {
  const turn = ({ method }) => ["GET", "POST", "PATCH", "PUT", "DELETE"].indexOf(method);
  const depth = ({ path }) => path.split("/").length;
  return operations.toSorted((one, other) => turn(one) - turn(other) || depth(other) - depth(one));
}
