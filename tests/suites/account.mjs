// What a signed-in user calls: whose token it is, and how its pages go on.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";
import { methodOf } from "../lib/resources.mjs";
import { callOf } from "../lib/values.mjs";

/** A machine's credentials, others each time: clients with the same ones share their token. */
let machines = 0;
const machine = () => ({ clientId: `account ${machines++}`, clientSecret: "a secret" });
const ROLES = {
  apis: [],
  data: { org_code: "org_1", roles: [{ id: "1", name: "Admin", key: "admin" }] },
  metadata: {},
};

export const cases = (operations) => [
  ...operations
    .filter(({ path }) => path.startsWith("/account_api/"))
    .map((operation) => ({
      name: `${operation.operationId}: with a machine's credentials alone nothing is sent`,
      run: (host) => checkMachine(host, operation),
    })),
  {
    name: "no other operation is a user's alone",
    async run({ sdk }) {
      const users = operations.filter(({ path }) => !path.startsWith("/account_api/"));
      for (const operation of users) {
        const { kinde, calls } = clientOn(
          sdk,
          machine(),
          tokenOr(() => new Response(null, { status: 404 })),
        );
        await methodOf(kinde, operation)(...callOf(operation, { everything: false }).args).catch(() => {});
        equal(calls.length, 2, `requests of ${operation.operationId}`);
      }
    },
  },
  {
    name: "with the user's token as that of the client",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { accessToken: "the-users" }, () => Response.json(ROLES));
      deepEqual(await kinde.account.roles.list(), ROLES, "answer");
      deepEqual(sent(calls), ["GET /account_api/v1/roles Bearer the-users"], "requests");
    },
  },
  {
    name: "with the user's token for one call: that of the machine is not asked for, and not lost",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(
        sdk,
        machine(),
        tokenOr(() => Response.json(ROLES)),
      );
      const accessToken = "the-users";
      await kinde.account.roles.list({}, { accessToken });
      await kinde.account.roles.list(undefined, { accessToken: async () => accessToken });
      await kinde.call("GetUserRoles", {}, { accessToken });
      await kinde.request("GET", "/account_api/v1/roles", { accessToken });
      await kinde.apis.list();
      await kinde.apis.list({}, { accessToken });
      const roles = "GET /account_api/v1/roles Bearer the-users";
      deepEqual(
        sent(calls),
        [
          ...[roles, roles, roles, roles],
          "POST /oauth2/token undefined",
          "GET /api/v1/apis Bearer the-machines",
          "GET /api/v1/apis Bearer the-users",
        ],
        "requests",
      );
    },
  },
  {
    name: "a user's token that is refused is not replaced by the machine's",
    async run({ sdk }) {
      let refuse = false;
      const answer = () => (refuse ? Response.json({ errors: [] }, { status: 401 }) : Response.json(ROLES));
      const { kinde, calls } = clientOn(sdk, machine(), tokenOr(answer));
      await kinde.apis.list();
      refuse = true;
      const error = await rejection(sdk, kinde.account.roles.list({}, { accessToken: "the-users" }));
      deepEqual([error.code, error.status, error.attempts], ["authentication", 401, 1], "error");
      refuse = false;
      await kinde.apis.list();
      deepEqual(
        sent(calls).filter((call) => call.includes("/oauth2/token")).length,
        1,
        "the machine's token is as good as it was",
      );
    },
  },
  {
    name: "a token that is none is refused before anything is sent",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(
        sdk,
        machine(),
        tokenOr(() => Response.json(ROLES)),
      );
      for (const accessToken of ["", 1, {}, true, null, undefined]) {
        const error = await rejection(sdk, kinde.account.roles.list({}, { accessToken }));
        equal(error.code, "invalid_request", "code");
        ok(error.message.includes("accessToken"), error.message);
      }
      for (const accessToken of ["a b", () => "", () => undefined]) {
        const error = await rejection(sdk, kinde.account.roles.list({}, { accessToken, maxRetries: 0 }));
        equal(error.code, "authentication", "code");
        ok(!error.message.includes("a b"), "the token is in no message");
      }
      equal(calls.length, 0, "requests");
    },
  },
  {
    name: "an entitlement by its key, whatever the key",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, {}, () => Response.json({ data: {} }));
      await kinde.account.entitlements.get("a/b c?");
      equal(new URL(calls[0].url).pathname, "/account_api/v1/entitlement/a%2Fb%20c%3F", "path");
    },
  },
  {
    name: "pages end where the service says so, with a cursor or without",
    async run({ sdk }) {
      const roles = (...keys) => ({ roles: keys.map((key) => ({ key })) });
      const answers = [
        { data: roles("a"), metadata: { has_more: true, next_page_starting_after: "a" } },
        { data: roles("b"), metadata: { has_more: false, next_page_starting_after: "b" } },
      ];
      const { kinde, calls } = clientOn(sdk, {}, () => Response.json(answers[calls.length - 1]));
      const keys = [];
      for await (const { key } of kinde.account.roles.list({ page_size: 1 })) keys.push(key);
      deepEqual(keys, ["a", "b"], "roles");
      deepEqual(
        calls.map(({ url }) => new URL(url).searchParams.get("starting_after")),
        [null, "a"],
        "cursors",
      );
    },
  },
  {
    name: "each page is asked for with the call's token",
    async run({ sdk }) {
      const pages = [{ has_more: true, next_page_starting_after: "2" }, {}];
      const { kinde, calls } = clientOn(sdk, machine(), () =>
        Response.json({ data: { permissions: [{ key: "p" }] }, metadata: pages[calls.length - 1] }),
      );
      let count = 0;
      for await (const _ of kinde.account.permissions.list({}, { accessToken: "the-users" })) count++;
      deepEqual([count, calls.length], [2, 2], "items and requests");
      ok(
        calls.every(({ init }) => init.headers.authorization === "Bearer the-users"),
        "a page with another token",
      );
    },
  },
];

/** Answers the token endpoint, and everything else as told. */
const tokenOr = (answer) => (url) =>
  url.endsWith("/oauth2/token") ? Response.json({ access_token: "the-machines", expires_in: 3600 }) : answer();

const sent = (calls) =>
  calls.map(({ url, init }) => `${init.method} ${new URL(url).pathname} ${authorizationOf(init.headers)}`);
const authorizationOf = (headers) => headers.authorization ?? headers.Authorization;

async function checkMachine({ sdk }, operation) {
  for (const settings of [machine(), { clientId: "a client" }]) {
    const { kinde, calls } = clientOn(
      sdk,
      settings,
      tokenOr(() => Response.json({})),
    );
    const { args, named } = callOf(operation, { everything: true });
    for (const call of [() => methodOf(kinde, operation)(...args), () => kinde.call(operation.operationId, named)]) {
      const error = await rejection(sdk, call());
      equal(error.code, "configuration", "code");
      ok(error.message.includes("signed-in user"), error.message);
    }
    equal(calls.length, 0, "requests");
  }
}
