/** Each of these calls is wrong, and each has to be an error at compile time. */
import { Kinde, KindeError } from "kinde-edge";
import type { KindeOptions } from "kinde-edge";
import { init, initSync } from "kinde-edge/slim";
import { cacheStore, encrypted, kvStore, memoryStore } from "kinde-edge/stores";

declare const kinde: Kinde;
declare function take<Wanted>(value: Wanted): void;
declare const domain: string;
declare const clientId: string;
declare const clientSecret: string;

export function tokensOfCalls(): void {
  // @ts-expect-error a number for a token
  kinde.account.roles.list({}, { accessToken: 1 });
  // @ts-expect-error a function that returns no token
  kinde.account.getPortalLink({}, { accessToken: () => undefined });
  // @ts-expect-error no such page of the portal
  kinde.account.getPortalLink({ subnav: "billing" });
  // @ts-expect-error an entitlement without its key
  kinde.account.entitlements.get();
}

export function options(): KindeOptions[] {
  return [
    // @ts-expect-error no domain
    { clientId, clientSecret },
    // @ts-expect-error a secret without an id
    { domain, clientSecret },
    // @ts-expect-error credentials and a token
    { domain, clientId, clientSecret, accessToken: "token" },
    // @ts-expect-error a secret and a token
    { domain, clientSecret, accessToken: "token" },
    // @ts-expect-error a number for a token
    { domain, accessToken: 1 },
    // @ts-expect-error a function that returns no token
    { domain, accessToken: () => undefined },
    // @ts-expect-error a string for milliseconds
    { domain, accessToken: "token", timeout: "5000" },
    // @ts-expect-error a fetch that answers with text
    { domain, accessToken: "token", fetch: async () => "{}" },
    // @ts-expect-error an unknown option
    { domain, accessToken: "token", retries: 3 },
    // @ts-expect-error a string for a number
    { domain, accessToken: "token", maxConcurrency: "10" },
    // @ts-expect-error a hook that there is none of
    { domain, accessToken: "token", hooks: { requests() {} } },
    // @ts-expect-error a logger that lacks three functions
    { domain, accessToken: "token", logger: { info() {} } },
    // @ts-expect-error a level that there is none of
    { domain, accessToken: "token", logLevel: "trace" },
    // @ts-expect-error a store that keeps numbers
    { domain, clientId, clientSecret, tokenStore: { get: () => 5, set() {}, delete() {} } },
    // @ts-expect-error a store for a token that someone else obtained
    { domain, accessToken: "token", tokenStore: { get: () => null, set() {}, delete() {} } },
    // @ts-expect-error a store without delete
    { domain, clientId, clientSecret, tokenStore: { get: () => null, set() {} } },
  ];
}

export function clients(): void {
  // @ts-expect-error no options
  new Kinde();
  // @ts-expect-error a domain alone
  new Kinde(domain);
  // @ts-expect-error the environment is an object
  Kinde.fromEnv("production");
  // @ts-expect-error resources are not to be replaced
  kinde.users = kinde.organizations.users;
}

export async function methods(): Promise<void> {
  // @ts-expect-error no such resource
  await kinde.people.list();
  // @ts-expect-error no such method
  await kinde.users.remove();
  // @ts-expect-error the organization is missing
  await kinde.organizations.users.list();
  // @ts-expect-error params where the organization goes
  await kinde.organizations.users.list({ page_size: 5 });
  // @ts-expect-error a number for a path value
  await kinde.organizations.users.list(5);
  // @ts-expect-error the second path value is missing
  await kinde.organizations.users.roles.list("org_1");
  // @ts-expect-error the identifier is missing
  await kinde.users.get();
  // @ts-expect-error the identifier among the params
  await kinde.users.get({ id: "kp_1", expand: [] });
  // @ts-expect-error the identifier is undefined
  await kinde.users.get(undefined);
  // @ts-expect-error the identifier that only the other method leaves out
  await kinde.organizations.get();
  // @ts-expect-error a member in an object
  await kinde.roles.scopes.add("role_1", { scope_id: "scope_1" });
  // @ts-expect-error nothing to change
  await kinde.users.update("kp_1");
  // @ts-expect-error a required field of the body is missing
  await kinde.apis.create({ name: "An API" });
  // @ts-expect-error a required field of a nested object is missing
  await kinde.apis.authorizeApplications("api_1", { applications: [{ operation: "delete" }] });
  // @ts-expect-error an unknown parameter
  await kinde.users.list({ page_sise: 5 });
  // @ts-expect-error a string for a number
  await kinde.users.list({ page_size: "5" });
  // @ts-expect-error a number in a list of strings
  await kinde.users.list({ user_id: [1] });
  // @ts-expect-error null where the document has none
  await kinde.users.get(null);
  // @ts-expect-error not one of the values
  await kinde.organizations.logos.set("org_1", "blue", { logo: new Blob([]) });
  // @ts-expect-error not one of the values
  await kinde.applications.create({ name: "An application", type: "native" });
  // @ts-expect-error text for a file
  await kinde.organizations.logos.set("org_1", "dark", { logo: "logo.png" });
  // @ts-expect-error a name without data
  await kinde.organizations.logos.set("org_1", "dark", { logo: { name: "logo.png" } });
  // @ts-expect-error params for a method without any
  await kinde.timezones.list({ page_size: 5 });
}

