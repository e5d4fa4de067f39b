// Everything that local Kinde keeps: what is written is there, and what is deleted is gone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { all, failure, start } from "./kinde.mjs";

const isGone = async (call) => {
  const error = await failure(call);
  assert.equal(`${error.status} ${error.code}`, "404 not_found");
};
const isTaken = async (call) => {
  const error = await failure(call);
  assert.equal(error.status, 400);
  assert.match(error.errors[0].code, /_ALREADY_EXISTS$/);
};
const find = async (list, value, field = "key") => (await all(list)).find((item) => item[field] === value);

test("users", async (t) => {
  const { kinde } = await start(t);
  const profile = { given_name: "Zoë", family_name: "O'Neil" };
  const identities = [{ type: "email", details: { email: "zoe@example.com" } }];
  const { id, created } = await kinde.users.create({ profile, identities, provided_id: "crm-1" });
  assert.equal(created, true);
  const user = await kinde.users.get(id);
  assert.deepEqual(
    [user.id, user.first_name, user.last_name, user.preferred_email, user.provided_id, user.is_suspended],
    [id, "Zoë", "O'Neil", "zoe@example.com", "crm-1", false],
  );
  assert.deepEqual([user.phone, user.organizations], [null, null]);

  // The same address again is the same user.
  assert.deepEqual(await kinde.users.create({ profile, identities }), {
    id,
    created: false,
    identities: [{ type: "email", result: { created: false } }],
  });
  await isTaken(kinde.users.create({ provided_id: "crm-1" }));

  const updated = await kinde.users.update(id, { given_name: "Zora", is_suspended: true });
  assert.deepEqual(
    [updated.given_name, updated.family_name, updated.email, updated.is_suspended],
    ["Zora", "O'Neil", "zoe@example.com", true],
  );
  const [listed] = await all(kinde.users.list({ email: "ZOE@example.com", expand: "organizations,identities" }));
  assert.deepEqual([listed.id, listed.first_name, listed.organizations.length], [id, "Zora", 1]);
  assert.deepEqual(listed.identities, [{ type: "email", identity: "zoe@example.com", connection_id: null }]);

  await kinde.users.delete(id);
  await isGone(kinde.users.get(id));
  await isGone(kinde.users.update(id, { given_name: "Nobody" }));
  assert.deepEqual(await all(kinde.users.list({ email: "zoe@example.com" })), []);
});

test("1,200 users on pages of any size, each of them once", async (t) => {
  const { kinde } = await start(t);
  for (const page_size of [7, 500]) {
    const users = await all(kinde.users.list({ page_size }));
    assert.equal(users.length, 1200);
    assert.equal(new Set(users.map(({ id }) => id)).size, 1200);
    assert.ok(users.every(({ email }) => email.endsWith("@example.com")));
  }
  assert.equal((await kinde.users.list()).users.length, 10);
  assert.equal((await kinde.users.list({ page_size: 500 })).next_token.length > 0, true);
  const without = await all(kinde.users.list({ page_size: 500, has_organization: false }));
  assert.ok(without.length > 50 && without.length < 300, `${without.length} users without an organization`);
});

test("a list goes on where it was although items come and go", async (t) => {
  const { kinde } = await start(t);
  const before = (await all(kinde.users.list({ page_size: 500 }))).map(({ id }) => id);
  const seen = [];
  for await (const { id } of kinde.users.list({ page_size: 100 })) {
    seen.push(id);
    // The last one of the first page: its token points to it.
    if (seen.length === 100) await kinde.users.delete(id);
    if (seen.length === 150) await kinde.users.create({ profile: { given_name: "New" } });
  }
  assert.deepEqual(seen.slice(0, 1200), before);
  assert.equal(seen.length, 1201);
});

