// The first minutes with the page: what one sees after Run, what is kept, where ids lead, what a delete asks.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { startServer } from "../support/server.mjs";
import {
  connectTo,
  fillWithExamples,
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
} from "./page.mjs";

let site;
before(async () => (site = await startSite()));
after(() => site?.close());

const LIST = { resource: "users", operationId: "getUsers" };
const GET = { resource: "users", operationId: "getUserData" };
const CREATE = { resource: "users", operationId: "createUser" };
const DELETE = { resource: "organizations", operationId: "deleteOrganization" };
const ROLES = { resource: "roles", operationId: "GetRoles" };

const run = (page) => page.getByRole("button", { name: "Run", exact: true });
const callsOf = (site, method) => site.requests.filter((request) => request.method === method);

describe("what one sees", () => {
  for (const width of [1440, 1200, 1024, 390]) {
    test(`nothing lies over the answer, ${width} px`, async (t) => {
      const page = await openPage(t, site, { path: "/try", width });
      for (const [operation, prepare] of [
        [LIST, () => {}],
        [CREATE, () => fillWithExamples(page)],
        [GET, () => page.locator("[name=id]").fill("kp_nobody")],
        [{ resource: "business", operationId: "getBusiness" }, () => {}],
      ]) {
        await openOperation(page, operation);
        await prepare();
        await runIt(page);
        const covered = await page.evaluate(() => {
          const boxes = [".arguments", ".answer", ".take"].map((name) => [
            name,
            document.querySelector(name).getBoundingClientRect(),
          ]);
          const lie = ([a, one], [b, other]) => {
            const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
            const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
            return across > 0 && down > 0 ? [`${a} and ${b}: ${across} by ${down}`] : [];
          };
          // What is seen in the middle of the first row of the answer belongs to it.
          const { left, top } = document.querySelector(".answer .outcome").getBoundingClientRect();
          const seen = document.elementFromPoint(left + 10, top + 10);
          const over = seen?.closest(".answer") ? [] : [`${seen?.className} over the answer`];
          return [...lie(boxes[0], boxes[1]), ...lie(boxes[0], boxes[2]), ...lie(boxes[1], boxes[2]), ...over];
        });
        assert.deepEqual(covered, [], operation.operationId);
      }
    });
  }

  test("on a wide screen the answer is beside the form", async (t) => {
    const page = await openPage(t, site, { path: "/try", width: 1440 });
    await openOperation(page, LIST);
    await runIt(page);
    const [form, answer] = await Promise.all([".arguments", ".answer"].map((name) => page.locator(name).boundingBox()));
    assert.ok(answer.x >= form.x + form.width && Math.abs(answer.y - form.y) < 60, JSON.stringify([form, answer]));
    assert.ok(answer.y < 400);
  });

  for (const [width, height] of [
    [1440, 900],
    [1024, 900],
    [390, 900],
  ]) {
    test(`Run is in sight for every operation, ${width} by ${height}, with every field shown too`, async (t) => {
      const page = await openPage(t, site, { width, height });
      const hashes = await page
        .locator("nav li a")
        .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      assert.ok(hashes.length >= 149);
      const hidden = await page.evaluate(async (hashes) => {
        const found = [];
        const inSight = () => {
          const { top, bottom } = document.querySelector("form .actions button").getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        };
        for (const hash of hashes) {
          location.hash = hash;
          const id = hash.split("/").at(-1);
          while (!document.querySelector(`article[data-operation="${id}"]`))
            await new Promise((resolve) => setTimeout(resolve));
          if (!inSight()) found.push(hash);
          for (const details of document.querySelectorAll("details.optional")) details.open = true;
          if (!inSight()) found.push(`${hash}, unfolded`);
        }
        return found;
      }, hashes);
      assert.deepEqual(hidden, []);
    });
  }

  test("a single thing shows its fields, the new id among the first; a list is a table", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, CREATE);
    await fillWithExamples(page);
    assert.match(await runIt(page), /^20\d/);
    assert.deepEqual(await page.locator(".answer .choice button").allInnerTexts(), ["Fields", "JSON", "Headers"]);
    assert.ok((await page.locator(".fields-of dt").allInnerTexts()).slice(0, 2).includes("id"));
    assert.match(await page.locator(".fields-of .id").first().innerText(), /^kp_/);
    await openOperation(page, LIST);
    await runIt(page);
    assert.equal(await page.locator(".answer tbody tr").count(), 10);
  });

  test("before Run there is an example of the answer, and its fields", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/users/getUsers" });
    await page.locator(".answer .json").waitFor();
    assert.ok("users" in JSON.parse(await page.locator(".answer .json").innerText()));
    await page.getByRole("button", { name: "Fields" }).click();
    await page.locator(".answer", { hasText: "is_suspended" }).waitFor();
    assert.deepEqual(await problems(page), []);
  });

  for (const [name, path] of [
    ["the start", "/www/"],
    ["an operation", "/www/#/connections/CreateConnection"],
  ]) {
    test(`the first load of ${name} is at most 60 KB gzip without the SDK`, async (t) => {
      const page = await openPage(t, site);
      const other = await page.context().newPage();
      const asked = [];
      other.on("response", (response) => asked.push(response));
      // What comes when nothing else is to do is no part of it.
      await other.addInitScript(() => (globalThis.requestIdleCallback = () => {}));
      await other.goto(site.origin + path);
      await isReady(other);
      const files = await Promise.all(
        asked.map(async (response) => {
          const body = await response.body();
          return [new URL(response.url()).pathname, response.status(), gzipSync(body, { level: 9 }).length];
        }),
      );
      assert.deepEqual(
        files.filter(([, status]) => status !== 200),
        [],
      );
      const names = files.map(([path]) => path);
      assert.ok(names.includes("/www/operations.json") && names.includes("/www/style.css"), names.join());
      assert.ok(!names.some((one) => /rust\.json|inline\.js/.test(one)), names.join());
      const total = files.filter(([one]) => one !== "/www/answers.json").reduce((sum, [, , size]) => sum + size, 0);
      t.diagnostic(`${total} bytes in ${files.length} files`);
      assert.ok(total <= 60_000, `${total} bytes`);
    });
  }
});

