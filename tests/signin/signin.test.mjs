// The Worker beside this file in workerd, and a real browser that goes through the provider's pages.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { defer, isSet, PACKAGE, project, startWorker } from "../lib/hosts.mjs";
import { APPLICATIONS, startProvider } from "../lib/provider.mjs";
import { closedOrigin } from "../lib/server.mjs";
import { startChromium } from "../support/chromium.mjs";

const WORKER = new URL("worker.js", import.meta.url);
const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

if (isSet([...PACKAGE, "CHROME"])) {
  describe("a Worker that signs users in", { timeout: 120_000 }, () => {
    /** By its name: a browser takes Secure cookies over plain HTTP from localhost only. */
    let app, provider, browser, context, page;

    before(async () => {
      const port = new URL(await closedOrigin()).port;
      app = `http://localhost:${port}`;
      provider = await startProvider({ apps: [app] });
      defer(provider.close);
      const { client_id, client_secret } = APPLICATIONS.hasty;
      const bindings = {
        KINDE_DOMAIN: provider.origin,
        KINDE_CLIENT_ID: client_id,
        KINDE_CLIENT_SECRET: client_secret,
        SESSION_SECRET: "a secret of at least thirty-two characters",
        APP_URL: app,
      };
      await startWorker(await project(), await readFile(WORKER, "utf8"), { bindings, port: Number(port) });
      browser = await startChromium();
      context = await browser.newContext();
      page = await context.newPage();
    });
    after(() => browser?.close());

    const heading = () => page.locator("h1").textContent();
    const cookie = async () => (await context.cookies(app)).find(({ name }) => name === "__Host-kinde");
    const isAtLogin = () =>
      page.waitForURL(`${provider.origin}/interaction/*`).then(() => page.locator("[name=login]").waitFor());
    async function logIn(login) {
      const asked = page.url();
      await page.fill("[name=login]", login);
      await page.fill("[name=password]", "any");
      await page.click("button[type=submit]");
      // What the application may know is asked for once, at another address.
      await page.waitForURL(({ href }) => href !== asked);
      if (page.url().startsWith(provider.origin)) await page.click("button[type=submit]");
      await page.waitForURL(`${app}/**`);
    }
    const refreshes = () => provider.grants.filter((grant) => grant === "refresh_token").length;

    test("is short", async () => {
      const lines = (await readFile(WORKER, "utf8")).trimEnd().split("\n");
      assert.ok(lines.length < 60, `${lines.length} lines`);
    });

    test("sends a stranger to sign in, who comes back to where it began", async () => {
      await page.goto(`${app}/dashboard?tab=1`);
      await isAtLogin();
      await logIn("ada");
      assert.equal(page.url(), `${app}/dashboard?tab=1`);
      assert.equal(await heading(), "Hello Ada");
      assert.deepEqual(provider.grants, ["authorization_code"]);
    });

    test("keeps the session from scripts and other sites", async () => {
      const { value: _, expires, ...attributes } = await cookie();
      const expected = {
        name: "__Host-kinde",
        domain: "localhost",
        path: "/",
        httpOnly: true,
        secure: true,
        sameSite: "Lax",
      };
      assert.deepEqual(attributes, expected);
      assert.ok(Math.abs(expires - Date.now() / 1000 - 604_800) < 60);
      assert.equal(await page.evaluate("document.cookie"), "");
      // That of the sign-in is gone. The others are the provider's: to cookies, ports are all the same.
      const names = (await context.cookies(app)).map(({ name }) => name);
      assert.deepEqual(
        names.filter((name) => name.startsWith("__Host-")),
        ["__Host-kinde"],
      );
    });

    test("knows its user on the next page", async () => {
      await page.click("a");
      await page.waitForURL(`${app}/`);
      assert.equal(await heading(), "Hello Ada");
    });

    test("renews the tokens when they are about to end", async () => {
      const old = await cookie();
      const before = refreshes();
      await soon(4_000);
      await page.reload();
      assert.equal(await heading(), "Hello Ada");
      assert.equal(refreshes(), before + 1);
      assert.notEqual((await cookie()).value, old.value);
    });

    test("renews them once for requests that come together", async () => {
      const before = refreshes();
      await soon(4_100);
      const visit = `Promise.all(Array.from({ length: 6 }, async () => (await fetch("/")).text()))`;
      for (const html of await page.evaluate(visit)) assert.match(html, /Hello Ada/);
      assert.equal(refreshes(), before + 1);
      await page.reload();
      assert.equal(await heading(), "Hello Ada");
    });

    test("takes a cookie that was changed for none", async () => {
      const good = await cookie();
      const value = good.value.slice(0, -2) + (good.value.endsWith("AA") ? "BB" : "AA");
      await context.addCookies([{ ...good, value }]);
      const response = await context.request.get(`${app}/`, { maxRedirects: 0 });
      assert.equal(response.status(), 302);
      assert.match(response.headers().location, new RegExp(`^${provider.origin}/oauth2/auth\\?`));
      await context.addCookies([good]);
      await page.goto(app);
      assert.equal(await heading(), "Hello Ada");
    });

    test("lets no other site sign its users out", async () => {
      const headers = { origin: "https://evil.example" };
      assert.equal((await context.request.post(`${app}/sign-out`, { headers, maxRedirects: 0 })).status(), 403);
      assert.equal((await context.request.get(`${app}/sign-out`, { maxRedirects: 0 })).status(), 403);
      assert.ok(await cookie());
    });

    test("signs out, here and at the provider", async () => {
      await page.click("button");
      // The provider asks before it ends its own session.
      await page.click("button[name=logout]");
      await isAtLogin();
      assert.equal(await cookie(), undefined);
    });

    test("says so when the user does not want to sign in", async () => {
      await page.click("a[href$='/abort']");
      await page.waitForURL(`${app}/callback?*`);
      assert.equal(await heading(), "That did not work");
      // And lets the user begin anew.
      await page.click("a");
      await isAtLogin();
      await logIn("grace");
      assert.equal(await heading(), "Hello Grace");
    });

    test("does not redirect elsewhere", async () => {
      await context.clearCookies();
      const response = await context.request.get(`${app}//evil.example/`, { maxRedirects: 0 });
      assert.equal(response.status(), 400);
    });
  });
}
