/**
 * The client: `new Kinde(options)`, its calls, and the errors that they reject with.
 *
 * @module kinde-edge
 */

import type { OperationId, Operations, Resources } from "./generated.js";
import type { Oauth, Session, SessionOptions } from "./oauth.js";
import type { Guard, GuardRules, TokenClaims, TokenRefusal, Tokens, WebhookVerification } from "./tokens.js";

export * from "./generated.js";
export type * from "./oauth.js";
export * from "./tokens.js";

/** The version of this package. */
export const VERSION: string;

/** Where an access token comes from: itself, or a function that is asked before each attempt. */
export type AccessToken = string | (() => string | Promise<string>);

/** A stand-in for the global `fetch`. A service binding's `fetch` and `fetch` itself are such. */
export type Fetch = (input: string, init: FetchInit) => Promise<Response>;

/** What {@link Fetch} gets beside the URL. */
export interface FetchInit {
  /** `GET`, in capitals. */
  method: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Left out where there is none. */
  body?: NonNullable<RequestInit["body"]>;
  /** The service redirects nothing, and a token must not go elsewhere. */
  redirect: "manual";
  /** Ends the request when the call is aborted or takes too long. */
  signal: AbortSignal;
}

/** Headers by name, as a `Headers` object, or as pairs. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | Headers | Iterable<readonly [string, string]>;

/** Which POSTs and PATCHes are retried like a GET: all, none, or those that are as good twice as once. */
export type RetryWrites = boolean | "idempotent";

/** What every client takes, however it authenticates. */
export interface ClientOptions {
  /**
   * The business's own domain: `https://acme.kinde.com` or `acme.kinde.com`. `http://` is for this machine only:
   * localhost, 127.0.0.1, [::1].
   */
  domain: string;
  /**
   * Sends the requests. Default: the global `fetch`, which is looked up at each call. Keys of an issuer that came by a
   * function are used by clients with the same one, so make it once and not for each client.
   */
  fetch?: Fetch | undefined;
  /** How long one attempt may take, in milliseconds. Default: 30,000. `Infinity`: no limit. */
  timeout?: number | undefined;
  /** How long a call may take as a whole, in milliseconds, its waits and retries included. Default: no limit. */
  deadline?: number | undefined;
  /**
   * How often a failed request is sent again. Default: 2.
   *
   * GET, PUT and DELETE are repeated when no answer came and on 408, 429, 500, 502, 503 and 504, and so are POST and
   * PATCH that set single values; the others on 429 only (`retryWrites`). The wait is what the service asks for, up to
   * 60 seconds, else a random time of up to 0.5 seconds, then 1 second, doubling up to 8 (backoff with full jitter).
   */
  maxRetries?: number | undefined;
  /**
   * Which POSTs and PATCHes are retried like the others. Default: `"idempotent"`, those of the document that are as
   * good twice as once, such as setting a feature flag: their hovers say so. `true`: all; `false`: none.
   */
  retryWrites?: RetryWrites | undefined;
  /**
   * How many requests may be under way at once. Default: no limit.
   *
   * The others wait, first come first served: `timeout` does not count that wait, `deadline` does.
   *
   * With or without a limit: after a 429 all of them wait until the service accepts requests again, and go on
   * at the pace that it accepted. Without a limit these are all calls of the isolate with the same domain,
   * credentials and `fetch`. Such refusals do not count as retries while the service takes others. A call
   * whose turn would come after its `deadline` fails at once, as `rate_limited`.
   */
  maxConcurrency?: number | undefined;
  /** Sent with every request. Default: none. */
  headers?: HeadersInput | undefined;
  /** Told what happens to every call, for traces and metrics. Default: none. */
  hooks?: Hooks | undefined;
  /** Gets a line for what happens: `console`, pino, winston. Default: none. */
  logger?: Logger | undefined;
  /** The least that the logger gets. Default: `"info"`. */
  logLevel?: LogLevel | undefined;
}

