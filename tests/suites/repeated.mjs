// Calls of an operation that was called before: the package keeps what it has planned for those that have identifiers alone.
// Nothing of it may show: requests, errors, retries, hooks are those of a first call.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, double, rejection } from "../lib/double.mjs";
import { methodOf } from "../lib/resources.mjs";
import { callOf } from "../lib/values.mjs";

export const cases = (operations) => [
  {
    name: "every operation sends the same again, and to others what its call by id sends",
    run: (host) => checkOperations(host, operations),
  },
  ...identifiers,
  ...ways,
];

/** A request, without the signal. */
const sent = ({ url, init: { signal, ...init } }) => ({ url, ...init });

async function checkOperations({ sdk }, operations) {
  let count = 0;
  for (const operation of operations) {
    const { args, named } = callOf(operation, { everything: false });
    if (!args.every((one) => typeof one === "string")) continue;
    const { kinde, calls } = clientOn(sdk);
    const call = methodOf(kinde, operation);
    const settle = (promise) => promise.then(...[() => undefined, ({ code }) => code]);
    await settle(call(...args));
    await settle(call(...args));
    await settle(kinde.call(operation.operationId, named));
    const [first, second, byId] = calls.map(sent);
    deepEqual(second, first, `${operation.operationId}, again`);
    deepEqual(byId, first, `${operation.operationId}, by id`);

    const others = args.map((_, i) => `an-other_${i}`);
    const keys = Object.keys(named);
    const allOthers = Object.fromEntries(others.map((other, i) => [keys[i], other]));
    if (keys.length !== others.length) continue;
    calls.length = 0;
    const outcomes = [await settle(call(...others)), await settle(kinde.call(operation.operationId, allOthers))];
    equal(outcomes[0], outcomes[1], `${operation.operationId}, outcome for others`);
    const [positional, expected] = calls.map(sent);
    deepEqual(positional, expected, `${operation.operationId}, for others`);
    count++;
  }
  ok(count > 80, `${count} operations have identifiers alone`);
}

const identifiers = [
  {
    name: "identifiers that need encoding are encoded, whatever came before",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk);
      const all = [
        "kp_1",
        "kp_1",
        "a b",
        "ü",
        "a/b",
        "x?y=z&",
        "a%2Fb",
        "A.b~c",
        "-",
        "_",
        "a".repeat(201),
        "🎉",
        "kp_2",
      ];
      for (const id of all) await kinde.users.get(id);
      deepEqual(
        calls.map(({ url }) => url),
        all.map((id) => `${DOMAIN}/api/v1/user?id=${encodeURIComponent(id)}`),
      );
    },
  },
  {
    name: "what is refused of a first call is refused of a later one, and nothing is sent",
    async run({ sdk }) {
      const wrong = [
        [],
        [""],
        ["."],
        [".."],
        [5],
        [null],
        [undefined],
        [{}],
        [["kp_1"]],
        ["kp_1", {}, {}, 1],
        ["\ud800"],
      ];
      const messages = async (kinde) => {
        const all = [];
        for (const args of wrong) {
          const { code, message } = await rejection(sdk, kinde.organizations.users.roles.list(...args)).catch(String);
          all.push([code, message]);
          const error = await kinde.applications.get(...args).catch((error) => error);
          all.push([error.code, error.message]);
        }
        return all;
      };
      const { kinde, calls } = clientOn(sdk, {}, () => Response.json({ roles: [] }));
      const before = await messages(kinde);
      calls.length = 0;
      await kinde.applications.get("app_1");
      await kinde.applications.get("app_1");
      calls.length = 0;
      deepEqual(await messages(kinde), before);
      deepEqual(
        calls.filter(({ url }) => !/\/applications\/kp_1$/.test(url)),
        [],
      );
    },
  },
  {
    name: "options, params and more of one call are none of the next",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk);
      await kinde.users.get("kp_1");
      await kinde.users.get("kp_1", { expand: ["billing"] }, { headers: { "x-own": "1" } });
      await kinde.users.get("kp_1");
      deepEqual(
        calls.map(({ url, init }) => [url.slice(DOMAIN.length), init.headers["x-own"]]),
        [
          ["/api/v1/user?id=kp_1", undefined],
          ["/api/v1/user?id=kp_1&expand=billing", "1"],
          ["/api/v1/user?id=kp_1", undefined],
        ],
      );
      const aborted = AbortSignal.abort("enough");
      equal((await rejection(sdk, kinde.users.get("kp_1", undefined, { signal: aborted }))).code, "aborted");
      equal(calls.length, 3, "requests");
    },
  },
];

/** A fetch that gives these answers one after the other, and the last of them for ever. */
function answers(...all) {
  let count = 0;
  return double(() => all[Math.min(count++, all.length - 1)]());
}

const json = (status, body, headers) => () => Response.json(body, { status, headers });
const good = json(200, { id: "kp_1" });
const token = (text, expires_in = 3600) => json(200, { access_token: text, expires_in });

/** Credentials of nobody else. */
const credentials = () => ({ clientId: crypto.randomUUID(), clientSecret: "a secret" });

