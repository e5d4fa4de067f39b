// The limit: what anybody would write, without a check, a retry, a time limit or an error's text.
import { kindeAnswers, ORIGIN } from "../lib/answers.mjs";

export const answers = kindeAnswers;

export function open(origin = ORIGIN) {
  const headers = { accept: "application/json", authorization: "Bearer a-token" };
  const call = async (path, init = { headers }) => {
    const response = await fetch(`${origin}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw Object.assign(new Error(text), { status: response.status });
    return JSON.parse(text);
  };
  const json = { ...headers, "content-type": "application/json" };
  return {
    get: async () => (await call("/api/v1/user?id=kp_1")).id,
    list: async (count) => (await call(`/api/v1/users?page_size=${count}`)).users.length,
    post: async (profile) =>
      (await call("/api/v1/user", { method: "POST", headers: json, body: JSON.stringify({ profile }) })).id,
    status: (error) => error.status,
  };
}
