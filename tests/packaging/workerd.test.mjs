// The package in workerd, bundled by Wrangler, with no compatibility flag.
import assert from "node:assert/strict";
import { before, after, describe, test } from "node:test";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { bundle, newestDate, serve } from "../../xtask/js/workerd.mjs";
import { makeProject } from "../support/project.mjs";
import { ANSWER, CALL, assertOneRequest, startUsers } from "./shared.mjs";

const WRANGLER = { name: "a-worker", main: "src/index.js", compatibility_date: "2024-09-23" };

const handler = (start = "") => `
export default {
  async fetch(request, env) {
    ${start}
    const server = env.SERVER;
    ${CALL}
    return Response.json({ page, version: VERSION, wasm: IS_STARTED });
  },
};`;

const WORKERS = {
  // At module scope a Worker may not do much; here the client is even constructed there.
  "kinde-edge": `
    import { Kinde, KindeError, VERSION } from "kinde-edge";
    const IS_STARTED = new Kinde({ domain: "acme.kinde.com", accessToken: "none" }) instanceof Kinde;
    ${handler()}`,
  "kinde-edge/slim": `
    import wasm from "kinde-edge/kinde_edge_bg.wasm";
    import { Kinde, KindeError, VERSION, initSync } from "kinde-edge/slim";
    initSync(wasm);
    const IS_STARTED = true;
    ${handler()}`,
  "kinde-edge/slim, awaited in the handler": `
    import wasm from "kinde-edge/kinde_edge_bg.wasm";
    import { Kinde, KindeError, VERSION, init } from "kinde-edge/slim";
    const IS_STARTED = true;
    ${handler("await init(wasm);")}`,
};

for (const [name, source] of Object.entries(WORKERS)) {
  describe(name, () => {
    let bundled;
    const cleanups = [];
    after(() => Promise.all(cleanups.map((cleanup) => cleanup())));
    before(async () => {
      const folder = await makeProject(
        { after: (cleanup) => cleanups.push(cleanup) },
        { "wrangler.json": WRANGLER, "src/index.js": source },
      );
      bundled = await bundle(folder);
    });

    for (const compatibilityDate of ["2024-09-23", newestDate]) {
      test(`makes calls with compatibility date ${compatibilityDate}`, async (t) => {
        const server = await startUsers();
        t.after(server.close);
        const worker = serve(bundled, { compatibilityDate, bindings: { SERVER: server.url } });
        t.after(() => worker.dispose());

        const first = await (await worker.dispatchFetch("http://worker/")).json();
        assert.deepEqual(first.page, ANSWER);
        assert.equal(first.wasm, true);
        assert.match(first.version, /^\d+\.\d+\.\d+/);
        assertOneRequest(server);

        // Another request, the same isolate: what the first one left must not be in the way.
        server.requests.length = 0;
        const second = await (await worker.dispatchFetch("http://worker/")).json();
        assert.deepEqual(second.page, ANSWER);
        assertOneRequest(server);
      });
    }

    test("uploads the WebAssembly as a file of its own, once", async () => {
      const files = await readdir(bundled);
      assert.equal(files.filter((file) => file.endsWith(".wasm")).length, 1);
      const script = await readFile(join(bundled, "index.js"), "utf8");
      // The bytes as text would begin like this.
      assert.ok(!script.includes("AGFzbQ"), "the bundle holds the WebAssembly a second time");
    });
  });
}
