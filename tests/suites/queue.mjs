// `maxConcurrency`: so many requests at once, first come, first served, at the service's pace.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";

export const cases = () => [...order, ...leaving, ...refusals, ...unlimited, ...wrong];

const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const refusal = (headers = {}) => new Response(null, { status: 429, headers });

/** A client whose calls `get(1)`, `get(2)` … are answered by `answer`; notes who is under way, and who was done when. */
function queued(sdk, options, answer = () => soon(20)) {
  const told = { most: 0, now: 0, began: [], done: [] };
  const { kinde, calls } = clientOn(sdk, options, async (url, init) => {
    const id = Number(new URL(url).searchParams.get("id"));
    told.began.push(id);
    told.most = Math.max(told.most, ++told.now);
    try {
      return (await answer(id, init)) ?? Response.json({ id });
    } finally {
      told.now--;
    }
  });
  const get = (id, options) => kinde.users.get(String(id), {}, options).finally(() => told.done.push(id));
  return { kinde, calls, told, get };
}

const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

const order = [
  ...[1, 3, 10].map((maxConcurrency) => ({
    name: `${maxConcurrency} at once, in the order of the calls`,
    async run({ sdk }) {
      const { told, get } = queued(sdk, { maxConcurrency });
      const answers = await Promise.all(numbers(40).map((id) => get(id)));
      deepEqual(
        answers,
        numbers(40).map((id) => ({ id })),
        "answers",
      );
      equal(told.most, maxConcurrency, "the most at once");
      // As many as can go at once may change places.
      for (const [index, id] of told.began.entries())
        ok(Math.abs(index + 1 - id) <= 2 * (maxConcurrency - 1), `order: ${told.began}`);
    },
  })),
  {
    name: "without a limit all go at once",
    async run({ sdk }) {
      for (const options of [{}, { maxConcurrency: Infinity }, { maxConcurrency: undefined }]) {
        const { told, get } = queued(sdk, options);
        await Promise.all(numbers(40).map((id) => get(id)));
        equal(told.most, 40, "the most at once");
      }
    },
  },
  {
    name: "clients have queues of their own",
    async run({ sdk }) {
      const one = queued(sdk, { maxConcurrency: 1 });
      const two = queued(sdk, { maxConcurrency: 1 });
      const hung = new AbortController();
      const { get } = queued(sdk, { maxConcurrency: 1 }, () => new Promise(() => {}));
      const stuck = rejection(sdk, get(1, { signal: hung.signal }));
      await Promise.all([one.get(1), two.get(1)]);
      hung.abort();
      equal((await stuck).code, "aborted", "code");
    },
  },
  {
    name: "a call that comes when nobody waits goes at once",
    async run({ sdk }) {
      const { told, get } = queued(sdk, { maxConcurrency: 1 }, () => undefined);
      for (const id of numbers(50)) await get(id);
      deepEqual(told.done, numbers(50), "done");
    },
  },
  {
    name: "the pages of a list and their token requests are in it, too",
    async run({ sdk }) {
      let [now, most] = [0, 0];
      const { kinde } = clientOn(
        sdk,
        { maxConcurrency: 1, clientId: crypto.randomUUID(), clientSecret: "a secret" },
        async (url) => {
          most = Math.max(most, ++now);
          await soon(5);
          now--;
          if (url.endsWith("/token")) return Response.json({ access_token: "t", expires_in: 3600 });
          const page = Number(new URL(url).searchParams.get("next_token") ?? 0);
          return Response.json({ users: [page], next_token: page < 3 ? String(page + 1) : null });
        },
      );
      const read = async () => {
        const users = [];
        for await (const user of kinde.users.list()) users.push(user);
        return users;
      };
      deepEqual(
        await Promise.all([read(), read()]),
        [
          [0, 1, 2, 3],
          [0, 1, 2, 3],
        ],
        "users",
      );
      equal(most, 1, "the most at once");
    },
  },
];

