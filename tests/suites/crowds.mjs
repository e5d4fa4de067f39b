// What many share at once: renewals of sessions, tokens, keys. Nobody is forgotten while there is room,
// nor while something is under way.

import { deepEqual, equal } from "../lib/assert.mjs";
import { clientOn } from "../lib/double.mjs";
import { makeIssuer } from "../lib/issuer.mjs";
import { APP, CALLBACK, issuer, tokens } from "../lib/signin.mjs";

export const cases = () => [...sessions, ...lists];

const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sets the clock forward while something runs. */
async function later(seconds, run) {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  try {
    return await run();
  } finally {
    Date.now = now;
  }
}

/** Makes so many of something, a hundred at once. */
async function make(count, one) {
  const all = [];
  for (let rest = count; rest > 0; rest -= 100) {
    all.push(...(await Promise.all(Array.from({ length: Math.min(rest, 100) }, one))));
  }
  return all;
}

const request = (path, cookie) => new Request(new URL(path, APP), { headers: { cookie } });
const cookieOf = ({ headers }) => headers.getSetCookie()[0].split(";")[0];

/**
 * Sessions of one application, as many as are wanted. They begin in one sign-in: its code stands for as
 * many, and its id token is signed once. The stand-in for Kinde takes each refresh token once, as Kinde
 * does, and notes how often it came.
 */
function crowd(sdk) {
  const asked = new Map();
  const signed = new Map();
  const { kinde } = issuer(sdk, {
    maxRetries: 0,
    timeout: Infinity,
    async answer(form) {
      if (form.grant_type !== "refresh_token") {
        if (!signed.has(form.code)) signed.set(form.code, tokens({ nonce: form.code }));
        return { ...(await signed.get(form.code)), refresh_token: crypto.randomUUID() };
      }
      const times = (asked.get(form.refresh_token) ?? 0) + 1;
      asked.set(form.refresh_token, times);
      await soon(50);
      if (times > 1) return Response.json({ error: "invalid_grant" }, { status: 400 });
      return { access_token: "renewed", token_type: "bearer", expires_in: 3600, refresh_token: crypto.randomUUID() };
    },
  });
  const session = kinde.session({ secret: "s".repeat(32), redirectUri: CALLBACK });
  return {
    /** How often each refresh token came. */
    asked: () => [...asked.values()],
    /** The cookies of new sessions. */
    async signIn(count) {
      const begun = await session.signIn(request("/", ""));
      const { searchParams } = new URL(begun.headers.get("location"));
      const back = `/callback?code=${searchParams.get("nonce")}&state=${searchParams.get("state")}`;
      return make(count, async () => cookieOf(await session.callback(request(back, cookieOf(begun)))));
    },
    /** Whether a request with a cookie is one of a user with new tokens. */
    get: async (cookie) => (await session.get(request("/", cookie)))?.accessToken === "renewed",
  };
}

/** What two requests with each of these cookies come to, the second one a little later. */
const twice = async (get, cookies) =>
  (await Promise.all(cookies.map((cookie) => Promise.all([get(cookie), soon(20).then(() => get(cookie))])))).flat();

const sessions = [
  {
    name: "more sessions that are due at once than are remembered are renewed once each",
    timeout: 300_000,
    async run({ sdk, runtime }) {
      // A request of a Worker's may have 10,000 timers, and each who waits has one.
      const count = runtime.startsWith("workerd") ? 3_000 : 10_500;
      const { signIn, get, asked } = crowd(sdk);
      const cookies = await signIn(count);
      const users = await later(4_000, () => twice(get, cookies));
      equal(asked().length, count, "refresh tokens");
      equal(asked().filter((times) => times > 1).length, 0, "refresh tokens that were sent twice");
      equal(users.filter((isRenewed) => !isRenewed).length, 0, "users who were signed out");
    },
  },
  {
    name: "somebody who sends 1,000 old cookies again and again signs nobody out",
    async run({ sdk }) {
      const { signIn, get, asked } = crowd(sdk);
      const [old, victims] = [await signIn(1_000), await signIn(50)];
      const flood = () => Promise.all(old.map(get));
      await later(4_000, flood);
      equal(asked().length, 1_000, "refreshes in the beginning");
      // While the renewed sessions are still known, and when they are forgotten.
      for (const seconds of [4_010, 4_100, 4_300, 4_450]) await later(seconds, flood);
      deepEqual([asked().length, Math.max(...asked())], [1_000, 1], "refreshes in ten minutes");
      const users = await later(4_450, async () => {
        const floods = [flood()];
        const users = twice(get, victims);
        floods.push(soon(20).then(flood));
        await Promise.all(floods);
        return users;
      });
      equal(users.filter((isRenewed) => !isRenewed).length, 0, "victims");
      deepEqual([asked().length, Math.max(...asked())], [1_050, 1], "refreshes in the end");
    },
  },
];

const lists = [
  {
    name: "keys of 1,000 issuers are kept; for one more, those go that were not used for longest",
    async run({ sdk }) {
      const issuers = await make(1_000, () => makeIssuer(sdk));
      const verify = async (issuer) => issuer.kinde.tokens.verify(await issuer.sign());
      for (const issuer of issuers) await verify(issuer);
      for (const issuer of issuers) await verify(issuer);
      equal(issuers.filter(({ calls }) => calls.length !== 1).length, 0, "issuers that were asked twice");
      await verify(await makeIssuer(sdk));
      for (const issuer of [...issuers.slice(1), issuers[0]]) await verify(issuer);
      deepEqual(
        issuers.flatMap(({ calls }, index) => (calls.length > 1 ? index : [])),
        [0],
        "issuers that were asked again",
      );
    },
  },
  {
    name: "tokens of 1,000 credentials are kept; for one more, that goes that was not used for longest",
    async run({ sdk }) {
      let tokens = 0;
      const answer = (url) => Response.json(url.endsWith("/token") ? (tokens++, { access_token: "t" }) : {});
      const client = () => clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: "the secret" }, answer).kinde;
      const clients = await make(1_000, client);
      // By its id: a method's template is a use that the list of tokens does not hear of.
      const call = (kinde) => kinde.call("getBusiness");
      for (let round = 0; round < 3; round++) for (const kinde of clients) await call(kinde);
      equal(tokens, 1_000, "token requests");
      await call(client());
      for (const kinde of clients.slice(1)) await call(kinde);
      equal(tokens, 1_001, "token requests of the others");
      await call(clients[0]);
      equal(tokens, 1_002, "token requests with the first");
    },
  },
];
