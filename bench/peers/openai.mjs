import OpenAI from "openai";
import { ORIGIN } from "../lib/answers.mjs";

export const answers = {
  user: (user) => ({ ...user, object: "model" }),
  page: (users) => ({ object: "list", data: users }),
};

export function open(origin = ORIGIN) {
  const client = new OpenAI({ apiKey: "a-key", baseURL: origin, maxRetries: 0, dangerouslyAllowBrowser: true });
  return {
    get: async () => (await client.models.retrieve("kp_1")).id,
    list: async () => (await client.models.list()).data.length,
    post: async (profile) => (await client.vectorStores.create({ name: "Ada", metadata: profile })).id,
    status: (error) => error.status,
  };
}
