// The page at `/`: what it shows and changes, in Chromium and on the wire.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { startChromium } from "../support/chromium.mjs";
import { failure, start } from "./kinde.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SECTIONS = ["start", "requests", "webhooks", "faults", "clock", "people", "organizations", "applications"];

test("in a browser", async (t) => {
  const local = await start(t);
  const chromium = await startChromium();
  t.after(() => chromium.close());
  const { kinde, origin, clients } = local;
  await failure(kinde.users.get("kp_nobody"));
  const context = await chromium.newContext({ viewport: { width: 1100, height: 800 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.setDefaultTimeout(20_000);
  const open = async (name) => {
    await page.goto(`${origin}/#${name}`);
    await page.locator(`nav a[aria-current][href="#${name}"]`).waitFor();
  };

  await open("start");
  await page.getByRole("button", { name: "Copy the secret the secret" }).first().click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), clients.full.secret);
  await open("requests");
  await page.getByText(`There is no user "kp_nobody"`).waitFor();
  await open("faults");
  await page.getByRole("button", { name: "Every call answers 503" }).click();
  await page.locator(`button[aria-pressed=true]`).waitFor();
  assert.equal((await failure(kinde.roles.list({}, { maxRetries: 0 }))).status, 503);
  await page.getByRole("button", { name: "Every call answers 503" }).click();
  await page.locator(`button[aria-pressed=true]`).waitFor({ state: "detached" });
  await kinde.roles.list({}, { maxRetries: 0 });
  await open("clock");
  await page.getByRole("button", { name: "+ 1 day" }).click();
  await page.getByText(/^It is .* here$/).waitFor();
  assert.ok(local.clock.now() - Date.now() > 86_000_000);
  const [person] = (await kinde.users.list()).users;
  await open("people");
  await page.getByRole("searchbox").fill(`${person.first_name} ${person.last_name}`);
  await page.getByText(person.email).waitFor();
  await page.getByRole("button", { name: "Copy a token" }).first().click();
  await page.getByText(/^A token of .* copied$/).waitFor();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(JSON.parse(Buffer.from(token.split(".")[1], "base64url")).iss, origin);

  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const name of SECTIONS) {
      await open(name);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ target }) => target)}`),
        [],
      );
    }
  }
  await page.setViewportSize({ width: 320, height: 640 });
  for (const name of SECTIONS) {
    await open(name);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is too wide`);
  }
  assert.deepEqual(complaints, []);
});

test("other pages may neither read nor change it", async (t) => {
  const { origin, kinde } = await start(t);
  const send = (path, headers, body) => fetch(origin + path, { method: "POST", headers, body });
  const json = { "content-type": "application/json" };
  const { id } = await kinde.users.create({ profile: { given_name: "Still" } });
  for (const foreign of ["https://page.example.com", "http://localhost:5173"]) {
    assert.equal((await send("/local/reset", { ...json, origin: foreign }, "{}")).status, 403);
    assert.equal((await fetch(`${origin}/local/state`, { headers: { origin: foreign } })).status, 403);
  }
  assert.equal((await send("/local/reset", { "content-type": "text/plain" }, "{}")).status, 400);
  await kinde.users.get(id);
  assert.equal((await send("/local/faults", json, `{"statsu":503}`)).status, 400);
  assert.equal((await send("/local/reset", { ...json, origin }, "{}")).status, 204);
  assert.equal((await failure(kinde.users.get(id))).status, 404);
});