test("identities", async (t) => {
  const { kinde } = await start(t);
  const { id: user } = await kinde.users.create({
    identities: [{ type: "email", details: { email: "one@example.com" } }],
  });
  const { identity } = await kinde.users.identities.create(user, { type: "email", value: "two@example.com" });
  await isTaken(kinde.users.identities.create(user, { type: "email", value: "One@example.com" }));
  assert.equal(
    (await failure(kinde.users.identities.create(user, { type: "email", value: "no address" }))).errors[0].code,
    "INVALID_EMAIL",
  );
  assert.deepEqual(
    (await all(kinde.users.identities.list(user))).map(({ name }) => name),
    ["one@example.com", "two@example.com"],
  );
  assert.equal((await kinde.identities.get(identity.id)).name, "two@example.com");
  assert.equal((await kinde.users.get(user)).preferred_email, "one@example.com");
  await kinde.identities.update(identity.id, { is_primary: true });
  assert.equal((await kinde.users.get(user)).preferred_email, "two@example.com");
  await kinde.identities.delete(identity.id);
  await isGone(kinde.identities.get(identity.id));
  assert.equal((await kinde.users.get(user)).preferred_email, "one@example.com");
});

test("search", async (t) => {
  const { kinde } = await start(t);
  const everyone = await all(kinde.users.search({ query: "*", page_size: 500 }));
  assert.equal(everyone.length, 1200);
  const adas = await all(kinde.users.search({ query: "ada " }));
  assert.ok(adas.length > 0 && adas.every(({ first_name }) => first_name === "Ada"));
  const number = everyone.find(({ properties }) => properties.customer_number).properties.customer_number;
  const found = await all(kinde.users.search({ query: "*", properties: { customer_number: [number, "C-0"] } }));
  assert.deepEqual(
    found.map(({ properties }) => properties),
    [{ customer_number: number }],
  );
});

test("organizations", async (t) => {
  const { kinde } = await start(t);
  assert.equal((await all(kinde.organizations.list({ page_size: 9 }))).length, 40);
  const names = (await all(kinde.organizations.list({ sort: "name_desc" }))).map(({ name }) => name);
  assert.deepEqual(names, names.toSorted().toReversed());

  const { organization } = await kinde.organizations.create({ name: "Acme", handle: "acme", link_color: "#08f" });
  const { code } = organization;
  const made = await kinde.organizations.get(code);
  assert.deepEqual(
    [made.code, made.name, made.handle, made.external_id, made.is_default],
    [code, "Acme", "acme", null, false],
  );
  assert.deepEqual(made.link_color, { raw: "#08f", hex: "#0088ff", hsl: "hsl(208, 100%, 50%)" });
  await isTaken(kinde.organizations.create({ name: "Other", handle: "acme" }));
  await kinde.organizations.update(code, { name: "Acme Ltd", external_id: "crm-7" });
  assert.equal((await kinde.organizations.get(code)).external_id, "crm-7");
  await kinde.organizations.deleteHandle(code);
  assert.equal((await find(kinde.organizations.list(), code, "code")).handle, null);

  const logo = new Blob([new Uint8Array([137, 80, 78, 71])], { type: "image/png" });
  await kinde.organizations.logos.set(code, "dark", { logo });
  assert.equal((await kinde.organizations.logos.list(code)).logos[0].type, "dark");
  assert.match((await kinde.organizations.get(code)).logo_dark, /logo_dark\?p_org_code=org_/);
  await kinde.organizations.logos.delete(code, "dark");
  // Nothing to do: 204.
  assert.equal(await kinde.organizations.logos.delete(code, "dark"), undefined);

  await kinde.organizations.delete(code);
  await isGone(kinde.organizations.get(code));
  const { code: standard } = await kinde.organizations.getDefault();
  assert.equal((await failure(kinde.organizations.delete(standard))).errors[0].code, "DEFAULT_ORGANIZATION");
});

