// examples/next, built and started, in Chromium: a person signs in at local Kinde, keeps a note, signs out.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { run } from "../../xtask/js/project.mjs";
import { start } from "../local/kinde.mjs";
import { startChromium } from "../support/chromium.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { freePort } from "../support/listen.mjs";
import { startProgram } from "../support/program.mjs";
import { copyExample, examples, manifest } from "./example.mjs";

const next = join(dirname(createRequire(import.meta.url).resolve("next/package.json")), "dist/bin/next");
const QUIET = { CI: "true", NEXT_TELEMETRY_DISABLED: "1" };
const tsconfigOf = (folder) => readFile(join(folder, "tsconfig.json"), "utf8");

test("next: notes of one's own", { timeout: 400_000 }, async (t) => {
  const local = await start({ after: (undo) => cleanUp(t, undo) });
  const folder = await copyExample(t, "next");
  const { scripts } = await manifest("next");
  assert.deepEqual([scripts.build, scripts.start], ["next build", "next start"]);
  // The packages are the repository's.
  const root = fileURLToPath(new URL("../../", import.meta.url));
  await writeFile(join(folder, "next.config.mjs"), `export default { turbopack: { root: ${JSON.stringify(root)} } };`);
  // With its types; without its variables.
  await run(process.execPath, [next, "build"], { cwd: folder, env: QUIET });
  const site = `http://localhost:${await freePort()}`;
  const { id, secret } = local.clients.web;
  const env = {
    ...QUIET,
    KINDE_DOMAIN: local.origin,
    KINDE_CLIENT_ID: id,
    KINDE_CLIENT_SECRET: secret,
    SESSION_SECRET: "s".repeat(32),
    APP_URL: site,
  };
  const args = [next, "start", "--hostname", "localhost", "--port", new URL(site).port];
  // As Next.js wants it, so that it writes no other.
  assert.equal(await tsconfigOf(folder), await tsconfigOf(join(examples, "next")));
  await startProgram(t, process.execPath, args, { cwd: folder, env, ready: /Local:\s+(\S+)\s/ });
  const chromium = await startChromium();
  cleanUp(t, () => chromium.close());
  const page = await chromium.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto(site);
  await page.getByRole("link", { name: "Sign in" }).click();
  // Who changes their mind is told so.
  await page.getByRole("button", { name: "Do not sign in" }).click();
  await page.getByRole("alert").filter({ hasText: "You are not signed in." }).waitFor();
  await page.getByRole("link", { name: "notes" }).click();
  await page.locator('button[name="person"]').first().click();
  await page.waitForURL(`${site}/notes`);
  await page.getByRole("heading", { name: /^Notes of ./ }).waitFor();
  await page.getByLabel("Note").fill("Buy milk");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("listitem").filter({ hasText: "Buy milk" }).waitFor();
  await page.locator("header").filter({ hasText: "@" }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${site}/`);
  await page.getByRole("link", { name: "Sign up" }).waitFor();
  await page.goto(`${site}/notes`);
  assert.equal(new URL(page.url()).origin, local.origin);
  assert.deepEqual(complaints, []);
});
