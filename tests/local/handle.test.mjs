// What `startLocalKinde` gives to tests.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startLocalKinde } from "../../pkg/local/dist/node.js";
import { Kinde, failure, start } from "./kinde.mjs";

/** One that does not listen, and a client of it. */
async function inProcess(t, options) {
  const local = await startLocalKinde(options);
  t.after(local.stop);
  return { ...local, kinde: new Kinde(local.credentials) };
}

test("without a port, a client calls it within the process", async (t) => {
  const { kinde, url, sent, env } = await inProcess(t);
  const { id } = await kinde.users.create({ profile: { given_name: "Ada" } });
  assert.equal((await kinde.users.list({ page_size: 1 })).users.length, 1);
  assert.deepEqual(sent("createUser")[0].body, { profile: { given_name: "Ada" } });
  assert.deepEqual(
    [sent("createUser").length, sent("POST /oauth2/token").length, sent("/api/v1/users").length],
    [1, 1, 1],
  );
  assert.equal(sent(({ status }) => status === 200).length, 3);
  assert.match(id, /^kp_/);
  assert.equal(env.KINDE_DOMAIN, url);
  await assert.rejects(fetch(url), TypeError);
});

test("several in one process know nothing of each other", async (t) => {
  const [one, other] = [await inProcess(t), await inProcess(t)];
  assert.notEqual(one.url, other.url);
  await one.kinde.roles.create({ key: "only-here", name: "x" });
  const keys = async ({ kinde }) => (await kinde.roles.list({ page_size: 500 })).roles.map(({ key }) => key);
  assert.ok((await keys(one)).includes("only-here"));
  assert.ok(!(await keys(other)).includes("only-here"));
  const token = await one.signToken();
  await one.kinde.tokens.verify(token);
  assert.equal((await failure(other.kinde.tokens.verify(token))).code, "invalid_token");
});

test("faults: for an operation, for a number of requests, until they are taken back", async (t) => {
  const { fault, credentials, sent, trouble } = await inProcess(t);
  const kinde = new Kinde({ ...credentials, maxRetries: 0 });
  await kinde.roles.list();
  fault({ operation: "GetRoles", status: 503, times: 2 });
  assert.equal((await failure(kinde.roles.list())).status, 503);
  await kinde.permissions.list();
  assert.equal((await failure(kinde.roles.list())).status, 503);
  await kinde.roles.list();

  const end = fault({ path: "/api/v1/*", reset: true, times: Number.POSITIVE_INFINITY });
  assert.equal((await failure(kinde.roles.list())).code, "connection");
  assert.equal(sent().at(-1).status, undefined);
  end();
  await kinde.roles.list();

  fault({ method: "get", status: 429, headers: { "retry-after": "7" } });
  assert.equal((await failure(kinde.roles.list())).retryAfter, 7);
  fault({ delay: 60_000 });
  assert.equal((await failure(kinde.roles.list({}, { timeout: 50 }))).code, "timeout");
  fault({ status: 400, body: { errors: [{ code: "MINE", message: "mine" }] } });
  assert.equal((await failure(kinde.roles.list())).errors[0].code, "MINE");
  trouble({ rateLimit: 1 });
  const outcomes = await Promise.allSettled([kinde.roles.list(), kinde.roles.list(), kinde.roles.list()]);
  assert.ok(outcomes.some(({ status }) => status === "rejected"));

  assert.throws(() => fault({ statsu: 503 }), /there is no "statsu"/);
  assert.throws(() => fault({}), /give status, delay .* or reset/);
  assert.throws(() => fault({ status: 200 }), /from 400 to 599/);
  assert.throws(() => trouble({ faults: 2 }), /faults: expected a number from 0 to 1/);
});

test("the clock: tokens expire when it moves, and things are dated by it", async (t) => {
  const { kinde, clock, signToken, url, fetch: call } = await inProcess(t);
  const token = await signToken({ lifetime: 600 });
  const profile = async () => {
    const answer = await call(`${url}/oauth2/v2/user_profile`, { headers: { authorization: `Bearer ${token}` } });
    return answer.status;
  };
  assert.equal(await profile(), 200);
  clock.advance(601_000);
  assert.equal(await profile(), 401);
  clock.set("2031-05-06T07:08:09Z");
  clock.freeze();
  const variable = await kinde.environmentVariables.create({ key: "DATED", value: "x" });
  const { environment_variable } = await kinde.environmentVariables.get(variable.environment_variable.id);
  assert.equal(environment_variable.created_on.slice(0, 19), "2031-05-06T07:08:09");
  const [stopped] = [clock.now()];
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(clock.now(), stopped);
  clock.run();
  clock.reset();
  assert.equal(await profile(), 200);
  assert.throws(() => clock.set("tomorrow"), TypeError);
  assert.throws(() => clock.advance("1h"), TypeError);
});

