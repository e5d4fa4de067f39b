// Tokens, guarded routes and webhooks.

import type { KindeError } from "./index.js";

/** The algorithms that are understood (RFC 7518, section 3.1). */
export type Algorithm = "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256";

/**
 * Why a token or a webhook did not pass.
 *
 * - `expired`: `exp` is past; the event of a webhook is too long ago
 * - `not_yet_valid`: `nbf` is to come; the event of a webhook, too
 * - `bad_signature`: the signature does not fit the key and the text
 * - `unknown_key`: the issuer has no key for it, or more than one
 * - `wrong_issuer`: `iss` is not the one that is expected
 * - `wrong_audience`: `aud` holds none that is expected
 * - `algorithm`: `alg` is not one that is expected, or does not fit the key
 * - `malformed`: it is no token: not three parts of base64url, not JSON, a name twice, too long, too deep,
 *   an extension (`crit`), a claim that is missing or of the wrong type
 * - `wrong_nonce`: `nonce` is not the one that is expected
 * - `wrong_type`: `typ` is not the one that is expected
 * - `replayed`: the event of a webhook has been seen already
 * - `wrong_subject`: the `sub` of an id token is not the user whose tokens were refreshed
 * - `wrong_hash`: the `at_hash` of an id token is not of the access token beside it
 */
export type TokenRefusal =
  | "expired"
  | "not_yet_valid"
  | "bad_signature"
  | "unknown_key"
  | "wrong_issuer"
  | "wrong_audience"
  | "algorithm"
  | "malformed"
  | "wrong_nonce"
  | "wrong_type"
  | "replayed"
  | "wrong_subject"
  | "wrong_hash";

/** How long a verification may take, and where the keys are. */
interface KeyOptions {
  /**
   * Where the issuer's keys are, with `https://` or on the client's domain. Default:
   * `/.well-known/jwks.json` of the client's domain; where that is 404, the `jwks_uri` of its
   * `/.well-known/openid-configuration`.
   */
  jwksUri?: string;
  /** Ends the verification: it rejects with the code `aborted`. */
  signal?: AbortSignal | undefined;
  /** How long an attempt to fetch the keys may take, in milliseconds. Default: the client's. */
  timeout?: number | undefined;
  /** How long the verification may take as a whole, in milliseconds. Default: the client's. */
  deadline?: number | undefined;
  /** How often a failed request for the keys is sent again. Default: the client's. */
  maxRetries?: number | undefined;
}

/**
 * What is expected of a token. An expectation that is there without a value, such as a variable that is not
 * set, is refused with the code `invalid_request`, and so is one of an unknown name.
 */
export interface VerifyOptions extends KeyOptions {
  /**
   * Whom the token has to be for: one of these is in its `aud`. Default: `aud` is not looked at, and a token
   * that another service got passes, too (RFC 8725, section 3.9).
   */
  audience?: string | readonly string[];
  /** Who has to have made it: its `iss` is exactly one of these. Default: the client's domain. */
  issuer?: string | readonly string[];
  /** How far the issuer's clock and this one may differ, for `exp` and `nbf`, in seconds. Default: 0. */
  clockTolerance?: number;
  /** Which algorithms may have signed it. Default: `RS256`, which Kinde signs with. */
  algorithms?: Algorithm | readonly Algorithm[];
  /** What `typ` in its header has to be: `at+jwt` (RFC 9068, section 2.1). Default: it is not looked at. */
  type?: string;
}

/** A role in a token. */
export interface TokenRole {
  id?: string;
  key?: string;
  name?: string;
}

/** A feature flag in a token: its type, `b`, `i` or `s`, and its value. */
export type TokenFlag = { t: "b"; v: boolean } | { t: "i"; v: number } | { t: "s"; v: string };

/** A property in a token. */
export interface TokenProperty {
  v?: unknown;
}

