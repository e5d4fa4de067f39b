// Assertions for code that runs in Node, workerd and browsers alike.

class AssertionError extends Error {
  name = "AssertionError";
}

export function fail(message) {
  throw new AssertionError(message);
}

export function ok(value, message = "expected a true value") {
  if (!value) fail(message);
}

export function equal(actual, expected, what = "value") {
  if (!Object.is(actual, expected)) fail(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** The same structure, down to own keys, prototypes, holes in arrays and the sign of zero. */
export function deepEqual(actual, expected, what = "value") {
  const difference = compare(actual, expected, what);
  if (difference) fail(difference);
}

export function match(text, pattern, what = "value") {
  if (typeof text !== "string" || !pattern.test(text)) fail(`${what}: expected ${pattern}, got ${show(text)}`);
}

function compare(actual, expected, path) {
  if (Object.is(actual, expected)) return undefined;
  const differ = `${path}: expected ${show(expected)}, got ${show(actual)}`;
  if (typeof actual !== "object" || typeof expected !== "object" || !actual || !expected) return differ;
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return `${path}: other prototypes`;
  if (Array.isArray(expected) && actual.length !== expected.length) {
    return `${path}.length: expected ${expected.length}, got ${actual.length}`;
  }
  const keys = new Set([...Reflect.ownKeys(expected), ...Reflect.ownKeys(actual)]);
  for (const key of keys) {
    if (!Object.hasOwn(actual, key)) return `${path}: ${String(key)} is missing`;
    if (!Object.hasOwn(expected, key)) return `${path}: ${String(key)} is too much`;
    const difference = compare(actual[key], expected[key], `${path}.${String(key)}`);
    if (difference) return difference;
  }
  return undefined;
}

/** A value for a message; nothing that it holds can make this throw. */
export function show(value) {
  try {
    if (typeof value === "string" || (typeof value === "object" && value !== null && !(value instanceof Error))) {
      const text = JSON.stringify(value);
      return text.length > 500 ? `${text.slice(0, 500)}…` : text;
    }
    return String(value);
  } catch {
    return `a ${typeof value} that cannot be shown`;
  }
}
