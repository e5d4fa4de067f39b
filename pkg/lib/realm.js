// Modules of other realms: Next.js compiles them outside of the context that the program runs in.

/**
 * Not by instanceof, which knows only those of this realm.
 * @param {unknown} value
 * @returns {value is WebAssembly.Module}
 */
export function isModule(value) {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

/**
 * The module, as one that wasm-bindgen takes for one: it asks by instanceof. Anything else as it is.
 * @template T
 * @param {T} source
 * @returns {T}
 */
export function ofThisRealm(source) {
  const isForeign = isModule(source) && !(source instanceof WebAssembly.Module);
  return isForeign ? Object.setPrototypeOf(source, WebAssembly.Module.prototype) : source;
}
