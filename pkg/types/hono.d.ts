// Declarations of kinde-edge/hono, written by hand.

import type { Session } from "./oauth.js";
import type { RouteOptions, ServerSession } from "./routes.js";
import type { Guard, TokenClaims } from "./tokens.js";

export type { RouteOptions, ServerSession } from "./routes.js";

/** What the middleware leaves in the context: `new Hono<{ Variables: KindeVariables }>()`. */
export interface KindeVariables {
  /** Who is signed in, behind {@link auth}; `undefined` if nobody is. */
  kinde: ServerSession | undefined;
  /** The token of the request and its claims, behind {@link requires}. */
  auth: { token: string; claims: TokenClaims };
}

/** A middleware of Hono 4. */
export type Middleware = (context: any, next: () => Promise<void>) => Promise<any>;

/** Where sign-in is. */
export interface PathOptions {
  /** What the addresses begin with. Default: `/auth`. */
  path?: string | undefined;
}

/** What {@link auth} takes beside the session. */
export interface AuthOptions extends PathOptions, RouteOptions {}

/**
 * Signs people in with a session, and knows them again: `context.get("kinde")` is who is signed in.
 *
 * It answers `GET /auth/login` (parameters `returnTo`, `org_code`, `login_hint`, …), `GET /auth/register`,
 * `GET /auth/callback` (the session's `redirectUri`), `POST /auth/logout`, `GET /auth/me` (`{ user }` for pages, without a
 * token) and, with the option, `GET /auth/portal`. What fails goes to Hono's error handler as an error without a status.
 *
 * ```ts
 * const app = new Hono<{ Variables: KindeVariables }>();
 * app.use(auth(kinde.session({ secret, redirectUri: "https://app.example/auth/callback" })));
 * app.get("/orders", requireUser(), (context) => context.text(`Hello ${context.get("kinde")?.claims.email}`));
 * ```
 */
export function auth(session: Session, options?: AuthOptions): Middleware;

/** Lets nobody past who is not signed in: pages lead to sign-in and back, other requests get a 401. Behind {@link auth}. */
export function requireUser(options?: PathOptions): Middleware;

/**
 * Lets requests past whose bearer token has what the guard asks for; others get its answer (401, 403, 503).
 *
 * ```ts
 * app.get("/api/orders", requires(kinde.guard({ audience, permissions: "read:orders" })), (context) =>
 *   context.json(ordersOf(context.get("auth").claims.sub)));
 * ```
 */
export function requires(guard: Guard<any>): Middleware;
