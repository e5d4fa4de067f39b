/** What the types give to callers, in every environment. */
import { Kinde, KindeError, VERSION } from "kinde-edge";
import type {
  CreateUserParams,
  KindeErrorCode,
  KindeOptions,
  KindeList,
  KindePromise,
  OperationId,
  Operations,
  TokenStore,
  ListUsersResponse,
  ListedUser,
} from "kinde-edge";
import * as slim from "kinde-edge/slim";
import { cacheStore, encrypted, kvStore, memoryStore } from "kinde-edge/stores";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function exactly<Expected>(): <Actual>(
  value: Actual,
  ...differs: Same<Actual, Expected> extends true ? [] : [never]
) => void;

declare const domain: string;
declare const clientId: string;
declare const clientSecret: string;
declare const maybe: string | undefined;

exactly<string>()(VERSION);

export const withCredentials = new Kinde({ domain, clientId, clientSecret, audience: maybe });
export const withToken = new Kinde({ domain, accessToken: "token", timeout: undefined });
export const withFunction = new Kinde({ domain, accessToken: () => "token" });
export const withPromise = new Kinde({ domain, accessToken: async () => "token" });
export const withDouble = new Kinde({
  domain,
  accessToken: "token",
  fetch: async (input, init) => {
    exactly<string>()(input);
    exactly<Record<string, string>>()(init.headers);
    return new Response("{}", { status: 200 });
  },
});
export const withGlobal = new Kinde({ domain, accessToken: "token", fetch });
export const options: KindeOptions[] = [
  { domain, clientId, clientSecret, scope: "read:users", headers: [["x-a", "1"]] },
  { domain, accessToken: "token", headers: new Headers() },
];
export const tokenStores: TokenStore[] = [
  memoryStore(),
  memoryStore({ max: 10 }),
  cacheStore(),
  cacheStore({ name: maybe }),
  kvStore({ get: async () => null, put: async () => {}, delete: async () => {} }, { prefix: "my:" }),
  encrypted(memoryStore(), clientSecret),
  encrypted(cacheStore(), new Uint8Array(32)),
  { get: () => undefined, set: () => {}, delete: () => {} },
  { get: async () => null, set: async () => {}, delete: async () => true },
];
export const withStore = new Kinde({ domain, clientId, clientSecret, tokenStore: tokenStores[0] });
export const fromLiteral = Kinde.fromEnv({ KINDE_DOMAIN: domain, KINDE_CLIENT_ID: maybe });
export const loadedBySlim: Kinde = new slim.Kinde({ domain, accessToken: "token" });

const kinde = withCredentials;

export async function answers(): Promise<void> {
  const page = await kinde.users.list({ page_size: 50, user_id: ["kp_1", "kp_2"] });
  exactly<string | null | undefined>()(page.next_token);
  for (const user of page.users) exactly<string>()(user.id);

  const { data, response } = await kinde.users.list().withResponse();
  exactly<ListUsersResponse>()(data);
  exactly<Response>()(response);

  const promise = kinde.call("getUsers", { page_size: 1 });
  exactly<KindePromise<ListUsersResponse>>()(promise);

  const list = kinde.users.list({ page_size: 500 }, { limit: 1_000 });
  exactly<KindeList<ListUsersResponse, ListedUser>>()(list);
  for await (const user of list) exactly<ListedUser>()(user);
  exactly<ListedUser[]>()(await kinde.users.list({}, { cursor: "c" }).toArray({ limit: 5 }));
  for await (const page of kinde.users.list().pages()) {
    exactly<ListedUser[]>()(page.items);
    exactly<string | undefined>()(page.cursor);
  }

  exactly<unknown>()(await kinde.request("GET", "/api/v1/new"));
  const typed = await kinde.request<{ id: string }>("POST", "/api/v1/new", {
    query: { expand: ["a", "b"], filter: { name: "x" }, missing: undefined, page: 2 },
    body: { any: ["thing"] },
    timeout: 1_000,
  });
  exactly<{ id: string }>()(typed);
}

