// kinde-edge/next and kinde-edge/react in a Next.js program, built and started: a person signs in at local Kinde, is known to
// the proxy, to server components and to the page, and signs out. kinde-edge/react by itself, in jsdom.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { JSDOM } from "jsdom";

import { run } from "../../xtask/js/project.mjs";
import { start } from "../local/kinde.mjs";
import { cleanUp, shared } from "../support/cleanup.mjs";
import { freePort } from "../support/listen.mjs";
import { startProgram } from "../support/program.mjs";
import { besideTools, makeProject } from "../support/project.mjs";

const next = join(dirname(createRequire(import.meta.url).resolve("next/package.json")), "dist/bin/next");

const APP = {
  // Where its own packages are.
  "next.config.mjs": `export default {
    turbopack: { root: ${JSON.stringify(fileURLToPath(new URL("../../", import.meta.url)))} },
  };`,
  "auth.js": `
    import { Kinde } from "kinde-edge";
    import { nextAuth } from "kinde-edge/next";

    const { KINDE_DOMAIN: domain, KINDE_CLIENT_ID: clientId, KINDE_CLIENT_SECRET: clientSecret, APP_URL } = process.env;
    export const auth = nextAuth(
      () => new Kinde({ domain, clientId, clientSecret }).session({
        secret: "s".repeat(32),
        redirectUri: APP_URL + "/api/auth/callback",
      }),
      {
        publicPaths: ["/", "/blog/*"],
        deniedPath: "/denied",
        portal: async ({ accessToken }, { subnav }) => ({ url: domain + "/portal?" + [!!accessToken, subnav] }),
        onError: (error) => Response.json({ code: error.code }, { status: 400 }),
      },
    );`,
  "proxy.js": `
    import { auth } from "./auth.js";
    export const proxy = auth.proxy;`,
  "app/api/auth/[action]/route.js": `
    import { auth } from "../../../../auth.js";
    export const { GET, POST } = auth.handler;`,
  "app/layout.js": `
    import { AuthProvider } from "kinde-edge/react";
    export default function Layout({ children }) {
      return <html lang="en"><body><AuthProvider>{children}</AuthProvider></body></html>;
    }`,
  "app/page.js": `
    import { PortalLink, SignIn, SignOut, SignUp } from "kinde-edge/react";
    export default function Page() {
      return <p><SignIn returnTo="/orders" className="button" /><SignUp createOrg orgName="A &amp; B" planInterest="pro" /><SignOut>Bye</SignOut>
        <PortalLink subnav="plan_details" /></p>;
    }`,
  "app/blog/[name]/page.js": `
    import { auth } from "../../../auth.js";
    export default async function Page() {
      return <p>{JSON.stringify(await auth.getUser())}</p>;
    }`,
  "app/denied/page.js": `export default function Page() { return <p>Denied</p>; }`,
  "app/blogs/page.js": `export default function Page() { return <p>Private</p>; }`,
  "app/orders/page.js": `
    import { cookies } from "next/headers";
    import { auth } from "../../auth.js";
    export default async function Page() {
      const { email } = await auth.getUser();
      const { claims, accessToken } = await auth.getSession();
      const sent = (await cookies()).getAll().map(({ value }) => value).join("");
      return <p data-email={email} data-same={String(claims.email === email)} data-token={accessToken.length}
        data-cookies={sent} />;
    }`,
};

const QUIET = { CI: "true", NEXT_TELEMETRY_DISABLED: "1" };
const HTML = { accept: "text/html" };

/** The program built and started, and a local Kinde: `{ site, local }`. */
async function startApp(all, files, args = []) {
  // Its own `after` would be that of the hook.
  const local = await start({ after: (undo) => cleanUp(all, undo) });
  const folder = await makeProject(all, files, besideTools);
  // Without any of its variables: the session is made at the first request.
  await run(process.execPath, [next, "build", ...args], { cwd: folder, env: QUIET });
  const port = await freePort();
  const site = `http://localhost:${port}`;
  const { id, secret } = local.clients.web;
  const env = { KINDE_DOMAIN: local.origin, KINDE_CLIENT_ID: id, KINDE_CLIENT_SECRET: secret, APP_URL: site };
  await startProgram(all, process.execPath, [next, "start", "--hostname", "localhost", "--port", String(port)], {
    cwd: folder,
    env: { ...QUIET, ...env },
    ready: /Local:\s+(\S+)\s/,
  });
  return { site, local };
}

/** Sign in as a browser does, on the way to a path; resolves to the answer of the callback. */
async function signIn(browser, path, person = "full") {
  const lost = await browser(path, { headers: HTML });
  const authorize = new URL((await browser(lost.headers.get("location"))).headers.get("location"));
  authorize.searchParams.set("local_person", person);
  return browser((await fetch(authorize, { redirect: "manual" })).headers.get("location"));
}

