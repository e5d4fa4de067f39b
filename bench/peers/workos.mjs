import { WorkOS } from "@workos-inc/node";
import { ORIGIN } from "../lib/answers.mjs";

export const answers = {
  user: (user) => ({ ...user, object: "user" }),
  page: (users) => ({ object: "list", data: users, list_metadata: { before: null, after: null } }),
};

export function open(origin = ORIGIN) {
  const { protocol, hostname, port } = new URL(origin);
  const workos = new WorkOS("sk_a", {
    apiHostname: hostname,
    https: protocol === "https:",
    port: port ? Number(port) : undefined,
  });
  return {
    get: async () => (await workos.userManagement.getUser("kp_1")).id,
    list: async (limit) => (await workos.userManagement.listUsers({ limit })).data.length,
    post: async ({ given_name, family_name }) =>
      (
        await workos.userManagement.createUser({
          email: "ada@example.com",
          firstName: given_name,
          lastName: family_name,
        })
      ).id,
    status: (error) => error.status,
  };
}