const leaving = [
  {
    name: "a call that is aborted while it waits is never sent, and holds nobody up",
    async run({ sdk }) {
      const { told, get } = queued(sdk, { maxConcurrency: 1 });
      const controller = new AbortController();
      const first = get(1);
      const second = rejection(sdk, get(2, { signal: controller.signal }));
      const third = get(3);
      await soon(5);
      controller.abort("enough");
      const error = await second;
      deepEqual([error.code, error.cause, error.attempts], ["aborted", "enough", 0], "error");
      await Promise.all([first, third]);
      deepEqual(told.began, [1, 3], "requests");
    },
  },
  {
    name: "a deadline ends the wait, a timeout does not count it",
    async run({ sdk }) {
      const { told, get } = queued(sdk, { maxConcurrency: 1 }, () => soon(150));
      const first = get(1);
      const late = rejection(sdk, get(2, { deadline: 50 }));
      const patient = get(3, { timeout: 250 });
      const last = get(4, { timeout: 250 });
      const error = await late;
      deepEqual([error.code, error.attempts], ["timeout", 0], "error");
      await Promise.all([first, patient, last]);
      deepEqual(told.began, [1, 3, 4], "requests");
    },
  },
  {
    name: "calls that fail give their place back",
    async run({ sdk }) {
      const ways = [
        () => Promise.reject(new TypeError("offline")),
        () => new Response("no", { status: 400 }),
        () => new Response("{", { status: 200 }),
        () => new Response(null, { status: 503 }),
        (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      ];
      const { told, get } = queued(sdk, { maxConcurrency: 2, timeout: 50 }, (id, { signal }) =>
        ways[id % ways.length](signal),
      );
      const codes = await Promise.all(numbers(20).map(async (id) => (await rejection(sdk, get(id))).code));
      const round = ["api", "decode", "server", "timeout", "connection"];
      deepEqual(codes, [...round, ...round, ...round, ...round], "codes");
      equal(told.most, 2, "the most at once");
      equal(told.began.length, 20, "requests");
    },
  },
  {
    name: "a wrong call does not stand in the queue",
    async run({ sdk }) {
      const { kinde, calls } = queued(sdk, { maxConcurrency: 1 });
      for (const id of numbers(5)) equal((await rejection(sdk, kinde.users.get(id))).code, "invalid_request", "code");
      await kinde.business.get();
      equal(calls.length, 1, "requests");
    },
  },
  {
    name: "a call that waits to be tried again gives its place away and keeps its turn",
    async run({ sdk }) {
      let failed = false;
      const busy = () => ((failed = true), new Response(null, { status: 503, headers: { "retry-after": "0.05" } }));
      const { told, get } = queued(sdk, { maxConcurrency: 1, maxRetries: 1 }, async (id) => {
        await soon(30);
        return id === 1 && !failed ? busy() : undefined;
      });
      await Promise.all(numbers(5).map((id) => get(id)));
      // It is back after one or two others, not behind all of them.
      equal(told.began.length, 6, "requests");
      ok(told.began.lastIndexOf(1) < 5, `order of the requests: ${told.began}`);
    },
  },
];

const refusals = [
  {
    name: "one refusal stops all until the service takes more",
    async run({ sdk }) {
      let refused;
      const early = [];
      const { calls, get } = queued(sdk, { maxConcurrency: 4, maxRetries: 2 }, (id) => {
        if (refused && Date.now() - refused < 400) early.push(id);
        if (refused) return undefined;
        refused = Date.now();
        return refusal({ "ratelimit-reset": "0.4" });
      });
      // The first one alone, so that no other is under way when it is refused.
      const all = [get(1)];
      await soon(30);
      all.push(
        ...numbers(8)
          .slice(1)
          .map((id) => get(id)),
      );
      const answers = await Promise.all(all);
      deepEqual(
        answers,
        numbers(8).map((id) => ({ id })),
        "answers",
      );
      deepEqual(early, [], "requests before the reset");
      equal(calls.length, 9, "requests");
    },
  },
  {
    name: "a refusal that asks for too long fails the call",
    async run({ sdk }) {
      const { calls, get } = queued(sdk, { maxConcurrency: 1, maxRetries: 2 }, () => refusal({ "retry-after": "61" }));
      const error = await rejection(sdk, get(1));
      deepEqual([error.code, error.retryAfter, calls.length], ["rate_limited", 61, 1], "error");
    },
  },
  {
    name: "a call that must be over before the pause is fails at once",
    async run({ sdk }) {
      const { get } = queued(sdk, { maxConcurrency: 1, maxRetries: 2, deadline: 5_000 }, () =>
        refusal({ "retry-after": "30" }),
      );
      const started = Date.now();
      equal((await rejection(sdk, get(1))).code, "rate_limited", "code");
      ok(Date.now() - started < 2_000, "it waited");
    },
  },
  {
    name: "a write that is refused is sent again, once the service takes more",
    async run({ sdk }) {
      let requests = 0;
      const answer = () => (++requests === 1 ? refusal({ "retry-after": "0.05" }) : Response.json({ a: 1 }));
      const { kinde } = clientOn(sdk, { maxConcurrency: 1, maxRetries: 1 }, answer);
      deepEqual(await kinde.apis.create({ name: "n", audience: "a" }), { a: 1 }, "answer");
      equal(requests, 2, "requests");
    },
  },
];

/** A service that refuses what `isRefused` says, and clients of it without a limit. */
function shared(sdk, isRefused, headers = { "retry-after": "0.3" }) {
  const sent = [];
  const fetch = async (_url, { headers: { authorization } }) => {
    sent.push(Date.now());
    return isRefused(sent.length, authorization) ? refusal(headers) : Response.json({ a: 1 });
  };
  const client = (options) => new sdk.Kinde({ domain: "acme.kinde.com", accessToken: "one", fetch, ...options });
  return { sent, client };
}

const unlimited = [
  {
    name: "without a limit, one refusal stops all with the same credentials until the service takes more",
    async run({ sdk }) {
      const { sent, client } = shared(sdk, (number) => number === 1);
      const first = client().business.get();
      await soon(20);
      await Promise.all([
        first,
        client().business.get(),
        client()
          .users.list()
          .withResponse()
          .catch(() => {}),
      ]);
      equal(sent.length, 4, "requests");
      for (const time of sent.slice(1)) ok(time - sent[0] >= 295, `a request after ${time - sent[0]} ms`);
    },
  },
  {
    name: "without a limit, calls with other credentials, another domain or another fetch go on",
    async run({ sdk }) {
      const { sent, client } = shared(sdk, (_, authorization) => authorization === "Bearer one", {
        "retry-after": "30",
      });
      const gone = new AbortController();
      const first = rejection(sdk, client().business.get({ signal: gone.signal }));
      await soon(20);
      await client({ accessToken: "two" }).business.get();
      await client().business.get({ accessToken: "two" });
      const { kinde } = clientOn(sdk, { accessToken: "one" }, () => Response.json({}));
      await kinde.business.get();
      equal(sent.length, 3, "requests");
      gone.abort();
      equal((await first).code, "aborted", "code");
    },
  },
  {
    name: "without a limit, refusals do not count as retries while the service takes others",
    async run({ sdk }) {
      let now = 0;
      // Two in 50 ms: of thirty at once, some are refused more often than a call has retries.
      const { sent, client } = shared(
        sdk,
        () => {
          const window = Math.floor(Date.now() / 50);
          if (Math.floor(now) !== window) now = window;
          now += 0.3;
          return Math.floor(now) !== window || now - window > 0.7;
        },
        { "retry-after": "0.05" },
      );
      const kinde = client({ maxRetries: 2 });
      const answers = await Promise.all(numbers(30).map(() => kinde.business.get()));
      equal(answers.length, 30, "answers");
      ok(sent.length > 31, `${sent.length} requests: nothing was refused`);
    },
  },
  {
    name: "without a limit, a service that takes nothing is asked as often as maxRetries says",
    async run({ sdk }) {
      const { sent, client } = shared(sdk, () => true, { "retry-after": "0.01" });
      const kinde = client({ maxRetries: 2 });
      const errors = await Promise.all(numbers(5).map(() => rejection(sdk, kinde.business.get())));
      for (const error of errors) deepEqual([error.code, error.attempts], ["rate_limited", 3], "error");
      equal(sent.length, 15, "requests");
    },
  },
  {
    name: "without a limit, a call that must be over before its turn fails at once, and is not sent",
    async run({ sdk }) {
      const { sent, client } = shared(sdk, (number) => number === 1, { "retry-after": "20" });
      const gone = new AbortController();
      const first = rejection(sdk, client().business.get({ signal: gone.signal }));
      await soon(20);
      const started = Date.now();
      const error = await rejection(sdk, client().business.get({ deadline: 5_000 }));
      ok(Date.now() - started < 1_000, "it waited");
      deepEqual([error.code, error.status, error.attempts], ["rate_limited", 429, 0], "error");
      ok(error.retryAfter >= 18 && error.retryAfter <= 20, `retryAfter ${error.retryAfter}`);
      ok(error.message.includes("the turn of this call would come after its deadline"), error.message);
      equal(sent.length, 1, "requests");
      gone.abort();
      await first;
    },
  },
  {
    name: "without a limit, a refusal that asks for too long makes nobody wait",
    async run({ sdk }) {
      const { sent, client } = shared(sdk, (number) => number === 1, { "retry-after": "61" });
      equal((await rejection(sdk, client().business.get())).code, "rate_limited", "code");
      await client().business.get();
      equal(sent.length, 2, "requests");
    },
  },
];

const wrong = [0, -1, 1.5, NaN, "2", {}, true].map((value) => ({
  name: `maxConcurrency cannot be ${typeof value === "string" ? JSON.stringify(value) : value}`,
  async run({ sdk }) {
    const made = async () => clientOn(sdk, { maxConcurrency: value });
    const error = await rejection(sdk, made());
    equal(error.code, "configuration", "code");
    ok(error.message.startsWith("maxConcurrency: expected a whole number above 0"), error.message);
    const { kinde, calls } = clientOn(sdk);
    equal(
      (await rejection(sdk, kinde.users.list({}, { maxConcurrency: 1 }))).code,
      "invalid_request",
      "code of the call's error",
    );
    equal(calls.length, 0, "requests");
  },
}));
