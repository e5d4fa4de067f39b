// Sessions in cookies: requests in, responses out. What happens between is in the wasm.

import { configure_session, session } from "kinde-edge-wasm";
import { promised } from "./promised.js";

/** What the wasm does with a request. */
const SIGN_IN = 0;
const CALLBACK = 1;
const SIGN_OUT = 2;
const USER = 3;

export class Session {
  // Private, so that no log prints the secrets.
  #step;

  constructor(settings, options) {
    const config = configure_session(settings, options);
    this.#step = (step, request, params) => promised((sink) => session(settings, config, step, request, params, sink));
  }

  async signIn(request, params) {
    return redirect(await this.#step(SIGN_IN, request, params));
  }

  async callback(request) {
    return redirect(await this.#step(CALLBACK, request));
  }

  async signOut(request, params) {
    return redirect(await this.#step(SIGN_OUT, request, params));
  }

  async get(request) {
    const user = await this.#step(USER, request);
    if (!user) return undefined;
    const [cookies, claims, accessToken] = user;
    return { claims, accessToken, headers: withCookies(new Headers(), cookies) };
  }
}

Object.defineProperty(Session, "name", { value: "Session" });

function redirect([cookies, location]) {
  const headers = withCookies(new Headers({ location, "cache-control": "no-store" }), cookies);
  return new Response(null, { status: 302, headers });
}

function withCookies(headers, cookies) {
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}