/** What a token says. Beside `exp`, no claim is certain to be there: see `kinde-edge/claims`. */
export interface TokenClaims {
  /** Who made the token. */
  iss: string;
  /** When it ends, in seconds since 1970. */
  exp: number;
  /** The user, or the application of a machine token. */
  sub?: string;
  /** Whom it is for. */
  aud?: string | string[];
  /** When it was made, in seconds since 1970. */
  iat?: number;
  /** When it begins, in seconds since 1970. */
  nbf?: number;
  /** Its id. */
  jti?: string;
  /** The application that it was made for. */
  azp?: string;
  /** The scopes; a list, or separated by spaces. */
  scp?: string | string[];
  scope?: string;
  /** The organization that the user signed in to. */
  org_code?: string | null;
  org_name?: string | null;
  /** All organizations of the user. In id tokens. */
  org_codes?: string[] | null;
  /** What the user may do in the organization. */
  permissions?: string[] | null;
  roles?: (TokenRole | string)[] | null;
  feature_flags?: Record<string, TokenFlag> | null;
  user_properties?: Record<string, TokenProperty> | null;
  organization_properties?: Record<string, TokenProperty> | null;
  application_properties?: Record<string, TokenProperty> | null;
  [claim: string]: unknown;
}

/** The tokens of the business: `kinde.tokens`. */
export interface Tokens {
  /**
   * Verify a token (RFC 7519, section 7.2; RFC 8725). The client needs no credentials for it.
   *
   * In this order: that it is three parts, the first of them a JSON object in base64url, that `alg` is allowed,
   * that the issuer has a key for it, that the signature is good; only then that its claims are a JSON object,
   * `exp`, which it has to have, `nbf`, `iss`, `aud` and `typ`.
   *
   * The keys are fetched when they are first needed and shared by all clients of the domain that have the same
   * `fetch`; of an answer of more than 256 KB, no more is read. They are used
   * for as long as the server says (`Cache-Control`), between a minute and a day, else 10 minutes; for a day
   * more while it cannot be reached. A key that is not among them is looked for again, at most every 30
   * seconds.
   *
   * @returns The claims, as they are in the token
   * @throws A `KindeError` of code `invalid_token`, whose `reason` is a {@link TokenRefusal}; of another code
   * if there are no keys to verify with (`connection`, `api`, `timeout` …)
   * @example
   * ```ts
   * const kinde = new Kinde({ domain: "https://acme.kinde.com" });
   * const claims = await kinde.tokens.verify(token, { audience: "https://api.example.com" });
   * ```
   */
  verify<Claims extends object = TokenClaims>(token: string, options?: VerifyOptions): Promise<Claims>;

  /**
   * An access token of the machine-to-machine application, for an API of your own: by client credentials (RFC 6749,
   * section 4.4), kept and shared as that of calls, in the client's token store too, until a tenth of its lifetime, 60
   * seconds at most, is left. A request for one is retried like a GET.
   *
   * @returns The token, without `Bearer`
   * @throws A `KindeError` of code `configuration` from a client without the credentials of a machine, `authentication`
   * for an audience that there is no API for, or that the application may not use
   * @example
   * ```ts
   * const token = await kinde.tokens.machine({ audience: "https://api.example.com" });
   * await fetch("https://api.example.com/jobs", { headers: { authorization: `Bearer ${token}` } });
   * ```
   */
  machine(options?: MachineTokenOptions): Promise<string>;
}

/**
 * What a machine's token is to be for. An `audience` or `scope` that is there without a value, such as a variable that
 * is not set, is refused with the code `invalid_request`.
 */
export interface MachineTokenOptions {
  /** The API that it is for. Default: that of calls, the client's `audience`. */
  audience?: string;
  /**
   * The scopes that it is to have, separated by spaces. Default: all that the application has for the audience; for
   * that of calls, the client's `scope`.
   */
  scope?: string;
  /** Ends it: it rejects with the code `aborted`. */
  signal?: AbortSignal | undefined;
  /** How long an attempt may take, in milliseconds. Default: the client's. */
  timeout?: number | undefined;
  /** How long it may take as a whole, in milliseconds. Default: the client's. */
  deadline?: number | undefined;
  /** How often a failed request for a token is sent again. Default: the client's. */
  maxRetries?: number | undefined;
}

/**
 * What a route needs of a token. All of it has to hold. A rule that is there without a value, such as a
 * variable that is not set, is refused with the code `invalid_request`, and so is one of an unknown name.
 * They are read once, when the guard is made.
 */
