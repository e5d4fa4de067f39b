// The examples that run and end: in Node, Deno and Bun.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startKinde } from "../readme/kinde.mjs";
import { deno, bun } from "../support/runtimes.mjs";
import { run } from "../../xtask/js/project.mjs";
import { copyExample, manifest } from "./example.mjs";

const TOKEN_CALL = "POST /oauth2/token";

/** Run an example's `start` by hand: the program of its script, and its arguments. */
async function runExample(t, name, program, args, env) {
  const cwd = await copyExample(t, name);
  return run(program, args, { cwd, env });
}

test("node: all users, page after page", async (t) => {
  const pages = { "": ["ada@example.com", "2"], "&next_token=2": [null, null] };
  const kinde = await startKinde(t, {
    "GET /api/v1/users": ({ url }) => {
      const [email, next_token] = pages[url.replace("/api/v1/users?page_size=500", "")];
      return { body: { users: [{ id: `kp_${email}`, email }], next_token } };
    },
  });
  assert.equal((await manifest("node")).scripts.start, "node users.js");
  const { stdout, stderr } = await runExample(t, "node", process.execPath, ["users.js"], kinde.env);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines, [
    { id: "kp_ada@example.com", email: "ada@example.com" },
    { id: "kp_null", email: null },
  ]);
  assert.equal(stderr, "");
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/users?page_size=500", "GET /api/v1/users?page_size=500&next_token=2"]);
});

test("node: a refusal is one line, and the exit code", async (t) => {
  const kinde = await startKinde(t);
  const failed = runExample(t, "node", process.execPath, ["users.js"], { ...kinde.env, KINDE_CLIENT_SECRET: "wrong" });
  await assert.rejects(failed, /: exit 1\nauthentication: .+\n$/);
  kinde.assertCalls([TOKEN_CALL]);
});

test("deno: the types fit; the organizations and their members, with no more permissions than it says", async (t) => {
  const members = { org_1: [{ id: "kp_1" }, { id: "kp_2" }], org_2: [] };
  const answers = Object.entries(members).map(([code, organization_users]) => [
    `GET /api/v1/organizations/${code}/users`,
    { body: { organization_users, next_token: null } },
  ]);
  const kinde = await startKinde(t, {
    "GET /api/v1/organizations": {
      body: {
        organizations: [
          { code: "org_1", name: "Acme" },
          { code: "org_2", name: null },
        ],
        next_token: null,
      },
    },
    ...Object.fromEntries(answers),
  });
  const cwd = await copyExample(t, "deno");
  await run(deno, ["check", "organizations.ts"], { cwd });
  const { stdout } = await run(deno, ["task", "start"], { cwd, env: kinde.env });
  assert.equal(stdout, "Acme: 2\norg_2: 0\n");
  kinde.assertCalls([
    TOKEN_CALL,
    "GET /api/v1/organizations?page_size=100",
    "GET /api/v1/organizations/org_1/users?page_size=100",
    "GET /api/v1/organizations/org_2/users?page_size=100",
  ]);
});

test("bun: a user is created and added to an organization", async (t) => {
  const kinde = await startKinde(t, { "POST /api/v1/user": { status: 201, body: { id: "kp_1", created: true } } });
  assert.equal((await manifest("bun")).scripts.start, "bun invite.ts");
  const args = ["invite.ts", "ada@example.com", "org_1"];
  const { stdout } = await runExample(t, "bun", bun, args, kinde.env);
  assert.equal(stdout, "ada@example.com is kp_1, a member of org_1\n");
  kinde.assertCalls([TOKEN_CALL, "POST /api/v1/user", "POST /api/v1/organizations/org_1/users"]);
  const body = (call) => JSON.parse(kinde.request(call).bytes);
  assert.deepEqual(body("POST /api/v1/user"), {
    identities: [{ type: "email", details: { email: "ada@example.com" } }],
  });
  assert.deepEqual(body("POST /api/v1/organizations/org_1/users"), { users: [{ id: "kp_1" }] });
});
