// What the page does, in Chromium.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { startServer } from "../support/server.mjs";
import {
  connectTo,
  fillWithExamples,
  find,
  focusOn,
  found,
  isReady,
  openConnection,
  openOperation,
  openPage,
  outcome,
  problems,
  runIt,
  signIn,
  startSite,
  unfold,
} from "./page.mjs";

const operations = JSON.parse(await readFile(new URL("../../www/operations.json", import.meta.url), "utf8"));
const resources = new Set(operations.map(({ resource }) => resource.split(".")[0]));

let site;
before(async () => (site = await startSite()));
after(() => site?.close());

const LIST = { resource: "users", operationId: "getUsers" };
const GET = { resource: "users", operationId: "getUserData" };
const CREATE = { resource: "users", operationId: "createUser" };
const CONNECTION = { resource: "connections", operationId: "CreateConnection" };

/** By what one knows the code of each language. */
const SIGNS = { worker: "async fetch(", typescript: "Kinde.fromEnv()", rust: "Kinde::builder", curl: "curl " };

const run = (page) => page.getByRole("button", { name: "Run", exact: true });
const said = (page) => page.locator("#live").innerText();

/** The page while it follows all users, at a server that is slow enough to be interrupted. */
async function underWay(t) {
  const slow = await startSite({ latency: 150 });
  t.after(slow.close);
  const page = await openPage(t, slow, { path: "/try" });
  await openOperation(page, LIST);
  await page.getByRole("button", { name: "All pages" }).click();
  await page.locator(".progress", { hasText: "items" }).waitFor();
  return { slow, page };
}

/** No request follows; the one that was on its way may still arrive. */
async function assertNoMore(site) {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
  const before = site.requests.length;
  await pause();
  const count = site.requests.length;
  assert.ok(count <= before + 1, `${count - before} more`);
  await pause();
  assert.equal(site.requests.length, count);
}

describe("the start", () => {
  test("lists every operation by resource, and says where secrets belong", async (t) => {
    const page = await openPage(t, site);
    assert.equal(await page.locator("nav li a").count(), operations.length);
    assert.equal(await page.locator("nav details").count(), resources.size);
    assert.match(await page.getByRole("note").innerText(), /client secret must never be in a browser/);
    assert.deepEqual(page.complaints, []);
  });

  test("an address opens its operation, with its path, method and scope", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/organizations.users.roles/CreateOrganizationUserRole" });
    assert.equal(await page.locator("h1").innerText(), "organizations.users.roles.add");
    assert.equal(
      await page.locator(".path").innerText(),
      "POST /api/v1/organizations/{org_code}/users/{user_id}/roles",
    );
    assert.equal(await page.locator(".scope").innerText(), "Needs the scope create:organization_user_roles");
    assert.equal(await page.locator("nav [aria-current=page] code").innerText(), "users.roles.add");
  });

  test("links of a description lead there", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/apis/addAPIs" });
    const link = page.locator(".lead a");
    assert.equal(await link.innerText(), "Register and manage APIs");
    assert.match(await link.getAttribute("href"), /^https:\/\/docs\.kinde\.com\//);
  });

  test("an address that names none is the start", async (t) => {
    for (const hash of ["#/users/nothing", "#/%", "#nonsense"]) {
      const page = await openPage(t, site, { path: `/www/${hash}` });
      assert.match(await page.locator("h1").innerText(), /^Every call/, hash);
      assert.deepEqual(page.complaints, []);
    }
  });
});

