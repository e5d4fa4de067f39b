/** Tokens, guards, webhooks and claims, as programs use them. */
import { Kinde, KindeError } from "kinde-edge";
import type { KindeWebhookEvent, TokenClaims, TokenRefusal } from "kinde-edge";
import { entitlement, featureFlag, hasPermission, organization, roles, userProperty } from "kinde-edge/claims";

const bare = new Kinde({ domain: "https://acme.kinde.com" });
new Kinde({ domain: "https://acme.kinde.com", clientId: "id" });

export async function tokens(token: string, signal: AbortSignal): Promise<string | undefined> {
  const claims = await bare.tokens.verify(token, {
    audience: ["a", "b"],
    issuer: "https://acme.kinde.com",
    clockTolerance: 5,
    algorithms: ["RS256", "PS256"],
    type: "at+jwt",
    jwksUri: "https://acme.kinde.com/keys",
    signal,
    timeout: 1_000,
    deadline: 2_000,
  });
  const expires: number = claims.exp;
  const permissions: string[] | null | undefined = claims.permissions;
  const custom: unknown = claims["my_claim"];
  const own = await bare.tokens.verify<TokenClaims & { plan: "free" | "pro" }>(token);
  const plan: "free" | "pro" = own.plan;
  return [expires, permissions, custom, plan].length > 0 ? claims.sub : undefined;
}

// @ts-expect-error no audience is null
bare.tokens.verify("token", { audience: null });
// @ts-expect-error no signature at all
bare.tokens.verify("token", { algorithms: ["none"] });
// @ts-expect-error a shared secret
bare.tokens.verify("token", { algorithms: "HS256" });
// @ts-expect-error an unknown option
bare.tokens.verify("token", { clock_tolerance: 5 });
// @ts-expect-error a request for a token
bare.tokens.verify(new Request("https://example.com"));

export function refused(error: unknown): TokenRefusal | undefined {
  if (!KindeError.is(error) || error.code !== "invalid_token") return undefined;
  // @ts-expect-error not a reason
  if (error.reason === "stale") return undefined;
  return error.reason === "expired" ? "expired" : error.reason;
}

export async function claims(some: TokenClaims): Promise<void> {
  const flag: boolean = featureFlag(some, "a", false);
  const limit: number = featureFlag(some, "a", 1);
  const theme: string = featureFlag(some, "a", "light");
  const code: string | undefined = organization(some);
  const keys: string[] = roles(some).map((role) => role.key);
  const may: boolean = hasPermission(undefined, "a");
  console.log(flag, limit, theme, code, keys, may, userProperty(some, "a"), entitlement(some, "a")?.feature_key);
  // @ts-expect-error a flag without a default
  featureFlag(some, "a");
}

const guard = bare.guard({ permissions: "a", roles: ["b"], scopes: ["c"], audience: "d", realm: "e" });

export const handler: (request: Request) => Promise<Response> = guard(
  (request, { claims, token }) => new Response(`${request.url} ${claims.sub} ${token}`),
);

export const withMore: (request: Request, env: { A: string }, ctx: number) => Promise<Response> = guard(
  async (request, admitted, env: { A: string }, ctx: number) =>
    new Response(`${request.method} ${env.A} ${ctx} ${admitted.claims.exp}`),
);

export async function checked(request: Request): Promise<Response> {
  const result = await guard.check(request);
  if (result.response) {
    console.error(result.error?.reason);
    return result.response;
  }
  return new Response(result.claims.sub);
}

// @ts-expect-error a handler that gives a text
guard(() => "text");
// @ts-expect-error an unknown rule
bare.guard({ permission: "a" });
// @ts-expect-error one request's signal for all of them
bare.guard({ signal: new AbortController().signal });

export async function webhooks(request: Request, bytes: Uint8Array, text: string): Promise<string | null | undefined> {
  await bare.webhooks.verify(bytes);
  await bare.webhooks.verify(text, { tolerance: 60, seen: async (id: string, seconds: number) => id.length > seconds });
  // @ts-expect-error what seen says is true or false
  await bare.webhooks.verify(text, { seen: () => "yes" });
  // The operations are still there.
  await bare.webhooks.list();
  return read(await bare.webhooks.verify(request));
}

function read(event: KindeWebhookEvent): string | null | undefined {
  const known: string = event.type;
  switch (event.type) {
    case "user.created":
    case "user.deleted":
      for (const { roles } of event.data.user.organizations ?? []) {
        for (const role of roles ?? []) return typeof role === "string" ? role : role.key;
      }
      return event.data.user.email;
    case "organization.updated":
      // @ts-expect-error no user in it
      event.data.user;
      return event.data.organization.code;
    case "role.created":
      return event.data.role.name;
    case "permission.deleted":
      return event.data.permission.key;
    case "subscriber.created":
      return event.data.subscriber.email;
    case "customer.agreement_created":
    case "customer.agreement_cancelled":
    case "customer.plan_assigned":
    case "customer.plan_changed":
    case "customer.payment_succeeded":
    case "customer.payment_failed":
    case "customer.invoice_overdue":
    case "customer.meter_usage_updated":
      return typeof event.data["customer_id"] === "string" ? event.data["customer_id"] : undefined;
    case "access_request.created":
    case "user.authenticated":
      return event.source;
    default:
      return `${known} ${event.event_id}`;
  }
}

export function unknown(event: KindeWebhookEvent): unknown {
  if (event.type.startsWith("planet.")) return event.data;
  // @ts-expect-error not known, or misspelt
  if (event.type === "user.creatd") return event.data;
  return (event.type as string) === "planet.discovered" ? event.data : undefined;
}