export interface GuardRules extends Omit<VerifyOptions, "signal"> {
  /** The permissions that the token has to have. */
  permissions?: string | readonly string[];
  /** The keys of the roles that it has to have. */
  roles?: string | readonly string[];
  /** The scopes that it has to have. */
  scopes?: string | readonly string[];
  /** What the challenge calls the protected part of the service. Default: the client's domain. */
  realm?: string;
}

/** Who came in. */
export interface Admitted<Claims extends object = TokenClaims> {
  /** The claims of the token. */
  claims: Claims;
  /** The token itself. */
  token: string;
}

/** What to answer someone who may not come in. */
export interface Refused {
  /**
   * 401: no token, or not a good one. 403: it lacks something. 400: the header is not one. 503: the issuer's
   * keys cannot be had. The body is JSON, `{ error, error_description }`.
   */
  response: Response;
  /** What is behind it, for a log. None if the token lacks something, or is not there. */
  error: KindeError | undefined;
  claims?: undefined;
  token?: undefined;
}

/**
 * Lets requests in that bring a bearer token with what a route needs (RFC 6750).
 *
 * @example
 * ```ts
 * const guard = kinde.guard({ permissions: "read:things", audience: "https://api.example.com" });
 * export default {
 *   fetch: guard(async (request, { claims }) => new Response(`hello ${claims.sub}`)),
 * };
 * ```
 */
