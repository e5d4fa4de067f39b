// Put in the place of the globals by the build. Jest's environment for jsdom has neither, though Node around it has both.

const { TextDecoder, TextEncoder } = globalThis.TextDecoder
  ? globalThis
  : globalThis.process.getBuiltinModule("node:util");
export { TextDecoder, TextEncoder };
