// Bundles as a Worker is uploaded: by esbuild, minified, for workerd.
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const folder = fileURLToPath(new URL("../", import.meta.url));

/**
 * Bundle a program; resolves to `{ files, flags, note }`: `[{ name, bytes }]`, the script and the
 * .wasm files that it imports; the compatibility flags that it needs, and why, if there are any.
 */
export async function bundle(source) {
  try {
    return { files: await attempt(source), flags: [] };
  } catch ({ errors, message }) {
    const why = errors?.[0]?.text ?? message;
    return {
      files: await attempt(source, [nodeModules]),
      flags: ["nodejs_compat"],
      note: `needs the flag nodejs_compat: ${why}`,
    };
  }
}

async function attempt(source, plugins = []) {
  const modules = new Map();
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
    plugins: [keepWasm(modules), ...plugins],
  });
  const script = { name: "index.js", bytes: Buffer.from(outputFiles[0].contents) };
  return [script, ...Array.from(modules, ([name, bytes]) => ({ name, bytes }))];
}

/** A .wasm file stays a file: the runtime compiles it. */
const keepWasm = (modules) => ({
  name: "wasm",
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
      const name = path.split("/").at(-1);
      modules.set(name, readFileSync(new URL(path, `file://${resolveDir}/`)));
      return { path: `./${name}`, external: true };
    });
  },
});

/** Modules of Node's are workerd's own with the flag: not bundled, and not counted. */
const nodeModules = {
  name: "node",
  setup({ onResolve }) {
    const names = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);
    onResolve({ filter: names }, ({ path }) => ({ path: `node:${path.replace("node:", "")}`, external: true }));
  },
};

/** As workerd takes them. */
export const isWasm = ({ name }) => name.endsWith(".wasm");

/** Bytes of all files: as they are, by gzip -9, by brotli 11. */
export function sizes(files) {
  const sum = (measure) => files.reduce((total, { bytes }) => total + measure(bytes).length, 0);
  const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return { raw: sum((bytes) => bytes), gzip: sum((bytes) => gzipSync(bytes, { level: 9 })), brotli: sum(brotli) };
}