/** How much a line matters: `debug` has every request, `info` retries and new tokens, `error` calls that failed. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "off";

/** Where log lines go. No credentials, tokens, parameters or bodies are in them. */
export interface Logger {
  /** Every request. */
  debug(message: string, event: CallEvent): unknown;
  /** A retry, a new token. */
  info(message: string, event: CallEvent): unknown;
  /** A token that could not be had, a token store or a hook that fails. */
  warn(message: string, event: CallEvent): unknown;
  /** A call that failed. */
  error(message: string, event: CallEvent): unknown;
}

/**
 * Functions that are told what happens to calls. No credentials, tokens, parameters or bodies are in the
 * events. What a hook throws or rejects with harms no call, and nobody waits for it.
 */
export interface Hooks {
  /** A request is about to be sent. */
  request?: ((event: RequestEvent) => unknown) | undefined;
  /** It was answered, or came to nothing: each `request` has its `response`, unless the Worker is cancelled. */
  response?: ((event: ResponseEvent) => unknown) | undefined;
  /** It will be sent again. */
  retry?: ((event: RetryEvent) => unknown) | undefined;
  /** A token was asked for: of the token endpoint, which is charged, or of the token store. */
  token?: ((event: TokenEvent) => unknown) | undefined;
}

/** What every event says. */
export interface CallEvent {
  /** A number that all events of one call share. */
  call: number;
  /** The operation id; a path of the caller's own and sign-in have none. */
  operation?: OperationId;
  /** The method's name on the client: `users.list`, `oauth.exchangeCode`. */
  name?: string;
  /** The HTTP method. */
  method: string;
  /** Where the call goes: `https://acme.kinde.com`. */
  domain: string;
  /** The path with placeholders in place of values: `/api/v1/organizations/{org_code}/users`. */
  path: string;
  /** How many times the request was sent, this time included. A token is asked for before that. */
  attempt: number;
}

/** A request that is about to be sent. */
export interface RequestEvent extends CallEvent {
  /** Empty. What a hook puts into it goes out with this request: `traceparent`. */
  headers: Record<string, string>;
}

/** What an attempt came to. */
export interface ResponseEvent extends CallEvent {
  /** The HTTP status, if an answer came. */
  status?: number;
  /** What went wrong, if something did. */
  error?: KindeErrorCode;
  /** How long it took, in milliseconds. */
  duration: number;
  /** Those of the answer, if one came. Not enumerable: a log that gets the event does not print them. */
  readonly headers?: Headers;
  /** What the answer's headers say of the rate limit (`RateLimit-…`, `X-RateLimit-…`), if they do. */
  rateLimit?: RateLimit;
}

/** Figures of a rate limit, as far as the service gives them. */
export interface RateLimit {
  /** How many requests a window allows. */
  limit?: number;
  /** How many of them are left. */
  remaining?: number;
  /** When the window ends: as the service gives it, usually in seconds from now. */
  reset?: number;
}

/** An attempt that failed, and is followed by another one. */
export interface RetryEvent extends CallEvent {
  /** The HTTP status, if an answer came. */
  status?: number;
  /** What went wrong with it. */
  error: KindeErrorCode;
  /** How long the client waits first, in milliseconds. */
  wait: number;
}

/** A token that was asked for. */
export interface TokenEvent extends CallEvent {
  /** The HTTP status of the token endpoint, if it answered. */
  status?: number;
  /** What went wrong, if something did. */
  error?: KindeErrorCode;
  /** How long it took, in milliseconds. */
  duration: number;
  /** Whether it came from the token store. */
  stored: boolean;
}

/**
 * A place to keep tokens in that outlives an isolate or is shared with others. See `kinde-edge/stores` for
 * Workers KV and the Cache API.
 *
 * Keys name domain, client id, audience and scope, and end with a hash of the client secret. Values hold an access token: whoever can read the store
 * can use it until it expires. A store that throws, hangs or gives rubbish never fails a call.
 */
export interface TokenStore {
  /** The value of a key, unless there is none or it is too old. */
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  /** Keeps a value, for that many seconds at most. */
  set(key: string, value: string, seconds: number): unknown;
  /** Drops a value: the service does not take its token any more. */
  delete(key: string): unknown;
}

