// What both entries are made of: a file of its own, which each of them loads.
import { handleOf } from "./handle.js";
import { createKinde } from "./kinde.js";

let count = 0;

/** One that does not listen. */
/** @param {Record<string, any>} given */
export async function start({ url, ...options }) {
  // Each is an issuer of its own: no program takes the keys of one for those of another.
  count += 1;
  const origin = url ?? `https://local-kinde${count > 1 ? `-${count}` : ""}.test`;
  const kinde = await createKinde({ ...options, origin });
  const stop = async () => {
    kinde.webhooks.clear();
    await kinde.store.save();
  };
  return handleOf(kinde, { url: origin, stop, isListening: false });
}

export { createKinde } from "./kinde.js";
export { handleOf } from "./handle.js";
export { checkOptions } from "./options.js";
export { Reset } from "./trouble.js";
