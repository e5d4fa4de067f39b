// Local Kinde's package in projects of users: test runners, Workers, CommonJS, the command without this repository.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { install, run } from "../../xtask/js/project.mjs";
import { localTarball } from "../support/environment.mjs";
import { besideTools, makeFolder, makeProject } from "../support/project.mjs";

const require = createRequire(import.meta.url);
const programOf = (name, file) => join(dirname(require.resolve(`${name}/package.json`)), file);

/** A project with both packages installed. */
async function project(t, files, parent) {
  const folder = await makeProject(t, files, parent);
  const beside = await makeFolder(t, { "package.json": { private: true } });
  await install(beside, localTarball());
  await cp(join(beside, "node_modules"), join(folder, "node_modules"), { recursive: true });
  return folder;
}

/** What each of them tests, given its `test` and `same`. */
const CASES = (isListening) => `
  let local, kinde;
  before(async () => {
    local = await startLocalKinde(${isListening ? "{ port: 0 }" : ""});
    kinde = new Kinde(local.credentials);
  });
  after(() => local.stop());

  test("a call arrives", async () => {
    await kinde.users.create({ profile: { given_name: "Ada" } });
    same(local.sent("createUser").map(({ body }) => body), [{ profile: { given_name: "Ada" } }]);
  });

  test("a failure that was asked for is retried", async () => {
    local.fault({ operation: "GetRoles", status: 503 });
    await kinde.roles.list();
    same(local.sent("GetRoles").map(({ status }) => status), [503, 200]);
  });

  test("a webhook verifies, a token too, and expires with the clock", async () => {
    same((await kinde.webhooks.verify(await local.signWebhook("user.created"))).type, "user.created");
    const token = await local.signToken({ lifetime: 60 });
    const read = () => local.fetch("/oauth2/v2/user_profile", { headers: { authorization: "Bearer " + token } });
    same((await read()).status, 200);
    local.clock.advance(61_000);
    same((await read()).status, 401);
  });`;

