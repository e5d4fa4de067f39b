import { Octokit } from "octokit";
import { ORIGIN } from "../lib/answers.mjs";

export const answers = { user: (user) => user, page: (users) => users };

export function open(origin = ORIGIN) {
  // Its throttle would wait a second between two POSTs.
  const octokit = new Octokit({
    auth: "a-token",
    baseUrl: origin,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
  // It says each refusal on the console.
  octokit.log.error = () => {};
  return {
    get: async () => (await octokit.rest.users.getByUsername({ username: "kp_1" })).data.id,
    list: async (per_page) => (await octokit.rest.users.list({ per_page })).data.length,
    post: async ({ given_name }) =>
      (await octokit.rest.gists.create({ files: { [given_name]: { content: "a" } } })).data.id,
    status: (error) => error.status,
  };
}
