// What the sources here get from elsewhere, for `tsc`: the build, and runtimes that may be there.

/** The version of the package. */
declare const __VERSION__: string;

/** The wasm in base64, in lines. */
declare module "kinde-edge-bytes" {
  export const base64: string;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}

/** V8, JavaScriptCore and newer Firefoxes. */
interface ErrorConstructor {
  captureStackTrace?(error: Error, outer?: object): void;
  stackTraceLimit?: number;
}

interface NodeFiles {
  promises: { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
}

declare var process: {
  env: object;
  getBuiltinModule(name: "node:fs"): NodeFiles;
  getBuiltinModule(name: "node:util"): Pick<typeof globalThis, "TextDecoder" | "TextEncoder">;
};

declare var Buffer: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> };

/** Workers have one cache that is there already. */
interface CacheStorage {
  readonly default?: Cache;
}
