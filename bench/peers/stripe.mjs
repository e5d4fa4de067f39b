import Stripe from "stripe";
import { ORIGIN } from "../lib/answers.mjs";

export const answers = {
  user: (user) => ({ ...user, object: "customer" }),
  page: (users) => ({ object: "list", data: users, has_more: false, url: "/v1/customers" }),
  refusal: ({ message }) => ({ error: { type: "invalid_request_error", message } }),
};

export function open(origin = ORIGIN) {
  const { protocol, hostname, port } = new URL(origin);
  const stripe = new Stripe("sk_test_a", {
    host: hostname,
    port: port || 443,
    protocol: protocol.slice(0, -1),
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0,
    telemetry: false,
  });
  return {
    get: async () => (await stripe.customers.retrieve("kp_1")).id,
    list: async (limit) => (await stripe.customers.list({ limit })).data.length,
    post: async ({ given_name, family_name }) =>
      (await stripe.customers.create({ name: given_name, metadata: { family_name } })).id,
    status: (error) => error.statusCode,
  };
}
