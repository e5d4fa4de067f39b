// Keys: names that the API knows things by.
import { conflict, invalid } from "../refusal.js";

/** That a key is one, and that no other item of the table has it. */
export function checkKey(table, what, key, own) {
  if (!/^[a-z][\w:.-]*$/i.test(key ?? "")) {
    throw invalid(
      `A key begins with a letter, and letters, digits, "_", ":", "." and "-" follow: ${JSON.stringify(key ?? null)} is none`,
      "INVALID_KEY",
    );
  }
  const holder = table.by("key", key);
  if (holder && holder !== own) throw conflict(what, key);
}
