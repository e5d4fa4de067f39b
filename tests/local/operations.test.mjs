// All operations of the document against local Kinde, with answers that the document allows.
import assert from "node:assert/strict";
import { test } from "node:test";

import { start } from "./kinde.mjs";
import { argumentsOf, inOrder, thingsOf } from "./tenant.mjs";
import { violations } from "./truth.mjs";

/** What has to be done first. */
const BEFORE = {
  // It changes the only webhook.
  async "PATCH /api/v1/webhooks"({ kinde }) {
    const [, ...others] = (await kinde.webhooks.list()).webhooks;
    for (const { id } of others) await kinde.webhooks.delete(id);
  },
};

async function callAll(t, options, check) {
  const local = await start(t, options);
  const { client } = local;
  const things = await thingsOf(local);
  for (const operation of inOrder()) {
    await t.test(operation.operationId, async () => {
      let sent;
      const settings = {
        maxRetries: 0,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          sent = { status: response.status, text: await response.clone().text() };
          return response;
        },
      };
      await BEFORE[`${operation.method} ${operation.path}`]?.(local);
      // The profile is a person's, and so is the account.
      const asUser = operation.operationId === "getUserProfileV2" || operation.path.startsWith("/account_api/");
      const caller = asUser
        ? client({ ...settings, accessToken: things.userToken, clientId: undefined, clientSecret: undefined })
        : client(settings);
      await caller.call(operation.operationId, argumentsOf(operation, things));
      await check(operation, sent);
    });
  }
}

test("as documented, each answers as the document says", async (t) => {
  await callAll(t, { strict: true }, (operation, { status, text }) => {
    assert.deepEqual(violations(operation, status, text), []);
  });
});

test("as the service is, each answers as the types say, and with new fields", async (t) => {
  const newer = new Set();
  await callAll(t, {}, (operation, { status, text }) => {
    assert.deepEqual(violations(operation, status, text, { open: true }), []);
    if (violations(operation, status, text).length > 0) newer.add(operation.operationId);
  });
  // The check above can fail: these have fields that the document does not know.
  for (const id of ["getOrganizations", "searchUsers"]) assert.ok(newer.has(id), `${id} is as the document says`);
  assert.ok(newer.size < 20, [...newer].join(" "));
});
