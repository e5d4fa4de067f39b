// Next.js, built and started: a route in its edge runtime, one in Node, and pages in Chromium.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { run } from "../../xtask/js/project.mjs";
import { startChromium } from "../support/chromium.mjs";
import { cleanUp, shared } from "../support/cleanup.mjs";
import { startProgram } from "../support/program.mjs";
import { besideTools, makeProject } from "../support/project.mjs";
import { assertCallsFrom } from "./page.mjs";
import { PLACES } from "./places.mjs";
import { ANSWER, assertOneRequest, CALL, startUsers } from "./shared.mjs";

const next = join(dirname(createRequire(import.meta.url).resolve("next/package.json")), "dist/bin/next");

const route = (runtime) => `
  import { Kinde } from "kinde-edge";

  export const runtime = "${runtime}";

  export async function GET(request) {
    const server = new URL(request.url).searchParams.get("server");
    ${CALL}
    return Response.json(page);
  }`;

const page = (imports, start = "") => `
  "use client";
  import { useEffect } from "react";
  ${imports}

  async function begin() {
    ${start}
    globalThis.call = async (server) => {
      ${CALL}
      return page;
    };
  }

  export default function Page() {
    useEffect(() => void begin(), []);
    return <p>A page</p>;
  }`;

const APP = {
  // Where its own packages are.
  "next.config.mjs": `export default {
    turbopack: { root: ${JSON.stringify(fileURLToPath(new URL("../../", import.meta.url)))} },
  };`,
  "app/layout.js": `
    export default function Layout({ children }) {
      return <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;
    }`,
  "app/edge/route.js": route("edge"),
  "app/node/route.js": route("nodejs"),
  "app/page.js": page(`import { Kinde } from "kinde-edge";`),
  "app/slim/page.js": page(`import { Kinde, init } from "kinde-edge/slim";`, "await init();"),
};

const QUIET = { CI: "true", NEXT_TELEMETRY_DISABLED: "1" };

describe("Next.js", () => {
  const all = shared();
  let folder, site, chromium;
  before(async () => {
    chromium = await startChromium();
    cleanUp(all, () => chromium.close());
    folder = await makeProject(all, APP, besideTools);
    await run(process.execPath, [next, "build"], { cwd: folder, env: QUIET });
    const args = [next, "start", "--hostname", "127.0.0.1", "--port", "0"];
    const { match } = await startProgram(all, process.execPath, args, {
      cwd: folder,
      env: QUIET,
      ready: /Local:\s+(\S+)\s/,
    });
    site = match[1];
  });

  for (const name of ["edge", "node"]) {
    test(`a route makes a call: ${name}`, async (t) => {
      const server = await startUsers();
      cleanUp(t, server.close);
      const answer = await fetch(`${site}/${name}?server=${server.url}`);
      assert.deepEqual([answer.status, await answer.json()], [200, ANSWER]);
      assertOneRequest(server);
    });
  }

  for (const [path, name] of Object.entries({ "": "kinde-edge", slim: "kinde-edge/slim" })) {
    test(`a page makes a call: ${name}`, (t) => assertCallsFrom(t, chromium, `${site}/${path}`));
  }

  test("the edge route has the WebAssembly compiled beforehand, the other one inside", async () => {
    const built = join(folder, ".next/server");
    const { functions } = JSON.parse(await readFile(join(built, "middleware-manifest.json"), "utf8"));
    const compiled = functions["/edge/route"].wasm.filter(({ filePath }) => filePath.includes("kinde_edge_bg"));
    const entry = async (place, chunks) =>
      assert.equal((await holdsBytes(chunks)) ? "inline.js" : "edge-light.js", PLACES[place].entry);
    assert.equal(compiled.length, 1);
    await entry("Next.js, edge route", join(built, "edge/chunks"));
    await entry("Next.js, Node route and page", join(built, "chunks"));
  });
});

/** Whether a script of the folder has WebAssembly in it, as text. */
async function holdsBytes(folder) {
  const scripts = (await readdir(folder)).filter((file) => file.endsWith(".js"));
  const texts = await Promise.all(scripts.map((file) => readFile(join(folder, file), "utf8")));
  return texts.some((text) => text.includes("AGFzbQ"));
}
