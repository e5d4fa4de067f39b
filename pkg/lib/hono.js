// Sessions and guarded routes in Hono.

import { KindeError } from "kinde-edge-error";
import { actionOf, answer } from "./routes.js";

/** @import * as declared from "../types/hono.js" */

/** @type {typeof declared.auth} */
export const auth = (session, { path = "/auth", ...options } = {}) =>
  handled(async (context, next) => {
    const request = context.req.raw;
    const { pathname, searchParams } = new URL(request.url);
    const site = request.headers.get("sec-fetch-site");
    const facts = { method: request.method, query: searchParams, site, path, ...options };
    const made = await answer(session, actionOf(pathname, path), request, facts);
    if (made) return made;
    const user = await session.get(request);
    context.set("kinde", user && { claims: user.claims, accessToken: user.accessToken });
    await next();
    for (const cookie of user?.headers.getSetCookie() ?? []) context.header("set-cookie", cookie, { append: true });
  });

/** @type {typeof declared.requireUser} */
export const requireUser = ({ path = "/auth" } = {}) =>
  handled(async (context, next) => {
    if (context.get("kinde")) return next();
    const { req: request } = context;
    const isPage = request.method === "GET" && request.header("accept")?.includes("text/html");
    if (!isPage) return context.json({ error: "not signed in" }, 401);
    const { pathname, search } = new URL(request.url);
    return context.redirect(`${path}/login?returnTo=${encodeURIComponent(pathname + search)}`);
  });

/** @type {typeof declared.requires} */
export const requires = (guard) =>
  handled(async (context, next) => {
    const { response, token, claims } = await guard.check(context.req.raw);
    if (response) return response;
    context.set("auth", { token, claims });
    await next();
  });

/**
 * A failure goes to Hono, without the status of Kinde's answer.
 * @param {(context: any, next: () => Promise<void>) => Promise<any>} act
 * @returns {(context: any, next: () => Promise<void>) => Promise<any>}
 */
const handled = (act) => async (context, next) => {
  try {
    return await act(context, next);
  } catch (error) {
    throw KindeError.internal(error);
  }
};
