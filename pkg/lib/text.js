// Put in the place of the globals by the build. Jest's environment for jsdom has neither, though Node around it has both.
// Where there is no WebAssembly either (React Native), they only have to be there for the import.

const { TextDecoder, TextEncoder } = globalThis.TextDecoder
  ? globalThis
  : (globalThis.process?.getBuiltinModule?.("node:util") ?? { TextDecoder: missing, TextEncoder: missing });

/** @returns {any} */
function missing() {
  return { decode() {}, encodeInto() {} };
}

export { TextDecoder, TextEncoder };
