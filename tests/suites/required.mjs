// Every operation of tests/made-up/library.yaml, with what it requires, against Prism. The package has some of
// Kinde's too, beside those that are written by hand.

import * as contract from "./contract.mjs";

export const cases = (operations) =>
  contract
    .cases(operations.filter(({ path }) => path.startsWith("/v2/")))
    .filter(({ name }) => name.endsWith(": only what is required"));
