// What `cargo xtask test` hands to the tests.

function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this by cargo xtask test`);
  return value;
}

/** The file of the packed package. */
export const tarball = () => given("KINDE_EDGE_TARBALL");

/** A project that npm has installed it into, if there is one. */
export const installed = () => process.env.KINDE_EDGE_INSTALLED;

/** The address of a Prism that serves the API document. */
export const prism = () => given("KINDE_EDGE_PRISM");

/** The file of Chromium. */
export const chrome = () => given("CHROME");
