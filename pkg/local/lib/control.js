// Local Kinde's own pages: what it has, what was asked of it, and what can be done with it.
import { checkOrigin } from "./hosts.js";
import { clientsOf } from "./handle.js";
import { resetKinde, respond } from "./kinde.js";
import { grant } from "./oauth.js";
import { noRoute } from "./refusal.js";
import { EXPLORER } from "./signin.js";

export function addControl(app, kinde) {
  app.use("/local/*", checkOrigin);
  app.get("/try", (context) => leadToPage(kinde, context.get("given")));
  app.get("/www/connection.json", (context) => {
    const { origin } = context.get("given");
    return respond({ status: 200, body: { kind: "local", domain: origin, clientId: EXPLORER.id } });
  });
  app.post("/local/reset", () => {
    resetKinde(kinde);
    return respond({ status: 204 });
  });
}

/** To the explorer, with the address and a fresh token in the part of the URL that is not sent. */
async function leadToPage(kinde, { origin }) {
  const { full, readOnly } = clientsOf(kinde.store);
  const client = full ?? readOnly;
  if (!client || !kinde.pages["/www/"]) throw noRoute();
  const application = kinde.store.applications.get(client.id);
  const { token } = await grant({ ...kinde, origin }, application, { audience: `${origin}/api` });
  return respond({ status: 302, headers: { location: `/www/#domain=${encodeURIComponent(origin)}&token=${token}` } });
}