export async function perCall(): Promise<void> {
  // @ts-expect-error a string for milliseconds
  await kinde.users.list({}, { timeout: "5" });
  // @ts-expect-error an unknown option
  await kinde.users.list({}, { cache: true });
  // @ts-expect-error a number in a header
  await kinde.users.list({}, { headers: { "x-retry": 1 } });
  // @ts-expect-error a controller for its signal
  await kinde.users.list({}, { signal: new AbortController() });
  // @ts-expect-error one argument too many
  await kinde.users.list({}, {}, {});
}

export async function byId(): Promise<void> {
  // @ts-expect-error an unknown operation id
  await kinde.call("getPeople");
  // @ts-expect-error the values are missing
  await kinde.call("getUserData");
  // @ts-expect-error a required value is missing
  await kinde.call("getUserData", {});
  // @ts-expect-error the path value is missing
  await kinde.call("GetOrganizationUsers", { page_size: 5 });
  // @ts-expect-error a number for a path value
  await kinde.call("GetOrganizationUsers", { org_code: 5 });
  // @ts-expect-error a string for a number
  await kinde.call("getUsers", { page_size: "5" });
  // @ts-expect-error an unknown value
  await kinde.call("getUsers", { page_sise: 5 });
  // @ts-expect-error a value for an operation without any
  await kinde.call("getTimezones", { page_size: 5 });
  // @ts-expect-error a string for milliseconds
  await kinde.call("getUsers", {}, { timeout: "5" });
}

export async function answers(): Promise<void> {
  const page = await kinde.users.list();
  // @ts-expect-error there may be none
  page.next_token.length;
  // @ts-expect-error no such property
  page.people;
  // @ts-expect-error an answer without content
  (await kinde.oauth.revoke({ token: "t", client_id: "c" })).message;
  // @ts-expect-error nobody knows the answer
  (await kinde.request("GET", "/api/v1/new")).id;
  // @ts-expect-error no path
  await kinde.request("GET");
  // @ts-expect-error a function in a query
  await kinde.request("GET", "/api/v1/new", { query: { page: () => 1 } });
}

export function words(): void {
  // @ts-expect-error misspelt
  kinde.users.list({ expand: ["organisations"] });
  // @ts-expect-error nothing to expand for a user
  kinde.users.get("kp_1", { expand: ["scopes"] });
}

/** A null that is forgotten, one of each kind. */
export async function nulls(): Promise<void> {
  const page = await kinde.users.list();
  // @ts-expect-error the last page has null
  take<string | undefined>(page.next_token);
  for (const user of page.users) {
    // @ts-expect-error a person without a name, in a list
    user.first_name?.trim() ?? user.last_name.trim();
    // @ts-expect-error undefined is not null
    take<string | undefined>(user.picture);
    // @ts-expect-error null where `expand` did not ask
    take<string[] | undefined>(user.organizations);
  }
  const user = await kinde.users.get("kp_1");
  // @ts-expect-error a person without an address
  take<string | undefined>(user.preferred_email);
  // @ts-expect-error who has not signed in has no time of it
  new Date(user.last_signed_in);
  for await (const member of kinde.organizations.users.list("org_1")) {
    // @ts-expect-error a member without a name
    take<string | undefined>(member.first_name);
  }
  for await (const organization of kinde.organizations.list()) {
    // @ts-expect-error an organization without a handle
    take<string | undefined>(organization.handle);
  }
  const organization = await kinde.organizations.get("org_1");
  // @ts-expect-error a colour that nobody has set
  take<{ hex?: string } | undefined>(organization.link_color);
  const { application } = await kinde.applications.get("app_1");
  // @ts-expect-error an application in a browser has no secret
  take<string | undefined>(application.client_secret);
  const { role } = await kinde.roles.get("role_1");
  // @ts-expect-error a role without a description
  take<string | undefined>(role.description);
  // @ts-expect-error a person without a second factor
  (await kinde.users.mfa.get("kp_1")).mfa.id;
  for await (const property of kinde.users.properties.list("kp_1")) {
    // @ts-expect-error a property without a value
    take<string | undefined>(property.value);
  }
  for await (const variable of kinde.environmentVariables.list()) {
    // @ts-expect-error a secret variable does not show its value
    take<string | undefined>(variable.value);
  }
  for await (const connection of kinde.connections.list()) {
    // @ts-expect-error it may stand in an envelope
    take<string>(connection.id);
  }
}

export function errors(error: unknown): void {
  // @ts-expect-error no such code
  new KindeError("no", { code: "teapot", errors: [], attempts: 0 });
  if (!KindeError.is(error)) return;
  // @ts-expect-error no such code
  if (error.code === "notfound") return;
  // @ts-expect-error not to be changed
  error.status = 200;
  // @ts-expect-error there may be none
  error.headers.get("retry-after");
}

export async function loading(): Promise<void> {
  // @ts-expect-error a number
  await init(5);
  // @ts-expect-error a URL has to be fetched
  initSync("kinde_edge_bg.wasm");
  // @ts-expect-error nothing to load
  initSync();
}

export function stores(): void {
  // @ts-expect-error a text for a number
  memoryStore({ max: "10" });
  // @ts-expect-error no namespace
  kvStore();
  // @ts-expect-error a binding that may be missing
  kvStore(undefined as Parameters<typeof kvStore>[0] | undefined);
  // @ts-expect-error a name for a cache
  cacheStore({ cache: "tokens" });
  // @ts-expect-error no secret
  encrypted(memoryStore());
  // @ts-expect-error a number for a secret
  encrypted(memoryStore(), 5);
}
