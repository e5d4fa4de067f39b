// What answers are made of.

/** Success, as the service says it, and what came of it. */
export const success = (more, message = "Success", code = "OK") => ({ code, message, ...more });

/** Nothing was to be done: 204. */
export const NOTHING = Symbol("204");

/** A list in a parameter: `one,two`. */
export const words = (text) =>
  (text ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

/** The fields of `object` that are named, where they are given. */
export function given(object, names) {
  return Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));
}
