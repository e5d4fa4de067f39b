import { Configuration, UsersApi } from "@kinde-oss/kinde-typescript-sdk";
import { kindeAnswers, ORIGIN } from "../lib/answers.mjs";

export const answers = kindeAnswers;

export function open(origin = ORIGIN) {
  const users = new UsersApi(new Configuration({ basePath: origin, accessToken: "a-token" }));
  return {
    get: async () => (await users.getUserData({ id: "kp_1" })).id,
    list: async (pageSize) => (await users.getUsers({ pageSize })).users.length,
    post: async ({ given_name, family_name }) =>
      (await users.createUser({ createUserRequest: { profile: { givenName: given_name, familyName: family_name } } }))
        .id,
    status: (error) => error.response.status,
  };
}
