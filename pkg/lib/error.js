// The error of every failed call. The wasm makes them, so they live apart from the client.

const BRAND = Symbol.for("kinde-edge.KindeError");

export class KindeError extends Error {
  constructor(message, fields) {
    const { cause, ...rest } = fields;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, rest);
  }

  /** Also true for an error of another copy of this package, which `instanceof` would miss. */
  static is(value) {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

// Names that survive a minifier. On the prototype, so that a log does not repeat them.
Object.defineProperty(KindeError, "name", { value: "KindeError" });
Object.defineProperties(KindeError.prototype, {
  name: { value: "KindeError", configurable: true, writable: true },
  [BRAND]: { value: true },
});
