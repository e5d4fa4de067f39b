// The programs of Deno and Bun. Each is an npm package that comes with a package per platform,
// of which npm installs the one that fits; no install script is needed.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

export const deno = find("deno", "deno");
export const bun = find("bun", "bin/bun");

/**
 * @param {string} name
 * @param {string} program
 */
function find(name, program) {
  const platforms = Object.keys(require(`${name}/package.json`).optionalDependencies);
  for (const platform of platforms) {
    try {
      return join(dirname(require.resolve(`${platform}/package.json`)), program);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error(`none of the packages with the program of ${name} is installed: ${platforms.join(", ")}`);
}
