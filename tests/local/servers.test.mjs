// Sessions, guarded routes and webhooks behind the servers that people run in Node, with the requests that each hands out.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";

import express from "express";
import fastify from "fastify";
import { createApp, defineEventHandler, readRawBody, sendWebResponse, toNodeListener } from "h3";
import Koa from "koa";

import { portOf } from "../support/listen.mjs";
import { Kinde, start } from "./kinde.mjs";

/** What each does with a request: `act(request)` gives a Response. */
const SERVERS = {
  "node:http": (act) =>
    createServer(async (request, response) => {
      const answer = await act(request);
      response.writeHead(answer.status, [...answer.headers].flat());
      response.end(await answer.text());
    }),
  "Express, with a router that is mounted": (act) => {
    const app = express();
    const router = express.Router();
    router.use(async (request, response) => {
      const answer = await act(request);
      for (const [name, value] of answer.headers) response.append(name, value);
      response.status(answer.status).send(await answer.text());
    });
    app.use("/app", router);
    app.use(router);
    return createServer(app);
  },
  Fastify: async (act) => {
    const app = fastify();
    app.addContentTypeParser("application/jwt", { parseAs: "string" }, (_, body, done) => done(null, body));
    app.all("/*", async (request, reply) => {
      const answer = await act(request);
      for (const [name, value] of answer.headers) reply.header(name, value);
      return reply.code(answer.status).send(await answer.text());
    });
    await app.ready();
    return app.server;
  },
  Koa: (act) => {
    const app = new Koa();
    app.use(async (context) => {
      const answer = await act(context);
      for (const [name, value] of answer.headers) context.append(name, value);
      context.status = answer.status;
      context.body = await answer.text();
    });
    return createServer(app.callback());
  },
  h3: (act) => {
    const app = createApp();
    app.use(defineEventHandler(async (event) => sendWebResponse(event, await act(event))));
    return createServer(toNodeListener(app));
  },
  "h3, whose body has been read": (act) => {
    const app = createApp();
    app.use(
      defineEventHandler(async (event) => {
        const { headers, path: url } = event;
        return sendWebResponse(
          event,
          await act({ headers, url, body: event.method === "POST" ? await readRawBody(event) : undefined }),
        );
      }),
    );
    return createServer(toNodeListener(app));
  },
};

for (const [name, make] of Object.entries(SERVERS)) {
  describe(name, () => {
    test("signs a person in, knows who it is, guards a route and takes a webhook", { timeout: 60_000 }, async (t) => {
      const { origin, clients, signToken, signWebhook } = await start(t);
      const kinde = new Kinde({ domain: origin, clientId: clients.web.id, clientSecret: clients.web.secret });
      let session;
      const guard = kinde.guard({ audience: `${origin}/api` });
      const act = async (request) => {
        try {
          const path = new URL(request.originalUrl ?? request.url ?? request.path, "http://x").pathname;
          if (path === "/app/login") return await session.signIn(request, { local_person: "full" });
          if (path === "/app/callback") return await session.callback(request);
          if (path === "/app/me") return Response.json((await session.get(request))?.claims.email ?? null);
          if (path === "/app/api") {
            const { response, claims } = await guard.check(request);
            return response ?? Response.json(claims.sub);
          }
          return Response.json((await kinde.webhooks.verify(request)).type);
        } catch (error) {
          return Response.json([error.code, error.message], { status: 500 });
        }
      };
      const server = await make(act);
      t.after(() => (server.close(), server.closeAllConnections()));
      const here = `http://localhost:${await portOf(server)}`;
      session = kinde.session({ secret: "s".repeat(32), redirectUri: `${here}/app/callback` });

      const cookies = new Map();
      const get = async (url) => {
        const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
        const response = await fetch(url, { redirect: "manual", headers: url.startsWith(here) ? { cookie } : {} });
        for (const line of url.startsWith(here) ? response.headers.getSetCookie() : []) {
          const [, key, value] = /^([^=]+)=([^;]*)/.exec(line);
          if (value) cookies.set(key, value);
          else cookies.delete(key);
        }
        return response;
      };
      assert.equal(await (await get(`${here}/app/me`)).text(), "null");
      let response = await get(`${here}/app/login`);
      for (let steps = 0; response.status === 302 && steps < 6; steps++)
        response = await get(new URL(response.headers.get("location"), here).href);
      const me = await (await get(`${here}/app/me`)).json();
      assert.match(me, /@/);

      const refused = await fetch(`${here}/app/api`);
      assert.equal(refused.status, 401);
      const authorization = `Bearer ${await signToken({ audience: `${origin}/api` })}`;
      const admitted = await fetch(`${here}/app/api`, { headers: { authorization } });
      assert.equal(admitted.status, 200);

      const body = await signWebhook("user.created");
      const taken = await fetch(`${here}/app/hook`, {
        method: "POST",
        body,
        headers: { "content-type": "application/jwt" },
      });
      assert.deepEqual([taken.status, await taken.json()], [200, "user.created"]);
    });
  });
}
