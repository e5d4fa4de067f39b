// GET /users: the first users of the business. GET /users/<id>: one of them.
import { Kinde, KindeError } from "kinde-edge";

interface Env {
  KINDE_DOMAIN: string;
  KINDE_CLIENT_ID: string;
  KINDE_CLIENT_SECRET: string;
}

export default {
  async fetch(request, env) {
    const kinde = Kinde.fromEnv(env);
    const [, resource, id] = new URL(request.url).pathname.split("/");
    if (resource !== "users") return new Response("Not found", { status: 404 });
    try {
      return Response.json(id ? await kinde.users.get(id) : await firstUsers(kinde));
    } catch (error) {
      if (!KindeError.is(error)) throw error;
      // For the log: who asks here is not told what Kinde says.
      console.error(error.message);
      return Response.json({ error: error.code }, { status: error.code === "not_found" ? 404 : 502 });
    }
  },
} satisfies ExportedHandler<Env>;

async function firstUsers(kinde: Kinde) {
  const { users } = await kinde.users.list({ page_size: 10 });
  return users;
}
