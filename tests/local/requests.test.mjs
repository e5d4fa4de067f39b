// Requests that are not what the document asks for: local Kinde says what is wrong with them.
import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";

import { start } from "./kinde.mjs";

/** Send what the package would refuse to. */
async function ready(t) {
  const { origin, token } = await start(t);
  const authorization = `Bearer ${await token()}`;
  return async (method, path, { body, headers = {} } = {}) => {
    const isJson = body !== undefined && typeof body !== "string" && !(body instanceof FormData);
    const answer = await fetch(origin + path, {
      method,
      headers: { authorization, ...(isJson && { "content-type": "application/json" }), ...headers },
      body: isJson ? JSON.stringify(body) : body,
    });
    const text = await answer.text();
    const parsed = text ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, body: parsed, said: parsed?.errors?.[0]?.message };
  };
}

test("parameters: missing, of another type, outside their values", async (t) => {
  const send = await ready(t);
  const cases = [
    ["GET", "/api/v1/user", `query parameter "id" is missing`],
    ["GET", "/api/v1/users?page_size=ten", `query parameter "page_size" must be integer`],
    ["GET", "/api/v1/users?page_size=501", `query parameter "page_size" must be from 1 to 500`],
    ["GET", "/api/v1/users?has_organization=perhaps", `query parameter "has_organization" must be boolean`],
    [
      "GET",
      "/api/v1/users?next_token=none",
      `query parameter "next_token" is not a token of this list in the order created_asc`,
    ],
    [
      "GET",
      "/api/v1/roles?sort=upwards",
      `query parameter "sort" must be equal to one of the allowed values: name_asc, name_desc, id_asc, id_desc, key_asc, key_desc`,
    ],
    [
      "GET",
      "/api/v1/properties?starting_after=none",
      `query parameter "starting_after" is not the id of an item of this list`,
    ],
    [
      "DELETE",
      "/api/v1/environment/logos/blue",
      `path parameter "type" must be equal to one of the allowed values: dark, light`,
    ],
    [
      "POST",
      "/api/v1/subscribers",
      `query parameter "first_name" is missing; query parameter "last_name" is missing; query parameter "email" is missing`,
    ],
  ];
  for (const [method, path, words] of cases) {
    const { status, said } = await send(method, path);
    assert.deepEqual([status, said], [400, words], path);
  }
});

test("a request that is refused changes nothing", async (t) => {
  const send = await ready(t);
  const connections = async () => (await send("GET", "/api/v1/connections")).body.connections.length;
  const before = await connections();
  const body = { name: "new", strategy: "oauth2:slack", enabled_applications: ["nobody"] };
  assert.equal((await send("POST", "/api/v1/connections", { body })).status, 404);
  assert.equal(await connections(), before);
});

test("a token of another list or another order is none", async (t) => {
  const send = await ready(t);
  const { body } = await send("GET", "/api/v1/roles?page_size=2&sort=name_asc");
  assert.equal(
    (await send("GET", `/api/v1/roles?page_size=2&sort=name_asc&next_token=${body.next_token}`)).status,
    200,
  );
  assert.equal((await send("GET", `/api/v1/roles?page_size=2&sort=id_asc&next_token=${body.next_token}`)).status, 400);
});

test("bodies: missing, not JSON, of another type, incomplete", async (t) => {
  const send = await ready(t);
  const json = { "content-type": "application/json" };
  const cases = [
    [{}, "the body is missing"],
    [{ body: "{", headers: json }, "the body is not application/json"],
    [
      { body: "name=x", headers: { "content-type": "text/plain" } },
      `Content-Type has to be application/json, not "text/plain"`,
    ],
    [{ body: { name: 7 } }, "body must have required property 'audience'; body name must be string"],
    [{ body: [] }, "body must be object"],
  ];
  for (const [request, words] of cases) {
    const { status, said } = await send("POST", "/api/v1/apis", request);
    assert.deepEqual([status, said], [400, words]);
  }
  const { said } = await send("POST", "/api/v1/user", {
    body: { identities: [{ type: "letter", details: { email: 5 } }] },
  });
  assert.equal(
    said,
    "body identities.0.type must be equal to one of the allowed values: email, phone, username; body identities.0.details.email must be string",
  );
});