test("Vitest", async (t) => {
  const files = {
    "all.test.js": `
      import { afterAll as after, beforeAll as before, expect, test } from "vitest";
      import { Kinde } from "kinde-edge";
      import { startLocalKinde } from "kinde-edge-local";
      const same = (one, other) => expect(one).toEqual(other);
      ${CASES(false)}`,
  };
  const folder = await project(t, files, besideTools);
  const args = [
    programOf("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    "--outputFile=report.json",
  ];
  await run(process.execPath, args, { cwd: folder });
  const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
  assert.deepEqual([report.numPassedTests, report.numTotalTests], [3, 3]);
});

test("Vitest's pool for Workers", async (t) => {
  const files = {
    "wrangler.json": { name: "a-worker", main: "index.js", compatibility_date: "2024-09-23" },
    "index.js": `
      import { Kinde } from "kinde-edge";
      export default {
        async fetch(request, env) {
          const event = await new Kinde({ domain: env.KINDE_DOMAIN, fetch: env.fetch }).webhooks.verify(request);
          return new Response(event.type);
        },
      };`,
    "vitest.config.mjs": `
      import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
      import { defineConfig } from "vitest/config";
      export default defineConfig({
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.json" }, miniflare: { cf: false } })],
      });`,
    "all.test.js": `
      import { afterAll as after, beforeAll as before, expect, test } from "vitest";
      import { Kinde } from "kinde-edge";
      import { startLocalKinde } from "kinde-edge-local";
      import worker from "./index.js";
      const same = (one, other) => expect(one).toEqual(other);
      ${CASES(false)}

      test("its webhooks reach the Worker", async () => {
        const answers = [];
        const own = await startLocalKinde({
          webhooks: {
            async fetch(url, init) {
              const answer = await worker.fetch(new Request(url, init), { KINDE_DOMAIN: own.url, fetch: own.fetch });
              answers.push(await answer.clone().text());
              return answer;
            },
          },
        });
        const client = new Kinde(own.credentials);
        await client.webhooks.create({ name: "mine", endpoint: "https://worker.example/hook", event_types: ["role.created"] });
        await client.roles.create({ key: "new", name: "New" });
        const sent = (await own.deliveries()).filter(({ endpoint }) => endpoint.includes("worker.example"));
        same(sent.map(({ type, status }) => [type, status]), [["role.created", "delivered"]]);
        same(answers.includes("role.created"), true);
      });`,
  };
  const folder = await project(t, files, besideTools);
  const args = [
    programOf("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    "--outputFile=report.json",
  ];
  await run(process.execPath, args, { cwd: folder });
  const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
  assert.deepEqual([report.numPassedTests, report.numTotalTests], [4, 4]);
});

test("Jest, with CommonJS", async (t) => {
  const files = {
    "package.json": { name: "a-project", private: true, type: "commonjs", jest: { testEnvironment: "node" } },
    "all.test.js": `
      const { Kinde } = require("kinde-edge");
      const { startLocalKinde } = require("kinde-edge-local");
      const [before, after] = [beforeAll, afterAll];
      const same = (one, other) => expect(one).toEqual(other);
      ${CASES(true)}`,
  };
  const folder = await project(t, files, besideTools);
  const args = [programOf("jest", "bin/jest.js"), "--json", "--outputFile=report.json", "--watchman=false"];
  await run(process.execPath, args, { cwd: folder });
  const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
  assert.deepEqual([report.numPassedTests, report.numTotalTests], [3, 3]);
});

test("node:test", async (t) => {
  const files = {
    "all.test.mjs": `
      import { deepEqual as same } from "node:assert/strict";
      import { after, before, test } from "node:test";
      import { Kinde } from "kinde-edge";
      import { startLocalKinde } from "kinde-edge-local";
      ${CASES(true)}`,
  };
  const folder = await project(t, files);
  // A test that runs tests has said so to its children.
  const env = { NODE_TEST_CONTEXT: undefined };
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", "all.test.mjs"], {
    cwd: folder,
    env,
  });
  assert.match(stdout, /^# pass 3$/m);
});

test("the types compile", async (t) => {
  const files = {
    "tsconfig.json": {
      compilerOptions: {
        module: "nodenext",
        target: "es2022",
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: [],
      },
      files: ["all.ts"],
    },
    "all.ts": `
      import { Kinde } from "kinde-edge";
      import { startLocalKinde, type LocalKinde } from "kinde-edge-local";
      const local: LocalKinde = await startLocalKinde({ port: 0, seed: 7, webhooks: { waits: [10] } });
      const kinde = new Kinde(local.credentials);
      const take: () => void = local.fault({ operation: "createUser", status: 503, times: 2 });
      const status: number | undefined = local.sent("createUser")[0]?.status;
      local.clock.advance(1000);
      // @ts-expect-error there is no such option
      await startLocalKinde({ prot: 1 });
      // @ts-expect-error there is no such field
      local.fault({ statsu: 503 });
      export { kinde, take, status };`,
  };
  const folder = await project(t, files, besideTools);
  await run(process.execPath, [programOf("typescript", "bin/tsc"), "-p", "."], { cwd: folder });
});

test("the command runs in an empty folder, and what it begins ends with it", async (t) => {
  const folder = await makeFolder(t, { "package.json": { private: true } });
  await install(folder, localTarball());
  const env = { ...process.env, PATH: process.env.PATH };
  const child = spawn("npx", ["--no-install", "kinde-edge-local", "--port", "0", "--seed", "7", "--quiet"], {
    cwd: folder,
    env,
  });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  while (!output.includes("Ctrl-C")) await once(child.stdout, "data");
  const url = output.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
  const keys = await (await fetch(`${url}/.well-known/jwks.json`)).json();
  assert.equal(keys.keys.length, 1);
  child.kill("SIGTERM");
  await once(child, "close");
  const end = performance.now() + 10_000;
  // Whoever was under npx has ended as well.
  while (
    await fetch(url).then(
      () => true,
      () => false,
    )
  ) {
    assert.ok(performance.now() < end, "it is still there");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test("nothing is compiled at run time: Workers forbid that", async () => {
  const core = await readFile(new URL("../../pkg/local/dist/core.js", import.meta.url), "utf8");
  assert.doesNotMatch(core, /\bnew Function\b|\bFunction\(|\beval\(/);
});

test("nothing is downloaded beside it, and it says whose code it brings along", async (t) => {
  const folder = await makeFolder(t, { "package.json": { private: true } });
  await install(folder, localTarball());
  const { dependencies } = JSON.parse(
    await readFile(join(folder, "node_modules/kinde-edge-local/package.json"), "utf8"),
  );
  assert.equal(dependencies, undefined);
  const notices = await readFile(join(folder, "node_modules/kinde-edge-local/dist/NOTICES.txt"), "utf8");
  assert.match(notices, /hono[\s\S]*MIT[\s\S]*@hono\/node-server/);
});
