// What a Worker loads: everything a package exports, and one call where the rest is left out.
import { bundle, sizes } from "./lib/bundle.mjs";
import { firstLine, record } from "./lib/records.mjs";
import { OURS } from "./lib/peers.mjs";

const KINDE = [
  "@kinde/management-api-js",
  "@kinde/jwt-validator",
  "@kinde/webhooks",
  "@kinde-oss/kinde-typescript-sdk",
];

const all = (name) => `export * from ${JSON.stringify(name)};`;
// `export *` leaves out what a package exports by default.
const whole = (name) => `${all(name)} export { default } from ${JSON.stringify(name)};`;

/** What is bundled, by the name of the peer. */
const everything = {
  [OURS]: all(OURS),
  "@kinde/management-api-js": all("@kinde/management-api-js"),
  "@kinde/jwt-validator": all("@kinde/jwt-validator"),
  "@kinde/webhooks": all("@kinde/webhooks"),
  "@kinde-oss/kinde-typescript-sdk": all("@kinde-oss/kinde-typescript-sdk"),
  "Kinde's four together": KINDE.map((name, number) => `export * as of${number} from ${JSON.stringify(name)};`).join(
    "\n",
  ),
  "@kinde/js-utils": all("@kinde/js-utils"),
  openai: whole("openai"),
  cloudflare: whole("cloudflare"),
  stripe: whole("stripe"),
  "@workos-inc/node": all("@workos-inc/node"),
  octokit: all("octokit"),
  "openapi-fetch": whole("openapi-fetch"),
};

/** One call, and what a package needs for it. */
const oneCall = {
  [OURS]: `import { Kinde } from "kinde-edge"; export default (env, id) => new Kinde(env).users.get(id);`,
  "@kinde/management-api-js": `import { init, Users } from "@kinde/management-api-js"; export default (env, id) => (init(env), Users.getUserData({ id }));`,
  "@kinde-oss/kinde-typescript-sdk": `import { Configuration, UsersApi } from "@kinde-oss/kinde-typescript-sdk"; export default (env, id) => new UsersApi(new Configuration(env)).getUserData({ id });`,
  openai: `import OpenAI from "openai"; export default (env, id) => new OpenAI(env).models.retrieve(id);`,
  cloudflare: `import { createClient } from "cloudflare/tree-shakable"; import { BaseZones } from "cloudflare/resources/zones/zones"; export default (env, zone_id) => createClient({ ...env, resources: [BaseZones] }).zones.get({ zone_id });`,
  stripe: `import Stripe from "stripe"; export default (env, id) => new Stripe(env.key).customers.retrieve(id);`,
  "@workos-inc/node": `import { WorkOS } from "@workos-inc/node"; export default (env, id) => new WorkOS(env.key).userManagement.getUser(id);`,
  octokit: `import { Octokit } from "octokit"; export default (env, username) => new Octokit(env).rest.users.getByUsername({ username });`,
  "openapi-fetch": `import createClient from "openapi-fetch"; export default (env, id) => createClient(env).GET("/api/v1/user", { params: { query: { id } } });`,
  "hand-written fetch": `export default async (env, id) => { const response = await fetch(env.domain + "/api/v1/user?id=" + encodeURIComponent(id), { headers: { authorization: "Bearer " + env.token } }); if (!response.ok) throw new Error(await response.text()); return response.json(); };`,
};

for (const [work, programs] of Object.entries({ "all of it": everything, "one call": oneCall })) {
  for (const [peer, source] of Object.entries(programs)) {
    await measure({ area: "size", peer }, work, source);
  }
}

async function measure(common, work, source) {
  try {
    const { files, note } = await bundle(source);
    for (const [kind, bytes] of Object.entries(sizes(files))) {
      record({ ...common, work: `${work}, ${kind}`, unit: "bytes", samples: [bytes], note });
    }
  } catch (error) {
    record({ ...common, work: `${work}, gzip`, unit: "bytes", failed: firstLine(error) });
  }
}
