/**
 * Who is signed in, for components of React 18 or 19: asked at the session's own endpoint (`/api/auth/me`), which
 * `kinde-edge/next`, `kinde-edge/express` and `kinde-edge/hono` have. No token reaches the browser.
 *
 * @module kinde-edge/react
 */

import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactElement, ReactNode } from "react";
import type { GetPortalLinkSubnav } from "./index.js";
import type { User } from "./routes.js";

export type { User } from "./routes.js";

/** What {@link useUser} gives. */
export interface UserState {
  /** Null if nobody is signed in, and as long as that is not known. */
  user: User | null;
  /** Whether the answer is still to come. */
  isLoading: boolean;
  /** Why the last answer did not come; `user` is then who was signed in before. */
  error: unknown;
  /** Asks again: after a change of the profile, for instance. Never rejects. */
  refresh(): Promise<void>;
}

/** What {@link AuthProvider} takes. */
export interface AuthProviderProps {
  /**
   * What the addresses begin with, as the browser sees it (with the `basePath` of Next.js). Default: `/api/auth`;
   * `/auth` is that of `kinde-edge/express` and `kinde-edge/hono`.
   */
  path?: string | undefined;
  /**
   * Who is signed in, where the server knows (`await auth.getUser()`): nothing is asked then. Null if nobody is. Default:
   * it is asked for in the browser.
   */
  user?: User | null | undefined;
  children?: ReactNode;
}

/**
 * Tells the components in it who is signed in.
 *
 * ```tsx
 * // app/layout.tsx
 * import { AuthProvider } from "kinde-edge/react";
 *
 * export default function Layout({ children }) {
 *   return <html lang="en"><body><AuthProvider>{children}</AuthProvider></body></html>;
 * }
 * ```
 */
export function AuthProvider(props: AuthProviderProps): ReactElement;

/**
 * Who is signed in, in a component inside {@link AuthProvider}.
 *
 * What a page shows by it is for the eye: what only some may have, the server checks.
 *
 * ```tsx
 * const { user, isLoading } = useUser();
 * if (isLoading) return null;
 * return user ? <SignOut>{user.email}: sign out</SignOut> : <SignIn returnTo="/orders" />;
 * ```
 *
 * @throws Error if there is no provider
 */
export function useUser(): UserState;

/** What {@link SignIn} and {@link SignUp} take, beside the attributes of an `<a>`. */
export interface SignInProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** The path to come back to. Default: the session's. */
  returnTo?: string | undefined;
  /** The organization to sign in to: also to switch to it. */
  orgCode?: string | undefined;
  /** The name of an organization, for the page of the sign-in. */
  orgName?: string | undefined;
  /** Whether an organization is created, with `orgName`: of {@link SignUp}. */
  createOrg?: boolean | undefined;
  /** Whose sign-in it is likely to be: an address of email. */
  loginHint?: string | undefined;
  /** The connection to sign in by: `conn_…`. */
  connectionId?: string | undefined;
  /** The language of the page of the sign-in: `de`. */
  lang?: string | undefined;
  /** The code of an invitation. */
  invitationCode?: string | undefined;
  /** The plan that is likely to be chosen. */
  planInterest?: string | undefined;
  /** The pricing table to show. */
  pricingTableKey?: string | undefined;
  /** What stands in the link. Default: `Sign in`, `Sign up` */
  children?: ReactNode;
}

/**
 * A link that begins a sign-in.
 *
 * ```tsx
 * <SignIn className="button" returnTo="/orders">Sign in</SignIn>
 * <SignIn orgCode="org_1">Switch to Acme</SignIn>
 * ```
 */
export function SignIn(props: SignInProps): ReactElement;

/** A link to register: as {@link SignIn}. */
export function SignUp(props: SignInProps): ReactElement;

/** What {@link SignOut} takes, beside the attributes of a `<button>`. */
export interface SignOutProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What stands on the button. Default: `Sign out` */
  children?: ReactNode;
}

/** A button that signs out, in a form of its own: signing out is a `POST`, so that no link elsewhere does it. */
export function SignOut(props: SignOutProps): ReactElement;

/** What {@link PortalLink} takes, beside the attributes of an `<a>`. */
export interface PortalLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** The page of the portal. Default: the profile */
  subnav?: GetPortalLinkSubnav | undefined;
  /** What stands in the link. Default: `Account` */
  children?: ReactNode;
}

/** A link to the self-serve portal, on which the user arrives signed in: needs the option `portal` of the routes. */
export function PortalLink(props: PortalLinkProps): ReactElement;
