// The code that the page gives, for every operation with all its arguments: it compiles, and the command
// sends what the package sends.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Kinde } from "../local/kinde.mjs";
import { callOf, hasAmbiguous, variantsOf } from "../lib/values.mjs";
import { run, writeFiles } from "../../xtask/js/project.mjs";
import { makeProject } from "../support/project.mjs";
import { startServer } from "../support/server.mjs";
import { curl, rust, typescript } from "../../www/code.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const json = async (path) => JSON.parse(await readFile(join(root, path), "utf8"));
const names = await json("www/rust.json");
const operations = (await json("www/operations.json")).map((operation) => ({
  ...operation,
  call: `${operation.resource}.${operation.name}`,
}));

/** Every operation with what it needs, with everything, and with each kind of value that it takes. */
const calls = operations.flatMap((operation) => {
  const { named } = callOf(operation, { everything: false });
  const variants = hasAmbiguous(operation) ? variantsOf(operation) : 1;
  const full = Array.from(
    { length: variants },
    (_, variant) => callOf(operation, { everything: true, ambiguous: true, variant }).named,
  );
  return [named, ...full].map((args, index) => ({ operation, args, id: `${operation.operationId}_${index}` }));
});

test("there is code for each, and none of a call that is not complete fails", () => {
  assert.ok(calls.length > 2 * operations.length);
  for (const operation of operations) {
    for (const write of [typescript, curl, (one, args) => rust(one, args, names)])
      assert.ok(write(operation, {}).length > 40);
  }
});

test("TypeScript compiles against the package", { timeout: 300_000 }, async (t) => {
  const sources = calls.map(({ operation, args, id }) => [`src/${id}.ts`, typescript(operation, args)]);
  const folder = await makeProject(t, {
    "tsconfig.json": {
      compilerOptions: {
        target: "es2022",
        module: "nodenext",
        strict: true,
        noEmit: true,
        types: ["node"],
        skipLibCheck: true,
        typeRoots: [join(root, "node_modules/@types")],
      },
      include: ["src"],
    },
    ...Object.fromEntries(sources),
  });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  await run(process.execPath, [tsc], { cwd: folder });
  // The check can fail.
  await writeFiles(folder, {
    "src/wrong.ts": typescript(
      operations.find(({ operationId }) => operationId === "getUserData"),
      { id: 1 },
    ),
  });
  await assert.rejects(run(process.execPath, [tsc], { cwd: folder }), /wrong\.ts/);
});

test("Rust compiles against the crate", { timeout: 600_000 }, async (t) => {
  const folder = join(root, "target/explorer-rust");
  await rm(folder, { recursive: true, force: true });
  t.after(() => rm(folder, { recursive: true, force: true }));
  const modules = calls.map(({ operation, args, id }) => `mod ${id} {\n${rust(operation, args, names)}}\n`);
  await writeFiles(folder, {
    "Cargo.toml": `
      [package]
      name = "code-of-the-explorer"
      version = "0.0.0"
      edition = "2024"
      [dependencies]
      kinde-edge = { path = ${JSON.stringify(root)} }
      serde_json = "1"
      [workspace]`,
    "src/lib.rs": `#![allow(dead_code, non_snake_case, unused_variables)]\n${modules.join("\n")}`,
    "src/logo.png": "",
  });
  await copyFile(join(root, "Cargo.lock"), join(folder, "Cargo.lock"));
  const target = join(root, "target/consumer");
  const cargo = ["check", "--quiet", "--offline", "--target", "wasm32-unknown-unknown", "--target-dir", target];
  const check = () => run("cargo", cargo, { cwd: folder, env: { CARGO_TERM_COLOR: "never" } });
  await check();
  // The check can fail.
  const { operation, args } = calls.find(({ id }) => id === "getUsers_1");
  const wrong = rust(operation, { ...args, page_size: "ten" }, names);
  await writeFiles(folder, { "src/lib.rs": `mod wrong {\n${wrong}}\n` });
  await assert.rejects(check(), /ten/);
});

describe("curl", () => {
  test("sends what the package sends", { timeout: 300_000 }, async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const folder = join(root, "target/explorer-curl");
    await mkdir(folder, { recursive: true });
    t.after(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "logo.png"), Buffer.from([137, 80, 78, 71]));
    const kinde = new Kinde({ domain: server.url, accessToken: "the-token" });
    const full = calls.filter(({ id }) => !id.endsWith("_0"));
    // What is secret has a placeholder in the command.
    for (const { operation, args } of full) await kinde.call(operation.operationId, withPlaceholders(args));
    const commands = full.map(({ operation, args }) => curl(operation, args, server.url));
    await shell(commands, folder);
    assert.equal(server.requests.length, 2 * full.length);
    for (const [index, { id }] of full.entries()) {
      const [expected, given] = await Promise.all(
        [index, full.length + index].map((place) => shapeOf(server.requests[place])),
      );
      assert.deepEqual(given, expected, `${id}\n${commands[index]}`);
    }
  });

  test("nothing in a value gets out of its quotes", async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const operation = operations.find(({ operationId }) => operationId === "updateUser");
    const given_name = `it's $(echo x) "quoted" \`id\` \\ \n & 日本`;
    const command = curl(operation, { id: "a'b&c=$HOME", given_name }, server.url);
    await shell([command]);
    const [{ url, body }] = server.requests;
    assert.equal(new URL(url, server.url).searchParams.get("id"), "a'b&c=$HOME");
    assert.deepEqual(JSON.parse(body), { given_name });
  });
});

/** Run commands as someone who pastes them does, and fail with the first that fails. */
function shell(commands, cwd) {
  const script = commands.map((command) => command.replace(/^curl/, "curl -sS --noproxy '*'"));
  const env = { ...process.env, KINDE_TOKEN: "the-token" };
  return promisify(execFile)("bash", ["-ec", script.join("\n")], { cwd, env });
}

/** What arrived, to compare: JSON as its value, a form as its fields. */
async function shapeOf({ method, url, headers, body }) {
  const { pathname, search } = new URL(url, "http://localhost");
  const [type] = (headers["content-type"] ?? "").split(";");
  const query = [...new URLSearchParams(search)];
  return {
    method,
    pathname,
    query,
    accept: headers.accept,
    authorization: headers.authorization,
    type,
    body: contentOf(type, body),
  };
}

function contentOf(type, body) {
  if (type === "application/json") return JSON.parse(body);
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(body));
  // A boundary is random, and the name of a file is its own.
  return body.match(/; name="\w+"|PNG/g);
}

const withPlaceholders = (value, name = "") => {
  if (value instanceof Blob) return value;
  if (Array.isArray(value)) return value.map((item) => withPlaceholders(item, name));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlaceholders(inner, key)]));
  }
  const isSecret = ["client_secret", "token", "hashed_password", "salt", "saml_signing_private_key"].includes(name);
  return isSecret && typeof value === "string" ? `<${name}>` : value;
};
