// GET /users: the first users of the business. GET /users/<id>: one of them. For those whose access token says that
// they may: the client behind it can read everybody.
import { Kinde, KindeError } from "kinde-edge";
import { organization } from "kinde-edge/claims";

interface Env {
  KINDE_DOMAIN: string;
  KINDE_CLIENT_ID: string;
  KINDE_CLIENT_SECRET: string;
  /** The audience of this API, as Kinde knows it. */
  API_AUDIENCE: string;
  /** The code of the organization whose people run the business. */
  ADMIN_ORGANIZATION: string;
}

export default {
  async fetch(request, env) {
    const kinde = Kinde.fromEnv(env);
    const guard = kinde.guard({ permissions: "admin:users", audience: env.API_AUDIENCE });
    const { response, claims } = await guard.check(request);
    if (response) return response;
    // A permission holds in one organization: a customer's administrator has it in the customer's.
    const code = organization(claims);
    if (!code || code !== env.ADMIN_ORGANIZATION) return Response.json({ error: "forbidden" }, { status: 403 });

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