export interface Guard<Claims extends object = TokenClaims> {
  /** Wraps the handler of a Worker. It gets the token between the request and the other arguments. */
  <Incoming extends GuardedRequest = Request, Rest extends unknown[] = any[]>(
    handler: (request: Incoming, admitted: Admitted<Claims>, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Incoming, ...rest: Rest) => Promise<Response>;
  /** Checks a request: for frameworks with handlers of their own. */
  check(request: GuardedRequest): Promise<(Admitted<Claims> & { response?: undefined; error?: undefined }) | Refused>;
}

/** Whatever has the headers of a request, of which `authorization` is read. */
export type GuardedRequest =
  | {
      readonly headers: {
        /** The value of a header; null if there is none. */
        get(name: string): string | null;
      };
    }
  | NodeRequest;

/**
 * A request as servers of Node have it: that of Express, Fastify, Koa, Next.js's pages and h3, and the event of an AWS Lambda
 * behind an HTTP API, a REST API or a function URL.
 */
export interface NodeRequest {
  /** Names to values, however the names are written. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** The path with its query, or the whole address. */
  readonly url?: string | undefined;
}

/**
 * What is expected of a webhook. `timeout`, `deadline` and `signal` also hold for reading the body, and for
 * `seen`: for `timeout` each of these is an attempt. `tolerance`, `seen` or `jwksUri` without a value, such
 * as a binding that is not there, is refused with the code `invalid_request`.
 */
export interface WebhookOptions extends KeyOptions {
  /** How far the `timestamp` of the event may be from now, before or after, in seconds. Default: 300. */
  tolerance?: number;
  /**
   * Says whether the event with this id has been handled: then the webhook is refused as `replayed`. It is
   * asked when all else is good, and the same body would pass for that many seconds more. One that notes the
   * id at once never lets it pass twice, but loses an event whose handling fails. Default: events are not
   * remembered, and one that is sent twice within the tolerance passes twice.
   */
  seen?: (eventId: string, seconds: number) => boolean | Promise<boolean>;
}

/** Where a webhook's body is: in a request that has not been read, or what was read of it. */
export type WebhookInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | NodeRequest
  | {
      /** The whole body, as `Request` and `Response` have it; of those no more than 1 MB is read. */
      text(): Promise<string>;
    };

/** What `kinde.webhooks` has beside its operations. */
export interface WebhookVerification {
  /**
   * Verify a webhook: a JWT in the body, signed with the issuer's keys. The client needs no credentials for
   * it. A body is at most 1 MB.
   *
   * @returns The event, as it is in the token
   * @throws A `KindeError` of code `invalid_token`, whose `reason` is a {@link TokenRefusal}; of another code
   * if there are no keys to verify with, or `seen` failed (`connection`)
   * @example
   * ```ts
   * const event = await kinde.webhooks.verify(request);
   * if (event.type === "user.created") console.log(event.data.user.email);
   * ```
   */
  verify(input: WebhookInput, options?: WebhookOptions): Promise<KindeWebhookEvent>;
}

/** What every event says. */
export interface WebhookEventBase {
  /** Its id: the same each time that the service sends it. */
  event_id: string;
  /** When this was sent, in the form of RFC 3339. */
  timestamp: string;
  /** When it happened. */
  event_timestamp?: string;
  /** Who did it: `admin`, `api`, `user`. */
  source?: string;
}

/** A user in an event. */
export interface WebhookUser {
  id: string;
  email?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  username?: string | null;
  phone?: string | null;
  is_suspended?: boolean;
  is_password_reset_requested?: boolean;
  organizations?:
    | {
        code: string;
        roles?: string[] | WebhookRoleReference[] | null;
        permissions?: string[] | WebhookRoleReference[] | null;
      }[]
    | null;
  [field: string]: unknown;
}

/** A role or a permission of a user in an event. */
export interface WebhookRoleReference {
  id: string;
  key: string;
}

/** An organization in an event. */
export interface WebhookOrganization {
  code: string;
  name?: string | null;
  handle?: string | null;
  external_id?: string | null;
  is_default?: boolean;
  [field: string]: unknown;
}

/** A role or a permission in an event. */
export interface WebhookRole {
  id: string;
  key?: string;
  name?: string | null;
  description?: string | null;
  [field: string]: unknown;
}

/** Somebody who subscribed. */
export interface WebhookSubscriber {
  id: string;
  email?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  [field: string]: unknown;
}

/**
 * What a billing event is about. Kinde does not publish its fields: those that are there depend on the event,
 * so look before you use one.
 */
export interface WebhookBilling {
  [field: string]: unknown;
}

/** The types of events that are known, and what their `data` is. */
export interface WebhookEvents {
  "organization.created": { organization: WebhookOrganization };
  "organization.updated": { organization: WebhookOrganization };
  "organization.deleted": { organization: WebhookOrganization };
  "user.created": { user: WebhookUser };
  "user.updated": { user: WebhookUser };
  "user.deleted": { user: WebhookUser };
  "user.authenticated": { user: WebhookUser };
  "user.authentication_failed": { user: WebhookUser };
  "role.created": { role: WebhookRole };
  "role.updated": { role: WebhookRole };
  "role.deleted": { role: WebhookRole };
  "permission.created": { permission: WebhookRole };
  "permission.updated": { permission: WebhookRole };
  "permission.deleted": { permission: WebhookRole };
  "subscriber.created": { subscriber: WebhookSubscriber };
  "access_request.created": { [field: string]: unknown };
  /** A customer has signed up to a plan, or changed it. */
  "customer.agreement_created": WebhookBilling;
  /** A subscription has ended, by the customer or by an administrator. */
  "customer.agreement_cancelled": WebhookBilling;
  "customer.plan_assigned": WebhookBilling;
  "customer.plan_changed": WebhookBilling;
  "customer.payment_succeeded": WebhookBilling;
  "customer.payment_failed": WebhookBilling;
  /** An invoice was not paid in time; where payments are automatic, there are none such. */
  "customer.invoice_overdue": WebhookBilling;
  "customer.meter_usage_updated": WebhookBilling;
}

/** An event of a type that is known. */
export type KnownWebhookEvent = {
  [Type in keyof WebhookEvents]: WebhookEventBase & { type: Type; data: WebhookEvents[Type] };
}[keyof WebhookEvents];

/** An event of a type that is newer than this package. */
export interface UnknownWebhookEvent extends WebhookEventBase {
  type: UnknownWebhookType;
  data: unknown;
}

/**
 * A type that is none of the known ones: any other string. If this were `string`, the known ones could not
 * be told apart from it. To compare it with one, say `event.type as string`.
 */
export type UnknownWebhookType = Unknown.type;
declare enum Unknown {
  type = "",
}

/** An event, told apart by its `type`. */
export type KindeWebhookEvent = KnownWebhookEvent | UnknownWebhookEvent;

export {};
