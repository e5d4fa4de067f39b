// How long things take: what other suites have that looks at a clock, together, for a machine that does nothing else.

import { clocks as ofRetries } from "./retries.mjs";
import { clocks as ofStores } from "./stores.mjs";
import { clocks as ofTokens } from "./tokens.mjs";

export const cases = () => [...ofRetries(), ...ofStores(), ...ofTokens()];