test("tokens of a person and of a program, for routes under test", async (t) => {
  const { kinde, signToken, clients, url } = await inProcess(t);
  const [{ email }] = (await kinde.users.list()).users;
  const user = await signToken({
    user: email,
    audience: "https://orders.example.com",
    permissions: ["read:orders"],
    claims: { plan: "team" },
  });
  const claims = await kinde.tokens.verify(user, { audience: "https://orders.example.com" });
  assert.deepEqual([claims.iss, claims.permissions, claims.plan], [url, ["read:orders"], "team"]);
  assert.match(claims.sub, /^kp_/);
  const program = await kinde.tokens.verify(await signToken({ client: clients.readOnly.id }), {
    audience: `${url}/api`,
  });
  assert.equal(program.azp, clients.readOnly.id);
  assert.ok(program.scp.every((scope) => scope.startsWith("read:")));
  const expired = await failure(kinde.tokens.verify(await signToken({ lifetime: -120 })));
  assert.equal(expired.code, "invalid_token");
  await assert.rejects(signToken({ user: "kp_nobody" }), /There is no user "kp_nobody"/);
});

test("keys rotate: what the one before has signed is still good, the one before that is gone", async (t) => {
  const { kinde, rotateKeys, signToken, fetch: call } = await inProcess(t);
  const kids = async () => (await (await call("/.well-known/jwks.json")).json()).keys.map(({ kid }) => kid);
  const [first] = await kids();
  const token = await signToken();
  const second = await rotateKeys();
  assert.deepEqual(await kids(), [first, second]);
  await kinde.tokens.verify(token);
  const third = await rotateKeys();
  assert.deepEqual(await kids(), [second, third]);
  const read = (bearer) => call("/oauth2/v2/user_profile", { headers: { authorization: `Bearer ${bearer}` } });
  assert.equal((await read(token)).status, 401);
  assert.equal((await read(await signToken())).status, 200);
});

test("a webhook for a handler under test", async (t) => {
  const { kinde, signWebhook } = await inProcess(t);
  const event = await kinde.webhooks.verify(await signWebhook("user.created"));
  assert.equal(event.type, "user.created");
  assert.match(event.data.user.id, /^kp_/);
  const mine = await kinde.webhooks.verify(
    await signWebhook("planet.discovered", { planet: 9 }, { event_id: "event_9" }),
  );
  assert.deepEqual([mine.type, mine.event_id, mine.data], ["planet.discovered", "event_9", { planet: 9 }]);
  const old = await signWebhook("user.created", undefined, { timestamp: "2020-01-01T00:00:00Z" });
  assert.equal((await failure(kinde.webhooks.verify(old))).code, "invalid_token");
});

test("wrong options are refused before anything starts", async () => {
  await assert.rejects(startLocalKinde({ prot: 1 }), /there is no option "prot": it has/);
  await assert.rejects(startLocalKinde({ port: "4400" }), /port has to be a number from 0/);
  await assert.rejects(startLocalKinde({ seed: 1.5 }), /seed has to be a whole number/);
  await assert.rejects(startLocalKinde({ url: "kinde.test" }), /url has to be an origin/);
  await assert.rejects(startLocalKinde({ faults: 3 }), /faults: expected a number from 0 to 1/);
});

test("a cursor whose item was deleted keeps its place", async (t) => {
  const { kinde } = await start(t);
  const category = (await kinde.propertyCategories.list({ context: "usr" })).categories[0].id;
  const ids = [];
  for (let index = 0; index < 6; index++) {
    const fields = { key: `cursor_${index}`, name: `C${index}`, type: "single_line_text", context: "usr" };
    const { property } = await kinde.properties.create({ ...fields, is_private: false, category_id: category });
    ids.push(property.id);
  }
  await kinde.properties.delete(ids[2]);
  const after = await kinde.properties.list({ starting_after: ids[2], page_size: 2 });
  assert.deepEqual(
    after.properties.map(({ id }) => id),
    [ids[3], ids[4]],
  );
  const before = await kinde.properties.list({ ending_before: ids[2], page_size: 2 });
  assert.deepEqual(
    before.properties.map(({ id }) => id),
    [ids[0], ids[1]],
  );
  assert.equal(
    (await failure(kinde.properties.list({ starting_after: "prop_unknown" }))).errors[0].code,
    "INVALID_CURSOR",
  );
});

test("options of a connection are those of its strategy", async (t) => {
  const { kinde } = await start(t);
  const make = (strategy, options) => kinde.connections.create({ name: strategy, strategy, options });
  const wrong = await failure(make("oauth2:slack", { client_id: "x", saml_entity_id: "y" }));
  assert.equal(wrong.errors[0].code, "INVALID_CONNECTION_OPTIONS");
  assert.match(wrong.errors[0].message, /social connection \(oauth2:slack\) has no option "saml_entity_id"/);
  await make("oauth2:slack", { client_id: "x", client_secret: "y" });
  const { connection } = await make("saml:custom", { saml_entity_id: "y", home_realm_domains: ["example.com"] });
  assert.equal(
    (await failure(kinde.connections.update(connection.id, { options: { client_secret: "x" } }))).status,
    400,
  );
});
