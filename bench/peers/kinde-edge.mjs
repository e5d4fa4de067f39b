import { Kinde } from "kinde-edge";
import { kindeAnswers, ORIGIN } from "../lib/answers.mjs";

export const answers = kindeAnswers;

export function open(origin = ORIGIN) {
  const kinde = new Kinde({ domain: origin, clientId: "an-id", clientSecret: "a-secret", maxRetries: 0 });
  return {
    get: async () => (await kinde.users.get("kp_1")).id,
    list: async (count) => (await kinde.users.list({ page_size: count })).users.length,
    post: async (profile) => (await kinde.users.create({ profile })).id,
    status: (error) => error.status,
  };
}
