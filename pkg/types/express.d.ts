// Declarations of kinde-edge/express, written by hand.

import type { Session } from "./oauth.js";
import type { RouteOptions, ServerSession } from "./routes.js";
import type { Guard, TokenClaims } from "./tokens.js";

export type { RouteOptions, ServerSession } from "./routes.js";

declare global {
  namespace Express {
    interface Request {
      /** Who is signed in, behind {@link auth}; `undefined` if nobody is. */
      kinde?: ServerSession | undefined;
      /** The token of the request and its claims, behind {@link requires}. */
      auth?: { token: string; claims: TokenClaims } | undefined;
    }
  }
}

/** A middleware of Express 4 or 5. */
export type Middleware = (request: any, response: any, next: (error?: any) => void) => Promise<void>;

/** Where sign-in is. */
export interface PathOptions {
  /** What the addresses begin with. Default: `/auth`. */
  path?: string | undefined;
}

/** What {@link auth} takes beside the session. */
export interface AuthOptions extends PathOptions, RouteOptions {}

/**
 * Signs people in with a session, and knows them again: `request.kinde` is who is signed in.
 *
 * It answers `GET /auth/login` (parameters `returnTo`, `org_code`, `login_hint`, …), `GET /auth/register`,
 * `GET /auth/callback` (the session's `redirectUri`), `POST /auth/logout`, `GET /auth/me` (`{ user }` for pages, without a
 * token) and, with the option, `GET /auth/portal`. What fails goes to Express' error handler as an error without a status.
 *
 * ```ts
 * const session = kinde.session({ secret, redirectUri: "https://app.example/auth/callback" });
 * app.use(auth(session));
 * app.get("/orders", requireUser(), (request, response) => response.send(`Hello ${request.kinde?.claims.email}`));
 * ```
 */
export function auth(session: Session, options?: AuthOptions): Middleware;

/** Lets nobody past who is not signed in: pages lead to sign-in and back, other requests get a 401. Behind {@link auth}. */
export function requireUser(options?: PathOptions): Middleware;

/**
 * Lets requests past whose bearer token has what the guard asks for; others get its answer (401, 403, 503).
 *
 * ```ts
 * app.get("/api/orders", requires(kinde.guard({ audience, permissions: "read:orders" })), (request, response) =>
 *   response.json(ordersOf(request.auth?.claims.sub)));
 * ```
 */
export function requires(guard: Guard<any>): Middleware;
