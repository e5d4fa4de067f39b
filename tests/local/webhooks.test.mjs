// Events: which call makes which, and how they are delivered.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { Kinde, failure, start } from "./kinde.mjs";

/** Start local Kinde with a receiver: `answers` are the statuses that it gives, the last one for good. */
async function withReceiver(t, { answers = [204], ...options } = {}) {
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answers[Math.min(received.length, answers.length) - 1]).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const local = await start(t, options);
  const endpoint = `http://127.0.0.1:${server.address().port}/hook`;
  const { event_types } = await local.kinde.webhooks.eventTypes.list();
  const types = event_types.map(({ code }) => code);
  const { webhook } = await local.kinde.webhooks.create({ name: "Receiver", endpoint, event_types: types });
  const verifier = new Kinde({ domain: local.origin });
  const verify = ({ body }) => verifier.webhooks.verify(body);
  return { ...local, received, types, webhook, verify };
}

test("a call makes an event, and it is delivered as Kinde does", async (t) => {
  const { kinde, received, deliveries, verify, webhook } = await withReceiver(t);
  const { id } = await kinde.users.create({
    profile: { given_name: "Ada" },
    identities: [{ type: "email", details: { email: "ada@example.com" } }],
  });
  await deliveries();
  assert.equal(received.length, 1);
  const [{ headers }] = received;
  assert.equal(headers["content-type"], "application/jwt");
  const event = await verify(received[0]);
  assert.deepEqual([event.type, event.source, event.data.user.id], ["user.created", "api", id]);
  assert.equal(event.data.user.email, "ada@example.com");
  assert.equal(headers["webhook-id"], `${webhook.id}_${event.event_id}`);
  const kept = await kinde.webhooks.events.get(event.event_id);
  assert.deepEqual([kept.event.type, kept.event.data], ["user.created", event.data]);
});

test("whoever is not asked for is told nothing, and nobody far away", async (t) => {
  const { kinde, received, deliveries, webhook } = await withReceiver(t);
  await kinde.request("PATCH", "/api/v1/webhooks", {
    query: { webhook_id: webhook.id },
    body: { event_types: ["role.created"] },
  });
  await kinde.users.create({ profile: { given_name: "Ada" } });
  const [{ status, endpoint }] = await deliveries();
  assert.match(endpoint, /hooks\.example\.com/);
  assert.match(status, /^not sent/);
  assert.equal(received.length, 0);
});