test("members of an organization, their roles and permissions", async (t) => {
  const { kinde } = await start(t);
  const {
    organization: { code },
  } = await kinde.organizations.create({ name: "Acme" });
  const [one, two, three] = (await kinde.users.list()).users.map(({ id }) => id);
  const users = [
    { id: one, roles: ["admin"] },
    { id: two, permissions: ["read:orders"] },
  ];
  assert.deepEqual((await kinde.organizations.users.add(code, { users })).users_added, [one, two]);
  // They are there: 204.
  assert.equal(await kinde.organizations.users.add(code, { users }), undefined);
  // The package itself does not send so many.
  const many = { users: Array(101).fill({ id: one }) };
  assert.equal((await failure(kinde.organizations.users.add(code, many))).code, "invalid_request");
  const sent = kinde.request("POST", `/api/v1/organizations/${code}/users`, { body: many });
  assert.equal((await failure(sent)).errors[0].code, "TOO_MANY_USERS");

  const ids = async (params) => (await all(kinde.organizations.users.list(code, params))).map(({ id }) => id);
  assert.deepEqual((await ids({ page_size: 1 })).toSorted(), [one, two].toSorted());
  assert.deepEqual(await ids({ roles: "admin" }), [one]);
  assert.deepEqual((await ids({ permissions: "read:orders" })).includes(two), true);
  assert.ok((await kinde.users.list({ user_id: one, expand: "organizations" })).users[0].organizations.includes(code));

  const changes = [{ id: one, operation: "delete" }, { id: two, roles: ["guest"] }, { id: three }];
  const { users_added, users_updated, users_removed } = await kinde.organizations.users.update(code, {
    users: changes,
  });
  assert.deepEqual([users_added, users_updated, users_removed], [[three], [two], [one]]);

  const role = await find(kinde.roles.list({ page_size: 100 }), "admin");
  await kinde.organizations.users.roles.add(code, two, role.id);
  await isTaken(kinde.organizations.users.roles.add(code, two, role.id));
  assert.deepEqual(
    (await all(kinde.organizations.users.roles.list(code, two))).map(({ key }) => key),
    ["guest", "admin"],
  );
  await kinde.organizations.users.roles.remove(code, two, role.id);
  await isGone(kinde.organizations.users.roles.remove(code, two, role.id));

  const permission = await find(kinde.permissions.list({ page_size: 100 }), "delete:orders");
  await kinde.organizations.users.permissions.add(code, three, permission.id);
  assert.deepEqual(
    (await all(kinde.organizations.users.permissions.list(code, three))).map(({ key }) => key),
    ["delete:orders"],
  );
  await kinde.organizations.users.permissions.remove(code, three, permission.id);
  assert.deepEqual(await all(kinde.organizations.users.permissions.list(code, three)), []);

  await kinde.organizations.users.remove(code, two);
  await isGone(kinde.organizations.users.roles.list(code, two));
});

test("roles, with their permissions and scopes", async (t) => {
  const { kinde } = await start(t);
  const {
    role: { id },
  } = await kinde.roles.create({ key: "editor", name: "Editor" });
  await isTaken(kinde.roles.create({ key: "editor", name: "Editor" }));
  assert.equal((await failure(kinde.roles.create({ key: "1 key", name: "x" }))).errors[0].code, "INVALID_KEY");
  assert.deepEqual((await kinde.roles.get(id)).role, {
    id,
    key: "editor",
    name: "Editor",
    description: null,
    is_default_role: false,
  });
  await kinde.roles.update(id, { key: "chief_editor", name: "Chief editor", description: "Has the last word" });
  assert.equal((await find(kinde.roles.list({ page_size: 2 }), "chief_editor")).description, "Has the last word");

  const permissions = (await kinde.permissions.list({ page_size: 3 })).permissions;
  const answer = await kinde.roles.permissions.update(id, { permissions: permissions.map(({ id }) => ({ id })) });
  assert.deepEqual(
    answer.permissions_added,
    permissions.map(({ id }) => id),
  );
  assert.equal((await all(kinde.roles.permissions.list(id, { page_size: 2 }))).length, 3);
  await kinde.roles.permissions.remove(id, permissions[0].id);
  await isGone(kinde.roles.permissions.remove(id, permissions[0].id));
  const removed = await kinde.roles.permissions.update(id, {
    permissions: [{ id: permissions[1].id, operation: "delete" }],
  });
  assert.deepEqual(removed.permissions_removed, [permissions[1].id]);

  const [api] = (await kinde.apis.list({ expand: "scopes" })).apis;
  const [scope] = api.scopes;
  await kinde.roles.scopes.add(id, scope.id);
  const [added] = await all(kinde.roles.scopes.list(id));
  assert.deepEqual([added.id, added.key, added.api_id], [scope.id, scope.key, api.id]);
  await kinde.roles.scopes.remove(id, scope.id);
  assert.deepEqual(await all(kinde.roles.scopes.list(id)), []);

  await kinde.roles.delete(id);
  await isGone(kinde.roles.get(id));
});

