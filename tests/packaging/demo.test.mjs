// `cargo xtask demo`, from where the package is built on.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { tarball } from "../support/environment.mjs";
import { startServer } from "../support/server.mjs";

const demo = fileURLToPath(new URL("../../xtask/demo/", import.meta.url));

/** Run it; resolves to its exit code and what it printed. `until` ends it when that has been printed. */
async function runDemo(t, args, { env = {}, until } = {}) {
  const project = await mkdtemp(join(tmpdir(), "kinde-edge-demo-"));
  t.after(() => rm(project, { recursive: true, force: true }));
  await cp(join(demo, "worker"), project, { recursive: true });
  const fixed = [join(demo, "run.mjs"), "--project", project, "--tarball", tarball()];
  const child = spawn(process.execPath, [...fixed, ...args], { env: { ...process.env, ...env } });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8");
  child.stderr.on("data", (text) => (output += text));
  child.stdout.on("data", async (text) => {
    output += text;
    if (until && output.includes("Ctrl-C")) {
      const done = until;
      until = undefined;
      await done(output).catch((error) => (output += error.stack));
      child.kill("SIGINT");
    }
  });
  return { code: await ended, output };
}

test("it goes through a call of each kind with one token, and one more that may only read", async (t) => {
  const { code, output } = await runDemo(t, ["--port", "0"]);
  assert.equal(code, 0, output);
  const requests = output.match(/^ +[A-Z]+ +\/\S.* -> \d+$/gm).map((line) => line.trim().replace(/ +/g, " "));
  assert.equal(requests[0], "POST /oauth2/token -> 200");
  assert.equal(requests.length, 19);
  // Two of them are there to be refused.
  const refused = requests.filter((line) => !/-> 20\d$/.test(line));
  assert.deepEqual(
    refused.map((line) => line.replace(/\?.* ->/, " ->")),
    ["GET /api/v1/user -> 404", "POST /api/v1/user -> 403"],
  );
  for (const method of ["GET", "POST", "PATCH", "DELETE"]) {
    assert.ok(
      requests.some((line) => line.startsWith(`${method} /api/v1/`)),
      `no ${method}`,
    );
  }
  assert.match(output, /^ +\S+, \S+, \S+, \S+, \S+$/m);
  assert.match(output, /^ +1200 users, \d+ of them suspended$/m);
  assert.match(output, /^ +the roles are Administrator$/m);
  assert.match(output, /^ +not_found: There is no user "kp_\w+"$/m);
  assert.match(output, /^ +permission_denied: the scope create:users is needed$/m);
  assert.match(output, /^2 token requests for 17 calls$/m);
});

test("with --serve it stays and answers", async (t) => {
  let users, page;
  const { code, output } = await runDemo(t, ["--serve", "--port", "0"], {
    until: async (text) => {
      users = await (await fetch(text.match(/curl (\S+)/)[1])).json();
      page = await (await fetch(text.match(/page is at (\S+)/)[1])).text();
    },
  });
  // By itself, or as a shell says it of Ctrl-C.
  assert.ok(code === 0 || code === 130, `exit ${code}: ${output}`);
  assert.ok(Array.isArray(users?.users), output);
  assert.match(page, /client secret must never be in a browser/);
});

test("a step that fails ends it with one sentence", async (t) => {
  const refusing = await startServer(({ url }) =>
    url === "/oauth2/token"
      ? { body: { access_token: "a-token", token_type: "bearer", expires_in: 3600 } }
      : { status: 403, body: { errors: [{ code: "NO", message: "Not allowed here" }] } },
  );
  t.after(refusing.close);
  const env = { KINDE_DOMAIN: refusing.url, KINDE_CLIENT_ID: "tenant-id", KINDE_CLIENT_SECRET: "tenant-secret" };
  const { code, output } = await runDemo(t, ["--port", "0", "--tenant"], { env });
  assert.equal(code, 1);
  assert.match(output.trim().split("\n").at(-1), /^Failed to read the business: .*403/);
});

test("with a tenant it only reads", async (t) => {
  const seen = [];
  const tenant = await startServer(({ method, url }) => {
    seen.push(`${method} ${url}`);
    return url === "/oauth2/token"
      ? { body: { access_token: "a-token", token_type: "bearer", expires_in: 3600 } }
      : { body: { code: "OK", business: {}, users: [], organizations: [], roles: [] } };
  });
  t.after(tenant.close);
  const env = { KINDE_DOMAIN: tenant.url, KINDE_CLIENT_ID: "tenant-id", KINDE_CLIENT_SECRET: "tenant-secret" };
  const { code, output } = await runDemo(t, ["--port", "0", "--tenant"], { env });
  assert.equal(code, 0, output);
  assert.deepEqual(seen, [
    "POST /oauth2/token",
    "GET /api/v1/business",
    "GET /api/v1/users?page_size=5",
    "GET /api/v1/organizations?page_size=5",
    "GET /api/v1/roles",
  ]);
  assert.ok(!output.includes("tenant-secret"), "the secret is printed");
});
