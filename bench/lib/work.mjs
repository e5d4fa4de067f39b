// The work: five calls, and a service in memory that answers them.
import { token, users } from "./data.mjs";

const PROFILE = { given_name: "Ada", family_name: "Lovelace" };
const REFUSAL = {
  errors: [{ code: "USER_NOT_FOUND", message: "There is no such user" }],
  message: "There is no such user",
};

/** Name of the work to what a client does, what is answered, and what has to come of it. */
export const works = {
  "small GET": { do: (client) => client.get(), answer: ({ user }) => user(users(1)[0]), expected: users(1)[0].id },
  "page of 100 users, 34 KB": {
    do: (client) => client.list(100),
    answer: ({ page }) => page(users(100)),
    expected: 100,
  },
  "page of 500 users, 170 KB": {
    do: (client) => client.list(500),
    answer: ({ page }) => page(users(500)),
    expected: 500,
  },
  "POST with a body": {
    do: (client) => client.post(PROFILE),
    answer: ({ user }) => user(users(1)[0]),
    expected: users(1)[0].id,
  },
  "error answer": {
    do: (client) => refused(client),
    answer: ({ refusal = (text) => text }) => refusal(REFUSAL),
    status: 404,
    expected: 404,
  },
};

async function refused(client) {
  try {
    await client.get();
  } catch (error) {
    return client.status(error);
  }
  throw new Error("a refused call succeeded");
}

/** A call whose result is known to be right. */
export async function check(work, client) {
  const result = await work.do(client);
  if (result !== work.expected) throw new Error(`the call came to ${result}, not to ${work.expected}`);
}

/** Takes the place of `fetch`, and answers with what was set last. */
export function inMemory(answers) {
  let [text, status] = ["", 200];
  const headers = { "content-type": "application/json" };
  const tokens = JSON.stringify({ access_token: token(), token_type: "bearer", expires_in: 86_400 });
  globalThis.fetch = async (input) => {
    const address = typeof input === "string" ? input : (input.url ?? input.href);
    return address.endsWith("/oauth2/token")
      ? new Response(tokens, { headers })
      : new Response(text, { status, headers });
  };
  return (work) => ([text, status] = [JSON.stringify(work.answer(answers)), work.status ?? 200]);
}
