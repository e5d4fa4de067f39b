// All operations of the document against local Kinde, with answers that the document allows.
import assert from "node:assert/strict";
import { test } from "node:test";

import Ajv from "ajv";

import { readDocuments } from "./document.mjs";
import { start } from "./kinde.mjs";
import { argumentsOf, inOrder, thingsOf } from "./tenant.mjs";

const documented = await readDocuments();
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: { "date-time": (text) => !Number.isNaN(Date.parse(text)) },
});

/** What the document says against an answer; a field that it does not know is against it too. */
function violations({ method, path }, status, text) {
  const described = documented.get(`${method} ${path}`).responses[status];
  if (!described) return [`the document has no ${status}`];
  const schema = Object.values(described.content ?? {})[0]?.schema;
  if (!schema) return text === "" ? [] : ["the document has no content here"];
  const check = ajv.compile(closed(schema));
  return check(JSON.parse(text)) ? [] : check.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isObject = schema.type === "object" && schema.properties && !("additionalProperties" in schema);
  return isObject ? { ...inner, additionalProperties: false } : inner;
}

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

test("as the service is, each answers", async (t) => {
  const different = new Set();
  await callAll(t, {}, (operation, { status, text }) => {
    if (violations(operation, status, text).length > 0) different.add(operation.operationId);
  });
  // The check above can fail: these are the service's nulls, new fields and flat lists.
  for (const id of ["getUsers", "getUserData", "getOrganizations"]) {
    assert.ok(different.has(id), `${id} is as the document says`);
  }
  assert.ok(different.size < 30, [...different].join(" "));
});
