// A production build by Vite, served and run in Chromium.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";

import { build } from "vite";

import { sendFile } from "../../xtask/js/pages.mjs";
import { startChromium } from "../support/chromium.mjs";
import { makeProject } from "../support/project.mjs";
import { ANSWER, CALL, assertOneRequest, startUsers } from "./shared.mjs";

const HTML = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>`;
const REST = `
globalThis.call = async (server) => {
  ${CALL}
  return page;
};
`;

const PAGES = {
  "kinde-edge": `import { Kinde } from "kinde-edge";${REST}`,
  "kinde-edge/slim": `import { Kinde, init } from "kinde-edge/slim";\nawait init();${REST}`,
  "kinde-edge/slim with the address from Vite": `
    import { Kinde, init } from "kinde-edge/slim";
    import url from "kinde-edge/kinde_edge_bg.wasm?url";
    await init(url);${REST}`,
};

describe("built by Vite, in Chromium", () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium?.close());

  for (const [name, source] of Object.entries(PAGES)) {
    test(name, async (t) => {
      const root = await makeProject(t, { "index.html": HTML, "main.js": source });
      await build({ root, logLevel: "silent", configFile: false, build: { target: "es2022" } });
      const site = await startSite(t, join(root, "dist"));
      const server = await startUsers();
      t.after(server.close);

      const page = await chromium.newPage();
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await page.goto(site);
      await page.waitForFunction(() => globalThis.call, undefined, { timeout: 30_000 }).catch((error) => {
        throw new Error(`the page did not start: ${complaints.join("; ")}`, { cause: error });
      });
      assert.deepEqual(await page.evaluate((address) => globalThis.call(address), server.url), ANSWER);
      assertOneRequest(server);
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }
});

async function startSite(t, folder) {
  const server = createServer(async (request, response) => {
    if (!(await sendFile(request, response, { "/": folder }))) response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.close(), server.closeAllConnections()));
  return `http://127.0.0.1:${server.address().port}/`;
}
