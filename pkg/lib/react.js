"use client";
// Who is signed in, for components of React: asked at the session's own endpoint. No token reaches the page.

import { createContext, createElement, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

/** @import * as declared from "../types/react.js" */

/** Where the routes are if there is no provider. */
const PATH = "/api/auth";

/** @type {import("react").Context<(declared.UserState & { path: string }) | undefined>} */
const Auth = createContext(/** @type {(declared.UserState & { path: string }) | undefined} */ (undefined));

/** @type {typeof declared.AuthProvider} */
export function AuthProvider({ path = PATH, user: known, children }) {
  const [state, setState] = useState(() => stateOf(known));
  const latest = useRef(0);

  const refresh = useCallback(async () => {
    // Of several that are under way the last one counts.
    const turn = ++latest.current;
    const next = await ask(path).then(
      (user) => () => stateOf(user),
      // Who was signed in may still be: what is known stays.
      (error) => (/** @type {typeof state} */ before) => ({ ...before, isLoading: false, error }),
    );
    if (turn === latest.current) setState(next);
  }, [path]);

  useEffect(() => {
    if (known === undefined) void refresh();
    else setState(stateOf(known));
    return () => void latest.current++;
  }, [known, refresh]);

  const value = useMemo(() => ({ ...state, refresh, path }), [state, refresh, path]);
  return createElement(Auth.Provider, { value }, children);
}

/** @type {typeof declared.useUser} */
export function useUser() {
  const auth = useContext(Auth);
  if (!auth) throw new Error("useUser: there is no <AuthProvider> around this component");
  const { user, isLoading, error, refresh } = auth;
  return { user, isLoading, error, refresh };
}

/** @type {typeof declared.SignIn} */
export const SignIn = (props) => createElement(SignInLink, { ...props, action: "login" });

/** @type {typeof declared.SignUp} */
export const SignUp = (props) => createElement(SignInLink, { ...props, action: "register" });

/** @type {typeof declared.SignOut} */
export function SignOut({ children = "Sign out", ...attributes }) {
  const action = `${usePath()}/logout`;
  // By POST, so that no link elsewhere signs anybody out.
  return createElement(
    "form",
    { method: "post", action, style: { display: "contents" } },
    createElement("button", { type: "submit", ...attributes }, children),
  );
}

/** @type {typeof declared.PortalLink} */
export function PortalLink({ subnav, children = "Account", ...attributes }) {
  const href = address(`${usePath()}/portal`, { subnav });
  return createElement("a", { ...attributes, href }, children);
}

/**
 * An anchor and not Next.js's Link, which would begin a sign-in when it prefetches.
 * @param {declared.SignInProps & { action: "login" | "register" }} props
 */
function SignInLink({ action, children, ...props }) {
  const { returnTo, orgCode, orgName, createOrg, loginHint, connectionId, lang, invitationCode, ...others } = props;
  const { planInterest, pricingTableKey, ...attributes } = others;
  const href = address(`${usePath()}/${action}`, {
    returnTo,
    org_code: orgCode,
    org_name: orgName,
    is_create_org: createOrg ? "true" : undefined,
    login_hint: loginHint,
    connection_id: connectionId,
    lang,
    invitation_code: invitationCode,
    plan_interest: planInterest,
    pricing_table_key: pricingTableKey,
  });
  return createElement("a", { ...attributes, href }, children ?? (action === "login" ? "Sign in" : "Sign up"));
}

const usePath = () => useContext(Auth)?.path ?? PATH;

/**
 * @param {string} path
 * @param {Record<string, string | undefined>} params
 */
function address(path, params) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) search.set(name, value);
  const query = String(search);
  return query ? `${path}?${query}` : path;
}

/**
 * @param {declared.User | null | undefined} user
 * @returns {{ user: declared.User | null, isLoading: boolean, error: unknown }}
 */
const stateOf = (user) => ({ user: user ?? null, isLoading: user === undefined, error: undefined });

/**
 * Ask who is signed in.
 * @param {string} path
 * @returns {Promise<declared.User | null>}
 */
async function ask(path) {
  const response = await fetch(`${path}/me`, { headers: { accept: "application/json" }, cache: "no-store" });
  if (!response.ok) throw new Error(`${path}/me answered ${response.status}`);
  const { user } = await response.json();
  return user ?? null;
}