describe("the search", () => {
  test("finds by call, path, scope, operation id and words", async (t) => {
    const page = await openPage(t, site);
    assert.deepEqual(await find(page, "users.identities"), ["users.identities.list", "users.identities.create"]);
    assert.ok((await find(page, "delete:webhooks")).includes("webhooks.delete"));
    assert.deepEqual(await find(page, "getUserData"), ["users.get"]);
    assert.deepEqual(await find(page, "/{org_code}/handle"), ["organizations.deleteHandle"]);
    assert.equal((await find(page, "PERMISSION role"))[0], "roles.permissions.list");
    assert.equal((await find(page, "user"))[0], "users.list");
    assert.deepEqual(await find(page, "no such thing"), []);
    assert.equal(await page.locator("#found").innerText(), "0 operations");
    await page.keyboard.press("Escape");
    assert.equal((await found(page)).length, operations.length);
  });

  test("from the keyboard alone: search, open, fill, run, back to the search", async (t) => {
    const page = await openPage(t, site);
    await page.goto(`${site.origin}/try`);
    await isReady(page);
    const { keyboard } = page;
    await keyboard.press("/");
    await keyboard.type("users.get");
    await keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement.querySelector("code")?.innerText === "users.get");
    await keyboard.press("Enter");
    await page.locator("article.operation").waitFor();
    await focusOn(page, "tagName", "H1");
    const [user] = await fetchUsers();
    while ((await page.evaluate(() => document.activeElement.name)) !== "id") await keyboard.press("Tab");
    // A slash is text in a field.
    await keyboard.type("a/b");
    await keyboard.press("Control+a");
    await keyboard.type(user.id);
    await keyboard.press("Control+Enter");
    assert.equal(await outcome(page), "200 OK");
    assert.match(await said(page), /^200 OK, [\d,]+ ms/);
    while ((await page.evaluate(() => document.activeElement.innerText)) !== "Run") await keyboard.press("Tab");
    await keyboard.press("Enter");
    assert.equal(await outcome(page), "200 OK");
    await focusOn(page, "innerText", "Run");
    await keyboard.press("/");
    await focusOn(page, "id", "search");
    assert.deepEqual(page.complaints, []);
  });

  test("arrows, Home and End go through the list", async (t) => {
    const page = await openPage(t, site);
    const { keyboard } = page;
    const at = (name) => page.waitForFunction((name) => document.activeElement.innerText.split("\n")[0] === name, name);
    await keyboard.press("/");
    await focusOn(page, "id", "search");
    await keyboard.press("ArrowDown");
    await at("account");
    await keyboard.press("ArrowDown");
    await at("apiKeys");
    await keyboard.press("End");
    await at("webhooks");
    await keyboard.press("Home");
    await at("account");
    await keyboard.press("ArrowUp");
    await focusOn(page, "id", "search");
  });
});

async function fetchUsers() {
  const { full } = site.clients;
  const form = {
    grant_type: "client_credentials",
    client_id: full.id,
    client_secret: full.secret,
    audience: `${site.origin}/api`,
  };
  const { access_token } = await (
    await fetch(`${site.origin}/oauth2/token`, { method: "POST", body: new URLSearchParams(form) })
  ).json();
  const answer = await fetch(`${site.origin}/api/v1/users`, { headers: { authorization: `Bearer ${access_token}` } });
  return (await answer.json()).users;
}

describe("a connection", () => {
  test("signs in at local Kinde and comes back to where it was", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/users/getUsers" });
    await signIn(page);
    assert.equal(page.url(), `${site.origin}/www/#/users/getUsers`);
    assert.equal(await runIt(page), "200 OK");
    assert.equal(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, document.cookie])), `[{},""]`);
    assert.deepEqual(page.complaints, []);
  });

  test("that brings a token of its own forgets it with a reload", async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await page.reload();
    await isReady(page);
    await page.locator("#connection", { hasText: "Not connected" }).waitFor();
  });

  test("the person who may only read is told which scope is missing, before and after", async (t) => {
    const page = await openPage(t, site);
    await signIn(page, "reader");
    await openOperation(page, CREATE);
    assert.match(await page.locator(".scope").innerText(), /create:users\s*your token does not have it$/);
    assert.equal(await runIt(page), "403 permission_denied");
    const error = await page.locator(".error").innerText();
    assert.match(error, /Scope needed\s+create:users/);
    assert.match(error, /The token has\s+openid profile email offline read:\w+.* and \d+ more/);
    assert.match(await said(page), /^403 permission_denied/);
  });

  test("says so when the sign-in was declined, or is not the one that it began", async (t) => {
    const page = await openPage(t, site);
    await openConnection(page);
    await page.locator("#connect").getByRole("button", { name: "Sign in" }).click();
    await page.locator("button[value=nobody]").click();
    await isReady(page);
    assert.match(await page.getByRole("alert").innerText(), /access_denied/);
    // Somebody else's code is not exchanged.
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${site.origin}/www/?code=a-code&state=a-state`);
    await isReady(page);
    await page.locator("#connection", { hasText: "Not connected" }).waitFor();
    assert.equal(page.url(), `${site.origin}/www/#/`);
    assert.ok(!asked.includes("/oauth2/token"));
  });

  test("takes the token that /try brings, and leaves it nowhere", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    assert.equal(page.url(), `${site.origin}/www/#/`);
    await page.locator(".who.ready").waitFor();
    await openOperation(page, { resource: "business", operationId: "getBusiness" });
    assert.equal(await runIt(page), "200 OK");
    const { authorization } = site.requests.at(-1).headers;
    const token = authorization.slice("Bearer ".length);
    for (const view of ["worker", "typescript", "rust", "curl"]) {
      await page.locator(`.take [value=${view}]`).click();
      await page.locator(".code", { hasText: SIGNS[view] }).waitFor();
      assert.ok(!(await page.content()).includes(token.split(".")[2]), view);
    }
    await openConnection(page);
    assert.ok(!(await page.content()).includes(token.split(".")[2]));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("#connection", { hasText: "Not connected" }).waitFor();
  });
});

