// What a session answers at the addresses of a program that signs people in: what the adapters to frameworks have in common.

import { requestOf } from "./request.js";

/** @import { Session, SessionRequest, SessionSignInParams } from "../types/oauth.js" */
/** @import { Claims } from "../types/claims.js" */

/** What the address of a sign-in may say. Where to go afterwards is checked by the session. */
const PARAMS = ["returnTo", "org_code", "org_name", "login_hint", "connection_id", "lang", "invitation_code"];

/**
 * The last part of a path below `base`: what is asked for.
 * @param {string} path
 * @param {string} base
 */
export const actionOf = (path, base) => (path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined);

/**
 * The answer to `login`, `register`, `callback`, `logout` or `me`; nothing for what else is asked for.
 * @param {Session} session
 * @param {string | undefined} action
 * @param {SessionRequest} request
 * @param {{ method: string, query: URLSearchParams, site: string | null | undefined, base: string }} facts `site` is the
 *   header `Sec-Fetch-Site`.
 * @returns {Promise<Response | undefined>}
 */
export async function answer(session, action, request, { method, query, site, base }) {
  switch (action) {
    case "login":
    case "register": {
      const params = Object.fromEntries([...query].filter(([name]) => PARAMS.includes(name)));
      return session.signIn(request, action === "register" ? { ...params, prompt: "create" } : params);
    }
    case "callback":
      return session.callback(request).catch((error) => {
        if (error?.errors?.[0]?.code !== "sign_in_not_found") throw error;
        // A browser that sends no cookie of a sign-in may keep none (Safari on http://localhost): it would go in circles.
        if (!requestOf(request).headers.get("cookie")?.includes(".sign-in."))
          return refusal(
            400,
            `this browser sent no cookie of a sign-in: begin at ${base}/login; http needs a browser that keeps Secure cookies there`,
          );
        // It took too long, or another one was begun: to begin anew is the remedy.
        return new Response(null, { status: 302, headers: { location: `${base}/login`, "cache-control": "no-store" } });
      });
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
    default:
      return undefined;
  }
}

/**
 * What a page may know of the person: no token.
 * @param {Record<string, any>} claims
 */
export function profileOf({ sub: id, email, name, given_name, family_name, picture, org_code }) {
  return { id, email, name, given_name, family_name, picture, org_code };
}

/** @type {(status: number, message: string, headers?: Record<string, string>) => Response} */
const refusal = (status, error, headers) => Response.json({ error }, { status, headers });