/** The client credentials of a machine-to-machine application. */
export interface MachineCredentials {
  /** The application's client id. */
  clientId: string;
  /** The application's client secret. It must never reach a browser. */
  clientSecret: string;
}

/** A client with tokens of its own, from the client credentials of a machine-to-machine application. */
export interface ClientCredentialsOptions extends ClientOptions {
  /** The application's client id; with `management`, that of the application that users sign in to. */
  clientId: string;
  /** The application's client secret. It must never reach a browser. */
  clientSecret: string;
  /**
   * The machine-to-machine application, where `clientId` is that of an application that users sign in to: calls and
   * `kinde.tokens.machine` use this one, `kinde.oauth` and sessions the other. Default: `clientId` is of a machine.
   */
  management?: MachineCredentials | undefined;
  /** What the tokens are for. Default: `{domain}/api`, the Management API. */
  audience?: string | undefined;
  /**
   * The scopes that the tokens are to have, separated by spaces. Default: all of the application's; so one that
   * is `undefined`, such as a variable that is not set, is refused.
   */
  scope?: string;
  /** Keeps tokens beyond the life of the program. Default: none. Clients of one isolate share theirs as it is. */
  tokenStore?: TokenStore | undefined;
  accessToken?: undefined;
}

/** A client of a machine-to-machine application beside one that users sign in to, which may keep no secret. */
export interface ManagementOptions extends ClientOptions {
  /** The application that users sign in to: for `kinde.oauth` and sessions. */
  clientId?: string | undefined;
  /** The secret of that application, if it can keep one. */
  clientSecret?: string | undefined;
  /** The machine-to-machine application: for calls and `kinde.tokens.machine`. */
  management: MachineCredentials;
  /** What the tokens of the machine are for. Default: `{domain}/api`, the Management API. */
  audience?: string | undefined;
  /** The scopes that they are to have, separated by spaces. Default: all of the application's. */
  scope?: string;
  /** Keeps them beyond the life of the program. Default: none. */
  tokenStore?: TokenStore | undefined;
  accessToken?: undefined;
}

/** A client with a token that someone else obtained. */
export interface AccessTokenOptions extends ClientOptions {
  /** The token, or a function that returns it. */
  accessToken: AccessToken;
  clientId?: undefined;
  clientSecret?: undefined;
  management?: undefined;
  audience?: undefined;
  scope?: undefined;
}

/**
 * A client that keeps no secret: a page that signs users in, a program that verifies tokens and webhooks.
 * What needs a token of its own fails with the code `configuration`.
 */
export interface BareOptions extends ClientOptions {
  /** The id of the application that users sign in to. */
  clientId?: string | undefined;
  clientSecret?: undefined;
  management?: undefined;
  accessToken?: undefined;
  audience?: undefined;
  scope?: undefined;
}

/** What a client is made of: client credentials, an access token, or neither. */
export type KindeOptions = ClientCredentialsOptions | ManagementOptions | AccessTokenOptions | BareOptions;

/** The variables that {@link Kinde.fromEnv} reads. */
export interface KindeEnv {
  /** The domain: `https://acme.kinde.com`. */
  KINDE_DOMAIN?: string | undefined;
  /**
   * The client id of a machine-to-machine application; beside that of `KINDE_MANAGEMENT_CLIENT_ID` or
   * `KINDE_M2M_CLIENT_ID`, of the application that users sign in to.
   */
  KINDE_CLIENT_ID?: string | undefined;
  /** The secret that goes with `KINDE_CLIENT_ID`. */
  KINDE_CLIENT_SECRET?: string | undefined;
  /** The client id of the option `management`: of a machine-to-machine application. */
  KINDE_MANAGEMENT_CLIENT_ID?: string | undefined;
  /** The secret that goes with `KINDE_MANAGEMENT_CLIENT_ID`. */
  KINDE_MANAGEMENT_CLIENT_SECRET?: string | undefined;
  /** What the tokens are for. Default: the Management API, `{domain}/api`. */
  KINDE_AUDIENCE?: string | undefined;
  /** The domain, where `KINDE_DOMAIN` is not set. */
  KINDE_ISSUER_URL?: string | undefined;
  /** The same, where `KINDE_MANAGEMENT_CLIENT_ID` is not set. */
  KINDE_M2M_CLIENT_ID?: string | undefined;
  /** The secret that goes with `KINDE_M2M_CLIENT_ID`. */
  KINDE_M2M_CLIENT_SECRET?: string | undefined;
  /** The least that is logged, to the console if there is no `logger`: `debug` has every request. */
  KINDE_LOG?: LogLevel | undefined;
}

