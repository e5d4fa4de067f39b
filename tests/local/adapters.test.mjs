// kinde-edge/express and kinde-edge/hono: a person signs in, is known, signs out; a guarded route; what goes wrong.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";

import { portOf } from "../support/listen.mjs";
import { makeProject } from "../support/project.mjs";
import { Kinde, start } from "./kinde.mjs";

const folder = await makeProject(
  { after },
  { "express.mjs": `export * from "kinde-edge/express";`, "hono.mjs": `export * from "kinde-edge/hono";` },
);
const [ofExpress, ofHono] = await Promise.all(
  ["express", "hono"].map((name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)),
);

/** The same program with each: `{ session, guard }` are made when the port is known. */
const PROGRAMS = {
  Express({ session, guard, options }) {
    const { auth, requireUser, requires } = ofExpress;
    const app = express();
    app.use(auth(session, options));
    app.get("/orders", requireUser(), (request, response) => response.json(request.kinde.claims.email));
    app.get("/api", requires(guard), (request, response) => response.json(request.auth.claims.azp));
    app.get("/broken", async () => {
      throw Object.assign(new Error("mine"), { status: 418 });
    });
    app.use((error, _request, response, _next) =>
      response.status(error.status ?? 500).json([error.message, error.cause?.code]),
    );
    return createServer(app);
  },
  Hono({ session, guard, options }) {
    const { auth, requireUser, requires } = ofHono;
    const app = new Hono();
    app.onError((error, context) => context.json([error.message, error.cause?.code], error.status ?? 500));
    app.use(auth(session, options));
    app.get("/orders", requireUser(), (context) => context.json(context.get("kinde").claims.email));
    app.get("/api", requires(guard), (context) => context.json(context.get("auth").claims.azp));
    return createServer(getRequestListener(app.fetch));
  },
};

