// An API of one's own in front of Kinde's: its routes, its errors, its names, and who may use it.
import { Hono } from "hono";
import { Kinde, KindeError } from "kinde-edge";
import { organization } from "kinde-edge/claims";

type Bindings = {
  KINDE_DOMAIN: string;
  KINDE_CLIENT_ID: string;
  KINDE_CLIENT_SECRET: string;
  /** The audience of this API, as Kinde knows it. */
  API_AUDIENCE: string;
};

const app = new Hono<{ Bindings: Bindings; Variables: { kinde: Kinde } }>();

app.use("/organizations/:code/*", async (context, next) => {
  // A client costs next to nothing; the token and the keys are shared by all of them.
  const kinde = Kinde.fromEnv(context.env);
  const guard = kinde.guard({ permissions: "manage:members", audience: context.env.API_AUDIENCE });
  const { response, claims } = await guard.check(context.req.raw);
  if (response) return response;
  // A permission holds in one organization, the one that the token is for.
  if (organization(claims) !== context.req.param("code")) {
    return context.json({ error: "You may not manage this organization" }, 403);
  }
  context.set("kinde", kinde);
  return next();
});

app.get("/organizations/:code/members", async (context) => {
  const members = context.get("kinde").organizations.users.list(context.req.param("code"), { page_size: 50 });
  const { organization_users } = await members;
  return context.json((organization_users ?? []).map(({ id, full_name }) => ({ id, name: full_name })));
});

app.post("/organizations/:code/members", async (context) => {
  const body = await context.req.json<{ id: string } | null>().catch(() => null);
  if (typeof body?.id !== "string") return context.json({ error: 'expected JSON, { "id": "kp_…" }' }, 400);
  await context.get("kinde").organizations.users.add(context.req.param("code"), { users: [{ id: body.id }] });
  return context.body(null, 204);
});

app.onError((error, context) => {
  if (!KindeError.is(error)) throw error;
  switch (error.code) {
    case "invalid_request":
      return context.json({ error: error.message }, 400);
    case "not_found":
      return context.json({ error: "There is no such organization or user" }, 404);
    default:
      console.error(error.message);
      return context.json({ error: error.code }, 502);
  }
});

export default app;
