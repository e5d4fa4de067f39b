// Sign-in flows and sessions.

import type { OauthResource } from "./generated.js";
import type { RequestOptions } from "./index.js";
import type { NodeRequest, TokenClaims } from "./tokens.js";

/** A value in an address. Null and undefined are left out. */
export type UrlValue = string | number | boolean | null | undefined;

/** What a sign-in may ask for, by the names on the wire. What is not here is passed through. */
export interface SignInParams {
  /**
   * What is asked for, separated by spaces (RFC 6749, section 3.3). `openid` has to be in it; with
   * `offline` there is a refresh token. Default: `openid profile email`.
   */
  scope?: string | undefined;
  /** `create` to register, `login` to sign in again, `none` to show nothing. */
  prompt?: "create" | "login" | "none" | (string & {}) | undefined;
  /** The page to begin with. */
  start_page?: "login" | "registration" | (string & {}) | undefined;
  /** The organization to sign in to. */
  org_code?: string | undefined;
  /** Whether to create an organization, of the name `org_name`. */
  is_create_org?: boolean | undefined;
  /** The name of the organization to create. */
  org_name?: string | undefined;
  /** The email address, phone number or user name to fill in. */
  login_hint?: string | undefined;
  /** The connection to sign in with, without asking. */
  connection_id?: string | undefined;
  /** The language of the pages: `en-GB`. */
  lang?: string | undefined;
  /** The API that the access token is for, or several. Default: none; the client's `audience` is for machines. */
  audience?: string | readonly string[] | undefined;
  /** The invitation that the user follows. */
  invitation_code?: string | undefined;
  /** The billing plan to begin with. */
  plan_interest?: string | undefined;
  /** The pricing table to show. */
  pricing_table_key?: string | undefined;
  /** The deployment of the workflow to run. */
  workflow_deployment_id?: string | undefined;
  /** Whether the application goes on after a login link that has expired. */
  supports_reauth?: boolean | undefined;
  /** What a callback with the error `login_link_expired` brought. */
  reauth_state?: string | undefined;
  [parameter: string]: UrlValue | readonly string[];
}

/** What {@link OauthFlows.authorizationUrl} takes. */
export interface AuthorizationUrlParams extends SignInParams {
  /** Where the browser comes back to: one of the application's callback URLs. */
  redirect_uri: string;
  /** What the callback has to bring back. Default: 256 random bits. */
  state?: string | undefined;
  /** What the id token has to hold. Default: 256 random bits. */
  nonce?: string | undefined;
  response_type?: never;
  client_id?: never;
  client_secret?: never;
  code_challenge?: never;
  code_challenge_method?: never;
  code_verifier?: never;
  request?: never;
  request_uri?: never;
}

/**
 * A sign-in that has begun. All but `url` has to be kept until the callback, where this user's browser
 * and nobody else can have it.
 */
export interface SignInRequest {
  /** Where to send the browser. */
  url: string;
  /** What the callback has to bring back. */
  state: string;
  /** What the id token has to hold. */
  nonce: string;
  /** What proves that the exchange and the request are of one sign-in (RFC 7636): 43 characters. */
  code_verifier: string;
}

/** What {@link OauthFlows.exchangeCode} takes. */
export interface ExchangeCodeParams {
  /**
   * Where the browser came back to, with its query: the address, absolute or relative to
   * `redirect_uri`, or a `Request`, a `URL` or a `Location`.
   */
  url: string | { readonly url: string } | { readonly href: string };
  /** As it was in {@link AuthorizationUrlParams}. */
  redirect_uri: string;
  /** {@link SignInRequest.state} */
  state: string;
  /** {@link SignInRequest.nonce} */
  nonce: string;
  /** {@link SignInRequest.code_verifier} */
  code_verifier: string;
}

/** What {@link OauthFlows.refresh} takes. */
export interface RefreshParams {
  /** The refresh token. It may be good for this one time. */
  refresh_token: string;
  /** Fewer scopes than before, separated by spaces. Default: the same ones. */
  scope?: string;
  /** Whom a new id token has to be about: the `sub` of the old one. One that is undefined is refused. */
  sub?: string;
}

/** What {@link OauthFlows.logoutUrl} takes. What is not here is passed through. */
export interface LogoutUrlParams {
  /** Where the browser comes back to: one of the application's logout redirect URLs. */
  redirect?: string | undefined;
  [parameter: string]: UrlValue;
}

/** The claims of an id token (OpenID Connect Core, sections 2 and 5.1), which `kinde-edge/claims` reads. */
export interface IdTokenClaims extends TokenClaims {
  /** The user. */
  sub: string;
  /** The application, among others perhaps. */
  aud: string | string[];
  name?: string;
  given_name?: string;
  family_name?: string;
  preferred_username?: string;
  picture?: string;
  email?: string;
  email_verified?: boolean;
}