for (const [name, make] of Object.entries(PROGRAMS)) {
  describe(name, () => {
    /** The program at `here`, with a local Kinde. */
    async function startProgram(t, options) {
      const local = await start(t);
      const { origin, clients } = local;
      const kinde = new Kinde({ domain: origin, clientId: clients.web.id, clientSecret: clients.web.secret });
      const made = {};
      const late = (object) =>
        new Proxy(
          {},
          {
            get:
              (_, key) =>
              (...args) =>
                object()[key](...args),
          },
        );
      const server = make({ session: late(() => made.session), guard: late(() => made.guard), options });
      t.after(() => (server.close(), server.closeAllConnections()));
      const here = `http://localhost:${await portOf(server)}`;
      made.session = kinde.session({ secret: "s".repeat(32), redirectUri: `${here}/auth/callback` });
      made.guard = kinde.guard({ audience: `${origin}/api` });
      return { ...local, here };
    }

    test("signs in, knows the person, guards a route, signs out", { timeout: 60_000 }, async (t) => {
      const { origin, signToken, here } = await startProgram(t);
      const browser = browserOf(here);

      const lost = await browser("/orders?page=2", { headers: { accept: "text/html" } });
      assert.deepEqual([lost.status, lost.headers.get("location")], [302, "/auth/login?returnTo=%2Forders%3Fpage%3D2"]);
      assert.equal((await browser("/orders")).status, 401);
      assert.deepEqual(await (await browser("/auth/me")).json(), { user: null });

      const login = await browser(lost.headers.get("location"));
      assert.equal(login.status, 302);
      const authorize = new URL(login.headers.get("location"));
      authorize.searchParams.set("local_person", "full");
      const back = (await fetch(authorize, { redirect: "manual" })).headers.get("location");
      const home = await browser(back);
      assert.deepEqual([home.status, home.headers.get("location")], [302, `${here}/orders?page=2`]);
      const email = await (await browser("/orders")).json();
      assert.match(email, /@/);
      const me = await browser("/auth/me");
      assert.equal(me.headers.get("cache-control"), "no-store");
      const { user } = await me.json();
      assert.equal(user.email, email);
      assert.ok(!JSON.stringify(user).includes("ey"), "a token");

      const register = new URL((await browser("/auth/register")).headers.get("location"));
      assert.equal(register.searchParams.get("prompt"), "create");
      const wanted = "org_name=Acme&is_create_org=true&plan_interest=pro&pricing_table_key=plans&connection_id=conn_1";
      const { searchParams: sent } = new URL((await browser(`/auth/register?${wanted}`)).headers.get("location"));
      for (const [name, value] of new URLSearchParams(wanted)) assert.equal(sent.get(name), value, name);
      const organization = new URL((await browser("/auth/login?org_code=org_1&scope=x")).headers.get("location"));
      assert.deepEqual(
        [organization.searchParams.get("org_code"), organization.searchParams.get("scope")],
        ["org_1", "openid profile email offline"],
      );

      // Another sign-in than those that were begun here begins anew, with what the last one was begun with; a browser that keeps no cookies does not go in circles.
      const stray = await browser("/auth/callback?code=c&state=s");
      assert.deepEqual([stray.status, stray.headers.get("location")], [302, "/auth/login?org_code=org_1"]);
      const bare = await browser("/auth/callback?code=c&state=s", { bare: true });
      assert.equal(bare.status, 400);
      assert.match((await bare.json()).error, /sent no cookie of a sign-in: begin at \/auth\/login/);

      assert.equal((await fetch(`${here}/api`)).status, 401);
      const authorization = `Bearer ${await signToken({ audience: `${origin}/api` })}`;
      assert.equal((await fetch(`${here}/api`, { headers: { authorization } })).status, 200);

      assert.equal((await browser("/auth/logout")).status, 405);
      const foreign = { method: "POST", headers: { "sec-fetch-site": "cross-site" } };
      assert.equal((await browser("/auth/logout", foreign)).status, 403);
      const out = await browser("/auth/logout", { method: "POST" });
      assert.equal(out.status, 302);
      assert.equal((await browser("/orders")).status, 401);
    });

    test("who cancels at Kinde gets a page, and another try with the same", { timeout: 60_000 }, async (t) => {
      const { here } = await startProgram(t);
      const browser = browserOf(here);
      const page = await signInAs(browser, "nobody", "/auth/register?returnTo=/a%26b%22&org_name=A+%26+B");
      assert.deepEqual([page.status, page.headers.get("cache-control")], [403, "private, no-store"]);
      const [, again] = /<a href="([^"]*)">Sign in/.exec(await page.text());
      assert.equal(again, "/auth/register?returnTo=%2Fa%26b%22&amp;org_name=A+%26+B");
      const home = await signInAs(browser, "full", again.replaceAll("&amp;", "&"));
      assert.deepEqual([home.status, home.headers.get("location")], [302, `${here}/a&b%22`]);
      assert.deepEqual(
        browser.names().filter((cookie) => cookie.includes("begun")),
        [],
        "what is done is forgotten",
      );
    });

    test("who cancels at Kinde comes to the program's own page, and to the portal who is signed in", {
      timeout: 60_000,
    }, async (t) => {
      const portal = async ({ claims, accessToken }, { subnav }) => ({
        url: `https://portal.example/${[claims.email.includes("@"), accessToken.length > 9, subnav]}`,
      });
      const { here } = await startProgram(t, { deniedPath: "/denied?a=b", portal });
      const browser = browserOf(here);
      const denied = async (login) => (await signInAs(browser, "nobody", login)).headers.get("location");
      assert.equal(await denied("/auth/login?returnTo=/orders"), "/denied?a=b&error=access_denied&returnTo=%2Forders");
      assert.equal(await denied("/auth/login"), "/denied?a=b&error=access_denied");

      const lost = await browser("/auth/portal?subnav=profile");
      assert.equal(lost.headers.get("location"), "/auth/login?returnTo=%2Fauth%2Fportal%3Fsubnav%3Dprofile");
      const home = await signInAs(browser, "full", lost.headers.get("location"));
      const found = await browser(home.headers.get("location"));
      assert.deepEqual(
        [found.status, found.headers.get("location")],
        [302, "https://portal.example/true,true,profile"],
      );
    });

    test("without the option there is no portal", { timeout: 60_000 }, async (t) => {
      const { here } = await startProgram(t);
      assert.equal((await fetch(`${here}/auth/portal`, { redirect: "manual" })).status, 404);
    });

    test("who takes longer than the cookie of the sign-in lasts comes to where the sign-in led", {
      timeout: 60_000,
    }, async (t) => {
      const { here } = await startProgram(t);
      const browser = browserOf(here);
      const back = await chosen(browser, "full", "/auth/login?returnTo=/orders&org_code=");
      browser.forget(".sign-in.");
      const late = await browser(back);
      assert.deepEqual([late.status, late.headers.get("location")], [302, "/auth/login?returnTo=%2Forders&org_code="]);
    });

    test("what fails is the program's own failure, with no status of Kinde's", { timeout: 60_000 }, async (t) => {
      const failing = async () => {
        const { KindeError } = await import(pathToFileURL(join(folder, "node_modules/kinde-edge/dist/inline.js")).href);
        throw new KindeError("no", { code: "authentication", status: 401, errors: [], attempts: 1 });
      };
      const server = make({ session: { get: failing }, guard: { check: failing } });
      t.after(() => (server.close(), server.closeAllConnections()));
      const here = `http://localhost:${await portOf(server)}`;
      const response = await fetch(`${here}/orders`);
      assert.deepEqual([response.status, await response.json()], [500, ["no", "authentication"]]);
    });
  });
}

/** Begin a sign-in, and choose somebody at Kinde; resolves to the address that leads back. */
async function chosen(browser, person, login) {
  const authorize = new URL((await browser(login)).headers.get("location"));
  authorize.searchParams.set("local_person", person);
  return (await fetch(authorize, { redirect: "manual" })).headers.get("location");
}

/** The same, and back; resolves to the answer there. */
const signInAs = async (browser, person, login) => browser(await chosen(browser, person, login));

/** What a browser does: it keeps cookies, and follows nothing by itself. */
function browserOf(here) {
  const cookies = new Map();
  const browser = async (path, { headers = {}, bare = false, ...init } = {}) => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const all = bare ? headers : { cookie, ...headers };
    const response = await fetch(new URL(path, here), { redirect: "manual", headers: all, ...init });
    for (const line of bare ? [] : response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) cookies.set(key, value);
      else cookies.delete(key);
    }
    return response;
  };
  const names = () => [...cookies.keys()];
  const forget = (part) => names().forEach((name) => name.includes(part) && cookies.delete(name));
  return Object.assign(browser, { names, forget });
}