describe("a delete", () => {
  test("asks: Enter in a field never makes one, Run asks, its second press deletes", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, DELETE);
    await page.locator("[name=org_code]").fill("org_nobody");
    const before = callsOf(site, "DELETE").length;
    await page.locator("[name=org_code]").press("Enter");
    await page.locator("[name=org_code]").press("Enter");
    await page.locator("[name=org_code]").press("Control+Enter");
    await page.locator("[name=org_code]").press("Control+Enter");
    await page.waitForTimeout(200);
    assert.equal(callsOf(site, "DELETE").length, before);
    // What is typed after it was asked is another question.
    await page.locator("[name=org_code]").fill("org_nobody_else");
    await run(page).waitFor();
    await run(page).click();
    const again = page.getByRole("button", { name: "Press again to delete" });
    await again.waitFor();
    await page.locator("#live", { hasText: "Press again" }).waitFor({ state: "attached" });
    assert.equal(callsOf(site, "DELETE").length, before);
    assert.deepEqual(await problems(page), []);
    await again.click();
    assert.equal(await outcome(page), "404 not_found");
    assert.equal(callsOf(site, "DELETE").length, before + 1);
    await run(page).waitFor();
  });

  test("of a real tenant wants the last four of the id", async (t) => {
    const server = await startServer({ code: "OK" });
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await openOperation(page, DELETE);
    await page.locator("[name=org_code]").fill("org_1234abcd");
    await run(page).click();
    const field = page.getByLabel("type its last four");
    await field.fill("abcc");
    await field.press("Enter");
    assert.equal(server.requests.length, 0);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    assert.equal(server.requests.length, 0);
    assert.deepEqual(await problems(page), []);
    await field.fill("abcd");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    assert.equal(await outcome(page), "200 OK");
    assert.deepEqual(
      server.requests.map(({ method, url }) => `${method} ${url}`),
      ["DELETE /api/v1/organization/org_1234abcd"],
    );
  });

  test("of all there is wants the word", async (t) => {
    const server = await startServer({ code: "OK" });
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    await openOperation(page, {
      resource: "environment.featureFlags",
      operationId: "DeleteEnvironementFeatureFlagOverrides",
    });
    await run(page).click();
    await page.getByLabel("To delete, type delete").fill("delete");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    assert.equal(await outcome(page), "200 OK");
  });
});

