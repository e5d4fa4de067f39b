// An API of one's own in front of Kinde's: its routes, its errors, its names.
import { Hono } from "hono";
import { Kinde, KindeError } from "kinde-edge";

type Bindings = { KINDE_DOMAIN: string; KINDE_CLIENT_ID: string; KINDE_CLIENT_SECRET: string };

const app = new Hono<{ Bindings: Bindings; Variables: { kinde: Kinde } }>();

// A client costs next to nothing; the token is shared by all of them.
app.use(async (context, next) => {
  context.set("kinde", Kinde.fromEnv(context.env));
  await next();
});

app.get("/organizations/:code/members", async (context) => {
  const members = context.get("kinde").organizations.users.list(context.req.param("code"), { page_size: 50 });
  const { organization_users } = await members;
  return context.json((organization_users ?? []).map(({ id, full_name }) => ({ id, name: full_name })));
});

app.post("/organizations/:code/members", async (context) => {
  const { id } = await context.req.json<{ id: string }>();
  await context.get("kinde").organizations.users.add(context.req.param("code"), { users: [{ id }] });
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