/** The last argument of every method: what holds for one call. */
export interface RequestOptions {
  /** Ends the call: it rejects with the code `aborted`. */
  signal?: AbortSignal | undefined;
  /** How long one attempt may take, in milliseconds: then it fails with the code `timeout`. Default: the client's. */
  timeout?: number | undefined;
  /** How long the call may take as a whole, in milliseconds. Default: the client's. */
  deadline?: number | undefined;
  /** How often a failed request is sent again. Default: the client's. */
  maxRetries?: number | undefined;
  /** Which POSTs and PATCHes are retried like the others. Default: the client's. */
  retryWrites?: RetryWrites | undefined;
  /** Sent with this call. They win over the client's. */
  headers?: HeadersInput | undefined;
  /**
   * The token that this call carries, in place of the client's: that of a signed-in user for the calls of
   * `kinde.account`, which a machine's credentials cannot make.
   */
  accessToken?: AccessToken;
}

/** The last argument of a method that gives a list. */
export interface ListOptions extends RequestOptions {
  /** How many items to iterate at most. Default: all. */
  limit?: number | undefined;
  /** Where to begin: the `cursor` of a page, with the parameters of its list. Default: at the start. */
  cursor?: string | undefined;
}

/** The answer of a call, and on demand the response that it came with. */
export interface KindePromise<T> extends Promise<T> {
  /** The answer and the response: its status, its headers. The response's body is read already. */
  withResponse(): Promise<{ data: T; response: Response }>;
}

/** One page of a list. */
export interface Page<T, Item> {
  /** The items of this page: with `ending_before`, the nearest first. */
  items: Item[];
  /** The whole answer. */
  data: T;
  /** The response that it came with. */
  response: Response;
  /** The cursor of the next page, for the option `cursor` another time; `undefined` on the last page. */
  cursor: string | undefined;
}

/**
 * The call of a list: `await` it for its first page, iterate it for the items of every page. The next
 * page is asked for when the items of this one are used up, with the same parameters and options; with
 * `ending_before`, it is the one before, and items come in that order.
 *
 * Iterated as soon as it is called, a list is asked for in pages of 500, the most that the service gives
 * at once, or of `limit`, unless `page_size` says otherwise.
 *
 * An answer without its list fails with `decode`; a list that the service gives as null is `[]`. Pages
 * that the service says are there and that cannot be asked for end the iteration with `decode`.
 *
 * @example
 * ```ts
 * for await (const user of kinde.users.list()) console.log(user.email);
 * const users = await kinde.users.list().toArray({ limit: 2_000 });
 * ```
 */
export interface KindeList<T, Item> extends KindePromise<T>, AsyncIterable<Item> {
  /** The same, page by page. */
  pages(): AsyncGenerator<Page<T, Item>, void, undefined>;
  /** The items of all pages. */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>;
  /** The same in an array: all of them, or `limit` at most. */
  toArray(options?: { limit?: number | undefined }): Promise<Item[]>;
}

/** A file to upload: a `Blob` or `File`, bytes, or either with a name and a media type. */
export type Uploadable =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | {
      readonly data: Blob | ArrayBuffer | ArrayBufferView;
      /** The file name that the service is told. */
      readonly name?: string | undefined;
      /** The media type: `image/png`. */
      readonly type?: string | undefined;
    };

/** A value in a query string. An array repeats its key, an object is written `key[name]=value`. */
export type QueryValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly (string | number | boolean)[]
  | { readonly [name: string]: string | number | boolean | readonly (string | number | boolean)[] };

