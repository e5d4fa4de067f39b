/**
 * Sessions in Next.js 15 and 16, App Router: who is signed in, a proxy (middleware), the routes of sign-in.
 *
 * @module kinde-edge/next
 */

import type { Session } from "./oauth.js";
import type { RouteOptions, ServerSession, User } from "./routes.js";

export type { RouteOptions, ServerSession, User } from "./routes.js";

/** What {@link nextAuth} takes beside the session. */
export interface NextAuthOptions extends RouteOptions {
  /**
   * What the addresses of the routes begin with, as the browser sees it: with the `basePath` of `next.config`, if there is
   * one. Default: `/api/auth`
   */
  path?: string | undefined;
  /**
   * Where the proxy sends whoever is not signed in, with `?returnTo=`: a page of your own, which is then public. Default:
   * `{path}/login`
   */
  loginPath?: string | undefined;
  /**
   * The paths that the proxy lets everybody see, without `basePath`: as they are (`"/about"`), with all below them
   * (`"/blog/*"`), or by regular expressions. Sign-in itself and the files of Next.js are public anyway. Default: none
   */
  publicPaths?: readonly (string | RegExp)[] | ((path: string) => boolean) | undefined;
  /**
   * Answers where a route failed: a `returnTo` elsewhere, for instance, or Kinde cannot be reached. Default: the error goes
   * to Next.js, which logs it and answers 500
   */
  onError?: ((error: unknown, request: Request) => Response | PromiseLike<Response>) | undefined;
}

/** What {@link nextAuth} gives. */
export interface NextAuth {
  /**
   * Who is signed in, in a server component, an action or a route handler; null if nobody is. It has no token and may be
   * given to client components.
   *
   * It writes no cookies, which a server component cannot: they are renewed by {@link NextAuth.proxy}, which has to run for
   * every path where this is called. Rejects as `session.get`.
   */
  getUser(): Promise<User | null>;
  /** As {@link NextAuth.getUser}, with all claims and the access token; `undefined` if nobody is signed in. */
  getSession(): Promise<ServerSession | undefined>;
  /**
   * The proxy (`middleware` before Next.js 16): renews the cookies, for the browser and for the page that is rendered;
   * lets public paths through; leads pages to sign-in and back. Other requests (of a script, of an action) get a 401.
   *
   * It is the first check and should not be the only one: call {@link NextAuth.getUser} where data is read.
   */
  proxy(request: Request & { readonly nextUrl?: { readonly pathname: string } }): Promise<Response>;
  /**
   * The routes: `GET login` (parameters `returnTo`, `org_code` to switch the organization, `login_hint`, …),
   * `GET register`, `GET callback` (the session's `redirectUri`), `POST logout`, `GET me` (`{ user }`) and, with the option,
   * `GET portal`.
   */
  handler: { GET(request: Request): Promise<Response>; POST(request: Request): Promise<Response> };
}

/**
 * Signs people in with a session.
 *
 * ```ts
 * // auth.ts
 * import { Kinde } from "kinde-edge";
 * import { nextAuth } from "kinde-edge/next";
 *
 * export const auth = nextAuth(
 *   () => Kinde.fromEnv().session({ secret: process.env.SESSION_SECRET!, redirectUri: `${process.env.APP_URL}/api/auth/callback` }),
 *   { publicPaths: ["/", "/blog/*"] },
 * );
 *
 * // app/api/auth/[action]/route.ts
 * export const { GET, POST } = auth.handler;
 *
 * // proxy.ts (up to Next.js 15: middleware.ts, `export const middleware = auth.proxy`)
 * export const proxy = auth.proxy;
 *
 * // app/orders/page.tsx
 * const user = await auth.getUser();
 * ```
 *
 * @param session - The session, or what makes it at the first request: so that `next build` needs no environment
 */
export function nextAuth(session: Session | (() => Session), options?: NextAuthOptions): NextAuth;
