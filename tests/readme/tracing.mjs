// The hooks of README.md that make spans, with the real OpenTelemetry.
import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run } from "../../xtask/js/project.mjs";
import { makeProject } from "../support/project.mjs";
import { closedOrigin } from "../lib/server.mjs";
import { startKinde } from "./kinde.mjs";

const PACKAGES = fileURLToPath(new URL("../../node_modules/@opentelemetry", import.meta.url));

/** Makes `calls(client, underSpan)`, where `underSpan(name, work)` does work under a span; prints the spans in their order of end. */
const program = (calls) => `
  import { AsyncLocalStorage } from "node:async_hooks";
  import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
  import { W3CTraceContextPropagator } from "@opentelemetry/core";
  import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
  import { Kinde } from "kinde-edge";
  import { tracing } from "./tracing.js";

  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const storage = new AsyncLocalStorage();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, work, self, ...args) => storage.run(context, () => work.apply(self, args)),
    bind: (_, target) => target,
    enable() { return this; },
    disable() { return this; },
  });
  const underSpan = (name, work) =>
    trace.getTracer("the application").startActiveSpan(name, async (span) => {
      try {
        return await work();
      } finally {
        span.end();
      }
    });
  // What the instrumentation of fetch injects into is found when a request begins.
  if (process.env.INSTRUMENTED) await import("./instrumentation.js");
  const client = (options) => Kinde.fromEnv(process.env, { hooks: tracing(), ...options });

  await (${calls})(client, underSpan, Kinde, tracing);
  console.log(JSON.stringify(exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    status: span.status,
    attributes: span.attributes,
    parent: span.parentSpanContext?.spanId,
    trace: span.spanContext().traceId,
    id: span.spanContext().spanId,
    milliseconds: span.duration[0] * 1000 + span.duration[1] / 1e6,
  }))));`;

const CLIENT = 2;
const [UNSET, ERROR] = [{ code: 0 }, { code: 2 }];
const TOKEN_CALL = "POST /oauth2/token";

/** Makes calls with the example as `tracing.js`. `only` is what counts in a span, and `expect` what that has to be. */
async function trace(t, code, calls, answers, env, files) {
  const kinde = await startKinde(t, answers);
  const folder = await makeProject(t, { "tracing.js": code, "main.js": program(calls), ...files });
  await symlink(PACKAGES, join(folder, "node_modules/@opentelemetry"));
  const { stdout, stderr } = await run(process.execPath, ["main.js"], { cwd: folder, env: { ...kinde.env, ...env } });
  assert.equal(stderr, "");
  const spans = JSON.parse(stdout);
  const { hostname, port } = new URL(env?.KINDE_DOMAIN ?? kinde.url);
  const server = { "server.address": hostname, "server.port": Number(port) };
  return {
    kinde,
    spans,
    only: ({ name, kind, status, attributes }) => ({ name, kind, status, attributes }),
    expect: (name, status, attributes) => ({ name, kind: CLIENT, status, attributes: { ...server, ...attributes } }),
  };
}

