// Arguments for every operation that name what local Kinde's tenant has.
import { callOf } from "../lib/values.mjs";
import { all, operations } from "./kinde.mjs";

/** Things of the tenant that a value in a path, a query or a body may name. */
export async function thingsOf({ kinde, clients, signToken, token, emit }) {
  const [user] = (await kinde.users.list()).users;
  const { code } = await kinde.organizations.getDefault();
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
    ...(await newerThings({ kinde, signToken }, { code, user })),
    another: { id: others[1].id, factor: (await kinde.users.mfa.get(others[1].id)).mfa.id },
    session_id: connected.session_id,
    key_code_ref: "crm",
    another_scope: api.scopes[1].id,
  };
}

/** What the operations beyond version 1 of the document name. */
async function newerThings({ kinde, signToken }, { code, user }) {
  const get = (path, query) => kinde.request("GET", `/api/v1/${path}`, { query });
  const post = (path, body) => kinde.request("POST", `/api/v1/${path}`, { body });
  const { invite } = await post(`organization/${code}/invites`, { email: "guest@example.com", roles: ["member"] });
  // Two customers, one of which changes its plan; not the first organizations, which others change.
  const codes = (await kinde.organizations.list({ page_size: 100 })).organizations.map((one) => one.code);
  const paying = [];
  for (const own of codes.toReversed()) {
    const { billing } = await get("organization", { code: own, expand: "billing" });
    if (billing?.agreements[0]?.plan_code === "team") paying.push({ code: own, ...billing });
    if (paying.length === 2) break;
  }
  const [customer, other] = paying;
  const api = (await kinde.apis.list({ expand: "scopes" })).apis.find(({ name }) => name === "Orders API");
  const made = await post("api_keys", { name: "a key", type: "user", api_id: api.id, user_id: user.id });
  const { system_permissions } = await get("system_permissions");
  return {
    invite_code: invite.code,
    customer_id: customer.billing_customer_id,
    customer_agreement_id: other.agreements[0].agreement_id,
    userToken: await signToken({ user: user.id, orgCode: customer.code }),
    api_key: made.api_key.key,
    key_id: made.api_key.id,
    directory_id: (await get("directories")).directories[0].id,
    system_permission: system_permissions[0].id,
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
  UpdateRoles: () => ({ key: "changed", assignment_permission_id: undefined }),
  CreateRole: () => ({ assignment_permission_id: undefined }),
  UpdateRoleSystemPermissions: (things) => ({ system_permissions: [{ id: things.system_permission }] }),
  createApiKey: (things) => ({ type: "user", user_id: things.user_id, scope_ids: [things.scope_id] }),
  createBillingAgreement: () => ({ plan_code: "business" }),
  createMeterUsageRecord: () => ({ billing_feature_code: "api_calls", meter_value: "12" }),
  createDirectory: () => ({ enterprise_connection_id: undefined }),
  createOrganization: () => ({ billing_plan_code: "team" }),
  createOrganizationInvite: () => ({ email: "another.guest@example.com", roles: ["member"] }),
  getBillingAgreements: () => ({ feature_code: undefined }),
  getBillingEntitlements: () => ({ max_value: undefined, expand: "plans" }),
  GetEntitlement: () => ({ key: "projects" }),
  getApiKeys: () => ({ key_type: undefined, status: undefined }),
  UpdateLatestWebHook: () => ({ event_types: ["user.created"] }),
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
