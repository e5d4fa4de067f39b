// Calls leave nothing behind in WebAssembly: neither memory, which can never be given back, nor
// entries in the table of JavaScript values.

import assert from "node:assert/strict";
import { test } from "node:test";

import { clientOn } from "../lib/double.mjs";
import { isSet, PACKAGE, project } from "../lib/hosts.mjs";
import { makeIssuer, part } from "../lib/issuer.mjs";
import { load } from "../lib/instance.mjs";
import { mixture } from "../lib/mixture.mjs";
import { sizes } from "../lib/sizes.mjs";

const WARM_UP = 2_000;
const CALLS = 20_000;
const AT_ONCE = 50;

const code = (error) => error.code;
const soon = () => new Promise((resolve) => setTimeout(resolve));
const token = (url) => Response.json(url.endsWith("/token") ? { access_token: "t", expires_in: 60 } : {});
const offline = () => Promise.reject(new TypeError("offline"));
const refusal = () => Response.json({ errors: [{ code: "NO", message: "no" }] }, { status: 400 });
/** As fetch does it: nothing comes until the signal says that nothing will. */
const hang = (_, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** What is called: a function from the package to one that makes a call. */
const kinds = {
  "calls that succeed": (sdk) => {
    const { kinde } = quiet(sdk, {}, () => Response.json({ users: [] }));
    return () => kinde.users.list({ page_size: 5, user_id: ["a", "b"] });
  },
  "calls with a body": (sdk) => {
    const { kinde } = quiet(sdk);
    return () => kinde.users.update("a", { given_name: "x".repeat(1000) });
  },
  uploads: (sdk) => {
    const { kinde } = quiet(sdk);
    const logo = new Uint8Array(1000);
    return () => kinde.environment.logos.set("dark", { logo });
  },
  "calls with a token function": (sdk) => {
    const { kinde } = quiet(sdk, { accessToken: async () => "t" });
    return () => kinde.business.get();
  },
  "calls with a signal": (sdk) => {
    const { kinde } = quiet(sdk);
    return () => kinde.business.get({ signal: new AbortController().signal });
  },
  "calls that the service refuses": (sdk) => {
    const { kinde } = quiet(sdk, {}, refusal);
    return () => kinde.business.get().catch(code);
  },
  "calls that a proxy answers with a page": (sdk) => {
    const { kinde } = quiet(sdk, {}, () => new Response("<html>", { status: 502 }));
    return () => kinde.business.get().catch(code);
  },
  "tokens that are good": async (sdk) => {
    const issuer = await makeIssuer(sdk);
    const token = await issuer.sign();
    return () => issuer.kinde.tokens.verify(token, { audience: "the-api" });
  },
  "tokens that are not": async (sdk) => {
    const issuer = await makeIssuer(sdk);
    const [header, claims, signature] = (await issuer.sign()).split(".");
    const none = part({ alg: "none" });
    const all = [
      undefined,
      "abc",
      `${part("{")}.${claims}.`,
      `${header}.${part("{")}.`,
      `${none}.${claims}.`,
      `${header}.${claims}.`,
      `${header}.${none}.${signature}`,
    ];
    let calls = 0;
    return () => issuer.kinde.tokens.verify(all[calls++ % all.length]).catch(code);
  },
  "requests that are guarded": async (sdk) => {
    const issuer = await makeIssuer(sdk);
    const guard = issuer.kinde.guard({ permissions: ["a"] });
    const headers = [null, "Basic a", "Bearer a b", `Bearer ${await issuer.sign()}`];
    let calls = 0;
    return () => guard.check({ headers: { get: () => headers[calls++ % headers.length] } });
  },
  "sign-ins that begin": (sdk) => {
    const paths = ["/a", "//evil.example", "//[", "a", 5];
    let calls = 0;
    return () =>
      withSession(sdk)
        .session.signIn(request(), { returnTo: paths[calls++ % paths.length] })
        .catch(code);
  },
  "callbacks of no sign-in": (sdk) => {
    const { kinde, session } = withSession(sdk);
    const exchange = { redirect_uri: CALLBACK, state: "s", nonce: "n", code_verifier: "v" };
    const urls = ["http://[", "?state=s&error=e", "?state=s", "?state=other", undefined];
    let calls = 0;
    return async () => {
      const url = urls[calls++ % urls.length];
      await kinde.oauth.exchangeCode({ ...exchange, url }).catch(code);
      await session.callback(request()).catch(code);
    };
  },
  "requests with a session, without one, and with what is none": async (sdk) => {
    const { session, cookie } = await signedIn(sdk);
    const cookies = [cookie, undefined, "__Host-kinde=", "__Host-kinde=abc", `${cookie.slice(0, -2)}AA`, `${cookie}=`];
    let calls = 0;
    return () => session.get(request(cookies[calls++ % cookies.length]));
  },
  "calls that are wrong": (sdk) => {
    const { kinde } = quiet(sdk);
    return () => kinde.users.get(5).catch(code);
  },
  "calls with values that throw": (sdk) => {
    const { kinde } = quiet(sdk);
    const params = new Proxy(
      {},
      {
        get: () => {
          throw new Error("hostile");
        },
      },
    );
    return () => kinde.users.list(params).catch(code);
  },
  "calls that get no answer": (sdk) => {
    const { kinde } = quiet(sdk, {}, offline);
    return () => kinde.business.get().catch(code);
  },
  "calls that are tried again": (sdk) => {
    let calls = 0;
    const busy = () => new Response("busy", { status: 503, headers: { "retry-after": "0" } });
    const { kinde } = quiet(sdk, { maxRetries: 100 }, () => (++calls % 2 ? busy() : Response.json({})));
    return () => kinde.business.get();
  },
  "lists of two pages": (sdk) => {
    const next = (url) => (url.includes("next_token") ? null : "cursor");
    const { kinde } = quiet(sdk, {}, (url) => Response.json({ users: [1], next_token: next(url) }));
    return async () => {
      for await (const user of kinde.users.list()) assert.equal(user, 1);
    };
  },
  "calls that are aborted": (sdk) => {
    const { kinde } = quiet(sdk, {}, hang);
    return async () => {
      const controller = new AbortController();
      const call = kinde.business.get({ signal: controller.signal }).catch(code);
      await soon();
      controller.abort("enough");
      return call;
    };
  },
  "calls that come too late": (sdk) => {
    const { kinde } = quiet(sdk, { timeout: 1 }, hang);
    return () => kinde.business.get().catch(code);
  },
  "clients that make one call": (sdk) => () =>
    quiet(sdk, { clientId: "one", clientSecret: "a secret" }, token).kinde.business.get(),
  "clients with credentials of their own": (sdk) => () =>
    quiet(sdk, { clientId: crypto.randomUUID(), clientSecret: "a secret" }, token).kinde.business.get(),
  "clients that cannot be made": (sdk) => async () => assert.throws(() => new sdk.Kinde({ domain: "" })),
};

const CALLBACK = "https://app.example/callback";
const request = (cookie) => ({ url: `${CALLBACK}?state=12345678`, headers: new Headers(cookie ? { cookie } : {}) });

/** A client that users sign in to, and sessions of it. */
function withSession(sdk, more) {
  const kinde = quiet(sdk, { clientId: "id", clientSecret: "a secret", ...more }).kinde;
  return { kinde, session: kinde.session({ secret: "s".repeat(32), redirectUri: CALLBACK }) };
}

/** The same, with the cookie of somebody who is signed in. */
async function signedIn(sdk) {
  const issuer = await makeIssuer(sdk);
  let id_token;
  const keys = issuer.serve;
  issuer.serve = (url) =>
    url.endsWith("/token")
      ? Response.json({ access_token: "t", token_type: "bearer", expires_in: 3600, id_token })
      : keys();
  const kinde = issuer.client({ clientId: "id", clientSecret: "a secret" });
  const session = kinde.session({ secret: "s".repeat(32), redirectUri: CALLBACK });
  const cookieOf = ({ headers }) => headers.getSetCookie()[0].split(";")[0];
  const begun = await session.signIn(request());
  const [state, nonce] = ["state", "nonce"].map((name) =>
    new URL(begun.headers.get("location")).searchParams.get(name),
  );
  id_token = await issuer.sign({ ...issuer.claims(), aud: "id", nonce });
  const ended = await session.callback({
    url: `${CALLBACK}?code=c&state=${state}`,
    headers: new Headers({ cookie: cookieOf(begun) }),
  });
  return { session, cookie: cookieOf(ended) };
}

/** A client on a double that does not remember. */
function quiet(sdk, options, answer = () => Response.json({})) {
  return clientOn(sdk, { fetch: async (url, init) => answer(url, init), ...options });
}

if (isSet(PACKAGE)) {
  const folder = await project();
  for (const [kind, prepare] of Object.entries(kinds)) {
    test(`${CALLS} ${kind} leave nothing behind`, { timeout: 120_000 }, async () => {
      // What another kind has needed and given back must not hide what this one keeps.
      const { instance, sdk } = load(folder);
      const call = await prepare(sdk);
      await repeat(WARM_UP, call);
      const before = sizes(instance);
      await repeat(CALLS - WARM_UP, call);
      assert.deepEqual(sizes(instance), before);
    });
  }

  test("100000 calls of every kind leave nothing behind", { timeout: 300_000 }, async (t) => {
    const { instance, sdk } = load(folder);
    const { make, asked } = mixture(sdk);
    // What so many at once need is enough for half as many.
    await make(10_000, 200);
    const before = sizes(instance);
    await make(90_000, 100);
    t.diagnostic(
      `WebAssembly: ${JSON.stringify(before)}, then ${JSON.stringify(sizes(instance))}; ${asked()} token requests`,
    );
    assert.deepEqual(sizes(instance), before);
  });

  test("what grows is noticed", () => {
    const { instance } = load(folder);
    const before = sizes(instance);
    const memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
    memory.grow(1);
    assert.notDeepEqual(sizes(instance), before);
  });
}

async function repeat(times, call) {
  for (let made = 0; made < times; made += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, call));
  }
}
