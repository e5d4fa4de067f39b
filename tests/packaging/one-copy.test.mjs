// A program that loads the package several times, as a Next.js server does with each of its bundles: it asks for one token.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";

import { build } from "esbuild";

import { listen } from "../support/listen.mjs";
import { makeProject, runNode } from "../support/project.mjs";

/** How each copy comes, in a program with `require`. */
const COPIES = {
  esm: `import("kinde-edge")`,
  cjs: `require("kinde-edge")`,
  slim: `import("kinde-edge/slim")`,
  slimCjs: `require("kinde-edge/slim")`,
  bundle: `import("./bundle.mjs")`,
  otherBundle: `require("./bundle.cjs")`,
};

async function programOf(t, order) {
  const folder = await makeProject(t, {
    "main.mjs": `
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      const copies = {};
      ${order.map((name) => `copies.${name} = await ${COPIES[name]};`).join("\n")}
      for (const { init } of Object.values(copies)) await init?.();
      const options = { domain: process.env.SERVER, clientId: "an-id", clientSecret: "a-secret", maxRetries: 0 };
      const calls = Object.values(copies).map(async ({ Kinde }) => (await new Kinde(options).users.list()).users.length);
      const lengths = await Promise.all(calls);
      const errors = await Promise.all(Object.values(copies).map(({ Kinde }) => new Kinde(options).users.list(5).catch((error) => error)));
      const known = errors.every((error) => Object.values(copies).every(({ KindeError }) => error instanceof KindeError && KindeError.is(error)));
      console.log(JSON.stringify({ lengths, known, classes: new Set(Object.values(copies).map(({ Kinde }) => Kinde)).size, keys: Object.keys(globalThis).filter((key) => /kinde/i.test(key)) }));`,
    "entry.js": `export * from "kinde-edge";`,
  });
  for (const [format, extension] of [
    ["esm", "mjs"],
    ["cjs", "cjs"],
  ]) {
    const outfile = join(folder, `bundle.${extension}`);
    const entryPoints = [join(folder, "entry.js")];
    await build({ entryPoints, outfile, bundle: true, platform: "node", format, logLevel: "silent" });
  }
  return folder;
}

const ALL = Object.keys(COPIES);
for (const order of [ALL, ALL.toReversed(), ["slim", "cjs"], ["bundle", "otherBundle", "esm"]]) {
  test(`one token for ${order.join(", ")}`, async (t) => {
    const requests = [];
    const server = createServer((request, response) => {
      requests.push(request.url.split("?")[0]);
      const isToken = request.url === "/oauth2/token";
      response.setHeader("content-type", "application/json");
      // Long enough for all to ask at once.
      setTimeout(
        () => response.end(JSON.stringify(isToken ? { access_token: "t", expires_in: 3600 } : { users: [] })),
        isToken ? 100 : 0,
      );
    });
    const SERVER = await listen(server);
    t.after(() => (server.close(), server.closeAllConnections()));
    const said = JSON.parse(await runNode(await programOf(t, order), "main.mjs", { SERVER }));
    assert.deepEqual(said, { lengths: order.map(() => 0), known: true, classes: 1, keys: [] });
    assert.equal(requests.filter((url) => url === "/oauth2/token").length, 1);
    assert.equal(requests.filter((url) => url === "/api/v1/users").length, order.length);
  });
}

test("a frozen global object takes no copy, and each is for itself", async (t) => {
  const folder = await makeProject(t, {
    "main.mjs": `
      Object.preventExtensions(globalThis);
      const { Kinde } = await import("kinde-edge");
      console.log(typeof new Kinde({ domain: "acme.kinde.com" }).users.list);`,
  });
  assert.equal(await runNode(folder, "main.mjs"), "function\n");
});