/** An answer of the token endpoint (RFC 6749, section 5.1), as it came but for what is marked. */
export interface TokenSet {
  access_token: string;
  /** To use next time: after a refresh that brought no new one, still the old one (added). */
  refresh_token?: string;
  id_token?: string;
  /** `bearer`, in one spelling or another. */
  token_type: string;
  /** The lifetime of the access token in seconds. If the service does not say: 300. */
  expires_in: number;
  /** When the access token expires, in milliseconds since 1970 (added). */
  expires_at: number;
  /** The scopes of the access token, separated by spaces. */
  scope?: string;
  /** The claims of the verified id token, if there is one (added). */
  claims?: IdTokenClaims;
  [field: string]: unknown;
}

/** What a sign-in gives. */
export interface SignInTokens extends TokenSet {
  id_token: string;
  claims: IdTokenClaims;
}

/** The service's metadata (OpenID Connect Discovery, section 3; RFC 8414, section 2). */
export interface ProviderMetadata {
  issuer: string;
  authorization_endpoint?: string;
  token_endpoint?: string;
  userinfo_endpoint?: string;
  jwks_uri?: string;
  end_session_endpoint?: string;
  introspection_endpoint?: string;
  revocation_endpoint?: string;
  scopes_supported?: string[];
  response_types_supported?: string[];
  grant_types_supported?: string[];
  code_challenge_methods_supported?: string[];
  id_token_signing_alg_values_supported?: string[];
  [field: string]: unknown;
}

/**
 * Signing users in: the authorization code flow with PKCE (RFC 6749, RFC 7636, RFC 9700; OpenID Connect
 * Core). The client needs the `clientId` of an application, and its `clientSecret` if the application
 * can keep one.
 */
export interface OauthFlows {
  /**
   * Begin a sign-in: the address to send the browser to, and what to keep until it comes back.
   *
   * Rejects with `invalid_request` for a parameter that cannot be right or is for the library to say
   * (`response_type`, `client_id`, the PKCE ones), and with `configuration` where there is no WebCrypto.
   *
   * @example
   * ```ts
   * const redirect_uri = "https://app.example/callback";
   * const { url, ...pending } = await kinde.oauth.authorizationUrl({ redirect_uri });
   * // Redirect to url, keep pending; then, at the callback:
   * const tokens = await kinde.oauth.exchangeCode({ url: request, redirect_uri, ...pending });
   * ```
   */
  authorizationUrl(params: AuthorizationUrlParams): Promise<SignInRequest>;

  /**
   * End a sign-in: exchange the code of the callback for tokens, and verify the id token: signature,
   * issuer, audience, `azp`, expiry, nonce, `at_hash` (OpenID Connect Core, section 3.1.3.7).
   *
   * Rejects with `authentication` if the callback or the token endpoint brings an error, which is in
   * `errors`, or if the callback is not the one of this sign-in: `state_mismatch`, `issuer_mismatch`,
   * `missing_code`. With `invalid_token` if the id token is not to be trusted. The request is repeated
   * only when the service did not look at it (429): a code can be used once.
   */
  exchangeCode(params: ExchangeCodeParams, options?: RequestOptions): Promise<SignInTokens>;

  /**
   * New tokens for a refresh token, which there is after a sign-in with the scope `offline`. Keep the
   * `refresh_token` of the answer: the one before may be refused from now on.
   *
   * Rejects like `exchangeCode`; a refresh token that is good no more is an `authentication` error with
   * `invalid_grant`.
   */
  refresh(params: RefreshParams, options?: RequestOptions): Promise<TokenSet>;

  /** Where to send the browser to end the user's session at Kinde. Nothing is sent from here. */
  logoutUrl(params?: LogoutUrlParams): string;

  /**
   * The service's metadata: `GET /.well-known/openid-configuration`, asked for anew at each call.
   * Rejects with `decode` if it names another issuer than the client's domain.
   */
  discovery(options?: RequestOptions): Promise<ProviderMetadata>;
}

/** `kinde.oauth`: the operations of the API, and the sign-in flows. */
export interface Oauth extends OauthResource, OauthFlows {}

