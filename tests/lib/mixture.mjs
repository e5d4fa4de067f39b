// A hundred thousand calls: of every kind, on a service that is a function.

import { deepEqual } from "./assert.mjs";
import { DOMAIN } from "./double.mjs";

const NOW = { "retry-after": "0" };

/** After how many requests the service drops the token. */
const REVOKED = 5_000;

/** As fetch does it: nothing comes until the signal says that nothing will. */
const hang = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** Refuses every third request for being too many, answers by what the address says. */
function service() {
  let [asked, arrived] = [0, 0];
  /** @type {string | undefined} */
  let token;
  const answer = (url, { signal }) => {
    const wanted = new URL(url).searchParams.get("next_token");
    if (wanted === "busy")
      return arrived % 3 ? Response.json({ users: [], wanted }) : new Response("busy", { status: 429, headers: NOW });
    if (wanted === "down")
      return Response.json({ errors: [{ code: "DOWN", message: "down" }] }, { status: 500, headers: NOW });
    if (wanted === "page") return new Response("<html>", { status: 404 });
    if (wanted === "text") return new Response("<html>");
    if (wanted === "offline") throw new TypeError("offline");
    if (wanted === "slow") return hang(signal);
    return Response.json({ users: [], wanted, unknown: [null] });
  };
  return {
    asked: () => asked,
    async fetch(url, init) {
      if (url.endsWith("/oauth2/token")) {
        token = `token-${++asked}`;
        return Response.json({ access_token: token, expires_in: 3600 });
      }
      if (++arrived % REVOKED === 0) token = undefined;
      if (init.headers.authorization !== `Bearer ${token}`) return new Response(null, { status: 401 });
      return answer(url, init);
    },
  };
}

/**
 * What is called, and what each comes to.
 * @type {[string, (kinde: any) => any][]}
 */
const kinds = [
  ["data", (kinde) => kinde.users.list({ page_size: 50, user_id: ["a", "b"] })],
  ["data", (kinde) => kinde.apis.create({ name: "x".repeat(1_000), audience: "a" })],
  ["data", (kinde) => kinde.users.update("kp_1", { given_name: "Ådá" })],
  ["data", (kinde) => kinde.environment.logos.set("dark", { logo: new Uint8Array(100) })],
  ["data", busy],
  ["server", (kinde) => kinde.users.list({ next_token: "down" })],
  ["not_found", (kinde) => kinde.users.list({ next_token: "page" })],
  ["decode", (kinde) => kinde.users.list({ next_token: "text" })],
  ["connection", (kinde) => kinde.users.list({ next_token: "offline" }, { maxRetries: 0 })],
  ["timeout", (kinde) => kinde.users.list({ next_token: "slow" }, { timeout: 2, maxRetries: 0 })],
  ["aborted", aborted],
  ["invalid_request", (kinde) => kinde.users.get(5)],
];

function busy(kinde) {
  return kinde.users.list({ next_token: "busy" }, { maxRetries: 100 });
}

async function aborted(kinde) {
  const controller = new AbortController();
  const call = kinde.users.list({ next_token: "slow" }, { signal: controller.signal });
  setTimeout(() => controller.abort("enough"), 1);
  return call;
}

/**
 * A client with a queue and one without, and a function that makes so many calls of all kinds, so
 * many at once, and checks what they come to.
 */
export function mixture(sdk) {
  const { fetch, asked } = service();
  const credentials = { domain: DOMAIN, clientId: crypto.randomUUID(), clientSecret: "a secret", fetch };
  const clients = [new sdk.Kinde(credentials), new sdk.Kinde({ ...credentials, maxConcurrency: 40 })];
  const call = async (number) => {
    const [expected, make] = kinds[number % kinds.length];
    // The one with a queue would slow down for each refusal, until a hundred thousand take a day.
    const kinde = make === busy ? clients[0] : clients[Math.floor(number / kinds.length) % clients.length];
    const seen = await make(kinde).then(
      () => "data",
      ({ code }) => code,
    );
    deepEqual([number, seen], [number, expected], "number of the call, what it comes to");
  };
  return {
    asked,
    async make(calls, atOnce) {
      let next = 0;
      const caller = async () => {
        while (next < calls) await call(next++);
      };
      await Promise.all(Array.from({ length: atOnce }, caller));
    },
  };
}
