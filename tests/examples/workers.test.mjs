// The examples for Cloudflare Workers, under `wrangler dev`.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";

import { startKinde } from "../readme/kinde.mjs";
import { besideTools } from "../support/project.mjs";
import { startWranglerDev } from "../support/wrangler.mjs";
import { run } from "../../xtask/js/project.mjs";
import { copyExample, copyFiles, examples } from "./example.mjs";

const TOKEN_CALL = "POST /oauth2/token";
const USERS = [{ id: "kp_1", email: null, first_name: "Zoë", a_new_field: 1 }];

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** Type check it, and run it against `kinde`. */
async function startExample(t, name, kinde) {
  const folder = await copyExample(t, name);
  await run(process.execPath, [tsc], { cwd: folder });
  return startWranglerDev(t, folder, kinde.env);
}

describe("worker", () => {
  test("lists users, gives one, and says what is wrong to the log alone", async (t) => {
    const kinde = await startKinde(t, {
      "GET /api/v1/users": { body: { users: USERS } },
      "GET /api/v1/user": ({ url }) =>
        url.endsWith("id=kp_1")
          ? { body: USERS[0] }
          : { status: 404, body: { errors: [{ code: "USER_NOT_FOUND", message: "No such user" }] } },
    });
    const { url, log } = await startExample(t, "worker", kinde);

    const list = await fetch(`${url}/users`);
    assert.deepEqual([list.status, await list.json()], [200, USERS]);
    const one = await fetch(`${url}/users/kp_1`);
    assert.deepEqual([one.status, await one.json()], [200, USERS[0]]);
    const none = await fetch(`${url}/users/kp_2`);
    assert.deepEqual([none.status, await none.json()], [404, { error: "not_found" }]);
    assert.equal((await fetch(url)).status, 404);
    kinde.assertCalls([
      TOKEN_CALL,
      "GET /api/v1/users?page_size=10",
      "GET /api/v1/user?id=kp_1",
      "GET /api/v1/user?id=kp_2",
    ]);
    await seen(log, /USER_NOT_FOUND|No such user/);
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

    const list = await fetch(`${url}/organizations/org_1/members`);
    assert.deepEqual([list.status, await list.json()], [200, [{ id: "kp_1", name: "Ada Lovelace" }]]);
    const add = (body) => fetch(`${url}/organizations/org_1/members`, { method: "POST", body: JSON.stringify(body) });
    assert.equal((await add({ id: "kp_2" })).status, 204);
    const wrong = await add({ id: 2 });
    assert.equal(wrong.status, 400);
    assert.match((await wrong.json()).error, /organizations\.users\.add .*expected a string, got a number/);
    const none = await fetch(`${url}/organizations/org_2/members`);
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
    const { url, log } = await startWranglerDev(t, folder, kinde.env, { env, within: 500_000 });

    const list = await fetch(`${url}/users`);
    const { a_new_field, email, ...known } = USERS[0];
    assert.deepEqual([list.status, await list.json()], [200, [known]]);
    users = { status: 403, body: { errors: [{ code: "NO", message: "Not allowed here" }] } };
    const refused = await fetch(`${url}/users`);
    assert.deepEqual([refused.status, await refused.text()], [502, "permission_denied"]);
    await seen(log, /Not allowed here/);
    assert.equal((await fetch(url)).status, 404);
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

/** Waits until the log has it. */
async function seen(log, pattern) {
  const end = Date.now() + 5_000;
  while (!pattern.test(log())) {
    assert.ok(Date.now() < end, `no ${pattern} in:\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
