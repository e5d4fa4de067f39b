// The page in www/, in Chromium, with the built package, as `cargo xtask demo --serve` hands it out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { pages } from "../../xtask/js/pages.mjs";
import { startLocalKinde } from "../../xtask/local/index.mjs";
import { startChromium } from "../support/chromium.mjs";
import { startServer } from "../support/server.mjs";

let chromium, site;
before(async () => {
  chromium = await startChromium();
  site = await startLocalKinde({ folders: pages });
});
after(async () => {
  await chromium?.close();
  await site?.close();
});

/** The page, with the call made that is given; `complaints` collects what it throws. */
async function open(t, { call, width = 1000, colorScheme = "light" } = {}) {
  const context = await chromium.newContext({ viewport: { width, height: 800 }, colorScheme });
  t.after(() => context.close());
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await page.goto(`${site.origin}/www/`);
  await page.locator("#run:enabled").waitFor();
  if (call) {
    await page.getByLabel("Domain").fill(call.domain);
    await page.getByLabel("Access token").fill("the-token");
    await page.getByLabel("Operation").selectOption(call.operation);
    if (call.args) await page.getByLabel("Arguments (JSON)").fill(call.args);
    await page.getByRole("button", { name: "Run" }).click();
    await page.locator("#run:enabled").waitFor();
  }
  return page;
}

const status = (page) => page.locator("#status").innerText();
const answer = (page) => page.locator("#answer").innerText();

test("it offers every operation and warns about secrets", async (t) => {
  const page = await open(t);
  assert.equal(await page.locator("#operation option").count(), 149);
  assert.match(await page.getByRole("note").innerText(), /client secret must never be in a browser/);
  assert.deepEqual(page.complaints, []);
});

test("it sends the call and shows the answer as it came", async (t) => {
  const body = { code: "OK", users: [{ id: "kp_1", email: null, new_field: "<b>Zoë</b>" }] };
  const server = await startServer(body);
  t.after(server.close);
  const call = { domain: server.url, operation: "getUsers", args: `{"page_size":2}` };
  const page = await open(t, { call });
  assert.equal(await status(page), "200 OK");
  assert.deepEqual(JSON.parse(await answer(page)), body);
  assert.equal(server.requests.length, 1);
  const [{ method, url, headers }] = server.requests;
  assert.deepEqual(
    [method, url, headers.accept, headers.authorization],
    ["GET", "/api/v1/users?page_size=2", "application/json", "Bearer the-token"],
  );
  assert.deepEqual(page.complaints, []);
});

test("it works with local Kinde", async (t) => {
  const page = await open(t);
  // It brings the address and a token along.
  await page.goto(`${site.origin}/try`);
  await page.locator("#run:enabled").waitFor();
  await page.getByLabel("Operation").selectOption("getBusiness");
  await page.getByRole("button", { name: "Run" }).click();
  await page.locator("#run:enabled").waitFor();
  assert.equal(await status(page), "200 OK");
  assert.equal(JSON.parse(await answer(page)).business.name, "Amberleaf Trading");
});

test("it shows what an error says", async (t) => {
  const errors = [{ code: "ACCESS_DENIED", message: "No such scope" }];
  const server = await startServer(() => ({ status: 403, body: { errors } }));
  t.after(server.close);
  const page = await open(t, { call: { domain: server.url, operation: "getUsers" } });
  assert.equal(await status(page), "403 permission_denied");
  assert.match(await answer(page), /No such scope/);
});

test("it sets out the required arguments", async (t) => {
  const page = await open(t);
  await page.getByLabel("Operation").selectOption("updateUser");
  assert.deepEqual(JSON.parse(await page.getByLabel("Arguments (JSON)").inputValue()), { id: "" });
});

test("it says when the arguments are not JSON", async (t) => {
  const call = { domain: "acme.kinde.com", operation: "getUsers", args: "{ no json" };
  assert.equal(await status(await open(t, { call })), "The arguments are not JSON");
});

test("it fits a narrow screen and follows the colour scheme", async (t) => {
  const backgrounds = [];
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(t, { width: 360, colorScheme });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${excess} px wider than the screen`);
    backgrounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
  }
  assert.notEqual(backgrounds[0], backgrounds[1]);
});