test("permissions", async (t) => {
  const { kinde } = await start(t);
  await kinde.permissions.create({ key: "fly", name: "Fly" });
  await isTaken(kinde.permissions.create({ key: "fly", name: "Fly" }));
  const { id } = await find(kinde.permissions.list({ page_size: 5 }), "fly");
  await kinde.permissions.update(id, { name: "Fly high" });
  assert.equal((await find(kinde.permissions.list({ sort: "id_asc" }), "fly")).name, "Fly high");
  await kinde.permissions.delete(id);
  assert.equal(await find(kinde.permissions.list(), "fly"), undefined);
  await isGone(kinde.permissions.delete(id));
});

test("feature flags and what overrides them", async (t) => {
  const { kinde } = await start(t);
  const flag = { key: "limit", name: "Limit", type: "int", default_value: "5", allow_override_level: "org" };
  await kinde.featureFlags.create(flag);
  await isTaken(kinde.featureFlags.create(flag));
  const inEnvironment = async () => (await kinde.environment.featureFlags.list()).feature_flags.limit?.value;
  assert.equal(await inEnvironment(), "5");
  await kinde.environment.featureFlags.set("limit", { value: "6" });
  assert.equal(await inEnvironment(), "6");
  await kinde.environment.featureFlags.reset("limit");
  assert.equal(await inEnvironment(), "5");
  await isGone(kinde.environment.featureFlags.reset("limit"));

  const { code } = await kinde.organizations.getDefault();
  assert.equal(
    (await failure(kinde.organizations.featureFlags.set(code, "limit", { value: "many" }))).errors[0].code,
    "INVALID_VALUE",
  );
  await kinde.organizations.featureFlags.set(code, "limit", { value: "7" });
  assert.equal((await kinde.organizations.featureFlags.list(code)).feature_flags.limit.value, "7");
  await kinde.organizations.featureFlags.resetAll(code);
  assert.deepEqual((await kinde.organizations.featureFlags.list(code)).feature_flags, {});

  const [{ id }] = (await kinde.users.list()).users;
  assert.equal(
    (await failure(kinde.users.featureFlags.set(id, "limit", { value: "8" }))).errors[0].code,
    "OVERRIDE_NOT_ALLOWED",
  );
  await kinde.users.featureFlags.set(id, "theme", { value: "dark" });

  const { key, ...rest } = flag;
  await kinde.featureFlags.replace(key, { ...rest, description: "How many", default_value: "9" });
  assert.equal(await inEnvironment(), "9");
  await kinde.featureFlags.delete(key);
  assert.equal(await inEnvironment(), undefined);
  await isGone(kinde.featureFlags.delete(key));
});

test("APIs and their scopes; an application gets what it is given", async (t) => {
  const { kinde, origin, client } = await start(t);
  const {
    api: { id },
  } = await kinde.apis.create({ name: "Planes", audience: "https://planes.example.com" });
  await isTaken(kinde.apis.create({ name: "Planes", audience: "https://planes.example.com" }));
  const { scope } = await kinde.apis.scopes.create(id, { key: "fly:planes" });
  await isTaken(kinde.apis.scopes.create(id, { key: "fly:planes" }));
  await kinde.apis.scopes.update(id, scope.id, { description: "Fly planes" });
  assert.deepEqual((await kinde.apis.scopes.get(id, scope.id)).scope, {
    id: scope.id,
    key: "fly:planes",
    description: "Fly planes",
  });
  assert.deepEqual(
    (await all(kinde.apis.scopes.list(id))).map(({ key }) => key),
    ["fly:planes"],
  );

  const management = (await kinde.apis.list({ expand: "scopes" })).apis.find((api) => api.is_management_api);
  assert.equal(management.audience, `${origin}/api`);
  const { application } = await kinde.applications.create({ name: "Pilot", type: "m2m" });
  const pilot = client({ maxRetries: 0 }, { id: application.client_id, secret: application.client_secret });
  assert.match((await failure(pilot.users.list())).message, /not authorized for Kinde Management API/);
  await kinde.apis.authorizeApplications(management.id, { applications: [{ id: application.id }] });
  const readUsers = management.scopes.find(({ key }) => key === "read:users");
  await kinde.apis.applications.scopes.add(management.id, application.id, readUsers.id);
  assert.equal((await pilot.users.list()).users.length, 10);
  assert.equal((await failure(pilot.roles.list())).requiredScope, "read:roles");
  assert.equal(
    (await kinde.apis.get(management.id)).api.applications.find((one) => one.id === application.id).is_active,
    true,
  );
  await kinde.apis.applications.scopes.remove(management.id, application.id, readUsers.id);
  const answer = await kinde.apis.authorizeApplications(management.id, {
    applications: [{ id: application.id, operation: "delete" }],
  });
  assert.deepEqual(answer.applications_disconnected, [application.id]);

  await kinde.apis.scopes.delete(id, scope.id);
  await isGone(kinde.apis.scopes.get(id, scope.id));
  await kinde.apis.delete(id);
  await isGone(kinde.apis.get(id));
  assert.equal((await failure(kinde.apis.delete(management.id))).errors[0].code, "MANAGEMENT_API");
});

