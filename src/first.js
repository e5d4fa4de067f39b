// The first attempt of a call that has nothing to wait for. An answer with the data that it is after never comes back into
// the WebAssembly; with anything else, the Rust loop goes on where this ends.

import { exchange } from "./host.js";
import { took } from "./written.js";

/** What `watch.rs` and `fetch.rs` know by these numbers. */
const RESOLVED = 0;
const READABLE = 65536;

/**
 * @typedef {{ response?: unknown, resolve: (value: unknown) => void }} Sink
 * @typedef {{ response: unknown, body: unknown, facts: number }} Received
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
 * @param {(settings: any[], operation: number, args: string, sink: Sink, authorization: string, outcome: number, value: unknown) => void} resume
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
  const args = took();
  /** @type {(slot: number, outcome: number, value: any) => void} */
  const settle = (_, outcome, value) => {
    if (outcome === RESOLVED) {
      const { facts, response, body } = /** @type {Received} */ (value);
      // A refusal is readable too, most times.
      if (facts >= READABLE + 200 && facts < READABLE + 300) {
        sink.response = response;
        return sink.resolve(body);
      }
    }
    resume(settings, operation, args, sink, authorization, outcome, value);
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
