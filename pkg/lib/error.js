// The error of every failed call. The wasm makes them, so they live apart from the client.

import { hide } from "./hide.js";

const BRAND = Symbol.for("kinde-edge.KindeError");

export class KindeError extends Error {
  /**
   * @param {string} message
   * @param {KindeErrorFields} fields
   */
  constructor(message, fields) {
    const { cause, headers, body, ...rest } = fields;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, rest);
    // What serializers and logs would send on: cookies, and what the service knows of people.
    for (const [name, value] of Object.entries({ headers, body })) if (value !== undefined) hide(this, name, value);
  }

  /**
   * Also true for an error of another copy of this package, which `instanceof` would miss, and for one that came over
   * Workers RPC with its fields.
   * @param {any} value
   */
  static is(value) {
    if (typeof value !== "object" || value === null) return false;
    const isCopy = value instanceof Error && "attempts" in value && "errors" in value && "code" in value;
    return BRAND in value || isCopy;
  }

  toJSON() {
    const { name, message } = this;
    // The cause is not enumerable, as of every error; nor are headers and body.
    return Object.assign({ name, message }, this);
  }

  /** @param {any} json */
  static from(json) {
    // What came from elsewhere may be anything: of a call that ends well there is no error.
    if (typeof json?.message !== "string" || typeof json.code !== "string") {
      const given = json === null ? json : typeof json;
      const message = `KindeError.from: expected what toJSON() gave, with message and code, got ${given}`;
      throw new KindeError(message, { code: "invalid_request", errors: [], attempts: 0 });
    }
    const { name: _, message, stack: __, ...fields } = json;
    return new KindeError(message, { errors: [], attempts: 0, ...fields });
  }

  /**
   * @template T
   * @param {T} error
   */
  static internal(error) {
    return KindeError.is(error) ? new Error(/** @type {any} */ (error).message, { cause: error }) : error;
  }
}

// Names that survive a minifier. On the prototype, so that a log does not repeat them.
Object.defineProperty(KindeError, "name", { value: "KindeError" });
Object.defineProperties(KindeError.prototype, {
  name: { value: "KindeError", configurable: true, writable: true },
  [BRAND]: { value: true },
});

/** @import { KindeErrorFields } from "../types/index.js" */

const FIELDS = [
  "code",
  "errors",
  "attempts",
  "operation",
  "cause",
  "status",
  "headers",
  "body",
  "reason",
  "retryAfter",
  "requiredScope",
  "tokenScopes",
  "requestId",
];

/**
 * Makes an error of what Rust knows of it: the fields in their order, `undefined` for none, and
 * `errors` as code, message, code, message … It has no stack yet, see `traced`: its way through the
 * wasm says nothing, and takes as long to write down as the call.
 * @param {string} message
 * @param {...unknown} values
 */
export function make(message, ...values) {
  /** @type {Record<string, unknown>} */
  const fields = {};
  values.forEach((value, i) => {
    if (value !== undefined) fields[FIELDS[i]] = value;
  });
  const flat = /** @type {string[]} */ (fields.errors);
  const errors = [];
  for (let i = 0; i < flat.length; i += 2) errors.push({ code: flat[i], message: flat[i + 1] });
  fields.errors = errors;
  const { stackTraceLimit } = Error;
  // Where it is frozen, the stack is written down.
  Reflect.set(Error, "stackTraceLimit", 0);
  const error = new KindeError(message, /** @type {KindeErrorFields} */ (/** @type {unknown} */ (fields)));
  Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  return error;
}

/**
 * What was thrown; if the wasm made it, with the stack of who called `outer`, where the runtime tells
 * it. `outer` has to be on the stack, or there is none: JavaScriptCore takes away who returns by a call,
 * unless it is in a `try`.
 * @template T
 * @param {T} error
 * @param {object} [outer]
 * @returns {T}
 */
export function traced(error, outer) {
  if (error instanceof KindeError) Error.captureStackTrace?.(error, outer);
  return error;
}