test("applications, their addresses and connections", async (t) => {
  const { kinde } = await start(t);
  const {
    application: { id, client_secret },
  } = await kinde.applications.create({ name: "Site", type: "reg" });
  await kinde.applications.update(id, {
    login_uri: "https://site.example.com/login",
    redirect_uris: ["https://site.example.com/a"],
  });
  const { application } = await kinde.applications.get(id);
  assert.deepEqual(
    [
      application.name,
      application.client_id,
      application.client_secret,
      application.login_uri,
      application.homepage_uri,
    ],
    ["Site", id, client_secret, "https://site.example.com/login", null],
  );
  assert.equal((await find(kinde.applications.list({ page_size: 2 }), id, "id")).type, "reg");

  for (const [urls, field] of [
    [kinde.applications.redirectUrls, "redirect_urls"],
    [kinde.applications.logoutUrls, "logout_urls"],
  ]) {
    await urls.replace(id, { urls: ["https://a.example.com"] });
    await urls.add(id, { urls: ["https://b.example.com", "https://c.example.com"] });
    await urls.remove(id, { urls: ["https://a.example.com", "https://b.example.com"] });
    assert.deepEqual((await urls.list(id))[field], ["https://c.example.com"]);
    await isGone(urls.remove(id, { urls: "https://a.example.com" }));
  }

  const { connection } = await kinde.connections.create({
    name: "git",
    display_name: "Git",
    strategy: "oauth2:gitlab",
    enabled_applications: [id],
  });
  assert.deepEqual(
    (await all(kinde.applications.connections.list(id))).map((one) => one.id),
    [connection.id],
  );
  await kinde.applications.connections.disable(id, connection.id);
  await isGone(kinde.applications.connections.disable(id, connection.id));
  await kinde.applications.connections.enable(id, connection.id);
  assert.equal((await all(kinde.applications.connections.list(id))).length, 1);
  await kinde.connections.delete(connection.id);
  assert.deepEqual(await all(kinde.applications.connections.list(id)), []);

  await kinde.applications.properties.set(id, "owner_team", { value: "Web" });
  assert.equal((await kinde.applications.properties.list(id)).properties[0].value, "Web");
  await kinde.applications.delete(id);
  await isGone(kinde.applications.get(id));
});

test("the lifetime of an application's tokens", async (t) => {
  const { kinde, clients, origin } = await start(t);
  await kinde.applications.tokens.update(clients.readOnly.id, { access_token_lifetime: 60 });
  const form = {
    grant_type: "client_credentials",
    client_id: clients.readOnly.id,
    client_secret: clients.readOnly.secret,
  };
  const answer = await fetch(`${origin}/oauth2/token`, { method: "POST", body: new URLSearchParams(form) });
  assert.equal((await answer.json()).expires_in, 60);
});

