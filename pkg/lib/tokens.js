// Tokens, guarded routes and webhooks: what needs Request and Response around the verification.

import { check_guard, verify_token } from "kinde-edge-wasm";
import { KindeError, traced } from "kinde-edge-error";
import { promised } from "./promised.js";

/** @import { MethodsOf, Settings } from "./internal.js" */
/** @import { Tokens, WebhookVerification, WebhookInput, WebhookOptions, Guard, GuardRules, GuardedRequest } from "../types/tokens.js" */
/** @import { KindeErrorCode } from "../types/index.js" */

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
  },
  webhooks: {
    verify: (settings, [input, options]) => verifyWebhook(settings, input, options),
  },
};

/**
 * Wraps a handler so that it only sees requests that may come in.
 * @param {Settings} settings
 * @param {GuardRules | undefined} rules
 * @returns {Guard}
 */
export function guard(settings, rules) {
  check_guard(settings, rules);
  // What the caller does with its object later opens no door.
  const kept = Object.entries(rules ?? {}).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]);
  const own = Object.fromEntries(kept);

  /** @type {Guard["check"]} */
  async function check(request) {
    const header = request.headers.get("authorization");
    const found = await verify(settings, AUTHORIZATION, header, own);
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

/**
 * @param {Settings} settings
 * @param {WebhookInput} input
 * @param {WebhookOptions | undefined} options
 */
async function verifyWebhook(settings, input, options) {
  const body = await attempt(() => read(input), "invalid_request", "the body of the webhook cannot be read");
  const [event, id, seconds] = await verify(settings, WEBHOOK, body, options);
  if (!options?.seen) return event;
  const seen = await attempt(() => options.seen?.(id, seconds), "connection", "seen() failed");
  if (seen === false) return event;
  // An event is not new as long as nobody says so.
  if (seen !== true)
    throw new KindeError("seen() must give true or false", { code: "configuration", errors: [], attempts: 0 });
  throw new KindeError("the token is not valid (replayed): its event has been seen", {
    code: "invalid_token",
    reason: "replayed",
    errors: [],
    attempts: 0,
  });
}

/**
 * @template T
 * @param {() => T | Promise<T>} run
 * @param {KindeErrorCode} code
 * @param {string} message
 */
async function attempt(run, code, message) {
  try {
    return await run();
  } catch (cause) {
    throw new KindeError(message, { code, errors: [], attempts: 0, cause });
  }
}

/** The longest body of a webhook, in bytes. */
const LONGEST = 1 << 20;

/**
 * The text of a webhook's body, or a little more of it than may be.
 * @param {WebhookInput & { body?: ReadableStream<Uint8Array> | null }} input
 */
async function read(input) {
  if (typeof input === "string") return input;
  if (input instanceof ArrayBuffer) return decode([new Uint8Array(input)]);
  if (ArrayBuffer.isView(input)) {
    return decode([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]);
  }
  const reader = input.body?.getReader?.();
  // A stand-in for a request may have its text only.
  if (!reader) return input.text();
  const chunks = [];
  for (let length = 0; length <= LONGEST; ) {
    const { done, value } = await reader.read();
    if (done) return decode(chunks);
    chunks.push(value);
    length += value.byteLength;
  }
  reader.cancel().catch(() => {});
  return decode(chunks);
}

/** @param {Uint8Array[]} chunks */
function decode(chunks) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const texts = chunks.map((chunk) => decoder.decode(chunk.subarray(0, LONGEST + 1), { stream: true }));
  return texts.join("") + decoder.decode();
}
