import Cloudflare from "cloudflare";
import { ORIGIN } from "../lib/answers.mjs";

const envelope = (result) => ({ success: true, errors: [], messages: [], result });
export const answers = { user: envelope, page: envelope };

export function open(origin = ORIGIN) {
  const client = new Cloudflare({ apiToken: "a-token", baseURL: origin, maxRetries: 0 });
  return {
    get: async () => (await client.zones.get({ zone_id: "kp_1" })).id,
    list: async (per_page) => (await client.zones.list({ per_page })).result.length,
    post: async ({ given_name }) =>
      (await client.zones.create({ account: { id: "a" }, name: given_name, type: "full" })).id,
    status: (error) => error.status,
  };
}