describe("a sign-in", () => {
  test("keeps what was typed and makes the GET on return; a reload and a second tab stay signed in", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/users/getUsers" });
    await page.locator("details.optional summary").click();
    await page.locator("[name=page_size]").fill("3");
    await run(page).click();
    await page.locator("button[value=full]").click();
    assert.equal(await outcome(page), "200 OK");
    assert.equal(await page.locator("[name=page_size]").inputValue(), "3");
    assert.equal(await page.locator(".answer tbody tr").count(), 3);
    assert.match(await page.locator("#connection").innerText(), /^\w+ \w+\s+\d+ scopes · \d+ (min|h) left$/);

    await page.reload();
    await isReady(page);
    await page.locator(".who.ready").waitFor();
    const second = await page.context().newPage();
    await second.goto(`${site.origin}/www/#/roles/GetRoles`);
    await isReady(second);
    assert.equal(await runIt(second), "200 OK");

    // Signing out in one is signing out in both.
    await openConnection(second);
    await second.getByRole("button", { name: "Sign out" }).click();
    await page.locator(".who:not(.ready)").waitFor();
    await page.waitForFunction(() => localStorage.length === 0);
    assert.deepEqual(page.complaints, []);
  });

  test("makes no call that changes something", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/users/createUser" });
    await page.locator("details.optional summary").click();
    await page.locator(`[name="profile.given_name"]`).fill("Ada");
    const before = callsOf(site, "POST").length;
    await run(page).click();
    await page.locator("button[value=full]").click();
    await page.locator(".who.ready").waitFor();
    assert.equal(await page.locator(`[name="profile.given_name"]`).inputValue(), "Ada");
    await page.waitForTimeout(300);
    assert.equal(callsOf(site, "POST").filter(({ target }) => target === "/api/v1/user").length, before);
  });

  test("the dialog says who one is, with scopes and time, and lets another one in", async (t) => {
    const page = await openPage(t, site);
    await signIn(page, "reader");
    await openConnection(page);
    const dialog = page.locator("#connect");
    assert.match(await dialog.innerText(), /Who\s+\w+ \w+[\s\S]*Token\s+\d+ (min|h) left[\s\S]*Scopes/);
    await dialog.locator("summary").click();
    await dialog.locator(".scopes", { hasText: "read:users" }).waitFor();
    assert.deepEqual(await problems(page), []);
    const who = await page.locator("#connection .name").innerText();
    await dialog.getByRole("button", { name: "Switch person" }).click();
    await page.locator("button[value=full]").click();
    await page.locator(".who.ready").waitFor();
    assert.notEqual(await page.locator("#connection .name").innerText(), who);
  });

  test("a token of a real tenant is stored nowhere", async (t) => {
    const server = await startServer({});
    t.after(server.close);
    const page = await openPage(t, site);
    await connectTo(page, server.url);
    assert.equal(
      await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])),
      `[{},{},""]`,
    );
  });
});

describe("addresses", () => {
  test("have the arguments, and bring them back; never a secret", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, CREATE);
    await page.locator("details.optional summary").click();
    await page.locator(`[name="profile.given_name"]`).fill("Zoë & Co");
    await page.waitForFunction(() => location.hash.includes("?"));
    const shared = page.url();
    const other = await openPage(t, site, { path: shared.slice(site.origin.length) });
    assert.equal(await other.locator(`[name="profile.given_name"]`).inputValue(), "Zoë & Co");
    assert.ok(await other.locator("details.optional").evaluate((details) => details.open));

    await openOperation(page, { resource: "connections", operationId: "CreateConnection" });
    for (const details of await page.locator("details.optional").all())
      await details.evaluate((one) => (one.open = true));
    await page.locator(`[name="options.client_secret"]`).fill("very-secret");
    await page.locator(`[name="options.client_id"]`).fill("not-secret");
    await page.waitForFunction(() => location.hash.includes("not-secret"));
    assert.ok(!page.url().includes("very-secret"));
  });

  test("going back brings the answer back, without another request", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, LIST);
    await page.locator("details.optional summary").click();
    await page.locator("[name=page_size]").fill("4");
    await runIt(page);
    const count = site.requests.length;
    await page.locator(".answer td a.id").first().click();
    await page.locator("h1", { hasText: "users.get" }).waitFor();
    await page.goBack();
    await page.locator("h1", { hasText: "users.list" }).waitFor();
    await page.locator(".answer .outcome").waitFor();
    assert.equal(await page.locator(".answer tbody tr").count(), 4);
    assert.equal(await page.locator("[name=page_size]").inputValue(), "4");
    assert.equal(site.requests.length, count);
  });

  test("one that leads nowhere is searched for", async (t) => {
    const page = await openPage(t, site, { path: "/www/#/users/listAllUsers" });
    assert.match(await page.locator("main").innerText(), /There is no operation at this address/);
    assert.notEqual(await page.getByLabel("Search operations").inputValue(), "");
    assert.ok((await found(page)).slice(0, 3).includes("users.list"));
  });
});

