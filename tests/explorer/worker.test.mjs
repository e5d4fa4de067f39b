// examples/explorer-worker under `wrangler dev`, with people who sign in at local Kinde.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";

import { shared } from "../support/cleanup.mjs";
import { startWranglerDev } from "../support/wrangler.mjs";
import { copyExample } from "../examples/example.mjs";
import { run } from "../../xtask/js/project.mjs";
import { openConnection, openOperation, openPage, problems, runIt, startSite, unfold } from "./page.mjs";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

describe("explorer-worker", { timeout: 590_000 }, () => {
  const t = shared();
  let kinde, worker, site, isLogged, organization, variables;

  /** A call of the tests' own to local Kinde. */
  async function manage(method, path, body) {
    const { origin, clients } = kinde;
    const form = { grant_type: "client_credentials", client_id: clients.full.id, client_secret: clients.full.secret };
    const init = { method: "POST", body: new URLSearchParams({ ...form, audience: `${origin}/api` }) };
    const { access_token } = await (await fetch(`${origin}/oauth2/token`, init)).json();
    const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
    const answer = await fetch(origin + path, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
    return answer.json();
  }

  before(async () => {
    kinde = await startSite();
    const { origin, clients } = kinde;
    const { organizations } = await manage("GET", "/api/v1/organizations?page_size=500");
    organization = organizations.find(({ is_default }) => is_default).code;
    const folder = await copyExample(t, "explorer-worker");
    await run(process.execPath, [tsc], { cwd: folder });
    await run(process.execPath, ["build.mjs"], { cwd: folder });
    variables = {
      KINDE_DOMAIN: origin,
      KINDE_CLIENT_ID: clients.web.id,
      KINDE_CLIENT_SECRET: clients.web.secret,
      KINDE_MANAGEMENT_CLIENT_ID: clients.full.id,
      KINDE_MANAGEMENT_CLIENT_SECRET: clients.full.secret,
      SESSION_SECRET: "a secret of at least thirty-two characters",
      // The person who may only read does not have it.
      EXPLORER_PERMISSION: "delete:orders",
      EXPLORER_ORGANIZATION: organization,
    };
    const started = await startWranglerDev(t, folder, variables);
    // By its name: a browser takes Secure cookies over plain HTTP from localhost only.
    worker = started.url.replace("127.0.0.1", "localhost");
    isLogged = started.isLogged;
    site = { ...kinde, origin: worker };
  });
  after(() => kinde?.close());

  /** The page of somebody who has signed in. */
  async function pageOf(t, person) {
    const page = await openPage(t, site, { path: "/" });
    await openConnection(page);
    await page.locator("#connect").getByRole("button", { name: "Sign in" }).click();
    await page.locator(`button[value=${person}]`).click();
    await page.locator(".who.ready").waitFor();
    return page;
  }
  const cookieOf = async (page) =>
    (await page.context().cookies(worker)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const call = (path, headers = {}, init = {}) => fetch(worker + path, { redirect: "manual", ...init, headers });

  test("who has the permission makes calls; no token and no secret is in the page", async (t) => {
    const page = await pageOf(t, "full");
    assert.match(await page.locator("#connection").innerText(), /^\w+ \w+$/);
    await openOperation(page, { resource: "users", operationId: "getUsers" });
    await unfold(page);
    await page.locator("[name=page_size]").fill("3");
    assert.equal(await runIt(page), "200 OK");
    assert.equal(await page.locator("tbody tr").count(), 3);
    assert.equal(await page.locator(".line").innerText(), `GET ${worker}/api/v1/users?page_size=3`);
    const { target, headers } = kinde.requests.at(-1);
    assert.equal(target, "/api/v1/users?page_size=3");
    // The page's cookie goes no further.
    assert.equal(headers.cookie, undefined);
    const kept = await page.evaluate(async () => {
      const connection = await (await fetch("connection.json")).text();
      return connection + document.cookie + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);
    });
    for (const secret of [headers.authorization.slice(7), kinde.clients.full.secret, "at least thirty-two"]) {
      assert.ok(!(kept + (await page.content())).includes(secret));
    }
    assert.deepEqual(await problems(page), []);
    assert.deepEqual(page.complaints, []);
  });

  test("bodies, files, pages and refusals go through", async (t) => {
    const page = await pageOf(t, "full");
    await openOperation(page, { resource: "roles", operationId: "CreateRole" });
    await unfold(page);
    await page.locator("[name=name]").fill("Tester");
    await page.locator("[name=key]").fill("tester");
    assert.match(await runIt(page), /^20\d/);
    assert.deepEqual(JSON.parse(kinde.requests.at(-1).bytes), { name: "Tester", key: "tester" });

    await openOperation(page, { resource: "environment.logos", operationId: "AddLogo" });
    await page.locator("[name=type]").selectOption("dark");
    await page
      .locator("[name=logo]")
      .setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from([137, 80, 78, 71]) });
    assert.match(await runIt(page), /^20\d/);
    const { bytes, headers } = kinde.requests.at(-1);
    const form = await new Response(bytes, { headers: { "content-type": headers["content-type"] } }).formData();
    assert.deepEqual([form.get("logo").name, form.get("logo").size], ["logo.png", 4]);

    await openOperation(page, { resource: "users", operationId: "getUsers" });
    await unfold(page);
    await page.locator("[name=page_size]").fill("500");
    await page.getByRole("button", { name: "All pages" }).click();
    await page.locator(".outcome", { hasText: "1,200 items" }).waitFor();

    await openOperation(page, { resource: "users", operationId: "getUserData" });
    await page.locator("[name=id]").fill("kp_nobody");
    assert.equal(await runIt(page), "404 not_found");
    assert.match(await page.locator(".error").innerText(), /There is no user "kp_nobody"/);

    await openOperation(page, { resource: "oauth", operationId: "getUserProfileV2" });
    assert.match(await page.locator(".scope").innerText(), /the Worker does not forward it/);
  });

  test("who does not have the permission is told so, and nothing is sent", async (t) => {
    const page = await pageOf(t, "reader");
    const count = kinde.requests.length;
    await openOperation(page, { resource: "users", operationId: "getUsers" });
    assert.equal(await runIt(page), "403 permission_denied");
    assert.match(await page.locator(".error").innerText(), /You need the permission delete:orders/);
    assert.equal(kinde.requests.length, count);
  });

  test("who has the permission in another organization is refused, and nothing is sent", async (t) => {
    const page = await pageOf(t, "full");
    const cookie = await cookieOf(page);
    const folder = await copyExample(t, "explorer-worker");
    await run(process.execPath, ["build.mjs"], { cwd: folder });
    const other = await startWranglerDev(t, folder, { ...variables, EXPLORER_ORGANIZATION: "org_another" });
    const count = kinde.requests.length;
    const answer = await fetch(`${other.url}/api/v1/users`, { headers: { "sec-fetch-site": "same-origin", cookie } });
    const { errors } = await answer.json();
    assert.deepEqual([answer.status, errors[0].code], [403, "NO_PERMISSION"]);
    assert.equal(kinde.requests.length, count);
  });

  test("a body that is none is refused; an answer that refuses carries the cookies that were renewed", async (t) => {
    const tokens = `/api/v1/applications/${kinde.clients.web.id}/tokens`;
    await manage("PATCH", tokens, { access_token_lifetime: 2 });
    // A refresh token is good for one time: a session for each of two Workers.
    const cookie = await cookieOf(await pageOf(t, "full"));
    const another = await cookieOf(await pageOf(t, "full"));
    await manage("PATCH", tokens, { access_token_lifetime: 3600 });
    const headers = { "sec-fetch-site": "same-origin", cookie };
    const json = { ...headers, "content-type": "application/json" };
    const form = { ...headers, "content-type": "multipart/form-data; boundary=x" };
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const count = kinde.requests.length;
    for (const [path, sent, init] of [
      ["/api/v1/roles", json, { method: "POST", body: "{" }],
      ["/api/v1/roles", form, { method: "POST", body: "no parts" }],
      ["/api/v1/%2e%2e%5coauth2", headers, {}],
    ]) {
      const answer = await call(path, sent, init);
      assert.equal(answer.status, 400, `${init.method} ${path}`);
      const cookies = answer.headers.getSetCookie().join();
      assert.match(cookies, /__Host-kinde[^=]*=[^;]{20}/, `${init.method} ${path}: cookies`);
    }
    const folder = await copyExample(t, "explorer-worker");
    await run(process.execPath, ["build.mjs"], { cwd: folder });
    const broken = await startWranglerDev(t, folder, { ...variables, KINDE_MANAGEMENT_CLIENT_SECRET: "wrong" });
    const failed = await fetch(`${broken.url}/api/v1/users`, { headers: { ...headers, cookie: another } });
    assert.equal(failed.status, 502);
    assert.match(failed.headers.getSetCookie().join(), /__Host-kinde[^=]*=[^;]{20}/);
    assert.equal(kinde.requests.length, count);
  });

  test("signing out ends the session", async (t) => {
    const page = await pageOf(t, "full");
    await openConnection(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator(".who:not(.ready)").waitFor();
    const cookies = await page.context().cookies(worker);
    assert.deepEqual(
      cookies.map(({ name }) => name),
      [],
    );
  });

  test("nobody gets in without a session, and no other site with one", async (t) => {
    const same = { "sec-fetch-site": "same-origin" };
    assert.equal((await call("/api/v1/users", same)).status, 401);
    assert.equal((await call("/api/v1/users", { ...same, cookie: "__Host-kinde=made-up" })).status, 401);
    const page = await pageOf(t, "full");
    const cookie = (await page.context().cookies(worker)).map(({ name, value }) => `${name}=${value}`).join("; ");
    assert.equal((await call("/api/v1/users", { ...same, cookie })).status, 200);
    const count = kinde.requests.length;
    for (const from of ["cross-site", "same-site", "none", undefined]) {
      const headers = from ? { "sec-fetch-site": from, cookie } : { cookie };
      for (const [path, method] of [
        ["/api/v1/users", "GET"],
        ["/api/v1/user?id=a", "DELETE"],
        ["/sign-out", "POST"],
        ["/www/connection.json", "GET"],
      ]) {
        const answer = await call(path, { ...headers, origin: "https://evil.example" }, { method });
        assert.equal(answer.status, 403, `${from} ${path}`);
        assert.equal(answer.headers.get("access-control-allow-origin"), null);
      }
    }
    assert.equal(kinde.requests.length, count);
    assert.match((await call("/www/")).headers.get("content-security-policy"), /frame-ancestors 'none'/);
  });

  test("nothing but the API is forwarded", async (t) => {
    const page = await pageOf(t, "full");
    const cookie = (await page.context().cookies(worker)).map(({ name, value }) => `${name}=${value}`).join("; ");
    const headers = { "sec-fetch-site": "same-origin", cookie };
    const count = kinde.requests.length;
    for (const [path, status] of [
      ["/oauth2/v2/user_profile", 404],
      ["/oauth2/introspect", 404],
      ["/api/v2/users", 404],
      ["/api/v1/..%2f..%2foauth2/introspect", 400],
      ["/api/v1/%2e%2e%5coauth2", 400],
      // Whoever parses the address takes the dots away.
      ["/api/v1/../../oauth2/introspect", 404],
      ["/apix", 404],
    ]) {
      assert.equal((await call(path, headers)).status, status, path);
    }
    assert.equal(kinde.requests.length, count);
  });

  test("a return address of another site, and a callback that nobody began, are refused", async () => {
    assert.equal((await call(`/sign-in?returnTo=${encodeURIComponent("https://evil.example/")}`)).status, 400);
    const callback = await call("/callback?code=a&state=b");
    assert.equal(callback.status, 400);
    assert.ok(!(await callback.text()).includes("KindeError"));
    await isLogged(/sign_in_not_found|sign-in/);
  });
});