describe("Next.js", () => {
  const all = shared();
  let site, local;
  before(async () => {
    ({ site, local } = await startApp(all, APP));
  });

  test("who is not signed in sees public paths, and is led to sign-in from others", async () => {
    const browser = browserOf(site);
    for (const path of ["/", "/blog/one", "/api/auth/me"]) assert.equal((await browser(path)).status, 200, path);
    assert.match(await (await browser("/blog/one")).text(), /<p>null<\/p>/);
    for (const [path, returnTo] of [
      ["/orders?page=2", "%2Forders%3Fpage%3D2"],
      ["/blogs", "%2Fblogs"],
    ]) {
      const answer = await browser(path, { headers: HTML });
      const { pathname, search } = new URL(answer.headers.get("location"), site);
      assert.deepEqual([answer.status, pathname + search], [302, `/api/auth/login?returnTo=${returnTo}`]);
    }
    const script = await browser("/orders");
    assert.deepEqual([script.status, await script.json()], [401, { error: "not signed in" }]);
    assert.deepEqual(await (await browser("/api/auth/me")).json(), { user: null });
    assert.equal((await browser("/api/auth/portal")).headers.get("location").split("?")[0], "/api/auth/login");
    assert.equal((await browser("/api/auth/nothing")).status, 404);
    assert.deepEqual(await (await browser("/api/auth/login?returnTo=https://evil.example/")).json(), {
      code: "invalid_request",
    });
  });

  test("who cancels at Kinde comes to a page that everybody sees", async () => {
    const browser = browserOf(site);
    const answer = await signIn(browser, "/orders", "nobody");
    assert.equal(answer.headers.get("location"), "/denied?error=access_denied&returnTo=%2Forders");
    const page = await browser(answer.headers.get("location"), { headers: HTML });
    assert.deepEqual([page.status, (await page.text()).includes("<p>Denied</p>")], [200, true]);
  });

  test("a person signs in, is known everywhere, switches the organization, signs out", async () => {
    const browser = browserOf(site);
    const home = await signIn(browser, "/orders?page=2");
    assert.deepEqual([home.status, home.headers.get("location")], [302, `${site}/orders?page=2`]);

    const { user } = await (await browser("/api/auth/me")).json();
    assert.match(user.email, /@/);
    const page = await (await browser("/orders", { headers: HTML })).text();
    assert.match(page, new RegExp(`data-email="${user.email}" data-same="true" data-token="[1-9]`));
    const portal = await browser("/api/auth/portal?subnav=plan_details");
    assert.deepEqual(
      [portal.status, portal.headers.get("location")],
      [302, `${local.origin}/portal?true,plan_details`],
    );
    const switched = new URL((await browser("/api/auth/login?org_code=org_1&scope=x")).headers.get("location"));
    assert.equal(switched.searchParams.get("org_code"), "org_1");
    assert.notEqual(switched.searchParams.get("scope"), "x");
    const register = new URL((await browser("/api/auth/register")).headers.get("location"));
    assert.equal(register.searchParams.get("prompt"), "create");

    assert.equal((await browser("/api/auth/logout")).status, 405);
    const foreign = { method: "POST", headers: { "sec-fetch-site": "cross-site" } };
    assert.equal((await browser("/api/auth/logout", foreign)).status, 403);
    const same = { method: "POST", headers: { "sec-fetch-site": "same-origin" } };
    assert.equal((await browser("/api/auth/logout", same)).status, 302);
    assert.equal((await browser("/orders", { headers: HTML })).status, 302);
  });

  test("the proxy renews the cookies once, for the browser and for the page", { timeout: 60_000 }, async () => {
    const lifetime = 5;
    await local.kinde.applications.tokens.update(local.clients.web.id, { access_token_lifetime: lifetime });
    const browser = browserOf(site);
    await signIn(browser, "/orders");
    const before = browser.values();
    const tokens = local.tokens();
    await new Promise((resolve) => setTimeout(resolve, lifetime * 1000));
    const page = await browser("/orders", { headers: HTML });
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("cache-control"), "private, no-store");
    assert.ok(page.headers.getSetCookie().length > 0, "no new cookies");
    assert.notEqual(browser.values(), before);
    const [, seen] = /data-cookies="([^"]*)"/.exec(await page.text());
    assert.equal(seen, browser.values(), "the page has the cookies from before");
    assert.equal(local.tokens(), tokens + 1);
    await local.kinde.applications.tokens.update(local.clients.web.id, { access_token_lifetime: 86_400 });
  });

  test("links and the button of kinde-edge/react", async () => {
    const page = await (await browserOf(site)("/")).text();
    const { document } = new JSDOM(page).window;
    const links = [...document.querySelectorAll("a")].map((a) => [a.getAttribute("href"), a.textContent, a.className]);
    assert.deepEqual(links, [
      ["/api/auth/login?returnTo=%2Forders", "Sign in", "button"],
      ["/api/auth/register?org_name=A+%26+B&is_create_org=true&plan_interest=pro", "Sign up", ""],
      ["/api/auth/portal?subnav=plan_details", "Account", ""],
    ]);
    const form = document.querySelector("form");
    assert.deepEqual([form.method, form.getAttribute("action"), form.textContent], ["post", "/api/auth/logout", "Bye"]);
  });
});

