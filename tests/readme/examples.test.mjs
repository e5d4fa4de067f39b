// The examples of README.md and of the package's guides, each run as it stands with the packed package.
// A new example needs a line in RUNNERS: one that nothing runs fails the first test. What is TypeScript is
// compiled as it stands, and run without its types.
import assert from "node:assert/strict";
import { once } from "node:events";
import { access, cp, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";

import { build } from "vite";

import { install, run } from "../../xtask/js/project.mjs";
import { localTarball } from "../support/environment.mjs";
import { freePort } from "../support/listen.mjs";
import { makeFolder, makeProject } from "../support/project.mjs";
import { asUser, claims, guarded, signInWorker, webhooks, withHono, withNodeHttp, withoutSession } from "./auth.mjs";
import { openPage } from "./chromium.mjs";
import { commands } from "./commands.mjs";
import { CONTRIBUTING } from "./contributing.mjs";
import { CLIENT, startKinde, TOKEN } from "./kinde.mjs";
import { codeBlocks, codeSpans, guideFiles, links, read } from "./markdown.mjs";
import { print, runInNode, startWorker } from "./programs.mjs";
import { instrumented, tracing } from "./tracing.mjs";
import { compile, withoutTypes } from "./typescript.mjs";
import { after, before } from "./upgrading.mjs";

/** A service that knows nobody. */
const NO_SUCH_USER = {
  "GET /api/v1/user": { status: 404, body: { errors: [{ code: "USER_NOT_FOUND", message: "No such user" }] } },
};

/** A service that has two users, and gives one at a time. */
const PAGES = {
  "GET /api/v1/users": ({ url }) => {
    const last = url.includes("next_token=2");
    return {
      body: { users: [{ email: last ? "grace@example.com" : "ada@example.com" }], next_token: last ? null : "2" },
    };
  },
};
const PAGE_CALLS = ["GET /api/v1/users?page_size=500", "GET /api/v1/users?next_token=2&page_size=500"];

/** Each block of code by its file and name, and how it is run. */
const RUNNERS = {
  "README.md": {
    "Quick start, sh 1": commands,
    "Quick start 1": allEmails,
    "Quick start, toml 1": dependency,
    "Quick start, rust 1": rustdoc,
    "Develop, sh 1": commands,
  },
  "pkg/README.md": {
    "kinde-edge, sh 1": commands,
    "kinde-edge 1": allEmails,
    "kinde-edge 2": inBrowserWithFunction,
  },
  "pkg/guides/start.md": {
    "Getting started, sh 1": commands,
    "In Node 1": inNode,
    "In a Cloudflare Worker, sh 1": commands,
    "In a Cloudflare Worker 1": inWorker,
    "In a browser 1": inBrowser,
    "With options instead of the environment 1": inNodeWithOptions,
  },
  "pkg/guides/calls.md": {
    "Calls 1": calls,
    "Lists and pagination 1": lists,
    "Lists and pagination 2": array,
    "Many calls at once (bulk) 1": inBulk,
  },
  "pkg/guides/errors.md": {
    "Errors 1": errors,
    "Errors 2": withExpress,
    "Timeouts 1": timeouts,
    "Rate limits 1": manyCalls,
    "Logging 1": observed,
    "OpenTelemetry 1": tracing,
    "OpenTelemetry 2": instrumented,
  },
  "pkg/guides/tokens.md": {
    "Two applications, one client 1": twoApplications,
    "A token for an API of your own 1": machineToken,
    "Token stores 1": inWorkerWithStore,
    "Token stores 2": ownStore,
  },
  "pkg/guides/sign-in.md": {
    "A Worker that signs users in, sh 1": commands,
    "A Worker that signs users in 1": signInWorker,
    "Calls as the signed-in user 1": asUser,
    "Without the session 1": withoutSession,
  },
  "pkg/guides/protect.md": {
    "Protect an API 1": guarded,
    "Middleware for Hono 1": withHono,
    "Express, Fastify and Node's http 1": withNodeHttp,
    "Read permissions, roles and feature flags 1": claims,
    "Receive webhooks 1": webhooks,
  },
  "pkg/guides/testing.md": {
    "Mock the answers 1": testFile(2),
    "Tokens and webhooks 1": testFile(1),
    "Spies and stubs 1": testFile(1),
    "A local Kinde, sh 1": commands,
    "A local Kinde 1": testFile(4),
  },
  "pkg/guides/frameworks.md": {
    "Next.js 1": nextRoute,
    "Next.js 2": nextSignIn,
    "React 1": reactPage,
    "Express 1": expressRoutes,
    "Hono 1": honoRoutes,
    "A proxy 1": byProxy,
    "Loading the WebAssembly yourself 1": slimInit,
    "Loading the WebAssembly yourself 2": slimInitSync,
  },
  "pkg/UPGRADING.md": {
    "Moving here from Kinde's packages, sh 1": commands,
    "Setup 1": before,
    "Setup 2": after(["GET /api/v1/users?page_size=50"], { left: "users" }),
    "Calls 1": before,
    "Calls 2": after(["PATCH /api/v1/user?id=kp_1", "POST /api/v1/organizations/org_1/users"]),
    "Errors 1": before,
    "Errors 2": after(["GET /api/v1/user?id=kp_1"], { answers: NO_SUCH_USER, printed: "no such user\n" }),
    "Pages 1": before,
    "Pages 2": after(PAGE_CALLS, { answers: PAGES, printed: "ada@example.com\ngrace@example.com\n" }),
  },
  "CONTRIBUTING.md": CONTRIBUTING,
  "SECURITY.md": {},
  "CHANGELOG.md": {},
};

const TOKEN_CALL = "POST /oauth2/token";

/** Before an example that has a client already. */
const CLIENT_WITH_TOKEN = `
  import { Kinde } from "kinde-edge";
  const kinde = new Kinde({ domain: process.env.KINDE_DOMAIN, accessToken: "${TOKEN}" });\n`;

// Read before the first test is made: what is below has to be there when it runs.
const guides = await Promise.all(Object.keys(RUNNERS).map(async (file) => [file, codeBlocks(await read(file))]));

const isTyped = (language) => ["ts", "tsx"].includes(language);

for (const [file, blocks] of guides) {
  const runners = RUNNERS[file];

  describe(file, () => {
    const typed = blocks.filter(({ language }) => isTyped(language));
    if (typed.length > 0) test("its TypeScript compiles", (t) => compile(t, typed));

    test("has a runner for each block of code", () => {
      assert.deepEqual(
        blocks.map(({ name }) => name),
        Object.keys(runners),
      );
    });

    blocks.forEach(({ name, code, language }, number) => {
      const program = isTyped(language) ? withoutTypes(code, language) : code;
      // The second half of a comparison gets the first one, too.
      if (runners[name]) test(name, (t) => runners[name](t, program, blocks[number - 1]?.code));
    });
  });
}

const HTML = `<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/main.js"></script>`;

/** The folder of a site that Vite builds around a script. */
async function buildSite(t, code, html = HTML) {
  const root = await makeProject(t, { "index.html": html, "main.js": code });
  await build({ root, logLevel: "silent", configFile: false });
  return join(root, "dist");
}

async function inWorker(t, code) {
  const kinde = await startKinde(t);
  const audience = "https://api.example.com";
  const worker = await startWorker(t, code, { ...kinde.env, API_AUDIENCE: audience });
  const ask = async (claims) =>
    worker.dispatchFetch("http://worker/", { headers: claims ? await kinde.bearer(claims) : {} });
  assert.equal((await ask()).status, 401, "a stranger");
  assert.equal((await ask({ permissions: ["admin:users"], aud: "another" })).status, 401, "of another API");
  assert.equal((await ask({ permissions: ["read:users"], aud: audience })).status, 403, "without the permission");
  for (const visit of [1, 2]) {
    const answer = await ask({ permissions: ["admin:users"], aud: audience });
    assert.equal(answer.status, 200, `visit ${visit}`);
    assert.deepEqual(await answer.json(), kinde.answerTo("GET /api/v1/users?page_size=10").users);
  }
  // One token for both.
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/users?page_size=10", "GET /api/v1/users?page_size=10"]);
}

async function twoApplications(t, code) {
  const kinde = await startKinde(t);
  const env = {
    KINDE_DOMAIN: kinde.url,
    KINDE_CLIENT_ID: "the application",
    KINDE_CLIENT_SECRET: "its secret",
    KINDE_M2M_CLIENT_ID: CLIENT.id,
    KINDE_M2M_CLIENT_SECRET: CLIENT.secret,
  };
  const { stdout } = await runInNode(t, code + print("{ organizations, url }"), { env });
  assert.deepEqual(JSON.parse(stdout), {
    organizations: kinde.answerTo("GET /api/v1/organizations").organizations,
    url: `${kinde.url}/logout?redirect=https%3A%2F%2Fapp.example%2F`,
  });
  // The token is for the machine alone.
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/organizations"]);
}

async function machineToken(t, code) {
  const kinde = await startKinde(t);
  const before = `
    import { Kinde } from "kinde-edge";
    const kinde = Kinde.fromEnv(), sent = [], real = globalThis.fetch;
    globalThis.fetch = (url, init) =>
      url.startsWith("https://api.example.com/") ? sent.push([url, init.headers]) : real(url, init);\n`;
  const { stdout } = await runInNode(t, before + code + print("{ token, sent }"), { env: kinde.env });
  const headers = { authorization: `Bearer ${TOKEN}` };
  assert.deepEqual(JSON.parse(stdout), { token: TOKEN, sent: [["https://api.example.com/jobs", headers]] });
  kinde.assertCalls([TOKEN_CALL]);
  const form = new URLSearchParams(kinde.request(TOKEN_CALL).bytes.toString());
  assert.equal(form.get("audience"), "https://api.example.com");
}

async function inWorkerWithStore(t, code) {
  const kinde = await startKinde(t);
  const bindings = { ...kinde.env, TOKEN_SECRET: "a secret that nobody can guess" };
  const kvPersist = await makeProject(t);
  for (const isolate of [1, 2]) {
    await t.test(`isolate ${isolate}`, async (t) => {
      const worker = await startWorker(t, code, bindings, { kvNamespaces: ["TOKENS"], kvPersist });
      const answer = await worker.dispatchFetch("http://worker/");
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), kinde.answerTo("GET /api/v1/timezones").timezones);
      const kv = await worker.getKVNamespace("TOKENS");
      const { keys } = await kv.list();
      assert.equal(keys.length, 1);
      assert.ok(!Buffer.from(await kv.get(keys[0].name), "base64").includes(TOKEN));
    });
  }
  // One token for both.
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/timezones", "GET /api/v1/timezones"]);
}