test("a link brings no token for another domain along", async (t) => {
  const page = await openPage(t, site, { path: "/www/#domain=https%3A%2F%2Fevil.example&token=a-token" });
  await page.locator("#connection", { hasText: "Not connected" }).waitFor();
  assert.equal(page.url(), `${site.origin}/www/#/`);
});

describe("an answer", () => {
  test("is shown as it came, with the request and how long it took", async (t) => {
    const body = { code: "OK", users: [{ id: "kp_1", email: null, new_field: "<b>Zoë</b>", inner: { a: [1] } }] };
    const server = await startServer(body);
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await openOperation(page, LIST);
    await unfold(page);
    await page.locator("[name=page_size]").fill("2");
    assert.equal(await runIt(page), "200 OK");
    assert.equal(await page.locator(".line").innerText(), `GET ${server.url}/api/v1/users?page_size=2`);
    assert.match(await page.locator(".outcome").innerText(), /\d ms\s+1 item/);
    assert.deepEqual(await page.locator("thead th").allInnerTexts(), ["id", "new_field", "email", "inner"]);
    const cells = await page.locator("tbody td").allInnerTexts();
    assert.deepEqual([cells[0].split("\n")[0].trim(), ...cells.slice(1)], ["kp_1", "<b>Zoë</b>", "null", `{"a":[1]}`]);
    await page.locator(".answer [value=json]").click();
    assert.deepEqual(JSON.parse(await page.locator(".json").innerText()), body);
    const [{ method, url, headers }] = server.requests;
    assert.deepEqual(
      [method, url, headers.accept, headers.authorization],
      ["GET", "/api/v1/users?page_size=2", "application/json", "Bearer the-token"],
    );
    assert.deepEqual(page.complaints, []);
  });

  test("errors have what the service says, with its request id", async (t) => {
    const errors = [{ code: "NO_SUCH", message: "There is no <i>user</i>" }];
    const headers = { "x-request-id": "req_1", "access-control-expose-headers": "*" };
    const server = await startServer(() => ({ status: 404, headers, body: { errors } }));
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await openOperation(page, GET);
    await page.locator("[name=id]").fill("kp_1");
    assert.equal(await runIt(page), "404 not_found");
    const text = await page.locator(".error").innerText();
    for (const part of ["There is no <i>user</i>", "NO_SUCH", "req_1"]) assert.ok(text.includes(part), text);
    assert.deepEqual(JSON.parse(await page.locator(".json").innerText()), { errors });
  });

  test("a server that is not there is an error like others", async (t) => {
    const page = await openPage(t, site);
    const server = await startServer({});
    await server.close();
    await connectTo(page, server.url);
    await openOperation(page, CREATE);
    assert.equal(await runIt(page), "connection");
  });

  test("what is secret is not shown and not copied", async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await openOperation(page, CONNECTION);
    await unfold(page);
    const secret = page.locator(`[name="options.client_secret"]`);
    assert.equal(await secret.getAttribute("type"), "password");
    await secret.fill("very-secret");
    assert.equal(await runIt(page), "200 OK");
    assert.deepEqual(JSON.parse(server.requests[0].body), { options: { client_secret: "very-secret" } });
    for (const view of ["worker", "typescript", "rust", "curl"]) {
      await page.locator(`.take [value=${view}]`).click();
      await page.locator(".code", { hasText: "<client_secret>" }).waitFor();
      assert.ok(!(await page.locator("body").innerText()).includes("very-secret"), view);
    }
  });
});

