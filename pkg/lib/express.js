// Sessions and guarded routes in Express.

import { KindeError } from "kinde-edge-error";
import { actionOf, answer } from "./routes.js";

/** @import * as declared from "../types/express.js" */

/** @type {typeof declared.auth} */
export const auth = (session, { path = "/auth", ...options } = {}) =>
  handled(async (request, response, next) => {
    const { pathname, searchParams } = new URL(request.originalUrl ?? request.url, "http://localhost");
    const site = request.headers["sec-fetch-site"];
    const facts = { method: request.method, query: searchParams, site, path, ...options };
    const made = await answer(session, actionOf(pathname, path), request, facts);
    if (made) return send(response, made);
    const user = await session.get(request);
    for (const cookie of user?.headers.getSetCookie() ?? []) response.append("set-cookie", cookie);
    request.kinde = user && { claims: user.claims, accessToken: user.accessToken };
    next();
  });

/** @type {typeof declared.requireUser} */
export const requireUser = ({ path = "/auth" } = {}) =>
  handled(async (request, response, next) => {
    if (request.kinde) return next();
    const isPage = request.method === "GET" && request.headers.accept?.includes("text/html");
    if (!isPage) return response.status(401).json({ error: "not signed in" });
    return response.redirect(`${path}/login?returnTo=${encodeURIComponent(request.originalUrl)}`);
  });

/** @type {typeof declared.requires} */
export const requires = (guard) =>
  handled(async (request, response, next) => {
    const { response: refusal, token, claims } = await guard.check(request);
    if (refusal) return send(response, refusal);
    request.auth = { token, claims };
    next();
  });

/**
 * A failure goes to Express, without the status of Kinde's answer.
 * @param {(request: any, response: any, next: (error?: unknown) => void) => unknown} act
 * @returns {(request: any, response: any, next: (error?: unknown) => void) => Promise<void>}
 */
const handled = (act) => async (request, response, next) => {
  try {
    await act(request, response, next);
  } catch (error) {
    next(KindeError.internal(error));
  }
};

/**
 * @param {any} response
 * @param {Response} made
 */
async function send(response, made) {
  for (const [name, value] of made.headers) response.append(name, value);
  response.status(made.status).end(new Uint8Array(await made.arrayBuffer()));
}
