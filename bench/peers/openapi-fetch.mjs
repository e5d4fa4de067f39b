import createClient from "openapi-fetch";
import { kindeAnswers, ORIGIN } from "../lib/answers.mjs";

export const answers = kindeAnswers;

export function open(origin = ORIGIN) {
  const client = createClient({ baseUrl: origin, headers: { authorization: "Bearer a-token" } });
  const data = async (call) => {
    const { data, error, response } = await call;
    if (error) throw Object.assign(new Error("refused"), { status: response.status });
    return data;
  };
  return {
    get: async () => (await data(client.GET("/api/v1/user", { params: { query: { id: "kp_1" } } }))).id,
    list: async (page_size) =>
      (await data(client.GET("/api/v1/users", { params: { query: { page_size } } }))).users.length,
    post: async (profile) => (await data(client.POST("/api/v1/user", { body: { profile } }))).id,
    status: (error) => error.status,
  };
}