describe("arguments", () => {
  test("a required field that is empty is asked for, and nothing is sent", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, GET);
    const count = site.requests.length;
    await run(page).click();
    await focusOn(page, "name", "id");
    assert.equal(site.requests.length, count);
  });

  test("as JSON: what the form cannot say, and back", async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await openOperation(page, CREATE);
    await unfold(page);
    await page.locator(`[name="profile.given_name"]`).fill("Ada");
    await page.locator("form [value=json]").click();
    const text = page.getByLabel("Arguments as JSON");
    assert.deepEqual(JSON.parse(await text.inputValue()), { profile: { given_name: "Ada" } });
    await text.fill(`{ "provided_id": "p1", "identities": [], "a_new_field": null }`);
    assert.equal(await runIt(page), "200 OK");
    assert.deepEqual(JSON.parse(server.requests[0].body), { provided_id: "p1", identities: [], a_new_field: null });
    await page.locator("form [value=form]").click();
    assert.equal(await page.locator("[name=provided_id]").inputValue(), "p1");
    await page.locator("form [value=json]").click();
    await text.fill("{ no json");
    assert.equal(await runIt(page), "not sent");
    assert.equal(server.requests.length, 1);
  });

  test("lists and objects in lists are added and removed", async (t) => {
    const page = await openPage(t, site);
    await openOperation(page, CREATE);
    await unfold(page);
    await page.getByRole("button", { name: "Add one to identities" }).click();
    await focusOn(page, "name", "identities.0.type");
    await page.locator(`[name="identities.0.type"]`).selectOption("email");
    await page.locator(`[name="identities.0.details.email"]`).fill("ada@example.com");
    await page.locator(".code", { hasText: /type: "email"[\s\S]*email: "ada@example.com"/ }).waitFor();
    await page.getByRole("button", { name: "Remove one of identities" }).click();
    await page.locator(".code", { hasNotText: "identities" }).waitFor();
    await page.waitForFunction(() => /Add one/.test(document.activeElement.innerText));
  });

  test("examples of the document fill it", async (t) => {
    const page = await openPage(t, site);
    await openOperation(page, { resource: "apis", operationId: "addAPIs" });
    await fillWithExamples(page);
    assert.match(await page.locator("[name=audience]").inputValue(), /^https:\/\/api\.example\.com/);
  });

  test("the code follows, and is copied", async (t) => {
    const page = await openPage(t, site, { permissions: ["clipboard-read", "clipboard-write"] });
    await openOperation(page, GET);
    await page.locator("[name=id]").fill("kp_1");
    await page.locator(".code", { hasText: `await kinde.users.get("kp_1");` }).waitFor();
    await page.locator(".take [value=curl]").click();
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(
      copied,
      /^KINDE_TOKEN=[\s\S]*^curl 'http:.*\/api\/v1\/user\?id=kp_1' \\\n {2}-H "Authorization: Bearer \$KINDE_TOKEN"/m,
    );
    assert.equal(await said(page), "Copied");
  });
});

describe("pages", () => {
  test("all of 1,200 users, with how far it is", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, LIST);
    const count = site.requests.length;
    await page.evaluate(() => {
      globalThis.seen = [];
      const note = () => globalThis.seen.push(document.querySelector(".progress").textContent);
      new MutationObserver(note).observe(document.querySelector(".progress"), {
        childList: true,
        subtree: true,
        characterData: true,
      });
    });
    await page.getByRole("button", { name: "All pages" }).click();
    assert.equal(await outcome(page), "200 OK");
    assert.match(await page.locator(".outcome").innerText(), /1,200 items\s+13 pages|1,200 items\s+12 pages/);
    assert.ok(site.requests.length - count >= 12);
    const seen = await page.evaluate(() => globalThis.seen);
    assert.ok(seen.includes("100 items, 1 page") && seen.includes("1,200 items, 12 pages"), seen.join("; "));
    assert.equal(await page.locator("tbody tr").count(), 200);
    await page.getByRole("button", { name: "Show more: 200 of 1,200" }).click();
    await page.locator("tbody tr").nth(399).waitFor();
    assert.equal(await page.locator("tbody tr").count(), 400);
    await page.locator(".progress").waitFor({ state: "hidden" });
  });

  test("no more than are wanted, in pages of the size that is given", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, LIST);
    await unfold(page);
    await page.locator("[name=page_size]").fill("30");
    await page.getByLabel("at most").fill("70");
    const count = site.requests.length;
    await page.getByRole("button", { name: "All pages" }).click();
    assert.equal(await outcome(page), "200 OK");
    assert.match(await page.locator(".outcome").innerText(), /70 items\s+3 pages/);
    assert.equal(site.requests.length - count, 3);
  });

  test("it stops when it is told to, and keeps what came", async (t) => {
    const { slow, page } = await underWay(t);
    await page.locator("progress").waitFor();
    assert.equal(await said(page), "Running");
    await page.getByRole("button", { name: "Stop" }).click();
    assert.equal(await outcome(page), "aborted");
    assert.ok((await page.locator("tbody tr").count()) >= 100);
    await focusOn(page, "innerText", "Run");
    await assertNoMore(slow);
  });

  test("leaving the operation ends it", async (t) => {
    const { slow, page } = await underWay(t);
    await openOperation(page, GET);
    await assertNoMore(slow);
    assert.equal(await page.locator(".outcome").count(), 0);
    assert.deepEqual(page.complaints, []);
  });
});

