// Sessions in Next.js: server components, the proxy, route handlers. What is of Next.js is asked for when it is needed, so
// that the module can be loaded without it; with `.js`, by which Node finds it where the package is not bundled.

import { answer, PRIVATE, profileOf, redirect } from "./routes.js";

/** @import { Session } from "../types/oauth.js" */
/** @import * as declared from "../types/next.js" */

/**
 * What Next.js serves at any site, and is nobody's. `_next/data` is not among it, which is what pages show, nor is
 * `_next/image`, which fetches what it is asked for without the proxy.
 */
const ASSETS = ["/_next/static/*", "/favicon.ico"];

/** @type {typeof declared.nextAuth} */
export function nextAuth(
  given,
  { path = "/api/auth", loginPath = `${path}/login`, publicPaths = [], ...options } = {},
) {
  const { onError, deniedPath, ...routes } = options;
  /** @type {Session | undefined} */
  let made;
  const session = () => (made ??= typeof given === "function" ? given() : given);
  const isPublic = typeof publicPaths === "function" ? publicPaths : anyOf(publicPaths);
  const isAsset = anyOf(ASSETS);
  const isSignIn = anyOf([
    loginPath,
    `${path}/*`,
    ...(deniedPath === undefined ? [] : [new URL(deniedPath, "http://localhost").pathname]),
  ]);

  /** @type {declared.NextAuth["getSession"]} */
  async function getSession() {
    const { headers } = await import("next/headers.js");
    // Before the session is made: what this throws is for Next.js, which then renders the page when it is asked for, and
    // `next build` needs no environment.
    const sent = await headers();
    // The address is not looked at.
    const user = await session().get({ url: "/", headers: sent });
    return user && { claims: user.claims, accessToken: user.accessToken };
  }

  /** @type {declared.NextAuth["getUser"]} */
  async function getUser() {
    const user = await getSession();
    return user ? profileOf(user.claims) : null;
  }

  /** @type {declared.NextAuth["proxy"]} */
  async function proxy(request) {
    const { NextResponse } = await import("next/server.js");
    const { pathname, search } = new URL(request.url);
    // Without the basePath of next.config, as Next.js's own matcher has it.
    const page = request.nextUrl?.pathname ?? pathname;
    if (isSignIn(pathname) || isAsset(page)) return NextResponse.next();
    const isForAll = isPublic(page);
    const user = await session()
      .get(request)
      .catch((error) => {
        // Whoever cannot be renewed now still sees what everybody sees.
        if (!isForAll) throw error;
        return undefined;
      });
    if (!user && !isForAll) return toSignIn(request, pathname + search);
    const cookies = user?.headers.getSetCookie() ?? [];
    if (cookies.length === 0) return NextResponse.next();
    // The page is rendered with the new cookies, too: it would renew again with a refresh token that has been used.
    const headers = new Headers(request.headers);
    headers.set("cookie", withCookies(headers.get("cookie") ?? "", cookies));
    const response = NextResponse.next({ request: { headers } });
    for (const cookie of cookies) response.headers.append("set-cookie", cookie);
    response.headers.set("cache-control", "private, no-store");
    return response;
  }

  /**
   * @param {Request} request
   * @param {string} returnTo
   */
  function toSignIn(request, returnTo) {
    const isPage = ["GET", "HEAD"].includes(request.method) && request.headers.get("accept")?.includes("text/html");
    // A link of Next.js that gets this asks again as a page; so a prefetch begins no sign-in.
    if (!isPage) return Response.json({ error: "not signed in" }, { status: 401, headers: PRIVATE });
    const location = new URL(loginPath, request.url);
    location.searchParams.set("returnTo", returnTo);
    return redirect(location.href);
  }

  /** @param {Request} request */
  async function act(request) {
    const { pathname, searchParams } = new URL(request.url);
    // The last part, also with `trailingSlash` and where the request's address lacks the basePath.
    const action = pathname.split("/").findLast((part) => part !== "");
    const site = request.headers.get("sec-fetch-site");
    const facts = { method: request.method, query: searchParams, site, path, deniedPath, ...routes };
    const response = await answer(session(), action, request, facts);
    return response ?? Response.json({ error: "no such address" }, { status: 404 });
  }

  /** @param {Request} request */
  const handle = async (request) => {
    try {
      return await act(request);
    } catch (error) {
      if (!onError) throw error;
      return onError(error, request);
    }
  };

  return { getUser, getSession, proxy, handler: { GET: handle, POST: handle } };
}

/**
 * Whether a path is one of these: as it is, with all below it (`/blog/*`), or as a regular expression finds it.
 * @param {readonly (string | RegExp)[]} patterns
 * @returns {(path: string) => boolean}
 */
function anyOf(patterns) {
  return (given) => {
    const path = given.replace(/(?<=.)\/$/, "");
    return patterns.some((pattern) => {
      // Unlike `test`, `search` begins at the beginning each time.
      if (typeof pattern !== "string") return path.search(pattern) >= 0;
      if (!pattern.endsWith("/*")) return path === pattern.replace(/(?<=.)\/$/, "");
      return path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1));
    });
  };
}

/**
 * The cookies of a request as the browser will send them once it has these.
 * @param {string} header
 * @param {string[]} lines
 */
function withCookies(header, lines) {
  const nameOf = (/** @type {string} */ pair) => pair.slice(0, pair.indexOf("=")).trim();
  const pairs = new Map(header.split(";").map((pair) => [nameOf(pair), pair.trim()]));
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split(";");
    const isGone = attributes.some((attribute) => /^\s*max-age\s*=\s*0\s*$/i.test(attribute));
    if (isGone) pairs.delete(nameOf(pair));
    else pairs.set(nameOf(pair), pair);
  }
  return [...pairs.values()].filter(Boolean).join("; ");
}