export async function tracing(t, code) {
  await t.test("a call that is tried twice", async (t) => {
    const sent = [];
    const users = (request) => {
      sent.push(request);
      return sent.length === 1 ? { status: 503, body: {} } : { body: { users: [] } };
    };
    const calls = async (client, underSpan) => underSpan("a request", () => client().users.list());
    const { kinde, spans, only, expect } = await trace(t, code, calls, { "GET /api/v1/users": users });
    const list = { "http.request.method": "GET", "url.template": "/api/v1/users" };
    const [parent] = spans.slice(-1);
    assert.equal(parent.name, "a request");
    assert.deepEqual(spans.slice(0, -1).map(only), [
      expect(TOKEN_CALL, UNSET, { "http.request.method": "POST", "url.template": "/oauth2/token" }),
      expect("GET /api/v1/users", ERROR, { ...list, "http.response.status_code": 503, "error.type": "503" }),
      expect("GET /api/v1/users", UNSET, { ...list, "http.response.status_code": 200, "http.request.resend_count": 1 }),
    ]);
    for (const span of spans.slice(0, -1)) {
      assert.deepEqual([span.parent, span.trace], [parent.id, parent.trace]);
      assert.ok(span.milliseconds >= 0 && span.milliseconds < 30_000, `it took ${span.milliseconds} ms`);
    }
    // Each request carries its own span on.
    assert.deepEqual(
      sent.map(({ headers }) => headers.traceparent),
      spans.slice(1, 3).map((span) => `00-${span.trace}-${span.id}-01`),
    );
    assert.equal(kinde.request(TOKEN_CALL).headers.traceparent, undefined);
  });

  await t.test("calls that fail", async (t) => {
    const calls = async (client) => {
      const kinde = client({ maxRetries: 0 });
      await kinde.organizations.get("org_secret").catch(() => {});
      await kinde.organizations.users.list("org_secret").catch(() => {});
      await kinde.request("DELETE", "/api/v1/things/org_secret").catch(() => {});
    };
    const { spans, only, expect } = await trace(t, code, calls, {
      "GET /api/v1/organization": { status: 403, body: { errors: [] } },
      "DELETE /api/v1/things/org_secret": { status: 500, body: {}, undocumented: true },
    });
    assert.deepEqual(spans.slice(1, 4).map(only), [
      expect("GET /api/v1/organization", ERROR, {
        "http.request.method": "GET",
        "url.template": "/api/v1/organization",
        "http.response.status_code": 403,
        "error.type": "403",
      }),
      expect("GET /api/v1/organizations/{org_code}/users", UNSET, {
        "http.request.method": "GET",
        "url.template": "/api/v1/organizations/{org_code}/users",
        "http.response.status_code": 200,
      }),
      // Nobody knows the template of a path of one's own.
      expect("DELETE", ERROR, {
        "http.request.method": "DELETE",
        "http.response.status_code": 500,
        "error.type": "500",
      }),
    ]);
    assert.ok(!JSON.stringify(spans).includes("org_secret"));
  });

  await t.test("no connection", async (t) => {
    const calls = async (client) => {
      const kinde = client({ clientId: undefined, clientSecret: undefined, accessToken: "token" });
      await kinde.users.list({}, { maxRetries: 1 }).catch(() => {});
    };
    const { spans, only, expect } = await trace(t, code, calls, {}, { KINDE_DOMAIN: await closedOrigin() });
    const failed = { "http.request.method": "GET", "url.template": "/api/v1/users", "error.type": "connection" };
    assert.deepEqual(spans.map(only), [
      expect("GET /api/v1/users", ERROR, failed),
      expect("GET /api/v1/users", ERROR, { ...failed, "http.request.resend_count": 1 }),
    ]);
  });

  await t.test("no token, and a token from a store", async (t) => {
    const calls = async (client) => {
      await client({ clientSecret: "not the secret" })
        .users.list()
        .catch(() => {});
      const kept = JSON.stringify({ access_token: "the-token", expires_in: 3600, expires_at: Date.now() + 3_600_000 });
      const tokenStore = { get: () => kept, set() {}, delete() {} };
      await client({ tokenStore }).users.list();
    };
    const { spans, only, expect } = await trace(t, code, calls);
    assert.deepEqual(spans.map(only), [
      expect(TOKEN_CALL, ERROR, {
        "http.request.method": "POST",
        "url.template": "/oauth2/token",
        "http.response.status_code": 401,
        "error.type": "401",
      }),
      expect("GET /api/v1/users", UNSET, {
        "http.request.method": "GET",
        "url.template": "/api/v1/users",
        "http.response.status_code": 200,
      }),
    ]);
  });

  await t.test("requests that are served at once each have their own spans", async (t) => {
    const calls = (client, underSpan) =>
      Promise.all(["a", "b", "c"].map((name) => underSpan(name, () => client().users.list())));
    const { spans } = await trace(t, code, calls);
    const parents = spans.filter(({ name }) => name.length === 1);
    assert.deepEqual(parents.map(({ name }) => name).sort(), ["a", "b", "c"]);
    for (const { id, trace } of parents) {
      const [child, ...more] = spans.filter(({ parent, name }) => parent === id && name !== TOKEN_CALL);
      assert.deepEqual([child.name, child.trace, more.length], ["GET /api/v1/users", trace, 0]);
    }
  });

  await t.test("the ports that an address need not name", async (t) => {
    const calls = async (_client, _underSpan, Kinde, tracing) => {
      for (const domain of ["https://acme.kinde.com", "http://127.0.0.1"]) {
        await new Kinde({
          domain,
          accessToken: "token",
          fetch: () => Response.json({ users: [] }),
          hooks: tracing(),
        }).users.list();
      }
    };
    const { spans } = await trace(t, code, calls);
    const servers = spans.map(({ attributes }) => [attributes["server.address"], attributes["server.port"]]);
    assert.deepEqual(servers, [
      ["acme.kinde.com", 443],
      ["127.0.0.1", 80],
    ]);
  });
}

/** With the real instrumentation of fetch, one way and the other: each request has one span and one `traceparent`. */
export async function instrumented(t, code, hooks) {
  const users = { "GET /api/v1/users": { body: { users: [] } } };
  const ofEverything = code.replace(/UndiciInstrumentation\(\{.*\}\)/, "UndiciInstrumentation()");
  assert.notEqual(ofEverything, code);
  const run = (calls, instrumentation) =>
    trace(t, hooks, calls, users, { INSTRUMENTED: "1" }, { "instrumentation.js": instrumentation });
  const traceparents = ({ kinde }) => kinde.requests.map(({ call, headers }) => [call, headers.traceparent]);
  const sent = (span) => `00-${span.trace}-${span.id}-01`;
  const CALL = "GET /api/v1/users";

  await t.test("hooks, and an instrumentation that leaves Kinde out", async () => {
    const calls = async (client, underSpan) => {
      // Somebody else's, at the other name of this machine.
      const { port } = new URL(process.env.KINDE_DOMAIN);
      await underSpan("a request", async () => {
        await client().users.list();
        await (await fetch(`http://localhost:${port}/.well-known/jwks.json`)).text();
      });
    };
    const traced = await run(calls, code);
    const { spans } = traced;
    assert.deepEqual(
      spans.map(({ name }) => name),
      [TOKEN_CALL, CALL, "GET", "a request"],
    );
    for (const span of spans.slice(0, 3)) assert.equal(span.parent, spans[3].id);
    assert.deepEqual(traceparents(traced).slice(0, 2), [
      [TOKEN_CALL, undefined],
      [CALL, sent(spans[1])],
    ]);
  });

  await t.test("the instrumentation alone", async () => {
    const calls = (client, underSpan) => underSpan("a request", () => client({ hooks: undefined }).users.list());
    const traced = await run(calls, ofEverything);
    const { spans } = traced;
    assert.deepEqual(
      spans.map(({ name }) => name),
      ["POST", "GET", "a request"],
    );
    assert.deepEqual(traceparents(traced), [
      [TOKEN_CALL, sent(spans[0])],
      [CALL, sent(spans[1])],
    ]);
  });

  await t.test("both would be one too many", async () => {
    const calls = (client, underSpan) => underSpan("a request", () => client().users.list());
    const traced = await run(calls, ofEverything);
    assert.equal(traced.spans.length, 5);
    const [, [, traceparent]] = traceparents(traced);
    assert.equal(traceparent.split(",").length, 2);
  });
}
