// What kinde-edge/next, /express and /hono have in common, written by hand.

import type { GetPortalLinkSubnav } from "./index.js";
import type { IdTokenClaims } from "./oauth.js";

/** Who is signed in, as a page may know it: claims of the id token, and no token. */
export interface User {
  /** The user's id, `kp_…`: the claim `sub`. */
  id: string;
  email?: string | undefined;
  /** The whole name. */
  name?: string | undefined;
  given_name?: string | undefined;
  family_name?: string | undefined;
  /** The address of a picture. */
  picture?: string | undefined;
  /** The organization that the user is signed in to. */
  org_code?: string | undefined;
}

/** Who is signed in, with the access token: for the server only. */
export interface ServerSession {
  /** The claims of the id token. */
  claims: IdTokenClaims;
  /** For calls as this user: `new Kinde({ domain, accessToken })`. Never give it to a page. */
  accessToken: string;
}

/** What the routes of a sign-in do beyond signing in. */
export interface RouteOptions {
  /**
   * A page of your own for whoever cancels at Kinde or may not sign in: it gets `?error=access_denied`, and `returnTo` for
   * another try, if the sign-in had one. Everybody has to be able to see it. Default: a short page with a link to sign in
   */
  deniedPath?: string | undefined;
  /**
   * Makes the link for `{path}/portal`, Kinde's self-serve portal. Default: there is no such address
   *
   * ```ts
   * portal: ({ accessToken }, { subnav }) =>
   *   new Kinde({ domain, accessToken }).account.getPortalLink({ subnav, return_url: "https://app.example" }),
   * ```
   */
  portal?:
    | ((user: ServerSession, params: { subnav: GetPortalLinkSubnav | undefined }) => PromiseLike<{ url?: string }>)
    | undefined;
}
