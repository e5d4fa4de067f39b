// The fast path of a call: its first attempt, if it has nothing to wait for. An answer with the data that it is after goes to
// its caller from here; with anything else, the Rust loop goes on where this ends. What is checked and what is sent is
// decided in Rust. Of a call that has identifiers alone, what was decided once is kept as a template: between two
// identifiers that need no encoding nothing differs but themselves.

import { crowd, exchange } from "./host.js";
import { took } from "./written.js";

/** What `watch.rs` and `fetch.rs` know by these numbers. */
const RESOLVED = 0;
const READABLE = 65536;

/** Where `settings.rs` has what is needed here. */
const AUTHORIZATION = 7;
const NUMBERS = 9;
const HOOKS = 12;
const LOGGER = 13;
const SHARED = 17;
/** In the numbers. */
const TIMEOUT_MS = 0;
const DEADLINE = 1;
const MAX_CONCURRENCY = 4;
/** In what clients share: `auth.rs`. */
const CURRENT = 0;
const FRESH = 2;

/**
 * @typedef {{ response?: any, resolve?: (value: never) => void }} Sink
 * @typedef {{ response: unknown, body: unknown, facts: number }} Received
 * @typedef {(settings: any[], operation: number, args: string, sink: Sink, authorization: string, outcome: number, value: unknown) => void} Resume
 */

/**
 * Sends a request, and gives its sink what came. `resume` is called if that is not for the caller: with the settings, the
 * operation, its arguments, the sink, the authorization that was used, and what the wait came to.
 * @param {any[]} settings
 * @param {string} url
 * @param {string} method
 * @param {string} authorization
 * @param {string | undefined} contentType
 * @param {string[] | undefined} headers
 * @param {BodyInit | undefined} body
 * @param {number} milliseconds
 * @param {Sink} sink
 * @param {number} operation
 * @param {Resume} resume
 */
export function first(
  settings,
  url,
  method,
  authorization,
  contentType,
  headers,
  body,
  milliseconds,
  sink,
  operation,
  resume,
) {
  // Rust has looked: nobody waits for a turn any more.
  crowd.waits = false;
  const args = took();
  send(settings, url, method, authorization, contentType, headers, body, milliseconds, sink, (outcome, value) =>
    resume(settings, operation, args, sink, authorization, outcome, value),
  );
}

/**
 * @param {any[]} settings
 * @param {string} url
 * @param {string} method
 * @param {string} authorization
 * @param {string | undefined} contentType
 * @param {string[] | undefined} headers
 * @param {BodyInit | undefined} body
 * @param {number} milliseconds
 * @param {Sink} sink
 * @param {(outcome: number, value: unknown) => void} goOn
 */
function send(settings, url, method, authorization, contentType, headers, body, milliseconds, sink, goOn) {
  /** @type {(slot: number, outcome: number, value: any) => void} */
  const settle = (_, outcome, value) => {
    if (outcome === RESOLVED) {
      const { facts, response, body } = /** @type {Received} */ (value);
      // A refusal is readable too, most times.
      if (facts >= READABLE + 200 && facts < READABLE + 300) {
        sink.response = response;
        return sink.resolve?.(/** @type {never} */ (body));
      }
    }
    goOn(outcome, value);
  };
  exchange(
    settings,
    false,
    url,
    method,
    authorization,
    contentType,
    headers,
    undefined,
    undefined,
    body,
    false,
    0,
    undefined,
    milliseconds,
    undefined,
    settle,
    0,
  );
}

/**
 * What is planned for an operation, but for its identifiers, by the number of the operation.
 * @type {({ method: string, pieces: string[], resume: Resume } | undefined)[]}
 */
const templates = [];

/** What stands for an identifier in a target that becomes a template. */
const STAND_IN = /kinde-edge-\d+-stands-in/;

/** Identifiers that stay as they are in an address, and are no path of their own: all of Kinde's. */
const PLAIN = /^[\w-]{1,200}$/;

/**
 * Keeps a target with stand-ins for all identifiers of a call.
 * @param {number} operation
 * @param {string} method
 * @param {string} target
 * @param {Resume} resume
 */
export function keep(operation, method, target, resume) {
  templates[operation] = { method, pieces: target.split(STAND_IN), resume };
}

/**
 * Makes the first attempt of a call by its template; false if it has none, or is not as plain as that.
 * @param {any[]} settings
 * @param {number} operation
 * @param {unknown[]} ids
 * @param {Sink} sink
 */
export function again(settings, operation, ids, sink) {
  const template = templates[operation];
  // After a refusal for the number of requests, Rust decides whose turn it is.
  if (!template || crowd.waits) return false;
  const { method, pieces, resume } = template;
  if (ids.length !== pieces.length - 1) return false;
  let target = pieces[0];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (typeof id !== "string" || !PLAIN.test(id)) return false;
    target += id + pieces[i + 1];
  }
  const numbers = settings[NUMBERS];
  if (settings[HOOKS] || settings[LOGGER] || numbers[DEADLINE] < Infinity || numbers[MAX_CONCURRENCY] < Infinity) {
    return false;
  }
  let authorization = settings[AUTHORIZATION];
  if (!authorization) {
    // Not a use that keeps the token in the list of tokens: whoever has it here has it until it is renewed.
    const shared = settings[SHARED];
    if (!(Date.now() < shared?.[FRESH])) return false;
    authorization = shared[CURRENT];
  }
  const milliseconds = numbers[TIMEOUT_MS];
  send(settings, target, method, authorization, undefined, undefined, undefined, milliseconds, sink, (outcome, value) =>
    resume(settings, operation, ids.length > 0 ? `["${ids.join('","')}"]` : "[]", sink, authorization, outcome, value),
  );
  return true;
}
