// The crate in a Rust program: the JavaScript exports are there only with the feature `js`.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { run, writeFiles } from "../../xtask/js/project.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = "wasm32-unknown-unknown";

/** The functions that a program of ours exports to JavaScript, built for WebAssembly with the crate as a dependency. */
async function exportsOf(t, features) {
  const folder = await mkdtemp(join(tmpdir(), "kinde-edge-rust-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, {
    "Cargo.toml": `
      [package]
      name = "consumer"
      version = "0.0.0"
      edition = "2024"
      [lib]
      crate-type = ["cdylib"]
      [dependencies]
      kinde-edge = { path = ${JSON.stringify(root)}, features = ${JSON.stringify(features)} }
      wasm-bindgen = "0.2"
      wasm-bindgen-futures = "0.4"
      [workspace]`,
    "src/lib.rs": `
      use wasm_bindgen::prelude::*;
      #[wasm_bindgen]
      pub async fn business(domain: String) -> Result<Option<String>, String> {
          let kinde = kinde_edge::Kinde::builder(&domain)
              .client_credentials("id", "secret")
              .build()
              .map_err(|error| error.to_string())?;
          let answer = kinde.business().get().await.map_err(|error| error.to_string())?;
          Ok(answer.business.and_then(|business| business.name))
      }`,
  });
  // The versions that are tested, and are there without a download.
  await copyFile(join(root, "Cargo.lock"), join(folder, "Cargo.lock"));
  const target = join(root, "target/consumer");
  const cargo = ["build", "--quiet", "--offline", "--target", TARGET, "--target-dir", target];
  await run("cargo", cargo, { cwd: folder, env: { CARGO_TERM_COLOR: "never" } });
  const wasm = await readFile(join(target, TARGET, "debug/consumer.wasm"));
  // Functions for JavaScript carry a hash until wasm-bindgen has run; the rest is its own machinery.
  const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  return names.flatMap((name) => name.match(/^(?!__)(\w+)_[0-9a-f]{16}$/)?.[1] ?? []);
}

test("a Rust program gets none of the JavaScript exports", async (t) => {
  assert.deepEqual(await exportsOf(t, []), ["business"]);
});

test("with the feature js they are there", async (t) => {
  const names = await exportsOf(t, ["js"]);
  for (const name of ["business", "configure", "run_operation"]) assert.ok(names.includes(name), `no ${name}`);
});