test("Next.js with webpack, a basePath and a middleware in the edge runtime", { timeout: 400_000 }, async (t) => {
  const { "proxy.js": _, ...files } = APP;
  const { site } = await startApp(
    t,
    {
      ...files,
      "next.config.mjs": `export default { basePath: "/app" };`,
      "middleware.js": APP["proxy.js"].replace("proxy = auth.proxy", "middleware = auth.proxy"),
      "auth.js": APP["auth.js"]
        .replace('"/api/auth/callback"', '"/app/api/auth/callback"')
        .replace("publicPaths:", 'path: "/app/api/auth", publicPaths:'),
    },
    ["--webpack"],
  );
  const browser = browserOf(site);
  // Paths that are public have no basePath, as in Next.js's own matcher.
  for (const path of ["/app", "/app/blog/one", "/app/api/auth/me"])
    assert.equal((await browser(path)).status, 200, path);
  assert.equal((await browser("/app/orders")).status, 401);
  assert.equal((await signIn(browser, "/app/orders")).headers.get("location"), `${site}/app/orders`);
  assert.match(await (await browser("/app/orders", { headers: HTML })).text(), /data-same="true"/);
  const same = { method: "POST", headers: { "sec-fetch-site": "same-origin" } };
  assert.equal((await browser("/app/api/auth/logout", same)).status, 302);
  assert.equal((await browser("/app/orders")).status, 401);
});

/** React and kinde-edge/react, once they are loaded. */
let react;
/** What `useUser` gave last. */
const seen = {};

/** A component that shows it. */
function Shown() {
  Object.assign(seen, react.useUser());
  return react.createElement("b", null, seen.isLoading ? "…" : (seen.user?.email ?? "nobody"));
}

describe("kinde-edge/react", () => {
  const ADA = { id: "kp_1", email: "ada@example.com" };
  let dom, server, client;
  before(async () => {
    const { window } = new JSDOM("<!doctype html><main></main>", { url: "https://app.example/" });
    dom = window;
    const { document, navigator } = window;
    // Defined, because Node's own navigator cannot be assigned to.
    for (const [name, value] of Object.entries({ window, document, navigator, IS_REACT_ACT_ENVIRONMENT: true }))
      Object.defineProperty(globalThis, name, { value, configurable: true });
    // Beside the tools, where React is, and is one.
    const files = {
      "all.mjs": `
        export * from "kinde-edge/react";
        export { act, createElement } from "react";
        export * as server from "react-dom/server";
        export * as client from "react-dom/client";`,
    };
    const folder = await makeProject({ after }, files, besideTools);
    react = await import(pathToFileURL(join(folder, "all.mjs")).href);
    ({ server, client } = react);
  });

  const app = (props) => react.createElement(react.AuthProvider, props, react.createElement(Shown));

  test("on the server: what is known, and otherwise that it is not known yet", () => {
    assert.equal(server.renderToString(app({ user: ADA })), "<b>ada@example.com</b>");
    assert.equal(server.renderToString(app({ user: null })), "<b>nobody</b>");
    assert.equal(server.renderToString(app({})), "<b>…</b>");
  });

  test("in a page: asks once, again when it is told to, and keeps what it knows if that fails", async (t) => {
    const answers = [
      () => Response.json({ user: ADA }),
      () => new Response(null, { status: 503 }),
      () => Response.json({ user: null }),
    ];
    const asked = t.mock.method(globalThis, "fetch", async () => answers.shift()());
    const root = client.createRoot(dom.document.querySelector("main"));
    t.after(() => react.act(() => root.unmount()));
    const shown = () => dom.document.querySelector("b").textContent;
    await react.act(() => root.render(app({ path: "/auth" })));
    assert.deepEqual([shown(), asked.mock.calls.map(({ arguments: [url] }) => url)], ["ada@example.com", ["/auth/me"]]);
    await react.act(() => seen.refresh());
    assert.deepEqual([shown(), seen.error.message], ["ada@example.com", "/auth/me answered 503"]);
    await react.act(() => seen.refresh());
    assert.deepEqual([shown(), seen.error, asked.mock.callCount()], ["nobody", undefined, 3]);
    // What the server says anew replaces it, and asks nothing.
    await react.act(() => root.render(app({ path: "/auth", user: ADA })));
    assert.deepEqual([shown(), asked.mock.callCount()], ["ada@example.com", 3]);
  });

  test("without a provider useUser says so", () => {
    assert.throws(() => server.renderToString(react.createElement(Shown)), /no <AuthProvider> around this component/);
  });
});

/** What a browser does: it keeps cookies, and follows nothing by itself. */
function browserOf(here) {
  const cookies = new Map();
  const browser = async (path, { headers = {}, ...init } = {}) => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const all = { ...(cookie && { cookie }), ...headers };
    const response = await fetch(new URL(path, here), { redirect: "manual", headers: all, ...init });
    for (const line of response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) cookies.set(key, value);
      else cookies.delete(key);
    }
    return response;
  };
  return Object.assign(browser, { values: () => [...cookies.values()].join("") });
}
