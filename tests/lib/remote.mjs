// The far end of a suite: runs one case by its name, in whichever runtime it was bundled for.

/** Runs case `name`; resolves to `{ error }`, which is undefined when the case passed. */
export async function runCase(suite, name, host) {
  try {
    const found = suite.cases(host.operations).find((one) => one.name === name);
    if (!found) throw new Error(`there is no case "${name}"`);
    await found.run(host);
    return {};
  } catch (error) {
    return { error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) };
  }
}
