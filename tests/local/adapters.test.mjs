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
  Express({ session, guard }) {
    const { auth, requireUser, requires } = ofExpress;
    const app = express();
    app.use(auth(session));
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
  Hono({ session, guard }) {
    const { auth, requireUser, requires } = ofHono;
    const app = new Hono();
    app.onError((error, context) => context.json([error.message, error.cause?.code], error.status ?? 500));
    app.use(auth(session));
    app.get("/orders", requireUser(), (context) => context.json(context.get("kinde").claims.email));
    app.get("/api", requires(guard), (context) => context.json(context.get("auth").claims.azp));
    return createServer(getRequestListener(app.fetch));
  },
};

for (const [name, make] of Object.entries(PROGRAMS)) {
  describe(name, () => {
    test("signs in, knows the person, guards a route, signs out", { timeout: 60_000 }, async (t) => {
      const { origin, clients, signToken } = await start(t);
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
      const server = make({ session: late(() => made.session), guard: late(() => made.guard) });
      t.after(() => (server.close(), server.closeAllConnections()));
      const here = `http://localhost:${await portOf(server)}`;
      made.session = kinde.session({ secret: "s".repeat(32), redirectUri: `${here}/auth/callback` });
      made.guard = kinde.guard({ audience: `${origin}/api` });
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
      const organization = new URL((await browser("/auth/login?org_code=org_1&scope=x")).headers.get("location"));
      assert.deepEqual(
        [organization.searchParams.get("org_code"), organization.searchParams.get("scope")],
        ["org_1", "openid profile email offline"],
      );

      // Another sign-in than those that were begun here begins anew; a browser that keeps no cookies does not go in circles.
      const stray = await browser("/auth/callback?code=c&state=s");
      assert.deepEqual([stray.status, stray.headers.get("location")], [302, "/auth/login"]);
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

/** What a browser does: it keeps cookies, and follows nothing by itself. */
function browserOf(here) {
  const cookies = new Map();
  return async (path, { headers = {}, bare = false, ...init } = {}) => {
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
}
