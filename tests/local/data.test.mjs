// Where the tenant is kept, and the command that starts it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startLocalKinde } from "../../pkg/local/dist/node.js";
import { Kinde, all, start } from "./kinde.mjs";

// There until all tests have ended: a tenant is written once more when it closes.
const place = await mkdtemp(join(tmpdir(), "local-kinde-"));
after(() => rm(place, { recursive: true, force: true }));
const newFolder = () => mkdtemp(join(place, "test-"));

test("secrets are new at each start, and the same with a seed", async () => {
  const secretsOf = async (options) => {
    const local = await startLocalKinde(options);
    await local.stop();
    return Object.values(local.clients).map(({ secret }) => secret);
  };
  const [one, other, seeded, again, another] = await Promise.all(
    [{}, {}, { seed: 7 }, { seed: 7 }, { seed: 8 }].map(secretsOf),
  );
  const distinct = new Set([...one, ...other, ...seeded, ...another]);
  assert.equal(distinct.size, 12);
  assert.deepEqual(seeded, again);
});

test("a reset brings the tenant back, with the secrets that were given", async (t) => {
  const local = await start(t, { seed: 3 });
  const { kinde } = local;
  const tenant = async () => [
    await all(kinde.users.list({ page_size: 500 })),
    await all(kinde.roles.list({ page_size: 500 })),
    await kinde.apis.list({ expand: "scopes" }),
    await kinde.business.get(),
  ];
  const before = await tenant();
  await kinde.business.update({ business_name: "Changed" });
  const { id } = await kinde.users.create({ profile: { given_name: "Gone" } });
  await kinde.roles.create({ key: "extra", name: "Extra" });
  local.clock.advance(3_600_000);
  local.fault({ status: 503, times: Infinity });
  local.reset();
  assert.deepEqual(local.sent(), []);
  assert.ok(Math.abs(local.clock.now() - Date.now()) < 5_000);
  assert.deepEqual(await tenant(), before);
  assert.equal((await kinde.users.create({ profile: { given_name: "Again" } })).id, id);
});

test("without a file, each start has the same tenant", async (t) => {
  const one = await start(t);
  const changed = await start(t);
  await changed.kinde.business.update({ business_name: "Changed" });
  await changed.kinde.environment.featureFlags.resetAll();
  await changed.kinde.environment.logos.set("dark", { logo: new Blob(["x"]) });
  const other = await start(t);
  const ids = ({ clients }) => Object.values(clients).map(({ id }) => id);
  assert.deepEqual(ids(one), ids(other));
  const tenant = async ({ kinde }) => [
    await all(kinde.users.list({ page_size: 500, expand: "identities,organizations" })),
    await all(kinde.organizations.list({ page_size: 500 })),
    await all(kinde.roles.list({ page_size: 500 })),
    await kinde.business.get(),
    await kinde.environment.get().then(({ environment: { kinde_domain, ...rest } }) => rest),
    await kinde.environment.featureFlags.list(),
    await kinde.apis.list({ expand: "scopes" }).then(({ apis }) => apis.map(({ id, scopes }) => [id, scopes])),
  ];
  assert.deepEqual(await tenant(one), await tenant(other));
});

test("a file keeps it, and with it the tokens that were given", async (t) => {
  const folder = await newFolder();
  const data = join(folder, "tenant.json");
  const first = await startLocalKinde({ data, port: 0 });
  const { port } = new URL(first.url);
  const client = ({ url: origin, clients: { full } }) =>
    new Kinde({ domain: origin, clientId: full.id, clientSecret: full.secret });
  const kinde = client(first);
  const { id } = await kinde.users.create({ profile: { given_name: "Kept" } });
  const [, gone] = (await kinde.users.list()).users;
  await kinde.users.delete(gone.id);
  await kinde.organizations.logos.set((await kinde.organizations.getDefault()).code, "dark", { logo: new Blob(["x"]) });
  await first.stop();
  // Whole, by itself, and for nobody else to read.
  assert.deepEqual(await readdir(folder), ["tenant.json"]);
  assert.equal((await stat(data)).mode & 0o777, 0o600);

  const second = await start(t, { data, port: Number(port) });
  assert.deepEqual(second.clients, first.clients);
  assert.equal((await kinde.users.get(id)).first_name, "Kept");
  assert.equal(second.tokens(), 0);
  assert.equal((await all(kinde.users.list({ page_size: 500 }))).length, 1200);
  assert.equal((await kinde.organizations.logos.list((await kinde.organizations.getDefault()).code)).logos.length, 1);
  // Ids go on: none comes again.
  assert.notEqual((await kinde.users.create({ profile: { given_name: "Next" } })).id, id);
});

test("it is written while it runs, not only in the end", async (t) => {
  const data = join(await newFolder(), "tenant.json");
  const { kinde } = await start(t, { data });
  const { id } = await kinde.users.create({ profile: { given_name: "Early" } });
  const end = performance.now() + 20_000;
  while (!(await readFile(data, "utf8").catch(() => "")).includes(id)) {
    assert.ok(performance.now() < end, "nothing was written");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test("a file of another kind is refused and left alone", async () => {
  const data = join(await newFolder(), "letter.txt");
  await writeFile(data, "Dear Sir");
  await assert.rejects(startLocalKinde({ data }), /letter\.txt is not a data file of local Kinde/);
  await writeFile(data, "{}");
  await assert.rejects(startLocalKinde({ data }), /is of another version/);
  assert.equal(await readFile(data, "utf8"), "{}");
});

test("the command prints an address, credentials and a call that works", async (t) => {
  const main = fileURLToPath(new URL("../../pkg/local/dist/cli.js", import.meta.url));
  const child = spawn(process.execPath, [main, "--port", "0"]);
  t.after(() => child.kill());
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  while (!output.includes("Ctrl-C")) await once(child.stdout, "data");
  const call = output.match(/^ {2}TOKEN=[\s\S]*?\$TOKEN"$/m)[0];
  const shell = spawn("bash", ["-c", call]);
  let answer = "";
  shell.stdout.setEncoding("utf8").on("data", (text) => (answer += text));
  await once(shell, "close");
  assert.equal(JSON.parse(answer).users.length, 2, answer);
  child.kill("SIGINT");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  assert.match(output, /GET \/api\/v1\/users\?page_size=2 -> 200/);
});
