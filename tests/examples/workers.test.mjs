// The examples for Cloudflare Workers, under `wrangler dev`.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";

import { startKinde } from "../readme/kinde.mjs";
import { besideTools } from "../support/project.mjs";
import { startWranglerDev } from "../support/wrangler.mjs";
import { run } from "../../xtask/js/project.mjs";
import { copyExample, copyFiles, examples } from "./example.mjs";

const TOKEN_CALL = "POST /oauth2/token";
const USERS = [{ id: "kp_1", email: null, first_name: "Zoë", a_new_field: 1 }];

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

const AUDIENCE = "https://api.example.com";
/** What the examples read beside what Kinde's clients do. */
const more = { API_AUDIENCE: AUDIENCE, ADMIN_ORGANIZATION: "org_admin" };

/** Type check it, and run it against `kinde`. */
async function startExample(t, name, kinde) {
  const folder = await copyExample(t, name);
  await run(process.execPath, [tsc], { cwd: folder });
  return startWranglerDev(t, folder, { ...kinde.env, ...more });
}

/**
 * Fails unless strangers are refused, and nothing is sent for them. `good` are the claims of somebody who may
 * come in.
 */
async function assertGuarded(kinde, good, ask) {
  const without = (claim) => ({ ...good, [claim]: undefined });
  const strangers = [
    [401, {}],
    [401, { authorization: "Bearer a.b.c" }],
    [401, await (await otherKinde).bearer(good)],
    [401, await kinde.bearer(without("aud"))],
    [401, await kinde.bearer({ ...good, aud: "https://another-api.example" })],
    [403, await kinde.bearer(without("permissions"))],
    [403, await kinde.bearer({ ...good, permissions: ["read:users"] })],
    [403, await kinde.bearer(without("org_code"))],
    [403, await kinde.bearer({ ...good, org_code: "org_customer" })],
  ];
  for (const [index, [status, headers]] of strangers.entries()) {
    const answer = await ask(headers);
    assert.equal(answer.status, status, `stranger ${index}`);
    const text = await answer.text();
    assert.doesNotMatch(text, /kp_|Zo|Ada/, `stranger ${index}`);
    if (status === 401) assert.match(answer.headers.get("www-authenticate"), /^Bearer realm=/);
  }
  assert.deepEqual(kinde.requests, []);
}
/** Another business, whose tokens are good there. */
const otherKinde = startKinde({ after });

describe("worker", () => {
  test("lists users, gives one, and says what is wrong to the log alone", async (t) => {
    const kinde = await startKinde(t, {
      "GET /api/v1/users": { body: { users: USERS } },
      "GET /api/v1/user": ({ url }) =>
        url.endsWith("id=kp_1")
          ? { body: USERS[0] }
          : { status: 404, body: { errors: [{ code: "USER_NOT_FOUND", message: "No such user" }] } },
    });
    const { url, isLogged } = await startExample(t, "worker", kinde);
    const good = { aud: AUDIENCE, permissions: ["admin:users"], org_code: "org_admin" };
    for (const path of ["/users", "/users/kp_1"]) {
      await assertGuarded(kinde, good, (headers) => fetch(url + path, { headers }));
    }

    const headers = await kinde.bearer(good);
    const list = await fetch(`${url}/users`, { headers });
    assert.deepEqual([list.status, await list.json()], [200, USERS]);
    const one = await fetch(`${url}/users/kp_1`, { headers });
    assert.deepEqual([one.status, await one.json()], [200, USERS[0]]);
    const none = await fetch(`${url}/users/kp_2`, { headers });
    assert.deepEqual([none.status, await none.json()], [404, { error: "not_found" }]);
    assert.equal((await fetch(url, { headers })).status, 404);
    kinde.assertCalls([
      TOKEN_CALL,
      "GET /api/v1/users?page_size=10",
      "GET /api/v1/user?id=kp_1",
      "GET /api/v1/user?id=kp_2",
    ]);
    await isLogged(/USER_NOT_FOUND|No such user/);
  });
});