describe("for everyone", () => {
  /** The states of the page. */
  const states = {
    start: async () => {},
    "a search": (page) => find(page, "user"),
    "the connection": (page) => openConnection(page),
    "a long form": async (page) => {
      await openOperation(page, CONNECTION);
      await fillWithExamples(page);
    },
    "lists in a form": async (page) => {
      await openOperation(page, CREATE);
      await unfold(page);
      await page.getByRole("button", { name: "Add one to identities" }).click();
    },
    "a table": async (page) => {
      await openOperation(page, LIST);
      await runIt(page);
    },
    "a thing": async (page) => {
      await openOperation(page, { resource: "business", operationId: "getBusiness" });
      await runIt(page);
    },
    "an answer as JSON": async (page) => {
      await openOperation(page, { resource: "business", operationId: "getBusiness" });
      await runIt(page);
      await page.locator(".answer [value=json]").click();
      await page.locator(".take [value=rust]").click();
    },
    "an error": async (page) => {
      await openOperation(page, { resource: "organizations", operationId: "deleteOrganization" });
      await page.locator("[name=org_code]").fill("org_nobody");
      await runIt(page);
    },
  };

  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ]) {
    test(`axe finds nothing, ${colorScheme}, ${width} px; nothing is wider than the screen`, async (t) => {
      const page = await openPage(t, site, { path: "/try", width, colorScheme });
      for (const [name, reach] of Object.entries(states)) {
        await page.evaluate(() => (document.querySelector("dialog").close(), (location.hash = "#/")));
        await page.locator("article.start").waitFor();
        await reach(page);
        assert.deepEqual(await problems(page), [], name);
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(excess <= 0, `${name}: ${excess} px wider than the screen`);
      }
      assert.deepEqual(page.complaints, []);
    });
  }

  for (const colorScheme of ["light", "dark"]) {
    test(`nor on the page to sign in at, ${colorScheme}`, async (t) => {
      const page = await openPage(t, site, { width: 360, colorScheme });
      await page.locator("#connection button").click();
      await page.locator("#connect").getByRole("button", { name: "Sign in" }).click();
      await page.locator("button[value=full]").waitFor();
      assert.deepEqual(await problems(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
      // From the keyboard.
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.locator(".who.ready").waitFor();
    });
  }

  test("no form is wider than a narrow screen", async (t) => {
    const page = await openPage(t, site, { width: 360 });
    const hashes = await page
      .locator("nav li a")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.equal(hashes.length, operations.length);
    const wide = await page.evaluate(async (hashes) => {
      const found = [];
      for (const hash of hashes) {
        location.hash = hash;
        const id = hash.split("/").at(-1);
        while (!document.querySelector(`article[data-operation="${id}"]`))
          await new Promise((resolve) => setTimeout(resolve));
        for (const details of document.querySelectorAll("details.optional")) details.open = true;
        for (const add of document.querySelectorAll("[data-add]")) add.click();
        if (document.documentElement.scrollWidth > innerWidth) found.push(hash);
      }
      return found;
    }, hashes);
    assert.deepEqual(wide, []);
  });

  test("on a narrow screen, the list makes room for the operation, and comes back", async (t) => {
    const page = await openPage(t, site, { width: 360 });
    await page.locator("[data-group=users] summary").click();
    await page.getByRole("link", { name: "GET list Get users" }).click();
    await page.locator("h1", { hasText: "users.list" }).waitFor();
    await page.locator("nav").waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "All operations" }).click();
    await page.locator("nav").waitFor();
  });

  test("colours follow the system, or the choice, which stays", async (t) => {
    const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [light, dark] = await Promise.all(
      ["light", "dark"].map(async (colorScheme) => background(await openPage(t, site, { colorScheme }))),
    );
    assert.notEqual(light, dark);
    const page = await openPage(t, site);
    const isDark = () => page.waitForFunction((dark) => getComputedStyle(document.body).backgroundColor === dark, dark);
    await page.getByLabel("Colours").selectOption("dark");
    await isDark();
    await page.reload();
    await isReady(page);
    await isDark();
    assert.equal(await page.getByLabel("Colours").inputValue(), "dark");
  });
});
