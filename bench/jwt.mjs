// Verified tokens a second: RS256, the keys cached.
import { fileURLToPath } from "node:url";

import { ORIGIN } from "./lib/answers.mjs";
import { firstLine, isQuick, record, runNode } from "./lib/records.mjs";

const ROUNDS = isQuick ? 1 : 5;
const [WARM_UP, BATCH, BATCHES] = isQuick ? [150, 150, 3] : [400, 300, 3];

const self = fileURLToPath(import.meta.url);

/** From the token to whether it is good. */
const peers = {
  "kinde-edge": async () => {
    const { Kinde } = await import("kinde-edge");
    const kinde = new Kinde({ domain: ORIGIN });
    return async (token) => (await kinde.tokens.verify(token, { audience: "the-api" })).sub === "kp_1";
  },
  jose: async () => {
    const { createRemoteJWKSet, customFetch, jwtVerify } = await import("jose");
    const keys = createRemoteJWKSet(new URL(`${ORIGIN}/.well-known/jwks.json`), { [customFetch]: globalThis.fetch });
    return async (token) =>
      (await jwtVerify(token, keys, { issuer: ORIGIN, audience: "the-api" })).payload.sub === "kp_1";
  },
  "@kinde/jwt-validator": async () => {
    const { validateToken } = await import("@kinde/jwt-validator");
    return async (token) => (await validateToken({ token, domain: ORIGIN })).valid;
  },
};

const notes = { "@kinde/jwt-validator": "looks at the signature only: neither issuer nor audience nor expiry" };

if (process.argv[2]) await measure(process.argv[2]);
else {
  const samples = new Map();
  const failures = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const peer of Object.keys(peers)) {
      await runNode([self, peer]).then(
        (measured) => samples.set(peer, [...(samples.get(peer) ?? []), ...measured]),
        (error) => failures.set(peer, firstLine(error)),
      );
    }
  }
  for (const peer of Object.keys(peers)) {
    const common = { area: "jwt", work: "RS256", peer, unit: "tokens/s", note: notes[peer] };
    record(samples.has(peer) ? { ...common, samples: samples.get(peer) } : { ...common, failed: failures.get(peer) });
  }
}

async function measure(peer) {
  const { exportJWK, generateKeyPair, SignJWT } = await import("jose");
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(publicKey)), alg: "RS256", use: "sig", kid: "a-key" };
  let asked = 0;
  globalThis.fetch = async () => (asked++, Response.json({ keys: [key] }));
  const signer = new SignJWT({ azp: "a-client", permissions: ["read:users"] }).setProtectedHeader({
    alg: "RS256",
    kid: "a-key",
    typ: "JWT",
  });
  const token = await signer
    .setIssuer(ORIGIN)
    .setAudience("the-api")
    .setSubject("kp_1")
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  const verify = await peers[peer]();
  const [header, claims, signature] = token.split(".");
  const forged = `${header}.${claims}.${signature.slice(0, -8)}AAAAAAAA`;
  if (!(await verify(token)) || (await verify(forged).catch(() => false)))
    throw new Error("it takes a forged token, or refuses a good one");
  const before = asked;
  await repeatFor(WARM_UP, verify, token);
  const measured = [];
  for (let batch = 0; batch < BATCHES; batch++) measured.push(await repeatFor(BATCH, verify, token));
  if (asked !== before) throw new Error("it asks for the keys each time");
  console.log(JSON.stringify(measured));
  process.exit();
}

/** Tokens a second. */
async function repeatFor(milliseconds, verify, token) {
  const start = performance.now();
  let count = 0;
  do {
    if (!(await verify(token))) throw new Error("a good token is refused");
    count++;
  } while (performance.now() < start + milliseconds);
  return count / ((performance.now() - start) / 1000);
}
