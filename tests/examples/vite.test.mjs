// examples/vite in Chromium: from the development server, and as it is built.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { build, createServer, preview } from "vite";

import { startChromium } from "../support/chromium.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { startServer } from "../support/server.mjs";
import { copyExample } from "./example.mjs";

describe("vite", () => {
  let chromium;
  before(async () => (chromium = await startChromium()));
  after(() => chromium?.close());

  const listen = { host: "127.0.0.1", port: 0 };
  const SITES = {
    async "from the development server"(t, options) {
      const server = await createServer({ ...options, server: { ...listen, hmr: false } });
      cleanUp(t, () => server.close());
      await server.listen();
      return server;
    },
    async "as it is built"(t, options) {
      await build(options);
      const server = await preview({ ...options, preview: listen });
      cleanUp(t, () => server.close());
      return server;
    },
  };

  for (const [name, start] of Object.entries(SITES)) {
    test(`${name}: says whose token it is, and that one is not valid`, async (t) => {
      const profile = { id: "kp_1", name: "Zoë" };
      const kinde = await startServer(({ headers }) =>
        headers.authorization === "Bearer a-token" ? { body: profile } : { status: 401, body: {} },
      );
      cleanUp(t, kinde.close);
      const root = await copyExample(t, "vite");
      process.env.VITE_KINDE_DOMAIN = kinde.url;
      cleanUp(t, () => delete process.env.VITE_KINDE_DOMAIN);
      const site = await start(t, { root, logLevel: "error" });

      const page = await chromium.newPage();
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(site.resolvedUrls.local[0]);
      const ask = async (token) => {
        await page.getByLabel("Access token").fill(token);
        await page.getByRole("button").click();
      };
      const answer = (text) => page.getByRole("status").filter({ hasText: text }).waitFor({ timeout: 20_000 });
      await ask("a-token");
      await answer("You are Zoë (kp_1)");
      await ask("another-token");
      await answer("The token is not valid, or no longer");
      assert.deepEqual(complaints, []);
      const [first] = kinde.requests;
      assert.deepEqual([first.method, first.url], ["GET", "/oauth2/v2/user_profile"]);
      await page.close();
    });
  }
});
