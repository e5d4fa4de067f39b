// Vite: its development server and its production build, in Chromium.
import { after, before, describe, test } from "node:test";
import { join } from "node:path";

import { build, createServer } from "vite";

import { startChromium } from "../support/chromium.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { makeProject } from "../support/project.mjs";
import { assertEntry } from "./places.mjs";
import { assertCallsFrom, page, serveFolder, USE } from "./page.mjs";

const PAGES = {
  "kinde-edge": `import { Kinde } from "kinde-edge";${USE}`,
  "kinde-edge/slim": `import { Kinde, init } from "kinde-edge/slim";\nawait init();${USE}`,
  "kinde-edge/slim with the address from Vite": `
    import { Kinde, init } from "kinde-edge/slim";
    import url from "kinde-edge/kinde_edge_bg.wasm?url";
    await init(url);${USE}`,
};

describe("Vite", () => {
  let chromium;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium?.close());

  for (const [name, source] of Object.entries(PAGES)) {
    const files = { "index.html": page("/main.js"), "main.js": source };

    test(`${name}, built`, async (t) => {
      const root = await makeProject(t, files);
      const modules = new Set();
      const note = { name: "note", moduleParsed: ({ id }) => modules.add(id) };
      await build({ root, logLevel: "silent", configFile: false, plugins: [note], build: { target: "es2022" } });
      if (name === "kinde-edge") assertEntry("Vite, built", modules);
      await assertCallsFrom(t, chromium, await serveFolder(t, join(root, "dist")));
    });

    test(`${name}, from the development server`, async (t) => {
      const root = await makeProject(t, files);
      const listen = { host: "127.0.0.1", port: 0, hmr: false };
      const server = await createServer({ root, logLevel: "silent", configFile: false, server: listen });
      cleanUp(t, () => server.close());
      await server.listen();
      await assertCallsFrom(t, chromium, server.resolvedUrls.local[0]);
      const { depsOptimizer } = server.environments.client;
      const optimized = Object.values(depsOptimizer.metadata.optimized).map(({ src }) => src);
      if (name === "kinde-edge") assertEntry("Vite, development server", optimized);
    });
  }
});