const ways = [
  {
    name: "a failure is repeated, and reported, as that of a first call",
    async run({ sdk }) {
      const bad = { errors: [{ code: "BAD", message: "no" }], new: null };
      const refusal = json(400, bad, { "x-request-id": "r1" });
      const service = answers(good, good, json(503, {}, { "retry-after": "0" }), good, refusal);
      const kinde = new sdk.Kinde({ domain: DOMAIN, accessToken: "token", fetch: service.fetch });
      for (let i = 0; i < 3; i++) deepEqual(await kinde.users.get("kp_1"), { id: "kp_1" });
      equal(service.calls.length, 4, "requests");
      const error = await rejection(sdk, kinde.users.get("kp_1"));
      deepEqual(
        [error.code, error.status, error.attempts, error.operation, error.requestId, error.body],
        ["api", 400, 1, "getUserData", "r1", bad],
      );
      deepEqual(error.errors, bad.errors);
    },
  },
  {
    name: "a token that is refused is renewed, once",
    async run({ sdk }) {
      const service = answers(token("one"), good, good, json(401, {}), token("two"), good, good);
      const kinde = new sdk.Kinde({ domain: DOMAIN, ...credentials(), fetch: service.fetch });
      for (let i = 0; i < 4; i++) await kinde.users.get("kp_1");
      deepEqual(
        service.calls.map(({ url, init }) => (url.endsWith("/token") ? "token" : init.headers.authorization)),
        ["token", "Bearer one", "Bearer one", "Bearer one", "token", "Bearer two", "Bearer two"],
      );
    },
  },
  {
    name: "clients with the same credentials share their token; one that has run out is not sent",
    async run({ sdk }) {
      const own = credentials();
      const service = answers(token("one", 1), good, good, token("two"), good);
      const client = () => new sdk.Kinde({ domain: DOMAIN, ...own, fetch: service.fetch });
      await client().users.get("kp_1");
      await client().users.get("kp_1");
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await client().users.get("kp_1");
      deepEqual(
        service.calls.map(({ url, init }) => (url.endsWith("/token") ? "token" : init.headers.authorization)),
        ["token", "Bearer one", "Bearer one", "token", "Bearer two"],
      );
    },
  },
  {
    name: "hooks, a logger, a deadline, maxConcurrency and an accessToken function are those of each client",
    async run({ sdk }) {
      const plain = clientOn(sdk).kinde;
      await plain.users.get("kp_1");
      await plain.users.get("kp_1");

      const told = [];
      const observed = clientOn(sdk, { hooks: { request: ({ name }) => void told.push(name) } }).kinde;
      const logged = [];
      const log = (line) => void logged.push(line);
      const logger = { debug: log, info: log, warn: log, error: log };
      const logging = clientOn(sdk, { logger, logLevel: "debug" }).kinde;
      let asked = 0;
      const given = clientOn(sdk, { accessToken: () => `token-${++asked}` });
      for (const kinde of [observed, logging, given.kinde]) {
        await kinde.users.get("kp_1");
        await kinde.users.get("kp_1");
      }
      deepEqual(told, ["users.get", "users.get"], "hooks");
      equal(logged.length, 4, "lines");
      deepEqual(
        given.calls.map(({ init }) => init.headers.authorization),
        ["Bearer token-1", "Bearer token-2"],
      );

      const silent = () => new Promise(() => {});
      const hasty = clientOn(sdk, { deadline: 20 }, silent).kinde;
      equal((await rejection(sdk, hasty.users.get("kp_1"))).code, "timeout", "with a deadline");
      const short = clientOn(sdk, { timeout: 20 }, silent).kinde;
      const error = await rejection(sdk, short.users.get("kp_1"));
      deepEqual([error.code, error.message.includes("20 ms")], ["timeout", true], "with a time limit");

      let underWay = 0;
      let most = 0;
      const slow = async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay--;
        return Response.json({});
      };
      const limited = clientOn(sdk, { maxConcurrency: 2 }, slow).kinde;
      await Promise.all(Array.from({ length: 6 }, () => limited.users.get("kp_1")));
      equal(most, 2, "requests at once");
    },
  },
  ...[
    // First: it is this one that nothing tells the templates of but the answer itself.
    ["a list", (kinde) => kinde.users.list()],
    ["a call", (kinde) => kinde.users.get("kp_3")],
  ].map(([name, call]) => ({
    name: `after ${name} was refused for the number of requests, later calls wait for their turn`,
    async run({ sdk }) {
      const started = [];
      let count = 0;
      const service = double(() => {
        started.push(performance.now());
        if (count++ === 2) return Response.json({}, { status: 429, headers: { "retry-after": "1" } });
        return Response.json({ users: [] });
      });
      const kinde = new sdk.Kinde({ domain: DOMAIN, accessToken: crypto.randomUUID(), fetch: service.fetch });
      await kinde.users.get("kp_1");
      await kinde.users.get("kp_1");
      const refused = call(kinde);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await Promise.all([refused, kinde.users.get("kp_2")]);
      equal(started.length, 5, "requests");
      const waits = started.slice(3).map((time) => time - started[2]);
      ok(
        waits.every((wait) => wait > 900),
        `sent ${waits} ms after the refusal`,
      );
    },
  })),
  {
    name: "a call that only a signed-in user may make is none of a machine's",
    async run({ sdk }) {
      const user = clientOn(sdk);
      await user.kinde.account.entitlements.get("seats");
      await user.kinde.account.entitlements.get("seats");
      equal(user.calls.length, 2, "requests of the user");
      const { kinde, calls } = clientOn(sdk, credentials());
      equal((await rejection(sdk, kinde.account.entitlements.get("seats"))).code, "configuration");
      equal(calls.length, 0, "requests");
    },
  },
  {
    name: "the response is there, also of a later call",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => Response.json({ id: "kp_1" }, { headers: { "x-request-id": "r1" } }));
      for (let i = 0; i < 3; i++) {
        const { data, response } = await kinde.users.get("kp_1").withResponse();
        deepEqual([data, response.status, response.headers.get("x-request-id")], [{ id: "kp_1" }, 200, "r1"]);
      }
    },
  },
];
