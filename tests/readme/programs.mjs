// The examples as programs of a user's: in Node, and in a Worker.
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run, writeFiles } from "../../xtask/js/project.mjs";
import { bundle, serve } from "../../xtask/js/workerd.mjs";
import { makeProject } from "../support/project.mjs";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Puts packages (or scopes) of this repository beside the one under test in a project. */
export async function linkPackages(folder, names) {
  for (const name of names) await symlink(join(MODULES, name), join(folder, "node_modules", name));
}

/** Behind an example: prints what it left, as JSON. */
export const print = (expression) => `\nconsole.log(JSON.stringify(${expression}));`;

/** Run a program in Node; resolves to what it printed: `{ stdout, stderr }`. */
export async function runInNode(t, code, { file = "main.mjs", env, files, args = [], packages = [] } = {}) {
  const folder = await makeProject(t, { ...files, [file]: code });
  await linkPackages(folder, packages);
  return run(process.execPath, [...args, file], { cwd: folder, env });
}

/** Compile TypeScript in a project; `options` are the compiler's. Rejects with what it finds. */
export async function typecheck(folder, code, options) {
  const common = { target: "es2022", lib: ["es2022", "dom", "dom.iterable"], types: [], strict: true, noEmit: true };
  const tsconfig = { compilerOptions: { ...common, ...options }, files: ["main.mts"] };
  await writeFiles(folder, { "main.mts": code, "tsconfig.json": tsconfig });
  await run(join(MODULES, ".bin/tsc"), ["-p", "tsconfig.json"], { cwd: folder });
}

/** Start a Worker, `packages` beside the one under test in its project; `options` are Miniflare's. */
export async function startWorker(t, code, bindings, { packages = [], ...options } = {}) {
  const folder = await makeProject(t, {
    "wrangler.json": { name: "a-worker", main: "src/index.js", compatibility_date: "2024-09-23" },
    "src/index.js": code,
  });
  await linkPackages(folder, packages);
  const worker = serve(await bundle(folder), { compatibilityDate: "2024-09-23", bindings, ...options });
  t.after(() => worker.dispose());
  return worker;
}
