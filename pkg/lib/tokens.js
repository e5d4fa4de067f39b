// Tokens, guarded routes and webhooks: what needs Request and Response around the verification.

import { check_guard, machine_token, verify_token } from "kinde-edge-wasm";
import { KindeError, traced } from "kinde-edge-error";
import { kind } from "./kind.js";
import { promised } from "./promised.js";
import { bodyOf, requestOf } from "./request.js";

/** @import { MethodsOf, Settings } from "./internal.js" */
/** @import { KindeErrorFields } from "../types/index.js" */
/** @import { Tokens, WebhookVerification, Guard, GuardRules, GuardedRequest } from "../types/tokens.js" */

const NO_REQUEST = 'guard: argument "request": expected a Request, or one of Node\'s with its headers, got ';
/** @type {KindeErrorFields} */
const REFUSED = { code: "invalid_request", errors: [], attempts: 0 };

/** What is verified: the input of `verify_token`. */
const [TOKEN, AUTHORIZATION, WEBHOOK] = [0, 1, 2];

/**
 * @param {Settings} settings
 * @param {number} purpose
 * @param {unknown} input
 * @param {object | undefined} options
 */
function verify(settings, purpose, input, options) {
  return promised((sink) => verify_token(settings, purpose, input, options, sink));
}

/**
 * Methods that resources have beside those of the API document.
 * @type {{ tokens: MethodsOf<Tokens>, webhooks: MethodsOf<WebhookVerification> }}
 */
export const methods = {
  tokens: {
    verify: (settings, [token, options]) => verify(settings, TOKEN, token, options),
    machine: (settings, [options]) => promised((sink) => machine_token(settings, options, sink)),
  },
  webhooks: {
    verify: (settings, [input, options]) => verify(settings, WEBHOOK, bodyOf(input), options),
  },
};

/**
 * Wraps a handler so that it only sees requests that may come in.
 * @param {Settings} settings
 * @param {GuardRules | undefined} rules
 * @returns {Guard}
 */
export function guard(settings, rules) {
  /** @type {{ rules?: object }} */
  const kept = {};
  check_guard(settings, rules, kept);

  /** @type {Guard["check"]} */
  async function check(request) {
    const { headers } = requestOf(request) ?? {};
    if (typeof headers?.get !== "function") throw new KindeError(NO_REQUEST + kind(request), REFUSED);
    const header = headers.get("authorization");
    const found = await verify(settings, AUTHORIZATION, header, kept.rules);
    if (found.length > 2) return refusal(found);
    const [token, claims] = found;
    return { token, claims };
  }

  /** @type {(handler: (...args: any[]) => unknown) => (request: GuardedRequest, ...rest: unknown[]) => Promise<any>} */
  const wrap = (handler) =>
    async function guarded(request, ...rest) {
      const { response, ...found } = await check(request);
      return response ?? handler(request, found, ...rest);
    };
  return Object.assign(wrap, { check });
}

/** @param {any[]} parts */
function refusal([status, code, description, challenge, retryAfter, error]) {
  const headers = new Headers({ "cache-control": "no-store" });
  if (challenge) headers.set("www-authenticate", challenge);
  if (retryAfter !== undefined) headers.set("retry-after", retryAfter);
  const body = { error: code, error_description: description };
  return { response: Response.json(body, { status, headers }), error: traced(error) };
}