describe("arguments", () => {
  test("broken JSON stays, is marked, and says where; nothing is sent", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, CREATE);
    await page.locator("form [value=json]").click();
    const text = page.getByLabel("Arguments as JSON");
    const broken = `{\n  "profile": { "given_name": "Ada" \n`;
    await text.fill(broken);
    const count = site.requests.length;
    assert.equal(await runIt(page), "not sent");
    await page.locator("form [value=form]").click();
    assert.equal(await text.inputValue(), broken);
    assert.equal(await text.getAttribute("aria-invalid"), "true");
    assert.match(await page.locator(".broken:visible").innerText(), /not JSON: line 3/);
    assert.deepEqual(await problems(page), []);
    await text.fill(`{ "profile": { "given_name": "Ada" } }`);
    await page.locator("form [value=form]").click();
    assert.equal(await page.locator(`[name="profile.given_name"]`).inputValue(), "Ada");
    assert.equal(site.requests.length, count);
  });

  test("a field that names a thing offers what there is, by name, from the keyboard", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, { resource: "roles", operationId: "GetRole" });
    const field = page.locator("[name=role_id]");
    await field.focus();
    await page.keyboard.press("ArrowDown");
    await page.locator(".offers [role=option]").first().waitFor();
    await page.locator(".offers", { hasText: "Administrator" }).waitFor();
    assert.deepEqual(await problems(page), []);
    await page.keyboard.type("billing");
    await page.keyboard.press("ArrowDown");
    assert.equal(
      await field.getAttribute("aria-activedescendant"),
      await page.locator("[role=option][aria-selected=true]").getAttribute("id"),
    );
    await page.keyboard.press("Enter");
    await page.locator(".offers").waitFor({ state: "hidden" });
    assert.match(await field.inputValue(), /^[\w-]{20,}$/);
    assert.equal(await runIt(page), "200 OK");
    assert.match(await page.locator(".fields-of").innerText(), /Billing/);
  });

  test("what is filled in names things of this tenant, a member where one is needed", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, { resource: "organizations.users.roles", operationId: "CreateOrganizationUserRole" });
    await fillWithExamples(page);
    assert.match(await runIt(page), /^20\d/);
    assert.match(site.requests.at(-1).target, /^\/api\/v1\/organizations\/org_\w+\/users\/kp_\w+\/roles$/);
  });
});

describe("an answer", () => {
  test("its ids lead on: to the thing, and to what can be done with it, with the form filled", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, LIST);
    await runIt(page);
    const id = await page.locator(".answer td a.id").first().innerText();
    await page
      .getByRole("button", { name: `What to do with ${id}` })
      .first()
      .click();
    const menu = page.getByRole("dialog", { name: `What to do with ${id}` });
    const offered = await menu.locator("code").allInnerTexts();
    for (const call of ["users.get", "users.delete", "organizations.users.roles.list", "organizations.users.add"])
      assert.ok(offered.includes(call), `${call}: ${offered}`);
    assert.deepEqual(await problems(page), []);
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
    await focusOn(page, "innerText", `What to do with ${id}`);
    await page.keyboard.press("Enter");
    await menu.getByText("organizations.users.add", { exact: true }).click();
    await page.locator("h1", { hasText: "organizations.users.add" }).waitFor();
    assert.equal(await page.locator(`[name="users.0.id"]`).inputValue(), id);
  });

  test("is sorted, unfolded, followed to the next page, and taken along as JSON and CSV", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, LIST);
    await page.locator("details.optional summary").click();
    await page.locator("[name=page_size]").fill("5");
    await runIt(page);
    const emails = () =>
      page
        .locator(".answer tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => [...row.children].find(({ innerText }) => innerText.includes("@"))?.innerText),
        );
    const first = await emails();
    await page.getByRole("button", { name: "email", exact: true }).click();
    assert.deepEqual(await emails(), first.toSorted());
    assert.equal(await page.locator("th[aria-sort=ascending]").innerText(), "email");
    await page.getByRole("button", { name: "email", exact: true }).click();
    assert.deepEqual(await emails(), first.toSorted().reverse());

    await page.getByRole("button", { name: "Row 1", exact: true }).click();
    assert.ok((await page.locator(".details dt").allInnerTexts()).includes("total_sign_ins"));
    assert.deepEqual(await problems(page), []);

    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "CSV" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "users.list.csv");
    const rows = (await readFile(await file.path(), "utf8")).trimEnd().split("\r\n");
    assert.equal(rows.length, 6);
    assert.ok(rows[0].split(",").includes("email"));

    await page.getByRole("button", { name: "Next page" }).click();
    await page.waitForFunction((email) => !document.querySelector(".answer").innerText.includes(email), first[0]);
    assert.equal((await emails()).length, 5);
    assert.ok(site.requests.at(-1).target.includes("next_token="));
  });

  test("its headers are there, and JSON has colours at any size", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, LIST);
    await page.locator("details.optional summary").click();
    await page.locator("[name=page_size]").fill("500");
    await runIt(page);
    await page.getByRole("button", { name: "Headers" }).click();
    await page.locator(".headers", { hasText: /content-type\s*application\/json/ }).waitFor();
    await page.locator(".answer [value=json]").click();
    await page.locator(".json .key").first().waitFor();
    const text = await page
      .locator(".json")
      .evaluate((pre) => [...pre.children].map((piece) => piece.textContent).join("\n"));
    assert.equal(JSON.parse(text).users.length, 500);
    await page.locator(".json").evaluate((pre) => pre.scrollTo(0, pre.scrollHeight));
    await page.locator(".json .piece:last-child .key").first().waitFor();
  });

  test("no answer from another origin says why it may be, and what to do", async (t) => {
    const page = await openPage(t, site);
    const server = await startServer({});
    await server.close();
    await connectTo(page, server.url);
    await openOperation(page, LIST);
    assert.equal(await runIt(page), "connection");
    assert.match(
      await page.locator(".error").innerText(),
      /pages of other origins[\s\S]*explorer-worker[\s\S]*misspelt/,
    );
    assert.deepEqual(await problems(page), []);
  });
});