async function observed(t, code) {
  const kinde = await startKinde(t);
  const before = `
    import { Kinde } from "kinde-edge";
    const env = process.env, measured = [];
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const measure = (...values) => void measured.push(values);\n`;
  const after = `\nawait kinde.users.list();`;
  const { stdout, stderr } = await runInNode(t, before + code + after + print("measured"), { env: kinde.env });
  assert.equal(stderr, "");
  // In Node, a line of the console shows the event too.
  assert.match(stdout, /^kinde-edge: users\.list: GET \/api\/v1\/users: new token after \d+ ms \(attempt 1\) \{/);
  const [[name, status, duration], ...more] = JSON.parse(stdout.trim().split("\n").at(-1));
  assert.deepEqual([name, status, more], ["users.list", 200, []]);
  assert.ok(duration >= 0);
  const call = "GET /api/v1/users";
  kinde.assertCalls([TOKEN_CALL, call]);
  assert.match(kinde.request(call).headers.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
}

async function inNode(t, code) {
  const user = { id: "kp_1", first_name: "Ada" };
  const kinde = await startKinde(t, {
    "POST /api/v1/user": { status: 201, body: { id: user.id, created: true } },
    "GET /api/v1/user": { body: user },
  });
  const { stdout, stderr } = await runInNode(t, code, { file: "users.mjs", env: kinde.env });
  assert.equal(stdout, "Ada\n");
  assert.equal(stderr, "");
  kinde.assertCalls([TOKEN_CALL, "POST /api/v1/user", "GET /api/v1/user?id=kp_1"]);
  const { bytes } = kinde.request("POST /api/v1/user");
  assert.deepEqual(JSON.parse(bytes), { profile: { given_name: "Ada", family_name: "Lovelace" } });

  // The other way through it.
  const denied = { errors: [{ code: "ACCESS_DENIED", message: "No such scope" }] };
  const strict = await startKinde(t, { "POST /api/v1/user": { status: 403, body: denied } });
  const refused = await runInNode(t, code, { file: "users.mjs", env: strict.env });
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /^permission_denied 403 \[.*ACCESS_DENIED.*No such scope.*\] create:users\n$/s);
}

test("the call by require", async (t) => {
  const found = codeSpans(await read("pkg/guides/start.md")).filter((span) => span.includes(`require("kinde-edge")`));
  assert.equal(found.length, 1);
  const kinde = await startKinde(t);
  const rest = `\nKinde.fromEnv().business.get().then((answer) => {${print("answer")}});`;
  const { stdout } = await runInNode(t, found[0] + rest, { file: "main.cjs", env: kinde.env });
  assert.deepEqual(JSON.parse(stdout), kinde.answerTo("GET /api/v1/business"));
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/business"]);
});

async function inBrowser(t, code) {
  const texts = { "/my-own-token-endpoint": TOKEN };
  const profile = "GET /oauth2/v2/user_profile";
  const bundled = { folders: { "/": await buildSite(t, code) }, texts };
  const project = await makeProject(t, {
    "index.html": `<!doctype html><link rel="icon" href="data:,"><body>
      <script type="importmap">{ "imports": { "kinde-edge": "/node_modules/kinde-edge/dist/inline.js" } }</script>
      <script type="module" src="/main.js"></script>`,
    "main.js": code,
  });
  const mapped = { folders: { "/": project }, texts };
  for (const site of [bundled, mapped]) {
    const kinde = await startKinde(t);
    const { see } = await openPage(t, { ...site, kinde });
    const text = await see(() => document.body.innerText.trim());
    assert.equal(text, kinde.answerTo(profile).name);
    kinde.assertCalls([profile]);
  }
}

async function inNodeWithOptions(t, code) {
  const kinde = await startKinde(t);
  const redirect = `
    const fetch = globalThis.fetch;
    globalThis.fetch = (url, init) => fetch(url.replace("https://acme.kinde.com", process.env.SERVER), init);`;
  const { stdout } = await runInNode(t, code + print("organizations"), {
    files: { "redirect.mjs": redirect },
    args: ["--import", "./redirect.mjs"],
    env: { SERVER: kinde.url, KINDE_CLIENT_ID: CLIENT.id, KINDE_CLIENT_SECRET: CLIENT.secret },
  });
  assert.deepEqual(JSON.parse(stdout), kinde.answerTo("GET /api/v1/organizations").organizations);
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/organizations"]);
  const form = new URLSearchParams(kinde.request(TOKEN_CALL).bytes.toString());
  assert.equal(form.get("audience"), "https://acme.kinde.com/api");
}

async function inBrowserWithFunction(t, code) {
  const kinde = await startKinde(t);
  const before = `
    import { Kinde } from "kinde-edge";
    const getTokenFromMyServer = async () => (await fetch("/token")).text();\n`;
  const after = `\nglobalThis.timezones = await kinde.timezones.list();`;
  const site = { folders: { "/": await buildSite(t, before + code + after) }, texts: { "/token": TOKEN } };
  const { see } = await openPage(t, { ...site, kinde });
  const timezones = await see(() => globalThis.timezones);
  assert.deepEqual(timezones, kinde.answerTo("GET /api/v1/timezones"));
  kinde.assertCalls(["GET /api/v1/timezones"]);
}

async function calls(t, code) {
  const created = { code: "OK", a_new_field: true };
  const kinde = await startKinde(t, { "GET /api/v1/something_new": { body: created, undocumented: true } });
  const before = `${CLIENT_WITH_TOKEN}
    const id = "kp_1", orgCode = "org_1";
    const blob = new Blob([new Uint8Array([137, 80, 78, 71])], { type: "image/png" });
    const { signal } = new AbortController();\n`;
  const { stdout } = await runInNode(t, before + code + print("{ data, status: response.status }"), { env: kinde.env });
  kinde.assertCalls([
    "PATCH /api/v1/user?id=kp_1",
    "POST /api/v1/organizations/org_1/users",
    "POST /api/v1/organizations/org_1/logos/dark",
    "GET /api/v1/users?page_size=500",
    "GET /api/v1/users",
    "GET /api/v1/user?id=kp_1",
    "GET /api/v1/something_new",
  ]);
  assert.deepEqual(JSON.parse(stdout), { data: kinde.answerTo("GET /api/v1/users"), status: 200 });
  const body = (call) => kinde.request(call).bytes;
  assert.deepEqual(JSON.parse(body("PATCH /api/v1/user?id=kp_1")), { given_name: "Ada" });
  assert.deepEqual(JSON.parse(body("POST /api/v1/organizations/org_1/users")), { users: [{ id: "kp_1" }] });
  assert.ok(body("POST /api/v1/organizations/org_1/logos/dark").includes(Buffer.from([137, 80, 78, 71])));
  assert.equal(kinde.request("GET /api/v1/users?page_size=500").headers["x-trace"], "1");
}

async function lists(t, code) {
  const kinde = await startKinde(t, PAGES);
  const { stdout } = await runInNode(t, CLIENT_WITH_TOKEN + code, { env: kinde.env });
  kinde.assertCalls([...PAGE_CALLS, ...PAGE_CALLS]);
  assert.equal(stdout, "ada@example.com\ngrace@example.com\n1 2\n1 undefined\n");
}

async function array(t, code) {
  const kinde = await startKinde(t, PAGES);
  const { stdout } = await runInNode(t, CLIENT_WITH_TOKEN + code, { env: kinde.env });
  kinde.assertCalls(PAGE_CALLS);
  assert.equal(stdout, "2\n");
}

async function inBulk(t, code) {
  const kinde = await startKinde(t, {
    "GET /api/v1/user": ({ url }) =>
      url.endsWith("kp_2") ? { status: 404, body: { errors: [] } } : { body: { id: "kp_1" } },
  });
  const given = `${CLIENT_WITH_TOKEN}\nconst ids = ["kp_1", "kp_2", "kp_3"];\n`;
  const { stdout } = await runInNode(t, given + code, { env: kinde.env });
  assert.equal(stdout, "1 of 3\n2 of 3\n3 of 3\n2 1 [ 'kp_2' ]\n");
  assert.equal(kinde.requests.length, 3);
}

async function allEmails(t, code) {
  const kinde = await startKinde(t, PAGES);
  const { stdout } = await runInNode(t, code, { env: kinde.env });
  kinde.assertCalls([TOKEN_CALL, ...PAGE_CALLS]);
  assert.equal(stdout, "ada@example.com\ngrace@example.com\n");
}

async function timeouts(t, code) {
  const kinde = await startKinde(t);
  const call = "GET /api/v1/users?page_size=10";
  const { stdout } = await runInNode(t, CLIENT_WITH_TOKEN + code + print("users"), { env: kinde.env });
  assert.deepEqual(JSON.parse(stdout), kinde.answerTo(call).users);
  kinde.assertCalls([call]);

  // The wait that the service asks for is longer than the deadline: it is not begun.
  const busy = await startKinde(t, {
    "GET /api/v1/users": { status: 503, body: {}, headers: { "retry-after": "30" } },
  });
  await assert.rejects(runInNode(t, CLIENT_WITH_TOKEN + code, { env: busy.env }));
  busy.assertCalls([call]);
}

async function manyCalls(t, code) {
  const kinde = await startKinde(t);
  const ids = Array.from({ length: 25 }, (_, number) => `kp_${number}`);
  const { stdout } = await runInNode(t, `const ids = ${JSON.stringify(ids)};\n${code}`, { env: kinde.env });
  assert.equal(stdout, "25\n");
  // Ten at a time arrive in any order.
  const arrived = kinde.requests.map(({ call }) => call);
  kinde.assertCalls(arrived);
  assert.deepEqual(arrived.sort(), [TOKEN_CALL, ...ids.map((id) => `GET /api/v1/user?id=${id}`)].sort());
}

async function ownStore(t, code) {
  const kinde = await startKinde(t);
  const { stdout } = await runInNode(t, code + print("{ business, kept: [...kept.values()] }"), { env: kinde.env });
  const { business, kept } = JSON.parse(stdout);
  assert.deepEqual(business, kinde.answerTo("GET /api/v1/business"));
  assert.equal(kept.length, 1);
  assert.ok(kept[0].includes(TOKEN));
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/business"]);
}

async function nextRoute(t, code) {
  const kinde = await startKinde(t);
  const rest = "\nconst answer = await (await GET()).json();";
  const { stdout } = await runInNode(t, code + rest + print("answer"), { env: kinde.env });
  const call = "GET /api/v1/users?page_size=10";
  assert.deepEqual(
    JSON.parse(stdout),
    kinde.answerTo(call).users.map(({ id, first_name }) => ({ id, first_name })),
  );
  kinde.assertCalls([TOKEN_CALL, call]);
}

async function nextSignIn(t, code) {
  const kinde = await startKinde(t);
  const env = { ...kinde.env, SESSION_SECRET: "s".repeat(32), APP_URL: "http://localhost:3000" };
  const ask = `
    const { headers } = await auth.handler.GET(new Request("http://localhost:3000/api/auth/login"));
    const open = await auth.proxy(new Request("http://localhost:3000/blog/one"));
    const closed = await auth.proxy(new Request("http://localhost:3000/orders"));
    const answers = [headers.get("location"), open.status, closed.status];`;
  const { stdout } = await runInNode(t, code + ask + print("answers"), { env, packages: ["next"] });
  const [location, ...statuses] = JSON.parse(stdout);
  assert.ok(location.startsWith(`${kinde.url}/oauth2/auth?`), location);
  assert.deepEqual(statuses, [200, 401]);
}

/** The component in a page: first nobody is known, then somebody is. */
async function reactPage(t, code) {
  const rest = `
    import { JSDOM } from "jsdom";
    const { window } = new JSDOM("<main></main>", { url: "https://app.example/" });
    const { document, navigator } = window;
    for (const [name, value] of Object.entries({ window, document, navigator, IS_REACT_ACT_ENVIRONMENT: true }))
      Object.defineProperty(globalThis, name, { value });
    const { act, createElement } = await import("react");
    const { createRoot } = await import("react-dom/client");
    const asked = [], seen = [];
    const main = document.querySelector("main");
    for (const user of [null, { id: "kp_1", email: "ada@example.com" }]) {
      globalThis.fetch = async (url) => (asked.push(url), Response.json({ user }));
      const root = createRoot(main);
      await act(() => root.render(createElement(App)));
      seen.push([main.textContent, main.querySelector("a").getAttribute("href")]);
      act(() => root.unmount());
    }`;
  const packages = ["jsdom", "react", "react-dom"];
  // Vite, which other examples are built with, leaves "production" there, where React has no `act`.
  const env = { NODE_ENV: "test" };
  const { stdout } = await runInNode(t, code + rest + print("[asked, seen]"), { packages, env });
  assert.deepEqual(JSON.parse(stdout), [
    ["/auth/me", "/auth/me"],
    [
      ["Sign in", "/auth/login?returnTo=%2Forders"],
      ["ada@example.com: Account Sign out", "/auth/portal"],
    ],
  ]);
}

async function byProxy(t, code) {
  const kinde = await startKinde(t);
  const tunnels = [];
  const proxy = createServer().on("connect", (request, socket) => {
    tunnels.push(request.url);
    const [host, port] = request.url.split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on("error", () => (socket.destroy(), upstream.destroy()));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => proxy.close());
  const env = { ...kinde.env, HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}` };
  const { stdout } = await runInNode(t, `${code}${print("business")}\nprocess.exit();`, { env, packages: ["undici"] });
  assert.deepEqual(JSON.parse(stdout), kinde.answerTo("GET /api/v1/business"));
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/business"]);
  assert.ok(tunnels.length > 0 && tunnels.every((address) => kinde.url.endsWith(address)), String(tunnels));
}

/** A file of tests, so many of which have to pass; local Kinde is installed beside the package. */
function testFile(count) {
  return async (t, code) => {
    const folder = await makeProject(t, { "main.test.mjs": code });
    const beside = await makeFolder(t, { "package.json": { private: true } });
    await install(beside, localTarball());
    await cp(join(beside, "node_modules"), join(folder, "node_modules"), { recursive: true });
    const options = ["--test", "--test-reporter=tap", "main.test.mjs"];
    // A test that runs tests has said so to its children.
    const { stdout } = await run(process.execPath, options, { cwd: folder, env: { NODE_TEST_CONTEXT: undefined } });
    assert.match(stdout, new RegExp(`^# pass ${count}$`, "m"));
    assert.match(stdout, /^# fail 0$/m);
  };
}

async function withExpress(t, code) {
  const ask = `
    const answer = await fetch("http://127.0.0.1:" + process.env.PORT + "/users");
    console.log(JSON.stringify([answer.status, answer.ok ? await answer.json() : null]));
    process.exit();`;
  const call = "GET /api/v1/users";
  const answered = async (answers) => {
    const kinde = await startKinde(t, answers);
    const env = { ...kinde.env, PORT: String(await freePort()) };
    const { stdout } = await runInNode(t, code + ask, { env, packages: ["express"] });
    return { kinde, answer: JSON.parse(stdout) };
  };
  const good = await answered({});
  assert.deepEqual(good.answer, [200, good.kinde.answerTo(call).users]);
  // Kinde refuses the client's token: that is not the user's fault.
  const refused = await answered({ [call]: { status: 401, body: { errors: [] } } });
  assert.deepEqual(refused.answer, [500, null]);
}

/** What the program of a framework answers to those who are not signed in: `ask(path)` is a request to it. */
const STRANGERS = `
  const html = { headers: { accept: "text/html" }, redirect: "manual" };
  const answers = [];
  for (const path of ["/orders", "/auth/login", "/auth/me", "/api/orders"]) {
    const answer = await ask(path, html);
    answers.push([answer.status, answer.headers.get("location")?.split("&")[0] ?? null]);
  }
  console.log(JSON.stringify(answers));
  process.exit();`;

async function strangers(t, code, ask, { packages, api }) {
  const kinde = await startKinde(t);
  const env = {
    ...kinde.env,
    SESSION_SECRET: "s".repeat(32),
    APP_URL: "http://localhost:3000",
    PORT: String(await freePort()),
  };
  const { stdout } = await runInNode(t, `${code}\nconst ask = ${ask};${STRANGERS}`, { env, packages });
  const [orders, login, me, guarded] = JSON.parse(stdout);
  assert.deepEqual(orders, [302, "/auth/login?returnTo=%2Forders"]);
  assert.equal(login[0], 302);
  assert.ok(login[1].startsWith(`${kinde.url}/oauth2/auth?`), login[1]);
  assert.deepEqual(me, [200, null]);
  assert.deepEqual(guarded, [api, null]);
}

function expressRoutes(t, code) {
  const ask = `(path, init) => fetch("http://127.0.0.1:" + process.env.PORT + path, init)`;
  return strangers(t, code, ask, { packages: ["express"], api: 401 });
}

function honoRoutes(t, code) {
  return strangers(t, code, "(path, init) => app.request(path, init)", { packages: ["hono"], api: 404 });
}

/** `kinde` with a note of what is read of the errors of `users.get`: as much as the example says of them. */
const WATCHED = `
  import { Kinde } from "kinde-edge";
  const real = new Kinde({ domain: process.env.KINDE_DOMAIN, accessToken: "${TOKEN}" });
  const id = "kp_1", seen = {};
  const note = (error, name) => (typeof name === "string" && (seen[name] = error[name]), error[name]);
  const kinde = { users: { get: (params) => real.users.get(params).catch((error) => { throw new Proxy(error, { get: note }); }) } };
`;

async function errors(t, code) {
  const refusals = {
    404: [{ code: "USER_NOT_FOUND", message: "No such user" }],
    403: [{ code: "ACCESS_DENIED", message: "No such scope" }],
  };
  const seen = {};
  for (const [status, list] of Object.entries(refusals)) {
    const kinde = await startKinde(t, { "GET /api/v1/user": { status: Number(status), body: { errors: list } } });
    const { stdout } = await runInNode(t, WATCHED + code + print("seen"), { env: kinde.env });
    seen[status] = JSON.parse(stdout);
    kinde.assertCalls(["GET /api/v1/user?id=kp_1"]);
  }
  assert.deepEqual(seen[404], { code: "not_found", status: 404, errors: refusals[404] });
  assert.deepEqual(seen[403], {
    code: "permission_denied",
    status: 403,
    errors: refusals[403],
    requiredScope: "read:users",
  });
  // What the comments promise: `error.status;  // 404`.
  const comment = (name) => new RegExp(`error\\.${name};\\s*// (.*)`).exec(code)?.[1];
  assert.ok(comment("code").startsWith(`"not_found", "permission_denied"`));
  assert.equal(comment("status"), "404");
  assert.ok(comment("requiredScope").startsWith(`"read:users"`));
}

async function slimInit(t, code) {
  const use = `\nconst business = await new Kinde({ domain: "acme.kinde.com", accessToken: "${TOKEN}" }).business.get();`;
  const kinde = await startKinde(t);
  const site = { folders: { "/": await buildSite(t, `${code}${use}\nglobalThis.business = business;`) } };
  const { see } = await openPage(t, { ...site, kinde });
  assert.deepEqual(await see(() => globalThis.business), kinde.answerTo("GET /api/v1/business"));
  kinde.assertCalls(["GET /api/v1/business"]);
}

async function slimInitSync(t, code) {
  const kinde = await startKinde(t);
  const handler = `
    export default {
      fetch: async (request, env) => Response.json(await Kinde.fromEnv(env).business.get()),
    };`;
  const worker = await startWorker(t, code + handler, kinde.env);
  const answer = await worker.dispatchFetch("http://worker/");
  assert.deepEqual(await answer.json(), kinde.answerTo("GET /api/v1/business"));
  kinde.assertCalls([TOKEN_CALL, "GET /api/v1/business"]);
}

test("the sentence of a wrong call is the one that is thrown", async (t) => {
  const program = `
    import { Kinde } from "kinde-edge";
    const kinde = new Kinde({ domain: "acme.kinde.com", accessToken: "${TOKEN}" });
    console.log(await kinde.users.get().catch((error) => error.message));`;
  const { stdout } = await runInNode(t, program);
  assert.ok(codeSpans(await read("pkg/guides/calls.md")).includes(stdout.trim()), stdout);
});

test("a Content Security Policy has to allow WebAssembly", async (t) => {
  const [, source] = /WebAssembly in a page needs `('[\w-]+')`/.exec(await read("pkg/guides/frameworks.md"));
  const code = `import { Kinde } from "kinde-edge"; globalThis.kinde = String(new Kinde({ domain: "acme.kinde.com" }).users.list.name);`;
  const page = async (sources) => {
    const policy = `<meta http-equiv="Content-Security-Policy" content="script-src ${sources}">`;
    const { see } = await openPage(t, {
      folders: { "/": await buildSite(t, code, HTML.replace("<body>", `${policy}<body>`)) },
    });
    return see(() => globalThis.kinde !== undefined);
  };
  assert.equal(await page(`'self' ${source}`), true);
  await assert.rejects(page("'self'"), /Content Security Policy/);
});

test("the package has its guides, and their links lead to files of the package", async (t) => {
  const installed = join(await makeProject(t), "node_modules/kinde-edge");
  for (const file of [...guideFiles, "pkg/README.md", "pkg/UPGRADING.md"]) {
    const path = join(installed, file.replace(/^pkg\//, ""));
    const text = await readFile(path, "utf8");
    assert.equal(text, await read(file));
    for (const link of links(text).filter((link) => !/^(https:|#)/.test(link))) {
      await access(join(dirname(path), link.split("#")[0]));
    }
  }
});

/** The dependency of a Rust program is this version. */
async function dependency(_, toml) {
  const version = /^version = "(.+)"$/m.exec(await read("Cargo.toml"))[1];
  assert.equal(toml, `[dependencies]\nkinde-edge = "${version.split(".").slice(0, 2).join(".")}"\n`);
}

/** `cargo test --doc` compiles it: the crate has the whole file among its documentation's examples. */
async function rustdoc() {
  assert.match(await read("src/lib.rs"), /#\[cfg\(doctest\)\]\n#\[doc = include_str!\("\.\.\/README\.md"\)\]\n/);
}
