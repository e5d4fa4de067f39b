// How often clients with credentials ask for a token.
import { fileURLToPath } from "node:url";

import { firstLine, isQuick, record, runNode } from "./lib/records.mjs";
import { ORIGIN, kindeAnswers } from "./lib/answers.mjs";
import { users } from "./lib/data.mjs";

/** Seconds that a token lives, and for how long before its end ours is not used any more. */
const [LIFETIME, MARGIN] = [3_600, 60];
const LIFETIMES = 3;
const CALLS = isQuick ? 1_000 : 10_000;

const self = fileURLToPath(import.meta.url);

/** A client that makes calls, and how much earlier than it expires it renews a token. */
const peers = {
  "kinde-edge": { margin: MARGIN, open: async () => (await import("./peers/kinde-edge.mjs")).open() },
  "@kinde/management-api-js": { margin: 0, open: async () => (await import("./peers/management-api-js.mjs")).open() },
  "@kinde-oss/kinde-typescript-sdk": { margin: 0, open: openTypescriptSdk },
};

const counts = ["1 cold call", "10 cold calls at once", "1,000 cold calls at once"];
const lifetimes = `${CALLS.toLocaleString("en-US")} calls in three lifetimes`;

if (process.argv[2]) await measure(process.argv[2], process.argv[3]);
else {
  for (const peer of Object.keys(peers)) {
    for (const work of [...counts, lifetimes]) {
      const common = { area: "tokens", work, peer, unit: "token requests" };
      await runNode([self, peer, work]).then(
        (asked) => record({ ...common, samples: [asked] }),
        (error) => record({ ...common, failed: firstLine(error) }),
      );
    }
  }
}

/** Its client for machines gives a token; the calls are those of the generated API. */
async function openTypescriptSdk() {
  const { createKindeServerClient, Configuration, GrantType, UsersApi } = await import(
    "@kinde-oss/kinde-typescript-sdk"
  );
  const credentials = {
    authDomain: ORIGIN,
    clientId: "an-id",
    clientSecret: "a".repeat(50),
    logoutRedirectURL: ORIGIN,
    audience: `${ORIGIN}/api`,
  };
  const kinde = createKindeServerClient(GrantType.CLIENT_CREDENTIALS, credentials);
  const items = {};
  const session = {
    getSessionItem: async (key) => items[key],
    setSessionItem: async (key, value) => void (items[key] = value),
    removeSessionItem: async (key) => void delete items[key],
    destroySession: async () => {},
  };
  const api = new UsersApi(new Configuration({ basePath: ORIGIN, accessToken: () => kinde.getToken(session) }));
  return { get: async () => (await api.getUserData({ id: "kp_1" })).id };
}

async function measure(peer, work) {
  let [asked, now] = [0, Date.now()];
  const isTimed = work === lifetimes;
  // Its own timers go on; only the time of day is told.
  if (isTimed) Date.now = () => now;
  const { keys, sign } = await makeSigner();
  const user = JSON.stringify(kindeAnswers.user(users(1)[0]));
  const headers = { "content-type": "application/json" };
  globalThis.fetch = async (input) => {
    const address = typeof input === "string" ? input : (input.url ?? input.href);
    if (address.includes("jwks")) return new Response(keys, { headers });
    if (!address.endsWith("/oauth2/token")) return new Response(user, { headers });
    asked++;
    // As long as a service takes: meanwhile the others come.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const access_token = await sign(Math.floor(now / 1000));
    return new Response(JSON.stringify({ access_token, token_type: "bearer", expires_in: LIFETIME }), { headers });
  };
  const { open, margin } = peers[peer];
  const client = await open();
  const call = async () => {
    const id = await client.get();
    if (id !== users(1)[0].id) throw new Error(`the call came to ${id}`);
  };
  if (isTimed) {
    const step = (LIFETIMES * (LIFETIME - margin) * 1000) / CALLS;
    for (let made = 0; made < CALLS; made++, now += step) await call();
  } else {
    const count = Number(work.split(" ")[0].replace(",", ""));
    await Promise.all(Array.from({ length: count }, call));
  }
  console.log(JSON.stringify(asked));
  process.exit();
}

/** Tokens that are signed: some look at that each time. */
async function makeSigner() {
  const { exportJWK, generateKeyPair, SignJWT } = await import("jose");
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(publicKey)), alg: "RS256", use: "sig", kid: "a-key" };
  const sign = (now) =>
    new SignJWT({ gty: ["client_credentials"], iss: ORIGIN, aud: [`${ORIGIN}/api`], iat: now, exp: now + LIFETIME })
      .setProtectedHeader({ alg: "RS256", kid: "a-key", typ: "JWT" })
      .sign(privateKey);
  return { keys: JSON.stringify({ keys: [key] }), sign };
}
