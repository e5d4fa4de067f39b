// What a program prints that an error of the package ends: little, and what its author looks for.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";

import { build } from "esbuild";

import { cleanUp } from "../support/cleanup.mjs";
import { makeProject } from "../support/project.mjs";
import { bun, deno } from "../support/runtimes.mjs";
import { startServer } from "../support/server.mjs";

/** How much may be printed, in bytes. A pipe that nobody empties takes 64 KiB, then Node drops the rest. */
const MOST = 3_000;
/** How much of it may come before the message: where it was thrown, and that line. */
const MOST_BEFORE = 1_000;
const LONGEST_LINE = 700;

const REFUSAL = { errors: [{ code: "USER_NOT_FOUND", message: "There is no such user" }] };
const CLIENT = `new Kinde({ domain: process.env.SERVER, accessToken: "the-token", maxRetries: 0 })`;

/** What is wrong in each: statements of the function whose line has to be told, and the message. */
const MISTAKES = {
  "a call that the service refuses": {
    body: `await ${CLIENT}.users.list();`,
    message: /^users\.list \(getUsers\): the service refused \(404\).*There is no such user$/,
  },
  "a call that nothing answers": {
    body: `await new Kinde({ domain: "http://127.0.0.1:1", accessToken: "a", maxRetries: 0 }).users.list();`,
    message: /^users\.list \(getUsers\): no answer came/,
  },
  "a call with a wrong value": {
    body: `await ${CLIENT}.users.list({ page_size: "many" });`,
    message: /"page_size": expected an integer/,
  },
  "a page of a list": {
    body: `for await (const user of ${CLIENT}.users.list()) console.log(user);`,
    message: /^users\.list \(getUsers\): the service refused \(404\).*There is no such user$/,
  },
  "a client with a wrong option": {
    body: `new Kinde({ domain: 5 });`,
    message: /^domain must be a host like https:\/\/acme\.kinde\.com, without a path, got 5$/,
  },
  "a client of an empty environment": {
    body: `Kinde.fromEnv({});`,
    message: /domain/i,
  },
  "a guard with a wrong rule": {
    body: `${CLIENT}.guard({ scopes: 5 });`,
    message: /"scopes": expected a string/,
  },
  "a session without an application": {
    body: `${CLIENT}.session({});`,
    message: /clientId/,
  },
};

const IMPORTS = {
  mjs: `import { Kinde } from "kinde-edge"; import process from "node:process";`,
  cjs: `const { Kinde } = require("kinde-edge");`,
};

/** The program, in whose fifth line it goes wrong. */
const program = (format, body) => `${IMPORTS[format]}

async function theCaller() {
  // The next line is the one.
  ${body}
}

theCaller();
`;
const WHERE = ":5:";

const RUNTIMES = {
  Node: (file) => [process.execPath, [file]],
  Deno: (file) => [deno, ["run", "--quiet", "--no-prompt", "--cached-only", "--allow-all", file]],
  Bun: (file) => [bun, [file]],
};

/** Runs a program that has to fail; resolves to what it printed on standard error. */
function crash([command, args], cwd, env) {
  const quiet = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env: { ...process.env, ...quiet, ...env } }, (error, stdout, stderr) => {
      if (error) resolve(stderr || stdout);
      else reject(new Error(`it did not fail: ${stdout}`));
    });
  });
}

function assertReadable(printed, { message, file }) {
  const bytes = Buffer.byteLength(printed);
  assert.ok(bytes < MOST, `${bytes} bytes: ${printed.slice(0, MOST)}`);
  const start = printed.indexOf("KindeError: ") + "KindeError: ".length;
  const [said] = printed.slice(start).split(/\r?\n/);
  assert.match(said, message);
  assert.ok(start < MOST_BEFORE, `${start} bytes before the message: ${printed}`);
  // The frames of this error, without those of its cause.
  const frames = printed.slice(start).split(/\[cause\]|Caused by|\n\n\d+ \|/)[0];
  assert.match(frames, new RegExp(`at (async )?theCaller \\(.*${file.replace(".", "\\.")}${WHERE}`), printed);
  assert.doesNotMatch(frames, /wasm/, printed);
}

async function start(t, name, format) {
  const { body, message } = MISTAKES[name];
  const server = await startServer(() => ({ status: 404, body: REFUSAL }));
  cleanUp(t, server.close);
  const file = `main.${format}`;
  const folder = await makeProject(t, { [file]: program(format, body) });
  return { folder, file, message, env: { SERVER: server.url } };
}

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  describe(runtime, { concurrency: 2 }, () => {
    for (const name of Object.keys(MISTAKES)) {
      // JavaScriptCore does not follow async generators.
      if (runtime === "Bun" && name === "a page of a list") continue;
      for (const format of ["mjs", "cjs"]) {
        test(`${name} prints the message and the caller's line: ${format}`, async (t) => {
          const { folder, env, ...expected } = await start(t, name, format);
          assertReadable(await crash(command(expected.file), folder, env), expected);
        });
      }
    }
  });
}

for (const format of ["mjs", "cjs"]) {
  test(`through a pipe, all of it comes, 20 times of 20: ${format}`, async (t) => {
    const { folder, env, ...expected } = await start(t, "a call that the service refuses", format);
    // Read late, as a shell does that has something else to do.
    const late = ["sh", ["-c", `"$NODE" ${expected.file} 2>&1 | (sleep 0.05; cat >&2); exit 1`]];
    for (let i = 0; i < 20; i++) {
      const printed = await crash(late, folder, { ...env, NODE: process.execPath });
      assertReadable(printed, expected);
    }
  });

  const skip = !existsSync("/usr/bin/script") && "script(1) makes the terminal";
  test(`in a terminal, it is the same: ${format}`, { skip }, async (t) => {
    const { folder, env, ...expected } = await start(t, "a call that the service refuses", format);
    const terminal = ["script", ["-qec", `"$NODE" ${expected.file}`, "/dev/null"]];
    const printed = await crash(terminal, folder, { ...env, NODE: process.execPath });
    assertReadable(stripVTControlCharacters(printed).replaceAll("\r", ""), expected);
  });

  test(`bundled by esbuild, it is still little: ${format}`, async (t) => {
    const { folder, env, ...expected } = await start(t, "a client with a wrong option", format);
    const [outfile, outformat] = [join(folder, `out.${format}`), format === "mjs" ? "esm" : "cjs"];
    await build({
      entryPoints: [join(folder, expected.file)],
      bundle: true,
      platform: "node",
      format: outformat,
      outfile,
      logLevel: "silent",
    });
    const printed = await crash([process.execPath, [outfile]], folder, env);
    assert.ok(printed.length < MOST, `${printed.length} bytes: ${printed.slice(0, MOST)}`);
    assert.match(printed, /\nKindeError: domain must be a host .*, got 5\n {4}at theCaller /);
  });
}

test("no line is long in the modules that runtimes show lines of", async (t) => {
  const dist = join(await makeProject(t), "node_modules/kinde-edge/dist");
  // workerd and the edge runtime show none.
  const shown = (file) => /\.c?js$/.test(file) && !["workerd.js", "edge-light.js"].includes(file);
  const files = (await readdir(dist)).filter(shown);
  assert.ok(files.includes("inline.js") && files.includes("wasm-base64.cjs"), files.join());
  for (const file of files) {
    const lines = (await readFile(join(dist, file), "utf8")).split("\n");
    const longest = Math.max(...lines.map((line) => line.length));
    assert.ok(longest <= LONGEST_LINE, `${file} has a line of ${longest} characters`);
  }
});
