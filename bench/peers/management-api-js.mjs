import { init, Users } from "@kinde/management-api-js";
import { kindeAnswers, ORIGIN } from "../lib/answers.mjs";

export const answers = kindeAnswers;

export function open(origin = ORIGIN) {
  // It sends to https:// in any case, which the local server of some measurements is not.
  init({ kindeDomain: ORIGIN, clientId: "an-id", clientSecret: "a-secret" });
  if (origin !== ORIGIN) throw new Error("it calls addresses with https:// only");
  return {
    get: async () => (await Users.getUserData({ id: "kp_1" })).id,
    list: async (pageSize) => (await Users.getUsers({ pageSize })).users.length,
    post: async (profile) => (await Users.createUser({ requestBody: { profile } })).id,
    status: (error) => error.status,
  };
}
