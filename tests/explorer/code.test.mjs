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

import { Kinde, start } from "../local/kinde.mjs";
import { callOf, hasAmbiguous, variantsOf } from "../lib/values.mjs";
import { run, writeFiles } from "../../xtask/js/project.mjs";
import { makeProject } from "../support/project.mjs";
import { startServer } from "../support/server.mjs";

import { hasPages } from "../../www/operations.js";
import { curl, curlCall, node, worker } from "../../www/code.js";
import { rust } from "../../www/rust.js";

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
    for (const write of [node, worker, curl, (one, args) => rust(one, args, names)])
      assert.ok(write(operation, {}).length > 40);
  }
});

test("TypeScript compiles against the package", { timeout: 300_000 }, async (t) => {
  const lists = calls.filter(({ operation, id }) => hasPages(operation) && id.endsWith("_0"));
  const written = (write) => [
    ...calls.map(({ operation, args, id }) => [id, write(operation, args)]),
    ...lists.map(({ operation, args, id }) => [`${id}_all`, write(operation, args, true)]),
  ];
  const options = { target: "es2022", module: "nodenext", strict: true, noEmit: true, skipLibCheck: true };
  const workers = createRequire(import.meta.url).resolve("@cloudflare/workers-types/index.d.ts");
  const folder = await makeProject(t, {
    "tsconfig.json": {
      compilerOptions: { ...options, types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
      include: ["src"],
    },
    "workers.json": {
      compilerOptions: { ...options, lib: ["es2022"], types: [] },
      include: ["workers"],
      files: [workers],
    },
    ...Object.fromEntries(written(node).map(([id, text]) => [`src/${id}.ts`, text])),
    ...Object.fromEntries(written(worker).map(([id, text]) => [`workers/${id}.ts`, text])),
  });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  await run(process.execPath, [tsc, "-p", "workers.json"], { cwd: folder });
  await run(process.execPath, [tsc], { cwd: folder });
  // The check can fail.
  await writeFiles(folder, {
    "src/wrong.ts": node(
      operations.find(({ operationId }) => operationId === "getUserData"),
      { id: 1 },
    ),
  });
  await assert.rejects(run(process.execPath, [tsc], { cwd: folder }), /wrong\.ts/);
});

test("TypeScript is set as Prettier and Biome set it", async (t) => {
  const { bin } = createRequire(import.meta.url)("@biomejs/biome/package.json");
  const biome = join(dirname(createRequire(import.meta.url).resolve("@biomejs/biome/package.json")), bin.biome);
  const sources = calls.flatMap(({ operation, args, id }) => [
    [`src/${id}.ts`, node(operation, args)],
    [`src/${id}_worker.ts`, worker(operation, args)],
  ]);
  const folder = await makeProject(t, {
    "biome.json": { formatter: { indentStyle: "space", indentWidth: 2, lineWidth: 80 }, linter: { enabled: false } },
    ...Object.fromEntries(sources),
  });
  await run(process.execPath, [biome, "format", "src"], { cwd: folder });
  // The check can fail.
  await writeFiles(folder, { "src/wrong.ts": "const a = {b:1}" });
  await assert.rejects(run(process.execPath, [biome, "format", "src"], { cwd: folder }));
});

test("Rust is set as rustfmt sets it", async (t) => {
  const sources = calls.map(({ operation, args, id }) => [`${id}.rs`, rust(operation, args, names)]);
  const folder = await makeProject(t, Object.fromEntries(sources));
  const files = sources.map(([file]) => file);
  await run("rustfmt", ["--edition", "2024", "--check", ...files], { cwd: folder });
  // The check can fail.
  await writeFiles(folder, { "wrong.rs": "fn  wrong() {}" });
  await assert.rejects(run("rustfmt", ["--edition", "2024", "--check", "wrong.rs"], { cwd: folder }));
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
      worker = "0.8.7"
      [workspace]`,
    "src/lib.rs": `#![allow(dead_code, non_snake_case, unused_variables)]\n${modules.join("\n")}`,
    "src/logo.png": "",
  });
  await copyFile(join(root, "examples/worker-rust/Cargo.lock"), join(folder, "Cargo.lock"));
  const target = join(root, "target/consumer");
  const cargo = ["check", "--quiet", "--target", "wasm32-unknown-unknown", "--target-dir", target];
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
    for (const { operation, args } of full) {
      // The server answers every call alike, which is no list.
      const call = kinde.call(operation.operationId, withPlaceholders(args));
      await call.catch((error) => assert.equal(error.code, "decode", error.message));
    }
    const commands = full.map(({ operation, args }) => curlCall(operation, args, server.url));
    await shell(commands, folder);
    assert.equal(server.requests.length, 2 * full.length);
    for (const [index, { id }] of full.entries()) {
      const [expected, given] = await Promise.all(
        [index, full.length + index].map((place) => shapeOf(server.requests[place])),
      );
      assert.deepEqual(given, expected, `${id}\n${commands[index]}`);
    }
  });

  test("brings a token along, and is pasted as it is", async (t) => {
    const local = await start(t);

    const operation = operations.find(({ operationId }) => operationId === "getUsers");
    const script = curl(operation, { page_size: 2 }, local.origin).replaceAll(/^curl|\(curl/gm, "$& --noproxy '*'");
    const { id, secret } = local.clients.full;
    const env = { ...process.env, KINDE_CLIENT_ID: id, KINDE_CLIENT_SECRET: secret };
    const { stdout } = await promisify(execFile)("bash", ["-ec", script], { env });
    assert.equal(JSON.parse(stdout).users.length, 2);
  });

  test("nothing in a value gets out of its quotes", async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const operation = operations.find(({ operationId }) => operationId === "updateUser");
    const given_name = `it's $(echo x) "quoted" \`id\` \\ \n & 日本`;
    const command = curlCall(operation, { id: "a'b&c=$HOME", given_name }, server.url);
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
  const isSecret = [
    "client_secret",
    "token",
    "hashed_password",
    "salt",
    "saml_signing_private_key",
    "api_key",
  ].includes(name);
  return isSecret && typeof value === "string" ? `<${name}>` : value;
};
