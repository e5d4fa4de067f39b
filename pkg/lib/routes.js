// What a session answers at the addresses of a program that signs people in: what the adapters to frameworks have in common.

import { requestOf } from "./request.js";

/** @import { Session, SessionRequest } from "../types/oauth.js" */
/** @import { RouteOptions } from "../types/routes.js" */

/** What the address of a sign-in may say. Where to go afterwards is checked by the session. */
const PARAMS = [
  "returnTo",
  "org_code",
  "org_name",
  "is_create_org",
  "login_hint",
  "connection_id",
  "lang",
  "invitation_code",
  "plan_interest",
  "pricing_table_key",
];

/** Of an answer that is one person's: no cache may keep it. */
export const PRIVATE = { "cache-control": "private, no-store" };

/**
 * The last part of a path below `base`: what is asked for.
 * @param {string} path
 * @param {string} base
 */
export const actionOf = (path, base) => (path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined);

/**
 * The answer to `login`, `register`, `callback`, `logout`, `me` or `portal`; nothing for what else is asked for.
 * @param {Session} session
 * @param {string | undefined} action
 * @param {SessionRequest} request
 * @param {RouteOptions & { method: string, query: URLSearchParams, site: string | null | undefined, path: string }} facts
 *   `site` is the header `Sec-Fetch-Site`.
 * @returns {Promise<Response | undefined>}
 */
export async function answer(session, action, request, { method, query, site, path, portal, deniedPath }) {
  switch (action) {
    case "login":
    case "register": {
      const params = Object.fromEntries(known(query));
      const response = await session.signIn(request, action === "register" ? { ...params, prompt: "create" } : params);
      response.headers.append("set-cookie", cookieOf(path, `${action}?${new URLSearchParams(params)}`));
      return response;
    }
    case "callback":
      return callback(session, request, { query, path, deniedPath });
    case "logout":
      // Who signs out has pressed a button of this site: no link or picture elsewhere does it for them.
      if (method !== "POST") return refusal(405, "sign out by POST", { allow: "POST" });
      if (site && site !== "same-origin" && site !== "none") return refusal(403, "sign out from this site");
      return session.signOut(request);
    case "me": {
      const user = await session.get(request);
      const headers = new Headers(user?.headers);
      headers.set("cache-control", "no-store");
      return Response.json({ user: user ? profileOf(user.claims) : null }, { headers });
    }
    case "portal":
      return portal && toPortal(session, request, { query, path, portal });
    default:
      return undefined;
  }
}

/**
 * @param {Session} session
 * @param {SessionRequest} request
 * @param {{ query: URLSearchParams, path: string, deniedPath: string | undefined }} facts
 */
async function callback(session, request, { query, path, deniedPath }) {
  const sent = requestOf(request).headers?.get("cookie") ?? "";
  const begun = begunBy(path, sent);
  try {
    const response = await session.callback(request);
    if (begun) response.headers.append("set-cookie", cookieOf(path, ""));
    return response;
  } catch (error) {
    const code = /** @type {any} */ (error)?.errors?.[0]?.code;
    if (code === "access_denied" && query.get("error") === code) return denied(path, begun, deniedPath);
    if (code !== "sign_in_not_found") throw error;
    // A browser that sends no cookie of a sign-in may keep none (Safari on http://localhost): it would go in circles.
    if (!begun && !sent.includes(".sign-in."))
      return refusal(
        400,
        `this browser sent no cookie of a sign-in: begin at ${path}/login; http needs a browser that keeps Secure cookies there`,
      );
    // It took too long, or another one was begun: to begin anew is the remedy.
    return redirect(`${path}/${begun?.action ?? "login"}${begun?.search ?? ""}`);
  }
}

/**
 * Whoever cancels at the service, or may not sign in. Without a page of the program's own it is one that leads nowhere by
 * itself: a guarded page would begin a sign-in, which the service might refuse again without asking, and so on.
 * @param {string} path
 * @param {ReturnType<typeof begunBy>} begun
 * @param {string | undefined} deniedPath
 */
function denied(path, begun, deniedPath) {
  if (deniedPath !== undefined) {
    const params = new URLSearchParams({ error: "access_denied" });
    const returnTo = begun?.params.get("returnTo");
    if (returnTo) params.set("returnTo", returnTo);
    return redirect(`${deniedPath}${deniedPath.includes("?") ? "&" : "?"}${params}`);
  }
  const again = `${path}/${begun?.action ?? "login"}${begun?.search ?? ""}`.replaceAll("&", "&amp;");
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not signed in</title>
<p>You are not signed in: the sign-in was cancelled or refused. <a href="${again}">Sign in</a></p></html>`;
  const headers = {
    ...PRIVATE,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  };
  return new Response(page, { status: 403, headers });
}

/**
 * @param {Session} session
 * @param {SessionRequest} request
 * @param {{ query: URLSearchParams, path: string, portal: NonNullable<RouteOptions["portal"]> }} facts
 */
async function toPortal(session, request, { query, path, portal }) {
  const user = await session.get(request);
  if (!user) return redirect(`${path}/login?returnTo=${encodeURIComponent(`${path}/portal?${query}`)}`);
  const { claims, accessToken } = user;
  const { url } = await portal(
    { claims, accessToken },
    { subnav: /** @type {any} */ (query.get("subnav") ?? undefined) },
  );
  if (!url) throw new TypeError("portal gave no { url }");
  return redirect(url, user.headers);
}

/*
 * What a sign-in was begun with is in a cookie of its own, which outlives that of the sign-in: who takes longer, or opens
 * the address twice, begins anew with the same. Of several sign-ins it is the last one.
 */

/** How long, in seconds. */
const BEGUN_AGE = 3600;

/** What is longer is not kept: servers take 8 to 16 KB of headers. */
const BEGUN_LENGTH = 2500;

/**
 * One for each place of the routes.
 * @param {string} path
 */
const cookieName = (path) => `__Host-kinde.begun${path.replace(/[^\w-]/g, ".")}`;

/**
 * @param {string} path
 * @param {string} begun Nothing to remove it.
 */
function cookieOf(path, begun) {
  const value = begun.length > BEGUN_LENGTH ? "" : begun;
  return `${cookieName(path)}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${value ? BEGUN_AGE : 0}`;
}

/**
 * @param {string} path
 * @param {string} cookies
 */
function begunBy(path, cookies) {
  const before = `${cookieName(path)}=`;
  const found = cookies.split(/; */).find((cookie) => cookie.startsWith(before));
  const [, action, query] = /^(login|register)\?(.*)$/.exec(found?.slice(before.length) ?? "") ?? [];
  if (!action) return undefined;
  const params = new URLSearchParams(known(new URLSearchParams(query)));
  return { action, params, search: params.size > 0 ? `?${params}` : "" };
}

/** @param {URLSearchParams} query */
const known = (query) => [...query].filter(([name]) => PARAMS.includes(name));

/**
 * What a page may know of the person: no token.
 * @param {Record<string, any>} claims
 */
export function profileOf({ sub: id, email, name, given_name, family_name, picture, org_code }) {
  return { id, email, name, given_name, family_name, picture, org_code };
}

/**
 * @param {string} location
 * @param {Headers} [given]
 */
export function redirect(location, given) {
  const headers = new Headers(given);
  headers.set("location", location);
  headers.set("cache-control", PRIVATE["cache-control"]);
  return new Response(null, { status: 302, headers });
}

/** @type {(status: number, message: string, headers?: Record<string, string>) => Response} */
const refusal = (status, error, headers) => Response.json({ error }, { status, headers: { ...PRIVATE, ...headers } });