describe("trouble", () => {
  test("is had on request, and gone over; a timeline shows attempts and waits", async (t) => {
    const page = await openPage(t, site, { path: "/try" });
    await openOperation(page, ROLES);
    for (const [trouble, attempts, failure] of [
      ["503", 3, /Attempt 1\s+503/],
      ["429", 2, /Attempt 1\s+429/],
      ["slow", 2, /Attempt 1\s+no answer in time/],
      ["drop", 2, /Attempt 1\s+connection broken/],
    ]) {
      await page.getByLabel("Trouble").selectOption(trouble);
      assert.equal(await runIt(page), "200 OK", trouble);
      const shown = await page.locator(".timeline").innerText();
      assert.match(shown, failure);
      // The service says how long; else the wait is by chance, and may be too short to show.
      if (trouble === "429") assert.match(shown, /Wait\s+[\d.]+ m?s/);
      assert.match(shown, new RegExp(`Attempt ${attempts}\\s+200`));
      assert.ok(!shown.includes(`Attempt ${attempts + 1}`), trouble);
      assert.deepEqual(await problems(page), []);
    }
    await page.getByLabel("Trouble").selectOption("");
    await runIt(page);
    assert.equal(await page.locator(".timeline").count(), 0);
  });

  test("a token that is refused is renewed, once, and the timeline shows it", async (t) => {
    const page = await openPage(t, site);
    await signIn(page);
    await openOperation(page, ROLES);
    await page.getByLabel("Trouble").selectOption("401");
    assert.equal(await runIt(page), "200 OK");
    assert.match(
      await page.locator(".timeline").innerText(),
      /Attempt 1\s+401[\s\S]*New token\s+200[\s\S]*Attempt 2\s+200/,
    );
  });

  test("is not for a real tenant", async (t) => {
    const server = await startServer({ roles: [] });
    t.after(server.close);
    const page = await openPage(t, site);
    await page.evaluate(() => (location.hash = "#/roles/GetRoles"));
    await page.getByLabel("Trouble").selectOption("503");
    await connectTo(page, server.url);
    await page.locator("#trouble").waitFor({ state: "hidden" });
    assert.equal(await runIt(page), "200 OK");
    assert.equal(server.requests[0].headers["x-local-kinde"], undefined);
  });
});

describe("small and large", () => {
  for (const [name, options] of [
    ["320 px", { width: 320, height: 800 }],
    ["200 % of 1280 px", { width: 640, height: 450 }],
  ]) {
    test(`nothing is wider than the screen, ${name}`, async (t) => {
      const page = await openPage(t, site, { path: "/try", ...options });
      const excess = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok((await excess()) <= 0, "start");
      for (const operation of [LIST, CREATE, DELETE, ROLES]) {
        await openOperation(page, operation);
        await fillWithExamples(page);
        if (operation !== DELETE) await runIt(page);
        assert.ok((await excess()) <= 0, operation.operationId);
      }
    });
  }
});