/** What {@link Kinde.session} takes. */
export interface SessionOptions {
  /**
   * What the cookies are encrypted with: at least 32 characters, random ones (`openssl rand -base64 32`).
   * Of several the first encrypts and all decrypt, so that a secret can be replaced while the sessions
   * under the old one go on.
   */
  secret: string | readonly [string, ...string[]];
  /**
   * Where the browser comes back to after a sign-in: one of the application's callback URLs, with `https://` or
   * on one's own machine (`localhost`): elsewhere browsers keep no cookies of a session.
   */
  redirectUri: string;
  /** What a sign-in asks for. Default: `openid profile email offline`, with a refresh token. */
  scope?: string;
  /** The API that the access token is to be for, beside Kinde's own, or several. Default: none. */
  audience?: string | readonly string[];
  /** The name of the cookie, behind `__Host-`: at most 64 letters. Default: `kinde`. */
  cookie?: string | undefined;
  /**
   * How many cookies of 3.8 KB a session may take, 10 at most. Default: 3, for which the 16 KB of headers are
   * enough that Node and others take. A session that is longer is a `configuration` error, which says how many
   * bytes the server has to take.
   */
  maxCookies?: number | undefined;
  /** How long a session lasts, in seconds from the sign-in. Default: 7 days. */
  maxAge?: number;
  /** The path that a sign-in leads to if it does not say. Default: `/`. */
  returnTo?: string | undefined;
  /**
   * Where the browser comes back to after a sign-out: one of the application's logout redirect URLs.
   * Default: `/` at the origin of `redirectUri`.
   */
  postLogoutRedirectUri?: string | undefined;
}

/** What {@link Session.signIn} takes beside the request. */
export interface SessionSignInParams extends SignInParams {
  /**
   * The path to come back to, with query and fragment. Default: the session's, also in place of one of more than
   * 2,000 letters.
   */
  returnTo?: string | undefined;
  redirect_uri?: never;
  state?: never;
  nonce?: never;
}

/** Somebody who is signed in. */
export interface SignedIn {
  /** The claims of the id token, which was verified when it came. */
  claims: IdTokenClaims;
  /** For calls as this user: `new Kinde({ domain, accessToken })`. */
  accessToken: string;
  /**
   * The response has to carry these. They are empty but for `set-cookie` when the tokens were renewed:
   * if that does not reach the browser, the user may be signed out.
   */
  headers: Headers;
}

/** A request: what it came with, and where to. */
export type SessionRequest = { readonly url: string; readonly headers: Pick<Headers, "get"> } | NodeRequest;

/** What {@link Session.completeSignIn} gives. */
export interface CompletedSignIn {
  /** The redirect to where the sign-in began, with the cookies of the session. */
  response: Response;
  /** The claims of the id token, which was verified. */
  claims: SignedIn["claims"];
  /** The access token, for calls as this user. */
  accessToken: string;
}

/**
 * Signs users in and knows them again by an encrypted cookie. A cookie that was changed, is too old or is
 * from elsewhere is as good as none.
 */
export interface Session {
  /**
   * Begin a sign-in: a redirect to the service, and a cookie that ends the sign-in within 10 minutes.
   *
   * Rejects with `invalid_request` for a parameter that cannot be right. A `returnTo` that leads to
   * another origin is such, so it may come from the request.
   */
  signIn(request: SessionRequest, params?: SessionSignInParams): Promise<Response>;

  /**
   * End a sign-in, at the address of `redirectUri`: a redirect to where it began, signed in.
   *
   * Rejects as `kinde.oauth.exchangeCode`, and with an `authentication` error `sign_in_not_found` if the
   * sign-in took too long or began in another browser: to begin anew is the remedy.
   */
  callback(request: SessionRequest): Promise<Response>;

  /**
   * {@link Session.callback}, and who signed in, for programs that keep users of their own: answer with
   * `response` when the user is stored.
   */
  completeSignIn(request: SessionRequest): Promise<CompletedSignIn>;

  /**
   * Who is signed in; `undefined` if nobody is.
   *
   * A tenth of the access token's lifetime before it expires, 60 seconds at most, the tokens are renewed,
   * once for all requests that come at the same time. If the service refuses the refresh token
   * (`invalid_grant`), the user is signed out. A refresh token that was refused or replaced is not sent again
   * for ten minutes. Without a refresh token the session ends with the access
   * token. Rejects as `kinde.oauth.refresh` if the access token has expired and the service cannot renew
   * it now.
   */
  get(request: SessionRequest): Promise<SignedIn | undefined>;

  /**
   * {@link Session.get} with new tokens, whatever is left of the old ones: after roles, permissions, the
   * organization or the plan of the user have changed. Requests that want it at the same time share one
   * renewal. The answer has to carry the `headers`.
   *
   * Rejects as `kinde.oauth.refresh`, and with `configuration` if the session has no refresh token, because
   * `offline` was not in its scope.
   */
  refresh(request: SessionRequest): Promise<SignedIn | undefined>;

  /**
   * Sign out: a redirect to end the session at the service as well, without the cookies. A renewal that is
   * under way does not bring the session back: this instance of the program remembers for ten minutes who has
   * signed out. Whether the user
   * wants that is for the program to know: offer it by POST, and check `Origin` or `Sec-Fetch-Site`.
   *
   * @param params - Added to the address; `redirect` replaces the session's `postLogoutRedirectUri`
   */
  signOut(request: SessionRequest, params?: LogoutUrlParams): Promise<Response>;
}
