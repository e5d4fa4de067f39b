// The command: what it prints, what it refuses, how it ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../pkg/local/dist/cli.js", import.meta.url));

/** Run it to its end. */
async function run(args, env = {}) {
  const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...env } });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (output[name] += text));
  const [code] = await once(child, "close");
  return { code, ...output };
}

/** Run it until it is ready. */
async function begin(t, args, env = {}) {
  const child = spawn(process.execPath, [cli, "--port", "0", ...args], { env: { ...process.env, ...env } });
  t.after(() => child.kill("SIGKILL"));
  const begun = { child, output: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (begun.output += text));
  while (!begun.output.includes("Ctrl-C")) await once(child.stdout, "data");
  begun.url = begun.output.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
  return begun;
}

test("help and version are for people", async () => {
  const { code, stdout } = await run(["--help"]);
  assert.equal(code, 0);
  for (const option of ["--port", "--data", "--seed", "--strict", "--rate-limit", "--faults", "--latency", "--quiet"])
    assert.match(stdout, new RegExp(`^ {2}${option} `, "m"));
  assert.ok(stdout.split("\n").every((line) => line.length <= 110));
  assert.match((await run(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test("what it does not understand it says in a line, and where help is", async () => {
  const cases = [
    [["--prot", "1"], /Unknown option '--prot'/],
    [["--port", "http"], /--port has to be a number from 0 to 65535, not "http"/],
    [["--faults", "2"], /--faults has to be a number from 0 to 1, not "2"/],
    [["--seed", "x"], /--seed has to be a number without a fraction/],
    [["--serve", "dist"], /--serve wants a path and a folder/],
    [["--port", "0", "--data", "/nowhere/at/all.json"], /ENOENT.*\/nowhere\/at\/all\.json/],
  ];
  for (const [args, words] of cases) {
    const { code, stderr } = await run(args);
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr, words);
    assert.ok(!stderr.includes("    at "), stderr);
  }
});

test("a port that is taken: it says so and what to do", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address();
  const { code, stderr } = await run(["--port", String(port)]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`Port ${port} is taken.*choose another port, or 0`));
});

test("signals end it, and the file is there from the start", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "local-kinde-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    const data = join(folder, `${signal}.json`);
    const { child, url } = await begin(t, ["--data", data]);
    const { keys, applications } = JSON.parse(await readFile(data, "utf8"));
    assert.equal(keys.length, 1);
    assert.ok(applications.items.length > 3);
    // A connection that is kept open does not keep it.
    await (await fetch(`${url}/.well-known/jwks.json`)).text();
    child.kill(signal);
    assert.deepEqual(await once(child, "exit"), [0, null], signal);
  }
});

test("colours where they are wanted, and nowhere else", async (t) => {
  const ask = async (env) => {
    const begun = await begin(t, [], { NO_COLOR: "", FORCE_COLOR: "", ...env });
    await (await fetch(`${begun.url}/api/v1/users`)).text();
    while (!begun.output.includes("-> ")) await once(begun.child.stdout, "data");
    return begun.output.includes("\x1b[");
  };
  assert.equal(await ask({}), false);
  assert.equal(await ask({ FORCE_COLOR: "1" }), true);
  assert.equal(await ask({ FORCE_COLOR: "1", NO_COLOR: "1" }), false);
});
