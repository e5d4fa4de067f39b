// What `cargo xtask test` hands to the tests. A file that is run by hand, `node --test tests/node/memory.test.mjs`, takes what
// the last `cargo xtask build` left.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKED = fileURLToPath(new URL("../../target/npm/", import.meta.url));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/**
 * What a variable names, if it is set; else what is found.
 * @type {Record<string, () => string | undefined>}
 */
const FOUND = {
  KINDE_EDGE_TARBALL: lastPacked,
  CHROME: () => CHROMIUM.find((file) => existsSync(file)),
};

/** @type {Record<string, string>} */
const HOW = {
  KINDE_EDGE_TARBALL: "run cargo xtask build first, or the file by cargo xtask test",
  CHROME: "install Chromium, or set CHROME to its file",
  KINDE_EDGE_PRISM: "run the file by cargo xtask test, which starts Prism",
};

function lastPacked() {
  const name = existsSync(PACKED) && readdirSync(PACKED).find((name) => /^kinde-edge-\d.*\.tgz$/.test(name));
  return name ? join(PACKED, name) : undefined;
}

/**
 * What is missing of these variables, and what to do.
 * @param {string[]} names
 */
export const missing = (names) =>
  names.filter((name) => !(process.env[name] || FOUND[name]?.())).map((name) => `${name} is not set: ${HOW[name]}`);

/** @param {string} name */
function given(name) {
  const value = process.env[name] || FOUND[name]?.();
  if (!value) throw new Error(missing([name])[0]);
  return value;
}

/** The file of the packed package. */
export const tarball = () => given("KINDE_EDGE_TARBALL");

/** The file of local Kinde's packed package, beside the other. */
export const localTarball = () => tarball().replace(/kinde-edge-(\d[^/]*\.tgz)$/, "kinde-edge-local-$1");

/** A project that npm has installed it into, if there is one. */
export const installed = () => process.env.KINDE_EDGE_INSTALLED;

/** The address of a Prism that serves the API document. */
export const prism = () => given("KINDE_EDGE_PRISM");

/** The file of Chromium. */
export const chrome = () => given("CHROME");