describe("hono", () => {
  test("lists members, adds one, and has errors of its own", async (t) => {
    const members = [{ id: "kp_1", full_name: "Ada Lovelace", email: "ada@example.com" }];
    const kinde = await startKinde(t, {
      "GET /api/v1/organizations/org_1/users": { body: { organization_users: members } },
      "GET /api/v1/organizations/org_2/users": { status: 404, body: { errors: [] } },
    });
    const { url } = await startExample(t, "hono", kinde);
    const good = { aud: AUDIENCE, permissions: ["manage:members"], org_code: "org_1" };
    const address = `${url}/organizations/org_1/members`;
    await assertGuarded(kinde, good, (headers) => fetch(address, { headers }));
    const body = JSON.stringify({ id: "kp_attacker" });
    await assertGuarded(kinde, good, (headers) => fetch(address, { method: "POST", body, headers }));

    const headers = await kinde.bearer(good);
    const list = await fetch(address, { headers });
    assert.deepEqual([list.status, await list.json()], [200, [{ id: "kp_1", name: "Ada Lovelace" }]]);
    const add = (body) => fetch(address, { method: "POST", body, headers });
    assert.equal((await add(JSON.stringify({ id: "kp_2" }))).status, 204);
    for (const wrong of [JSON.stringify({ id: 2 }), "null", "{", ""]) {
      const { status } = await add(wrong);
      assert.equal(status, 400, wrong);
    }
    const ofAnother = await kinde.bearer({ ...good, org_code: "org_2" });
    const none = await fetch(`${url}/organizations/org_2/members`, { headers: ofAnother });
    assert.deepEqual([none.status, await none.json()], [404, { error: "There is no such organization or user" }]);
    kinde.assertCalls([
      TOKEN_CALL,
      "GET /api/v1/organizations/org_1/users?page_size=50",
      "POST /api/v1/organizations/org_1/users",
      "GET /api/v1/organizations/org_2/users?page_size=50",
    ]);
    const { bytes } = kinde.request("POST /api/v1/organizations/org_1/users");
    assert.deepEqual(JSON.parse(bytes), { users: [{ id: "kp_2" }] });
  });
});

describe("worker-rust", () => {
  test("lists users; a failure is in the log, and its code in the answer", async (t) => {
    // As far below the root as the example: the crate is where it says. What is compiled stays.
    const folder = join(besideTools, "worker-rust");
    await mkdir(folder, { recursive: true });
    await copyFiles("worker-rust", folder);
    await run("cargo", ["fmt", "--check"], { cwd: folder });

    let users = { body: { users: USERS } };
    const kinde = await startKinde(t, { "GET /api/v1/users": () => users });
    const env = { RUSTFLAGS: "-D warnings", CARGO_TERM_COLOR: "never" };
    const { url, isLogged } = await startWranglerDev(t, folder, { ...kinde.env, ...more }, { env, within: 500_000 });
    const good = { aud: AUDIENCE, permissions: ["admin:users"], org_code: "org_admin" };
    await assertGuarded(kinde, good, (headers) => fetch(`${url}/users`, { headers }));

    const headers = await kinde.bearer(good);
    const list = await fetch(`${url}/users`, { headers });
    const { a_new_field, email, ...known } = USERS[0];
    assert.deepEqual([list.status, await list.json()], [200, [known]]);
    users = { status: 403, body: { errors: [{ code: "NO", message: "Not allowed here" }] } };
    const refused = await fetch(`${url}/users`, { headers });
    assert.deepEqual([refused.status, await refused.text()], [502, "permission_denied"]);
    await isLogged(/Not allowed here/);
    assert.equal((await fetch(url, { headers })).status, 404);
    const call = "GET /api/v1/users?page_size=10";
    kinde.assertCalls([TOKEN_CALL, call, call]);
  });

  test("is compiled with the wasm-bindgen of the crate, which its README names", async () => {
    const version = async (file, pattern) => pattern.exec(await readFile(join(examples, file), "utf8"))[1];
    const locked = /name = "wasm-bindgen"\nversion = "(.+)"/;
    const crate = await version("../Cargo.lock", locked);
    assert.equal(await version("worker-rust/Cargo.lock", locked), crate);
    assert.equal(await version("worker-rust/README.md", /wasm-bindgen-cli --version (\S+)/), crate);
  });
});
