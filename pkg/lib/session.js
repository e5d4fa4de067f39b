// Sessions in cookies: requests in, responses out. What happens between is in the wasm.

import { configure_session, session } from "kinde-edge-wasm";
import { hide } from "./hide.js";
import { promised } from "./promised.js";
import { requestOf } from "./request.js";

/** @import { Settings } from "./internal.js" */
/** @import * as declared from "../types/oauth.js" */

/** What the wasm does with a request. */
const SIGN_IN = 0;
const CALLBACK = 1;
const SIGN_OUT = 2;
const USER = 3;
const REFRESH = 4;

/** Under a symbol and not private, so that a proxy finds it. */
const STEP = Symbol("step");

/**
 * What a session keeps: behind a function, so that no log prints the secrets.
 * @param {object} session
 * @returns {(step: number, request: declared.SessionRequest, params?: object) => Promise<any>}
 */
const stepOf = (session) => /** @type {any} */ (session)[STEP];

/** Methods that know their session also where they are taken out of it. */
const BOUND = /** @type {const} */ (["signIn", "callback", "completeSignIn", "signOut", "get", "refresh"]);

/** @implements {declared.Session} */
export class Session {
  /**
   * @param {Settings} settings
   * @param {declared.SessionOptions} options
   */
  constructor(settings, options) {
    const config = configure_session(settings, options);
    /** @type {ReturnType<typeof stepOf>} */
    const step = (step, request, params) =>
      promised((sink) => session(settings, config, step, requestOf(request), params, sink));
    hide(this, STEP, step);
    for (const name of BOUND) hide(this, name, this[name].bind(this));
  }

  /** @type {declared.Session["signIn"]} */
  async signIn(request, params) {
    return redirect(await stepOf(this)(SIGN_IN, request, params));
  }

  /** @type {declared.Session["callback"]} */
  async callback(request) {
    return redirect(await stepOf(this)(CALLBACK, request));
  }

  /** @type {declared.Session["completeSignIn"]} */
  async completeSignIn(request) {
    const outcome = await stepOf(this)(CALLBACK, request);
    const [, , claims, accessToken] = outcome;
    return { response: redirect(outcome), claims, accessToken };
  }

  /** @type {declared.Session["signOut"]} */
  async signOut(request, params) {
    return redirect(await stepOf(this)(SIGN_OUT, request, params));
  }

  /** @type {declared.Session["get"]} */
  async get(request) {
    return signedIn(await stepOf(this)(USER, request));
  }

  /** @type {declared.Session["refresh"]} */
  async refresh(request) {
    return signedIn(await stepOf(this)(REFRESH, request));
  }
}

Object.defineProperty(Session, "name", { value: "Session" });

/** @param {[cookies: string[], location: string]} outcome */
function redirect([cookies, location]) {
  const headers = withCookies(new Headers({ location, "cache-control": "no-store" }), cookies);
  return new Response(null, { status: 302, headers });
}

/** @param {[cookies: string[], claims: declared.SignedIn["claims"], accessToken: string] | undefined} user */
function signedIn(user) {
  if (!user) return undefined;
  const [cookies, claims, accessToken] = user;
  return { claims, accessToken, headers: withCookies(new Headers(), cookies) };
}

/**
 * @param {Headers} headers
 * @param {string[]} cookies
 */
function withCookies(headers, cookies) {
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}