/** A request to an endpoint that has no method here. */
export interface RawRequest extends RequestOptions {
  /** Null and undefined are left out. */
  query?: Readonly<Record<string, QueryValue>> | undefined;
  /** Sent as it is if `fetch` takes it (bytes, `Blob`, `FormData` …), otherwise as JSON. */
  body?: unknown;
}

/**
 * What went wrong with a call.
 *
 * - `configuration`: the client cannot work as it was set up
 * - `invalid_request`: the call is wrong, nothing was sent
 * - `authentication`: no token could be had, the service does not take it (401), or a sign-in did not
 *   succeed, see `errors`
 * - `permission_denied`: the token lacks a scope (403), see `requiredScope`
 * - `not_found`: there is no such thing (404)
 * - `conflict`: what was to be made is there already (409, or 400 with a code that ends in `ALREADY_EXISTS`)
 * - `rate_limited`: too many calls (429), see `retryAfter`; with 0 `attempts`, the call was not sent, since its
 *   turn would have come after its `deadline`
 * - `server`: the service failed (5xx)
 * - `api`: any other refusal of the service
 * - `connection`: no answer came
 * - `timeout`: no whole answer came in time
 * - `aborted`: the caller's signal ended the call
 * - `decode`: the service agreed, with an answer that cannot be read
 * - `invalid_token`: a token did not pass verification, see `reason`
 */
export type KindeErrorCode =
  | "configuration"
  | "invalid_request"
  | "authentication"
  | "permission_denied"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "server"
  | "api"
  | "connection"
  | "timeout"
  | "aborted"
  | "decode"
  | "invalid_token";

/**
 * What the service, an OAuth endpoint or a sign-in calls a fault. Those that are known, for completion; there
 * are others, so that any string is one.
 */
export type KindeServiceErrorCode =
  // The Management API.
  | "ACCESS_DENIED"
  | "FORBIDDEN"
  | "INVALID_CREDENTIALS"
  | "ROUTE_NOT_FOUND"
  | "TOO_MANY_REQUESTS"
  | "USER_ALREADY_EXISTS"
  | "USER_NOT_FOUND"
  // OAuth: RFC 6749, sections 4.1.2.1 and 5.2, and OpenID Connect Core, section 3.1.2.6.
  | "access_denied"
  | "consent_required"
  | "interaction_required"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_request"
  | "invalid_scope"
  | "login_required"
  | "server_error"
  | "temporarily_unavailable"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  // A sign-in of this package.
  | "issuer_mismatch"
  | "missing_code"
  | "sign_in_not_found"
  | "state_mismatch"
  // Any other; written like this, editors still offer those above.
  | (string & {});

/** What a {@link KindeError} says beside its message. */
export interface KindeErrorFields {
  /** What went wrong, for programs. */
  readonly code: KindeErrorCode;
  /** The HTTP status, if an answer came. */
  readonly status?: number;
  /** The headers of the answer, if one came. Not enumerable: no serializer sends them on. */
  readonly headers?: Headers;
  /** The body of the answer: parsed if it is JSON, otherwise text. Not enumerable: no serializer sends it on. */
  readonly body?: unknown;
  /** What the service says is wrong. */
  readonly errors: readonly { readonly code: KindeServiceErrorCode; readonly message: string }[];
  /** The operation id of the call. */
  readonly operation?: string;
  /** The scope that the operation needs, on `permission_denied`. */
  readonly requiredScope?: string;
  /** The scopes that the token has, on `permission_denied`, if it says so. */
  readonly tokenScopes?: readonly string[];
  /** How long to wait before the next try, in seconds. */
  readonly retryAfter?: number;
  /** The service's name for the request, for Kinde's support: `x-request-id`, `x-amzn-requestid` or `cf-ray`. */
  readonly requestId?: string;
  /** How many times the request was sent. */
  readonly attempts: number;
  /** Why a token did not pass, on `invalid_token`. */
  readonly reason?: TokenRefusal;
  /** What is behind it: a network error, the reason of an abort. */
  cause?: unknown;
}

/**
 * What every call rejects with. No secret and no token is in its message or its properties; `body` is the
 * service's answer, which may hold personal data.
 */