test("forms and files", async (t) => {
  const send = await ready(t);
  const form = new FormData();
  form.append("picture", new Blob(["x"]), "x.png");
  assert.equal(
    (await send("PUT", "/api/v1/environment/logos/dark", { body: form })).said,
    "body must have required property 'logo'",
  );
  const { status, body } = await send("POST", "/oauth2/introspect", {
    body: "token_type_hint=guess",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  assert.deepEqual([status, body.error], [400, "invalid_request"]);
  assert.match(body.error_description, /required property 'token'/);
});

test("what is not there: paths, methods, things", async (t) => {
  const send = await ready(t);
  const nowhere = await send("GET", "/api/v1/userz");
  assert.deepEqual([nowhere.status, nowhere.body.errors.code], [404, "ROUTE_NOT_FOUND"]);
  const put = await send("PUT", "/api/v1/users");
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "GET"]);
  const token = await send("GET", "/oauth2/token");
  assert.deepEqual([token.status, token.headers.get("allow")], [405, "POST"]);
  const nobody = await send("GET", "/api/v1/user?id=kp_nobody");
  assert.deepEqual(
    [nobody.status, nobody.body],
    [404, { errors: { code: "USER_NOT_FOUND", message: `There is no user "kp_nobody"` } }],
  );
  assert.equal((await send("GET", "/api/v1/roles/%ff")).status, 404);
});

test("Accept is application/json and nothing else", async (t) => {
  const send = await ready(t);
  for (const accept of ["application/json", "*/*", "text/html, application/json;q=0.9"]) {
    assert.equal((await send("GET", "/api/v1/roles", { headers: { accept } })).status, 200, accept);
  }
  for (const accept of ["application/json; charset=utf-8", "text/html"]) {
    assert.equal((await send("GET", "/api/v1/roles", { headers: { accept } })).status, 406, accept);
  }
});

test("a body that is too large", async (t) => {
  const send = await ready(t);
  const body = { name: "x".repeat(11 * 2 ** 20), audience: "x" };
  const outcome = await send("POST", "/api/v1/apis", { body }).then(
    ({ status }) => status,
    () => "broken off",
  );
  assert.ok([413, "broken off"].includes(outcome), outcome);
});

test("pages of this machine and of the applications may call, others may not", async (t) => {
  const send = await ready(t);
  const allowed = async (origin, method = "GET", path = "/api/v1/users") => {
    const headers = { origin, "access-control-request-headers": "authorization,x-local-kinde" };
    return (await send(method, path, { headers })).headers;
  };
  const own = [
    "http://localhost:5173",
    "http://127.0.0.1:4400",
    "http://app.localhost:3000",
    "https://shop.example.com",
  ];
  for (const origin of own) {
    assert.equal((await allowed(origin)).get("access-control-allow-origin"), origin);
    const asked = await allowed(origin, "OPTIONS");
    assert.equal(asked.get("access-control-allow-origin"), origin);
    assert.equal(asked.get("access-control-allow-headers"), "authorization,x-local-kinde");
    for (const path of ["/api/v1/nothing", "/.well-known/jwks.json"])
      assert.equal((await allowed(origin, "GET", path)).get("access-control-allow-origin"), origin);
  }
  for (const origin of [
    "https://page.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "null",
  ]) {
    assert.equal((await allowed(origin)).get("access-control-allow-origin"), null, origin);
    assert.equal((await allowed(origin, "OPTIONS")).get("access-control-allow-origin"), null, origin);
  }
});

test("a name that leads to this machine is not one of its names", async (t) => {
  const { origin } = await start(t);
  const { port } = new URL(origin);
  const statusAs = (host) =>
    new Promise((resolve, reject) =>
      get({ port, host: "127.0.0.1", path: "/.well-known/jwks.json", headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject),
    );
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "kinde.localhost"])
    assert.equal(await statusAs(host), 200, host);
  for (const host of ["attacker.example.com", `localhost.example.com:${port}`])
    assert.equal(await statusAs(host), 403, host);
});
