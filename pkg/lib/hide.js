// Properties that no log lists.

/**
 * @param {object} object
 * @param {PropertyKey} name
 * @param {unknown} value
 */
export function hide(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