test("connections", async (t) => {
  const { kinde } = await start(t);
  // Flat, as the service gives them.
  const listed = await all(kinde.connections.list({ page_size: 3 }));
  assert.deepEqual(
    listed.map(({ name }) => name),
    ["google", "github", "microsoft", "acme_saml"],
  );
  const {
    connection: { id },
  } = await kinde.connections.create({ name: "slack", display_name: "Slack", strategy: "oauth2:slack" });
  await isTaken(kinde.connections.create({ name: "slack", strategy: "oauth2:slack" }));
  await kinde.connections.update(id, { display_name: "Slack!" });
  assert.deepEqual((await kinde.connections.get(id)).connection, {
    id,
    name: "slack",
    display_name: "Slack!",
    strategy: "oauth2:slack",
  });
  await kinde.connections.replace(id, { name: "slack2" });
  assert.equal((await kinde.connections.get(id)).connection.display_name, null);
  const { code } = await kinde.organizations.getDefault();
  await kinde.organizations.connections.enable(code, id);
  assert.ok((await all(kinde.organizations.connections.list(code))).some((one) => one.id === id));
  await kinde.organizations.connections.disable(code, id);
  await kinde.connections.delete(id);
  await isGone(kinde.connections.get(id));
});

test("properties, categories and values", async (t) => {
  const { kinde } = await start(t);
  const { category } = await kinde.propertyCategories.create({ name: "Travel", context: "usr" });
  await isTaken(kinde.propertyCategories.create({ name: "Travel", context: "usr" }));
  await kinde.propertyCategories.replace(category.id, { name: "Journeys" });
  assert.equal(
    (await find(kinde.propertyCategories.list({ context: "usr", page_size: 1 }), category.id, "id")).name,
    "Journeys",
  );

  const fields = {
    name: "Seat",
    key: "seat",
    type: "single_line_text",
    context: "usr",
    is_private: false,
    category_id: category.id,
  };
  const { property } = await kinde.properties.create(fields);
  await isTaken(kinde.properties.create(fields));
  assert.equal((await failure(kinde.properties.create({ ...fields, key: "seat_2", context: "org" }))).status, 400);
  await kinde.properties.replace(property.id, { name: "Favourite seat", is_private: true, category_id: category.id });
  const listed = await find(kinde.properties.list({ context: "usr", page_size: 2 }), "seat");
  assert.deepEqual([listed.id, listed.name, listed.is_private], [property.id, "Favourite seat", true]);
  assert.equal(await find(kinde.properties.list({ context: "org" }), "seat"), undefined);

  const [{ id }] = (await kinde.users.list()).users;
  const valueFor = async (key) => (await find(kinde.users.properties.list(id), key))?.value;
  assert.equal(await valueFor("seat"), null);
  await kinde.users.properties.set(id, "seat", { value: "12A" });
  assert.equal(await valueFor("seat"), "12A");
  await isGone(kinde.users.properties.update(id, { properties: { seat: "1B", unheard_of: "x" } }));
  assert.equal(await valueFor("seat"), "12A");
  await kinde.users.properties.update(id, { properties: { seat: "1B", kp_usr_city: "Oslo" } });
  assert.deepEqual([await valueFor("seat"), await valueFor("kp_usr_city")], ["1B", "Oslo"]);

  const { code } = await kinde.organizations.getDefault();
  await kinde.organizations.properties.set(code, "plan", { value: "team" });
  await kinde.organizations.properties.update(code, { properties: { kp_org_city: "Bergen" } });
  const values = (await all(kinde.organizations.properties.list(code))).map(({ key, value }) => [key, value]);
  assert.deepEqual(values, [
    ["kp_org_city", "Bergen"],
    ["plan", "team"],
  ]);

  await kinde.properties.delete(property.id);
  assert.equal(await valueFor("seat"), undefined);
  await isGone(kinde.properties.delete(property.id));
  const own = await find(kinde.properties.list(), "kp_usr_city");
  assert.equal((await failure(kinde.properties.delete(own.id))).errors[0].code, "KINDE_PROPERTY");
});

