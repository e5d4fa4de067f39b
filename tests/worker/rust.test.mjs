// A Rust program in a Worker of a time when there was no FinalizationRegistry: what a client was given
// goes with it. A function for JavaScript that holds it would be kept for ever.

import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { isSet, PACKAGE, project, startWorker } from "../lib/hosts.mjs";
import { run } from "../../xtask/js/project.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = "wasm32-unknown-unknown";
const CLIENTS = 2_000;

const MANIFEST = `
  [package]
  name = "clients"
  version = "0.0.0"
  edition = "2024"
  [lib]
  crate-type = ["cdylib"]
  [dependencies]
  js-sys = "0.3"
  kinde-edge = { path = ${JSON.stringify(root)} }
  wasm-bindgen = "0.2"
  wasm-bindgen-futures = "0.4"
  [workspace]`;

/** Clients with all that a Rust program can give one, each of which makes a call. */
const PROGRAM = `
  use kinde_edge::{Error, Kinde, StoreFuture, TokenStore};
  use wasm_bindgen::prelude::*;

  /// Large enough to be seen.
  struct Store(Vec<u8>);

  impl TokenStore for Store {
      fn get<'a>(&'a self, _: &'a str) -> StoreFuture<'a, Option<String>> {
          Box::pin(async { Ok(self.0.is_empty().then(String::new)) })
      }
      fn set<'a>(&'a self, _: &'a str, _: &'a str, _: u32) -> StoreFuture<'a, ()> {
          Box::pin(async { Ok(()) })
      }
      fn delete<'a>(&'a self, _: &'a str) -> StoreFuture<'a, ()> {
          Box::pin(async { Ok(()) })
      }
  }

  async fn call(kinde: Kinde) -> Result<(), JsValue> {
      let failed = |error: Error| JsValue::from(error.message());
      kinde.business().get().await.map(drop).map_err(failed)
  }

  #[wasm_bindgen]
  pub async fn clients(count: u32, fetch: js_sys::Function) -> Result<(), JsValue> {
      let builder = || Kinde::builder("acme.kinde.com").fetch(&fetch);
      for _ in 0..count {
          let kept = vec![1; 1024];
          let store = builder()
              .client_credentials("id", "secret")
              .token_store(Store(kept.clone()))
              .on_event({
                  let kept = kept.clone();
                  move |_| assert_eq!(kept.len(), 1024)
              });
          call(store.build().map_err(|error| JsValue::from(error.message()))?).await?;
          let provider = builder().access_token_from(move || {
              let token = kept.len().to_string();
              async move { Ok::<_, std::fmt::Error>(token) }
          });
          call(provider.build().map_err(|error| JsValue::from(error.message()))?).await?;
      }
      Ok(())
  }`;

const WORKER = `
  import module from "./clients_bg.wasm";
  import { clients, initSync } from "./clients.js";

  const { memory } = initSync({ module });
  const answer = (url) => Response.json(url.endsWith("/token") ? { access_token: "t", expires_in: 3600 } : {});

  export default {
    async fetch(request) {
      try {
        await clients(${CLIENTS}, async (url) => answer(url));
      } catch (error) {
        return Response.json({ error: String(error) });
      }
      return Response.json({ bytes: memory.buffer.byteLength, registry: typeof FinalizationRegistry });
    },
  };`;

if (isSet(PACKAGE)) {
  test("clients of a Rust program leave nothing behind", { timeout: 600_000 }, async (t) => {
    const folder = await project({ "Cargo.toml": MANIFEST, "src/lib.rs": PROGRAM });
    // The versions that are tested, and are there without a download.
    await copyFile(join(root, "Cargo.lock"), join(folder, "Cargo.lock"));
    const target = join(root, "target/consumer");
    const env = { CARGO_TERM_COLOR: "never", RUSTFLAGS: "-D warnings" };
    const cargo = ["build", "--quiet", "--offline", "--target", TARGET, "--target-dir", target];
    await run("cargo", cargo, { cwd: folder, env });
    const wasm = join(target, TARGET, "debug/clients.wasm");
    await run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", folder, wasm], { cwd: folder });

    const worker = await startWorker(folder, WORKER, {});
    const make = async () => {
      const { error, registry, bytes } = await (await worker.dispatchFetch("http://worker/")).json();
      assert.equal(error, undefined);
      assert.equal(registry, "undefined", "this Worker has a FinalizationRegistry");
      return bytes;
    };
    await make();
    const before = await make();
    let after;
    for (let requests = 0; requests < 8; requests++) after = await make();
    t.diagnostic(`WebAssembly memory after ${4 * CLIENTS} clients: ${before} bytes, after ${20 * CLIENTS}: ${after}`);
    assert.equal(after, before);
  });
}