export function observed(lines: string[]): Kinde {
  return new Kinde({
    domain,
    accessToken: "token",
    maxConcurrency: 10,
    logger: console,
    logLevel: "warn",
    hooks: {
      request({ operation, path, attempt, headers }) {
        exactly<OperationId | undefined>()(operation);
        headers["traceparent"] = `${path} ${attempt}`;
      },
      async response({ status, error, duration }) {
        exactly<number | undefined>()(status);
        exactly<KindeErrorCode | undefined>()(error);
        lines.push(`${duration.toFixed(1)} ms`);
      },
      retry: ({ wait, error }) => lines.push(`${error}: ${wait} ms`),
      token: ({ stored }) => exactly<boolean>()(stored),
    },
  });
}

export async function parameters(name: string | undefined): Promise<void> {
  const signal = new AbortController().signal;
  await kinde.users.update("kp_1", { given_name: name }, { signal, headers: { "x-a": "1" } });

  const scopes = ["a", "b"] as const;
  await kinde.organizations.users.add("org_1", { users: [{ id: "kp_1", roles: scopes }] });

  const user: CreateUserParams = { profile: { given_name: "Ada" } };
  await kinde.users.create(user);

  await kinde.users.search({ properties: { city: "Leeds", plan: ["free", "pro"] } });
}

/** Words of the document in an array, and anything in a string. */
export function words(which: readonly ("organizations" | "billing")[]): void {
  kinde.users.list({ expand: ["organizations", "identities", "billing"] });
  kinde.users.list({ expand: which });
  kinde.users.list({ expand: "organizations,something_new" });
  kinde.users.search({ expand: ["identities"] });
  kinde.organizations.users.permissions.list("org_1", "kp_1", { expand: ["roles"] });
}

/** What an answer cannot be without needs no question, and what may be null or missing one. */
export async function strictly(): Promise<string[]> {
  const lines: string[] = [];
  for (const { id, first_name } of (await kinde.users.list()).users) lines.push(`${id} ${first_name?.trim() ?? "?"}`);
  for await (const { code, handle } of kinde.organizations.list()) lines.push(code.concat(handle ?? ""));
  for await (const { id } of kinde.roles.list()) {
    const { role } = await kinde.roles.get(id);
    lines.push(role.id.concat(role.description ?? ""));
  }
  const user = await kinde.users.get("kp_1", { expand: ["organizations", "billing"] });
  lines.push(user.id.concat(user.picture ?? ""), ...(user.organizations ?? []));
  const created = await kinde.users.create({ profile: { given_name: "Ada" } });
  await kinde.users.delete(created.id);
  const { api } = await kinde.apis.create({ name: "orders", audience: "https://api.example.com" });
  await kinde.apis.delete(api.id);
  const { mfa } = await kinde.users.mfa.get("kp_1");
  if (mfa) lines.push(mfa.id);
  const flags = (await kinde.environment.featureFlags.list()).feature_flags;
  for (const [key, { type }] of Object.entries(flags)) lines.push(`${key} ${type ?? "?"}`);
  const { data } = await kinde.account.roles.list();
  lines.push(data.org_code?.concat(data.roles.length.toFixed()) ?? "none");
  return lines;
}

/** An explorer calls what it was told to. */
export async function dynamic<Id extends OperationId>(
  id: Id,
  args: Operations[Id]["args"],
): Promise<Operations[Id]["result"]> {
  const call = kinde.call as (id: Id, args: unknown) => Promise<Operations[Id]["result"]>;
  return call.call(kinde, id, args);
}

export async function errors(error: unknown): Promise<string> {
  if (error instanceof KindeError) {
    exactly<KindeErrorCode>()(error.code);
    exactly<"KindeError">()(error.name);
    exactly<number | undefined>()(error.retryAfter);
  }
  if (!KindeError.is(error)) return "not ours";
  for (const { code, message } of error.errors) exactly<string>()(code + message);
  switch (error.code) {
    case "permission_denied":
      exactly<readonly string[] | undefined>()(error.tokenScopes);
      return `needs ${error.requiredScope}`;
    case "rate_limited":
      return `again in ${error.retryAfter} s`;
    case "invalid_token":
      return `refused: ${error.reason}`;
    default:
      return `${error.operation} failed after ${error.attempts}: ${error.message}`;
  }
}
