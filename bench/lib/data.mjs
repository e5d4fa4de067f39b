// The data of the work that all do: users as Kinde's API gives them.

import { ORIGIN } from "./answers.mjs";

/** What reads the answers of a peer's own API finds in each user what it looks for. */
const user = (number) => ({
  id: `kp_${String(number).padStart(32, "0")}`,
  provided_id: null,
  preferred_email: `user.${number}@example.com`,
  username: null,
  last_name: "Lovelace",
  first_name: "Ada",
  is_suspended: false,
  picture: "https://example.com/picture.png",
  phone: null,
  total_sign_ins: number,
  failed_sign_ins: 0,
  last_signed_in: null,
  created_on: "2024-05-01T12:00:00Z",
});

export const users = (count) => Array.from({ length: count }, (_, number) => user(number));

/** A token that says what it is for, as those who keep one look into it. */
export function token(expires = 4_000_000_000) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = part({ alg: "RS256", typ: "JWT", kid: "a-key" });
  const claims = { iss: ORIGIN, aud: [`${ORIGIN}/api`], exp: expires, iat: 1_700_000_000, gty: ["client_credentials"] };
  return `${header}.${part(claims)}.${"c2lnbmF0dXJl".repeat(28)}`;
}