test("webhooks", async (t) => {
  const { kinde } = await start(t);
  const fields = { name: "Log", endpoint: "https://hooks.example.com/log", event_types: ["user.created"] };
  const { webhook } = await kinde.webhooks.create(fields);
  const patch = { body: { name: "Logbook", event_types: ["user.deleted"] } };
  const ambiguous = await failure(kinde.request("PATCH", "/api/v1/webhooks", patch));
  assert.deepEqual([ambiguous.status, ambiguous.errors[0].code], [400, "AMBIGUOUS_WEBHOOK"]);
  await kinde.request("PATCH", "/api/v1/webhooks", { ...patch, query: { webhook_id: webhook.id } });
  const listed = await find(kinde.webhooks.list(), webhook.id, "id");
  assert.deepEqual([listed.name, listed.endpoint, listed.event_types], ["Logbook", fields.endpoint, ["user.deleted"]]);
  assert.equal(
    (await failure(kinde.webhooks.create({ ...fields, event_types: ["user.sneezed"] }))).errors[0].code,
    "INVALID_EVENT_TYPE",
  );
  assert.ok((await all(kinde.webhooks.eventTypes.list())).some(({ code }) => code === "user.created"));
  await kinde.webhooks.delete(webhook.id);
  await isGone(kinde.webhooks.delete(webhook.id));
});

test("environment variables keep their secrets", async (t) => {
  const { kinde } = await start(t);
  const {
    environment_variable: { id },
  } = await kinde.environmentVariables.create({ key: "A_KEY", value: "a value" });
  await isTaken(kinde.environmentVariables.create({ key: "A_KEY", value: "a value" }));
  assert.equal((await kinde.environmentVariables.get(id)).environment_variable.value, "a value");
  await kinde.environmentVariables.update(id, { value: "hush", is_secret: true });
  assert.equal((await find(kinde.environmentVariables.list(), "A_KEY")).value, null);
  await kinde.environmentVariables.delete(id);
  await isGone(kinde.environmentVariables.get(id));
});

test("subscribers", async (t) => {
  const { kinde } = await start(t);
  const { subscriber } = await kinde.subscribers.create({
    first_name: "Ida",
    last_name: "Ek",
    email: "ida@example.com",
  });
  await isTaken(kinde.subscribers.create({ first_name: "Ida", last_name: "Ek", email: "ida@example.com" }));
  const id = subscriber.subscriber_id;
  // A list of one.
  assert.deepEqual((await kinde.subscribers.get(id)).subscribers, [
    { id, preferred_email: "ida@example.com", first_name: "Ida", last_name: "Ek" },
  ]);
  const everyone = await all(kinde.subscribers.list({ page_size: 25, sort: "email_asc" }));
  assert.equal(everyone.length, 61);
  assert.equal(everyone.find((one) => one.id === id).full_name, "Ida Ek");
  await isGone(kinde.subscribers.get("subscriber_0"));
});

test("the business and the environment", async (t) => {
  const { kinde } = await start(t);
  const [{ key, name }] = (await kinde.industries.list()).industries.slice(3);
  await kinde.business.update({ business_name: "Renamed", industry_key: key, phone: "555-0100" });
  const { business } = await kinde.business.get();
  assert.deepEqual(
    [business.name, business.industry, business.phone, business.email],
    ["Renamed", name, "555-0100", "office@example.com"],
  );
  assert.equal((await failure(kinde.business.update({ industry_key: "magic" }))).errors[0].code, "INVALID_INDUSTRY");
  assert.ok((await kinde.timezones.list()).timezones.length > 20);

  await kinde.environment.logos.set("light", { logo: new Blob(["<svg/>"], { type: "image/svg+xml" }) });
  assert.match((await kinde.environment.get()).environment.logo, /\/logo$/);
  assert.equal((await kinde.environment.logos.list()).logos.length, 1);
  await kinde.environment.logos.delete("light");
  assert.equal((await kinde.environment.get()).environment.logo, null);
});

test("second factors", async (t) => {
  const { kinde } = await start(t);
  const [{ id }] = (await kinde.users.list()).users;
  const { mfa } = await kinde.users.mfa.get(id);
  assert.equal(mfa.is_verified, true);
  await isGone(kinde.users.mfa.get("kp_nobody"));
  await isGone(kinde.users.mfa.reset(id, "mfa_unknown"));
  await kinde.users.mfa.reset(id, mfa.id);
  assert.equal((await kinde.users.mfa.get(id)).mfa, null);
});