test("an attempt that fails is made again, with the same id", async (t) => {
  const { kinde, received, deliveries, verify } = await withReceiver(t, {
    answers: [500, 302, 200],
    webhooks: { waits: [20, 20, 20] },
  });
  await kinde.permissions.create({ key: "read:stars", name: "Read stars" });
  const end = performance.now() + 20_000;
  const own = async () => (await deliveries()).find(({ endpoint }) => endpoint.endsWith("/hook"));
  while ((await own()).status !== "delivered") {
    assert.ok(performance.now() < end, "it was not delivered");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(
    (await own()).attempts.map(({ status }) => status),
    [500, 302, 200],
  );
  assert.equal(new Set(received.map(({ headers }) => headers["webhook-id"])).size, 1);
  const ids = await Promise.all(received.map(async (one) => (await verify(one)).event_id));
  assert.equal(new Set(ids).size, 1);
});

test("an endpoint that never takes it is given up", async (t) => {
  const { kinde, received, deliveries } = await withReceiver(t, { answers: [503], webhooks: { waits: [5] } });
  await kinde.roles.create({ key: "stargazer", name: "Stargazer" });
  const end = performance.now() + 20_000;
  while (!(await deliveries()).some(({ status }) => status === "given up")) {
    assert.ok(performance.now() < end, "it was not given up");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(received.length, 2);
});

test("every type of event is made by the call that causes it, or by a person who signs in", async (t) => {
  const local = await withReceiver(t);
  const { kinde, received, types, verify, deliveries, clients, origin, emit } = local;
  const call = (method, path, body, query) => kinde.request(method, `/api/v1/${path}`, { body, query });
  const { id } = await kinde.users.create({
    identities: [{ type: "email", details: { email: "eve@example.com" } }],
  });
  await call("PATCH", "user", { given_name: "Eve" }, { id });
  const { organization } = await kinde.organizations.create({ name: "Closed" });
  await call("PATCH", `organization/${organization.code}`, { is_allow_registrations: false });
  const { role } = await kinde.roles.create({ key: "guard", name: "Guard" });
  await call("PATCH", `roles/${role.id}`, { key: "guard", name: "Guardian" });
  await kinde.roles.delete(role.id);
  await kinde.permissions.create({ key: "guard:doors", name: "Guard doors" });
  const permission = (await kinde.permissions.list({ page_size: 500 })).permissions.find(
    ({ key }) => key === "guard:doors",
  );
  await call("PATCH", `permissions/${permission.id}`, { name: "Guard the doors" });
  await kinde.permissions.delete(permission.id);
  await call("POST", "subscribers", undefined, { first_name: "S", last_name: "B", email: "sb@example.com" });

  const signIn = (more) => {
    const query = { client_id: clients.web.id, response_type: "code", redirect_uri: "http://localhost:9/cb", ...more };
    return fetch(`${origin}/oauth2/auth?${new URLSearchParams(query)}`, { redirect: "manual" });
  };
  const back = async (response) => new URL((await response).headers.get("location")).searchParams;
  assert.ok((await back(signIn({ local_person: "eve@example.com" }))).get("code"));
  const refused = await back(signIn({ local_person: "eve@example.com", org_code: organization.code }));
  assert.equal(refused.get("error"), "access_denied");
  const page = `${origin}/oauth2/auth?${new URLSearchParams({ client_id: clients.web.id, response_type: "code", redirect_uri: "http://localhost:9/cb" })}`;
  const wrong = await fetch(page, {
    method: "POST",
    body: new URLSearchParams({ person: "wrong", email: "eve@example.com" }),
  });
  assert.match(await wrong.text(), /wrong password/);

  await call("DELETE", `organization/${organization.code}`);
  await call("DELETE", "user", undefined, { id });
  // What only time or a bank does.
  for (const type of ["customer.invoice_overdue", "customer.payment_failed"]) emit(type);
  // A plan in place of another: the customer's agreement is cancelled and made anew.
  const paying = (await kinde.organizations.list({ page_size: 500 })).organizations;
  const { customer_id, agreements } = paying.find(({ billing }) => billing.agreements[0]?.plan_code === "team").billing;
  const knows = await kinde
    .request("GET", "/api/v1/billing/agreements", { query: { customer_id } })
    .catch(({ status }) => status);
  const isThere = knows !== 404;
  if (isThere) {
    await call("POST", "billing/agreements", { customer_id, plan_code: "business" });
    const now = await kinde.request("GET", "/api/v1/billing/agreements", { query: { customer_id } });
    assert.deepEqual(
      now.agreements.map(({ plan_code }) => plan_code),
      ["business"],
    );
    assert.notEqual(now.agreements[0].id, agreements[0].agreement_id);
    const usage = { billing_feature_code: "api_calls", meter_value: "12", meter_type_code: "delta" };
    await call("POST", "billing/meter_usage", { customer_agreement_id: now.agreements[0].id, ...usage });
    await kinde.request("POST", "/api/v1/organization", { body: { name: "New", billing_plan_code: "team" } });
  }
  await deliveries();
  const made = new Set(await Promise.all(received.map(async (one) => (await verify(one)).type)));
  const expected = types.filter((type) => isThere || !type.startsWith("customer."));
  assert.deepEqual(
    [...expected].filter((type) => !made.has(type)),
    [],
  );
});

test("a type that is none is refused", async (t) => {
  const { emit, kinde } = await start(t);
  assert.throws(() => emit("user.sneezed"), /no event type "user\.sneezed"/);
  const fields = { name: "x", endpoint: "http://localhost/x", event_types: ["user.sneezed"] };
  assert.equal((await failure(kinde.webhooks.create(fields))).errors[0].code, "INVALID_EVENT_TYPE");
});
