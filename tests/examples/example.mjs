// A copy of an example, with the packed package in it.
import { cp, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { besideTools, makeProject } from "../support/project.mjs";

export const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

/** What `examples/<name>/package.json` says. */
export const manifest = async (name) => JSON.parse(await readFile(join(examples, name, "package.json"), "utf8"));

/** Copy the example, as it is but for what its own tools left; resolves to the folder. */
export async function copyExample(t, name) {
  // Its tools are those of the repository: only the package is installed.
  const { dependencies, devDependencies, ...rest } = await manifest(name);
  const folder = await makeProject(t, { "package.json": rest }, besideTools);
  await copyFiles(name, folder, ["package.json"]);
  return folder;
}

/** What tools leave in an example that someone tries. */
const LEFT = [
  "node_modules",
  "package-lock.json",
  "target",
  "build",
  "dist",
  "public",
  ".wrangler",
  ".dev.vars",
  ".env",
  ".env.local",
  ".next",
  "next-env.d.ts",
  "tsconfig.tsbuildinfo",
];

/** Copy the files of the example, without those that are named and those that tools left. */
export async function copyFiles(name, folder, without = []) {
  for (const file of await readdir(join(examples, name))) {
    if ([...LEFT, ...without].includes(file)) continue;
    await cp(join(examples, name, file), join(folder, file), { recursive: true, preserveTimestamps: true });
  }
}
