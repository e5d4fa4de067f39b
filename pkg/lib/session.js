// Sessions in cookies: requests in, responses out. What happens between is in the wasm.

import { configure_session, session } from "kinde-edge-wasm";
import { promised } from "./promised.js";

/** @import { Settings } from "./internal.js" */
/** @import * as declared from "../types/oauth.js" */

/** What the wasm does with a request. */
const SIGN_IN = 0;
const CALLBACK = 1;
const SIGN_OUT = 2;
const USER = 3;

/** @implements {declared.Session} */
export class Session {
  /**
   * Private, so that no log prints the secrets.
   * @type {(step: number, request: declared.SessionRequest, params?: object) => Promise<any>}
   */
  #step;

  /**
   * @param {Settings} settings
   * @param {declared.SessionOptions} options
   */
  constructor(settings, options) {
    const config = configure_session(settings, options);
    this.#step = (step, request, params) => promised((sink) => session(settings, config, step, request, params, sink));
  }

  /** @type {declared.Session["signIn"]} */
  async signIn(request, params) {
    return redirect(await this.#step(SIGN_IN, request, params));
  }

  /** @type {declared.Session["callback"]} */
  async callback(request) {
    return redirect(await this.#step(CALLBACK, request));
  }

  /** @type {declared.Session["signOut"]} */
  async signOut(request, params) {
    return redirect(await this.#step(SIGN_OUT, request, params));
  }

  /** @type {declared.Session["get"]} */
  async get(request) {
    const user = await this.#step(USER, request);
    if (!user) return undefined;
    const [cookies, claims, accessToken] = user;
    return { claims, accessToken, headers: withCookies(new Headers(), cookies) };
  }
}

Object.defineProperty(Session, "name", { value: "Session" });

/** @param {[cookies: string[], location: string]} outcome */
function redirect([cookies, location]) {
  const headers = withCookies(new Headers({ location, "cache-control": "no-store" }), cookies);
  return new Response(null, { status: 302, headers });
}

/**
 * @param {Headers} headers
 * @param {string[]} cookies
 */
function withCookies(headers, cookies) {
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}
