// The call that every kind of project makes, and what has to come of it.
import assert from "node:assert/strict";

import { startServer } from "../support/server.mjs";

export const TOKEN = "the-token";

/** More than the document knows, so that an answer that lost something shows. */
export const ANSWER = {
  code: "OK",
  users: [{ id: "kp_1", email: null, first_name: "Zoë", a_new_field: [1, { two: 2 }] }],
  next_token: null,
};

/** Statements that make the call with `Kinde` and `server` (its address) in scope, and leave `page`. */
export const CALL = `
const kinde = new Kinde({ domain: server, accessToken: "${TOKEN}" });
const page = await kinde.users.list({ page_size: 2 });
`;

/** A Worker that makes the call, to the server that `env` names; with the statements that bring `Kinde`. */
export const workerWith = (imports) => `
${imports}
export default {
  async fetch(request, env) {
    const server = env.SERVER;
    ${CALL}
    return Response.json(page);
  },
};`;

/** A server that gives the answer. */
export const startUsers = () => startServer(ANSWER);

/** One request, exactly as it has to be. */
export function assertOneRequest({ requests }) {
  assert.equal(requests.length, 1, `${requests.length} requests instead of one`);
  const [{ method, url, headers, body }] = requests;
  assert.deepEqual(
    { method, url, accept: headers.accept, authorization: headers.authorization, body },
    {
      method: "GET",
      url: "/api/v1/users?page_size=2",
      accept: "application/json",
      authorization: `Bearer ${TOKEN}`,
      body: "",
    },
  );
}
