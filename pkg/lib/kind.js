/**
 * What a value is, for a message: never what a string says.
 * @param {unknown} value
 */
export function kind(value) {
  const type = typeof value;
  if (value === null || /^(undefined|number|boolean)$/.test(type)) return String(value);
  return `${type === "object" ? "an" : "a"} ${type}`;
}
