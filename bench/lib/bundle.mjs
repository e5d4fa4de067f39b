// Bundles as a Worker is uploaded: by esbuild, minified, for workerd.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const folder = fileURLToPath(new URL("../", import.meta.url));

/**
 * Bundle a program; resolves to `[{ name, bytes }]`: the script, and the .wasm files that it
 * imports. Fails where a program would fail that asks for no compatibility flag.
 */
export async function bundle(source, options = {}) {
  const modules = new Map();
  const keepWasm = {
    name: "wasm",
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        const name = path.split("/").at(-1);
        modules.set(name, readFileSync(new URL(path, `file://${resolveDir}/`)));
        return { path: `./${name}`, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder, loader: "js" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    conditions: ["workerd", "worker", "import"],
    mainFields: ["module", "main"],
    logLevel: "silent",
    plugins: [keepWasm],
    ...options,
  });
  return [{ name: "index.js", bytes: Buffer.from(outputFiles[0].contents) }, ...Array.from(modules, ([name, bytes]) => ({ name, bytes }))];
}

/** What of Node a package imports: given to it, so that its own code can be counted anyway. */
export const nodeModules = ["node:*", "assert", "buffer", "child_process", "crypto", "events", "fs", "http", "https", "os", "path", "process", "stream", "string_decoder", "tls", "url", "util", "zlib"];

/** Bytes of all files: as they are, by gzip -9, by brotli 11. */
export function sizes(files) {
  const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  const sum = (measure) => files.reduce((total, { bytes }) => total + measure(bytes).length, 0);
  return { raw: sum((bytes) => bytes), gzip: sum((bytes) => gzipSync(bytes, { level: 9 })), brotli: sum(brotli) };
}