export class KindeError extends Error {
  /** Calls make their own errors; this is for the tests of programs. */
  constructor(message: string, fields: KindeErrorFields);
  readonly name: "KindeError";
  /**
   * Whether a value is a `KindeError`: of this copy of the package, of another one, or one that came over Workers RPC with
   * its fields (compatibility flag `enhanced_error_serialization`).
   */
  static is(value: unknown): value is KindeError;
  /** What can be sent elsewhere: everything but `headers`, `body` and `cause`. `JSON.stringify` calls it. */
  toJSON(): { name: "KindeError"; message: string } & Omit<KindeErrorFields, "headers" | "body" | "cause">;
  /** The error of what {@link KindeError.toJSON} gave. Anything else is refused: it throws one with `invalid_request`. */
  static from(json: { message: string } & KindeErrorFields): KindeError;
  /**
   * The error as one of the program's own, without `status`: Express, Fastify, Koa and h3 answer with an error's status, so
   * a wrong client secret would look like a user who is not signed in (401). Any other value is given back as it is.
   *
   * ```ts
   * app.get("/users", async (request, response) => {
   *   const page = await kinde.users.list().catch((error) => { throw KindeError.internal(error); });
   *   response.json(page.users);
   * });
   * ```
   */
  static internal<T>(error: T): T | Error;
}
export interface KindeError extends KindeErrorFields {}

/**
 * A client of one Kinde business.
 *
 * @example
 * ```ts
 * const kinde = new Kinde({ domain: "https://acme.kinde.com", clientId, clientSecret });
 * const { users } = await kinde.users.list({ page_size: 50 });
 * ```
 */
export class Kinde {
  /** Nothing is requested until the first call. Throws a `KindeError` if an option is wrong or not known. */
  constructor(options: KindeOptions);

  /**
   * A client from the environment: see {@link KindeEnv}. What a getter or proxy of the environment throws is
   * passed on.
   *
   * @param env - A Worker's `env`; `process.env` if left out
   * @param options - Take precedence over the environment
   */
  static fromEnv(env?: KindeEnv | object, options?: Partial<KindeOptions>): Kinde;

  /**
   * Call an operation by its operation id.
   *
   * @param operationId - As the API document spells it
   * @param args - The values of path, query and body in one object, by their names on the wire
   * @param options - Signal, timeout and headers of this call
   * @example
   * ```ts
   * await kinde.call("getUserData", { id });
   * ```
   */
  call<Id extends OperationId>(
    operationId: Id,
    ...rest: {} extends Operations[Id]["args"]
      ? [args?: Operations[Id]["args"], options?: RequestOptions]
      : [args: Operations[Id]["args"], options?: RequestOptions]
  ): KindePromise<Operations[Id]["result"]>;

  /**
   * Call an endpoint that has no method here, with the client's token.
   *
   * @param method - `GET`
   * @param path - `/api/v1/whatever`
   * @param request - Query and body; signal, timeout and headers of this call
   */
  request<T = unknown>(method: string, path: string, request?: RawRequest): KindePromise<T>;

  /**
   * Let requests in that bring a bearer token with what a route needs. Throws a `KindeError` if a rule is wrong.
   *
   * @param rules - All of them have to hold. Default: any good token of the domain will do
   */
  guard<Claims extends object = TokenClaims>(rules?: GuardRules): Guard<Claims>;

  /**
   * Sessions in encrypted cookies, for a program that signs users in and has no store of its own. Throws a
   * `KindeError` with the code `configuration` if an option is wrong, or the client has no `clientId`.
   *
   * @example
   * ```ts
   * const session = kinde.session({ secret: env.SESSION_SECRET, redirectUri: "https://app.example/callback" });
   * const user = await session.get(request);
   * if (!user) return session.signIn(request, { returnTo: "/dashboard" });
   * return new Response(`Hello ${user.claims.name}`, { headers: user.headers });
   * ```
   */
  session(options: SessionOptions): Session;
}

export interface Kinde extends Resources {
  /** `kinde.oauth` */
  readonly oauth: Oauth;
  /** The tokens of the business: whether they are genuine, and what they say. */
  readonly tokens: Tokens;
  readonly webhooks: Resources["webhooks"] & WebhookVerification;
}
