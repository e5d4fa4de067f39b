// Sessions in cookies: what a browser is given, what comes of what it brings back, and when the tokens
// in it are renewed.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { DOMAIN, rejection } from "../lib/double.mjs";
import { hostile } from "../lib/hostile.mjs";
import { APP, CALLBACK, CLIENT, issuer, tokens } from "../lib/signin.mjs";

export const cases = () => [
  ...beginnings,
  ...ends,
  ...foreign,
  ...pieces,
  ...renewals,
  ...repeated,
  ...signOuts,
  ...options,
  ...real,
];

const SECRET = "a secret of at least thirty-two characters";
const OTHER = "another secret, which is as long as that";
const COOKIE = "__Host-kinde";
const SIGN_IN = /^__Host-kinde\.sign-in\.[0-4]$/;
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=";

/** A refresh token that no other case has. */
const fresh = () => crypto.randomUUID();

/** Sets the clock forward while something runs. */
async function later(seconds, run) {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  try {
    return await run();
  } finally {
    Date.now = now;
  }
}

/** What a browser does with cookies, as far as they are for one origin. */
class Browser {
  cookies = new Map();

  take({ headers }) {
    for (const line of headers.getSetCookie()) {
      const [, name, value, age] = /^([^=]+)=([^;]*);.*Max-Age=(\d+)$/.exec(line);
      this.cookies.delete(name);
      if (age !== "0") this.cookies.set(name, value);
    }
    return headers.get("location");
  }

  request(path = "/") {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    return new Request(new URL(path, APP), { headers: cookie ? { cookie } : {} });
  }
}

/**
 * An application with sessions, a browser, and a stand-in for Kinde. `claims` go into the id tokens,
 * `answer` makes the answer to a refresh.
 */
function open(sdk, { claims, more, answer, session: sessionOptions, ...clientOptions } = {}) {
  const browser = new Browser();
  /** The nonce of each sign-in, by its code. */
  const nonces = new Map();
  const { kinde, forms } = issuer(sdk, {
    maxRetries: 0,
    answer: (form) =>
      form.grant_type === "refresh_token"
        ? answer(form)
        : tokens({ nonce: nonces.get(form.code), ...claims }, { refresh_token: fresh(), ...more }),
    ...clientOptions,
  });
  const session = kinde.session({ secret: SECRET, redirectUri: CALLBACK, ...sessionOptions });
  /** Begins a sign-in; gives the address that the browser comes back to. */
  async function begin(params) {
    const url = new URL(browser.take(await session.signIn(browser.request(), params)));
    const [state, nonce] = ["state", "nonce"].map((name) => url.searchParams.get(name));
    nonces.set(`code-of-${state}`, nonce);
    return `${CALLBACK}?code=code-of-${state}&state=${state}`;
  }
  return {
    kinde,
    session,
    browser,
    nonces,
    forms,
    /** The refreshes that were asked for. */
    refreshes: () => forms().filter((form) => form.grant_type === "refresh_token"),
    begin,
    async signIn(params) {
      const back = await begin(params);
      return browser.take(await session.callback(browser.request(back)));
    },
    get: () => session.get(browser.request()),
  };
}

const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What a function throws or its promise rejects with. */
const refusal = (sdk, run) => rejection(sdk, (async () => run())());

const beginnings = [
  {
    name: "a sign-in begins with a redirect and a cookie",
    async run({ sdk }) {
      const { session, browser } = open(sdk);
      const response = await session.signIn(browser.request(), { org_code: "org_1", prompt: "create" });
      deepEqual([response.status, response.headers.get("cache-control")], [302, "no-store"], "response");
      const { origin, pathname, searchParams } = new URL(response.headers.get("location"));
      equal(origin + pathname, `${DOMAIN}/oauth2/auth`, "address");
      const { state, nonce, code_challenge, ...rest } = Object.fromEntries(searchParams);
      deepEqual(
        rest,
        {
          response_type: "code",
          client_id: CLIENT.clientId,
          redirect_uri: CALLBACK,
          scope: "openid profile email offline",
          org_code: "org_1",
          prompt: "create",
          code_challenge_method: "S256",
        },
        "query",
      );
      const [line, ...lines] = response.headers.getSetCookie();
      equal(lines.length, 0, "more cookies");
      const [, name, value, attributes] = /^([^=]+)=([^;]+); (.*)$/.exec(line);
      match(name, SIGN_IN, "name");
      equal(attributes, `${ATTRIBUTES}600`, "attributes");
      match(value, /^[A-Za-z0-9_-]+$/, "value");
      for (const secret of [state, nonce, code_challenge]) ok(!value.includes(secret), "the cookie can be read");
    },
  },
  {
    name: "two sign-ins in one browser do not disturb each other",
    async run({ sdk }) {
      const { session, browser, begin } = open(sdk);
      const backs = [await begin({ returnTo: "/one" }), await begin({ returnTo: "/two" })];
      equal(browser.cookies.size, 2, "cookies");
      const locations = [];
      for (const back of backs) locations.push(browser.take(await session.callback(browser.request(back))));
      deepEqual(locations, [`${APP}/one`, `${APP}/two`], "locations");
    },
  },
  {
    name: "of many sign-ins in one browser, the five newest can end",
    async run({ sdk }) {
      const { browser, begin, session } = open(sdk);
      const backs = [];
      for (let tabs = 0; tabs < 8; tabs++) backs.push(await begin());
      equal(browser.cookies.size, 5, "cookies");
      equal(
        (await refusal(sdk, () => session.callback(browser.request(backs[2])))).errors[0].code,
        "sign_in_not_found",
        "the third",
      );
      equal(browser.take(await session.callback(browser.request(backs[7]))), `${APP}/`, "the last");
    },
  },
  ...[
    ["short addresses", () => "/a"],
    ["long addresses", () => `/${"a".repeat(1_900)}`],
    ["addresses of any length", (n) => `/${"a".repeat(n * 48)}`],
  ].map(([what, returnTo]) => ({
    name: `forty sign-ins that begin at once, at ${what}, leave room in the headers, and the last can end`,
    async run({ sdk }) {
      const { browser, nonces, session } = open(sdk);
      const before = browser.request();
      const begun = await Promise.all(
        Array.from({ length: 40 }, (_, n) => session.signIn(before.clone(), { returnTo: returnTo(n) })),
      );
      let url;
      for (const response of begun) url = new URL(browser.take(response));
      ok(browser.cookies.size <= 5, `${browser.cookies.size} cookies`);
      const { length } = browser.request().headers.get("cookie");
      ok(length <= 6_000, `${length} bytes of cookies`);
      const state = url.searchParams.get("state");
      nonces.set("forty", url.searchParams.get("nonce"));
      const back = `${CALLBACK}?code=forty&state=${state}`;
      equal(browser.take(await session.callback(browser.request(back))), APP + returnTo(39), "location");
    },
  })),
  {
    name: "one sign-in in the place of another is another",
    async run({ sdk }) {
      const { browser, session, begin } = open(sdk);
      const back = new URL(await begin(), APP);
      const state = back.searchParams.get("state");
      // As if one that began at the same time had taken its cookie.
      back.searchParams.set("state", `${state.slice(0, 1)}${"x".repeat(state.length - 1)}`);
      const error = await refusal(sdk, () => session.callback(browser.request(back.href)));
      deepEqual([error.code, error.errors[0].code], ["authentication", "sign_in_not_found"], "error");
    },
  },
  {
    name: "a session asks for audiences, one or more, unless a sign-in does",
    async run({ sdk }) {
      const audiences = async (option, params) => {
        const { session, browser } = open(sdk, { session: option });
        const response = await session.signIn(browser.request(), params);
        return new URL(response.headers.get("location")).searchParams.getAll("audience");
      };
      deepEqual(await audiences({ audience: "https://a" }), ["https://a"], "one");
      deepEqual(await audiences({ audience: ["https://a", "https://b?c&d"] }), ["https://a", "https://b?c&d"], "two");
      deepEqual(await audiences({ audience: ["https://a"] }, { audience: ["https://c"] }), ["https://c"], "its own");
      deepEqual(await audiences({}, { audience: ["https://c", "https://d"] }), ["https://c", "https://d"], "its own");
      deepEqual(await audiences({}, {}), [], "none");
      for (const audience of [[], [""], ["a", 5], [null]]) {
        const error = await refusal(sdk, () => audiences({ audience }));
        equal(error.code, "configuration", "code");
        match(error.message, /^session: audience: expected a string that is not empty, or an array/, "message");
        const ofParams = await refusal(sdk, () => audiences({}, { audience }));
        deepEqual(
          [ofParams.code, ofParams.message],
          [
            "invalid_request",
            'oauth.authorizationUrl: parameter "audience": expected a string that is not empty, or an array of such ' +
              "strings, got an array",
          ],
          "error of a sign-in",
        );
      }
    },
  },
  ...["redirect_uri", "state", "nonce", "client_id", "code_challenge", "request_uri"].map((name) => ({
    name: `signIn refuses a ${name} of one's own`,
    async run({ sdk }) {
      const { session, browser } = open(sdk);
      equal(
        (await refusal(sdk, () => session.signIn(browser.request(), { [name]: "x" }))).code,
        "invalid_request",
        "code",
      );
    },
  })),
  ...[
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "evil",
    "./a",
    " /a",
    "",
    "?a",
    5,
    {},
  ]
    .concat(["javascript:alert(1)", "/\n/evil.example", "///evil.example", "http://app.example/", "/\\\\evil.example"])
    .map((returnTo) => ({
      name: `signIn refuses to return to ${JSON.stringify(returnTo).slice(0, 30)}`,
      async run({ sdk }) {
        const { session, browser } = open(sdk);
        const error = await refusal(sdk, () => session.signIn(browser.request(), { returnTo }));
        equal(error.code, "invalid_request", "code");
        match(error.message, /returnTo/, "message");
      },
    })),
];

/** What a browser keeps of a cookie, in bytes of name and value, and Node of the headers of a request. */
const [KEPT, TAKEN] = [4_096, 16_384];

const ends = [
  ...[`/${"a".repeat(2_100)}`, `/${"ä".repeat(500)}`, `/?q=${"\\".repeat(1_500)}`, `/${"a".repeat(70_000)}`].map(
    (returnTo) => ({
      name: `a sign-in that began at ${returnTo.slice(0, 6)}…, of ${returnTo.length} letters, leads to the default`,
      async run({ sdk }) {
        equal(await open(sdk, { session: { returnTo: "/home" } }).signIn({ returnTo }), `${APP}/home`, "location");
      },
    }),
  ),
  {
    name: "a sign-in leads back to a long address, in a cookie that browsers keep",
    async run({ sdk }) {
      const { begin, browser, session } = open(sdk);
      const returnTo = `/search?q=${"a".repeat(2_000)}`;
      const back = await begin({ returnTo });
      const [[name, value]] = browser.cookies;
      ok(name.length + value.length <= KEPT, `${name.length + value.length} bytes`);
      equal(browser.take(await session.callback(browser.request(back))), APP + returnTo, "location");
    },
  },
  {
    name: "sign-ins at long addresses leave room for a session: Node takes the cookies of both",
    async run({ sdk }) {
      const app = open(sdk, { claims: long(8_000) });
      await app.signIn();
      equal(app.browser.cookies.size, 3, "cookies of the session");
      let back;
      for (const length of [2_000, 900, 900, 900, 100]) back = await app.begin({ returnTo: `/${"a".repeat(length)}` });
      const { length } = app.browser.request().headers.get("cookie");
      ok(length < TAKEN - 1_000, `${length} bytes of cookies`);
      equal(
        app.browser.take(await app.session.callback(app.browser.request(back))),
        `${APP}/${"a".repeat(100)}`,
        "location",
      );
    },
  },
  ...Object.entries({
    "/": "/",
    "/a?b=c#d": "/a?b=c#d",
    "/a/../b": "/b",
    "/ä ö": "/%C3%A4%20%C3%B6",
    // Still here, and not at the host `evil.example`.
    "/.//evil.example": "//evil.example",
    "/@evil.example": "/@evil.example",
  }).map(([returnTo, path]) => ({
    name: `a sign-in leads back to ${returnTo}`,
    async run({ sdk }) {
      const location = await open(sdk).signIn({ returnTo });
      equal(location, APP + path, "location");
      equal(new URL(location).origin, APP, "origin");
    },
  })),
  {
    name: "a sign-in leads to where the session says if it does not say itself",
    async run({ sdk }) {
      equal(await open(sdk, { session: { returnTo: "/home" } }).signIn(), `${APP}/home`, "location");
    },
  },
  {
    name: "a sign-in ends with the cookie of the session",
    async run({ sdk }) {
      const { session, browser, begin, get, forms } = open(sdk, { claims: { org_code: "org_1" } });
      equal(await get(), undefined, "before");
      const back = await begin();
      const response = await session.callback(browser.request(back));
      deepEqual([response.status, response.headers.get("cache-control")], [302, "no-store"], "response");
      const [line, removal, ...lines] = response.headers.getSetCookie();
      equal(lines.length, 0, "more cookies");
      match(line, /^__Host-kinde=[A-Za-z0-9_-]+; /, "cookie");
      ok(line.endsWith(`; ${ATTRIBUTES}604800`), line);
      const [, name, attributes] = /^([^=]+)=; (.*)$/.exec(removal);
      match(name, SIGN_IN, "removed cookie");
      equal(attributes, `${ATTRIBUTES}0`, "attributes of the removal");

      browser.take(response);
      deepEqual([...browser.cookies.keys()], [COOKIE], "cookies");
      const { claims, accessToken, headers, ...rest } = await get();
      deepEqual(
        [claims.sub, claims.org_code, accessToken, [...headers], rest],
        ["kp_ada", "org_1", "an-access-token", [], {}],
        "user",
      );
      deepEqual(
        [forms().length, forms()[0].code, forms()[0].redirect_uri],
        [1, new URL(back).searchParams.get("code"), CALLBACK],
        "token request",
      );
    },
  },
  {
    name: "a callback that no sign-in belongs to",
    async run({ sdk }) {
      const { session, browser, begin, forms } = open(sdk);
      const back = await begin();
      const elsewhere = new Browser();
      for (const [who, address] of [
        [elsewhere, back],
        [browser, `${CALLBACK}?code=c&state=other-state`],
        [browser, `${CALLBACK}?code=c&state=`],
        [browser, `${CALLBACK}?code=c`],
        [browser, `${back}&state=a`],
        [browser, CALLBACK],
      ]) {
        const error = await refusal(sdk, () => session.callback(who.request(address)));
        deepEqual([error.code, error.errors[0].code], ["authentication", "sign_in_not_found"], address);
      }
      // The beginning of the state is in the name of the cookie, and no more.
      const error = await refusal(sdk, () => session.callback(browser.request(`${back.slice(0, -1)}~`)));
      equal(error.errors[0].code, "sign_in_not_found", "another state that begins like it");
      equal(forms().length, 0, "token requests");
    },
  },
  {
    name: "a sign-in that took too long",
    async run({ sdk }) {
      const { session, browser, begin } = open(sdk);
      const back = await begin();
      const error = await later(601, () => refusal(sdk, () => session.callback(browser.request(back))));
      equal(error.errors[0].code, "sign_in_not_found", "code");
    },
  },
  {
    name: "a sign-in that was refused",
    async run({ sdk }) {
      const { session, browser, begin } = open(sdk);
      const back = (await begin()).replace(/code=[^&]+/, "error=access_denied");
      const error = await refusal(sdk, () => session.callback(browser.request(back)));
      deepEqual([error.code, error.errors], ["authentication", [{ code: "access_denied", message: "" }]], "error");
    },
  },
];

/** A browser that is signed in, with another cookie in the place of its own. */
async function withCookie(sdk, change, options) {
  const app = open(sdk, options);
  await app.signIn();
  const value = app.browser.cookies.get(COOKIE);
  app.browser.cookies.set(COOKIE, await change(value, app));
  return app;
}

const foreign = [
  ...Object.entries({
    "is empty": () => "",
    "is short": () => "abc",
    "is its key's name": (value) => value.slice(0, 4),
    "lacks its end": (value) => value.slice(0, -1),
    "has more": (value) => `${value}A`,
    "is padded": (value) => `${value}=`,
    "is there twice": (value) => value + value,
    "is of another alphabet": (value) => value.replace(/_|-/, "+"),
    "is no base64url": () => "!".repeat(100),
    "is not ASCII": () => "\u00e9".repeat(100),
    "is huge": () => "A".repeat(60_000),
    "is that of a sign-in": async (_, { browser, begin }) => {
      await begin();
      return [...browser.cookies].find(([name]) => SIGN_IN.test(name))[1];
    },
  }).map(([name, change]) => ({
    name: `a cookie that ${name}`,
    async run({ sdk }) {
      const { get, forms } = await withCookie(sdk, change);
      equal(await get(), undefined, "user");
      equal(forms().length, 1, "token requests");
    },
  })),
  {
    name: "a cookie with any letter changed",
    async run({ sdk }) {
      const app = open(sdk);
      await app.signIn();
      const value = app.browser.cookies.get(COOKIE);
      for (let at = 0; at < value.length; at += 7) {
        const other = value[at] === "A" ? "B" : "A";
        app.browser.cookies.set(COOKIE, value.slice(0, at) + other + value.slice(at + 1));
        equal(await app.get(), undefined, `letter ${at}`);
      }
      app.browser.cookies.set(COOKIE, value);
      equal((await app.get()).claims.sub, "kp_ada", "the cookie as it was");
    },
  },
  ...Object.entries({
    "another secret": { session: { secret: OTHER } },
    "another domain": { domain: "https://other.kinde.com" },
    "another application": { clientId: "other" },
  }).map(([name, other]) => ({
    name: `a cookie of ${name}`,
    async run({ sdk }) {
      const { browser } = await withCookie(sdk, (value) => value);
      equal(await open(sdk, other).session.get(browser.request()), undefined, "user");
      equal((await open(sdk).session.get(browser.request())).claims.sub, "kp_ada", "the same application");
    },
  })),
  {
    name: "a cookie of another name",
    async run({ sdk }) {
      const one = open(sdk, { session: { cookie: "one" } });
      await one.signIn();
      const [[name, value]] = one.browser.cookies;
      equal(name, "__Host-one", "name");
      one.browser.cookies.set(COOKIE, value);
      equal((await one.get()).claims.sub, "kp_ada", "under its own name");
      equal(await open(sdk).session.get(one.browser.request()), undefined, "under another one");
    },
  },
  {
    name: "the cookie of a session in the place of that of a sign-in",
    async run({ sdk }) {
      const { session, browser, begin, signIn } = open(sdk);
      await signIn();
      const back = await begin();
      const name = [...browser.cookies.keys()].find((name) => SIGN_IN.test(name));
      browser.cookies.set(name, browser.cookies.get(COOKIE));
      const error = await refusal(sdk, () => session.callback(browser.request(back)));
      equal(error.errors[0].code, "sign_in_not_found", "code");
    },
  },
  {
    name: "secrets can be replaced",
    async run({ sdk }) {
      const answer = () => tokens({}, { access_token: "renewed" });
      const { browser, signIn } = open(sdk, { session: { secret: [OTHER] } });
      await signIn();
      const { session } = open(sdk, { session: { secret: [SECRET, OTHER] }, answer });
      equal((await session.get(browser.request())).claims.sub, "kp_ada", "with the old one behind the new one");
      browser.take(await later(3550, () => session.get(browser.request())));
      equal((await open(sdk).session.get(browser.request())).accessToken, "renewed", "renewed, with the new one alone");
      equal(
        await open(sdk, { session: { secret: OTHER } }).session.get(browser.request()),
        undefined,
        "with the old one alone",
      );
    },
  },
  {
    name: "a session ends",
    async run({ sdk }) {
      const more = { expires_in: 10_000_000 };
      const app = await withCookie(sdk, (value) => value, { more });
      equal((await later(604_799, app.get)).claims.sub, "kp_ada", "a second before");
      equal(await later(604_801, app.get), undefined, "a second after");
      const { session } = open(sdk, { session: { maxAge: 60 } });
      equal(await later(61, () => session.get(app.browser.request())), undefined, "by a session that is shorter now");
      equal(await later(-120, app.get), undefined, "before it began");
    },
  },
];

/** Claims that nothing can make shorter. */
const long = (length) => ({ long: Array.from({ length }, (_, index) => "abcdefghij"[(index * 7) % 10]).join("") });

const pieces = [
  {
    name: "a session that is too long for a cookie has several",
    async run({ sdk }) {
      const { browser, signIn, get, session } = open(sdk, { claims: long(9_000), session: { maxCookies: 4 } });
      await signIn();
      deepEqual(
        [...browser.cookies.keys()],
        [0, 1, 2, 3].map((index) => `${COOKIE}.${index}`),
        "cookies",
      );
      for (const [name, value] of browser.cookies) ok(name.length + value.length + ATTRIBUTES.length < 4_000, "length");
      equal((await get()).claims.long.length, 9_000, "claim");
      const last = browser.cookies.get(`${COOKIE}.3`);
      browser.cookies.delete(`${COOKIE}.3`);
      equal(await get(), undefined, "without the last one");
      browser.cookies.set(`${COOKIE}.3`, last);
      browser.take(await session.signOut(browser.request()));
      equal(browser.cookies.size, 0, "cookies after the sign-out");
    },
  },
  {
    name: "a shorter session removes the pieces of a longer one, and the other way round",
    async run({ sdk }) {
      const [longer, shorter] = [open(sdk, { claims: long(9_000), session: { maxCookies: 10 } }), open(sdk)];
      shorter.browser.cookies = longer.browser.cookies;
      for (const [app, cookies] of [
        [longer, 4],
        [shorter, 1],
        [longer, 4],
      ]) {
        await app.signIn();
        equal(app.browser.cookies.size, cookies, "cookies");
        equal((await app.get()).claims.sub, "kp_ada", "sub");
      }
    },
  },
  {
    name: "a session that servers may not take is an error, which says what they must take",
    async run({ sdk }) {
      for (const [length, session, told] of [
        [
          9_000,
          {},
          /they take 4 \((\d+) bytes\), and 3 may be\. .*maxCookies to 4 .*headers of (\d+) bytes; Node .*--max-http-header-size/,
        ],
        [
          14_000,
          { maxCookies: 4 },
          /they take 6 \((\d+) bytes\), and 4 may be\. .*maxCookies to 6 .*headers of (\d+) bytes/,
        ],
        [
          40_000,
          { maxCookies: 10 },
          /they take \d\d \(\d+ bytes\), and 10 may be\. Make them shorter: with fewer claims/,
        ],
      ]) {
        const app = open(sdk, { claims: long(length), session });
        const error = await refusal(sdk, app.signIn);
        equal(error.code, "configuration", "code");
        match(error.message, told, "message");
        const [, bytes, headers] = told.exec(error.message).map(Number);
        if (headers) equal(headers, bytes + 8_192, "headers");
        ok(![...app.browser.cookies.keys()].some((name) => !SIGN_IN.test(name)), "a cookie");
      }
    },
  },
];

const renewed = (more) => tokens({ name: "Ada L." }, { access_token: "renewed", refresh_token: fresh(), ...more });

const renewals = [
  {
    name: "tokens are renewed a minute before they expire",
    async run({ sdk }) {
      const app = open(sdk, { answer: () => renewed(), more: { refresh_token: "the-old-one-of-this-case" } });
      await app.signIn();
      equal((await later(3530, app.get)).accessToken, "an-access-token", "70 seconds before");
      equal(app.refreshes().length, 0, "refreshes before");
      const user = await later(3550, app.get);
      deepEqual([user.accessToken, user.claims.name], ["renewed", "Ada L."], "user");
      deepEqual(
        app.refreshes(),
        [
          {
            grant_type: "refresh_token",
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            refresh_token: "the-old-one-of-this-case",
          },
        ],
        "refreshes",
      );
      const [line, ...lines] = user.headers.getSetCookie();
      deepEqual([lines.length, line.slice(line.indexOf("Path"))], [0, `${ATTRIBUTES}${604_800 - 3550}`], "cookie");
      app.browser.take(user);
      const next = await later(3560, app.get);
      deepEqual([next.accessToken, [...next.headers], app.refreshes().length], ["renewed", [], 1], "the next request");
    },
  },
  ...[
    ["rotates", () => fresh()],
    ["does not rotate", () => "one-that-stays-for-refreshes"],
  ].map(([how, next]) => ({
    name: `refresh renews at once, as often as it is asked, from an old cookie too; the service ${how} refresh tokens`,
    async run({ sdk }) {
      let count = 0;
      const answer = () => renewed({ access_token: `renewed-${++count}`, refresh_token: next() });
      const app = open(sdk, { answer, more: { refresh_token: next() } });
      await app.signIn();
      const old = app.browser.request();
      const refresh = (request) => app.session.refresh(request);
      const first = await refresh(old);
      deepEqual([first.accessToken, first.claims.name], ["renewed-1", "Ada L."], "the first");
      equal(first.headers.getSetCookie().length, 1, "cookies");
      equal((await refresh(old)).accessToken, "renewed-2", "from the cookie of before");
      app.browser.take(first);
      equal((await refresh(app.browser.request())).accessToken, "renewed-3", "from the cookie of between");
      const request = app.browser.request();
      const users = await Promise.all(Array.from({ length: 5 }, () => refresh(request)));
      deepEqual(new Set(users.map(({ accessToken }) => accessToken)), new Set(["renewed-4"]), "at once");
      app.browser.take(users[0]);
      equal((await app.get()).accessToken, "renewed-4", "the next request");
      equal(app.refreshes().length, 4, "refreshes");
    },
  })),
  {
    name: "refresh waits for new tokens, though others are content with the old ones meanwhile",
    async run({ sdk }) {
      const app = open(sdk, { answer: async () => (await soon(100), renewed()) });
      await app.signIn();
      const refresh = () => app.session.refresh(app.browser.request());
      const users = await later(3550, async () => {
        const refreshed = [refresh(), refresh()];
        await soon(30);
        return Promise.all([...refreshed, app.get()]);
      });
      deepEqual(
        users.map(({ accessToken }) => accessToken),
        ["renewed", "renewed", "an-access-token"],
        "access tokens",
      );
      equal(app.refreshes().length, 1, "refreshes");
    },
  },
  {
    name: "refresh fails if there are no new tokens, and the session stays",
    async run({ sdk }) {
      let answers = [() => new Response(null, { status: 503 })];
      const app = open(sdk, { answer: () => answers.pop()() });
      await app.signIn();
      const error = await refusal(sdk, () => app.session.refresh(app.browser.request()));
      deepEqual([error.code, error.status], ["authentication", 503], "error");
      equal((await app.get()).accessToken, "an-access-token", "user");
      answers = [() => renewed()];
      equal((await app.session.refresh(app.browser.request())).accessToken, "renewed", "later");
      answers = [() => Response.json({ error: "invalid_grant" }, { status: 400 })];
      equal(await app.session.refresh(app.browser.request()), undefined, "a user who is no more");
      equal(await app.session.refresh(new Request(APP)), undefined, "nobody");
    },
  },
  {
    name: "refresh without a refresh token says what the session lacks",
    async run({ sdk }) {
      const app = open(sdk, { more: { refresh_token: undefined } });
      await app.signIn();
      const error = await refusal(sdk, () => app.session.refresh(app.browser.request()));
      deepEqual(
        [error.code, error.message],
        ["configuration", 'session.refresh: the session has no refresh token: "offline" is not in its scope'],
        "error",
      );
    },
  },
  {
    name: "completeSignIn gives who signed in, beside the redirect of callback",
    async run({ sdk }) {
      const app = open(sdk, { more: { refresh_token: fresh() } });
      const back = await app.begin({ returnTo: "/welcome" });
      const { response, claims, accessToken, ...rest } = await app.session.completeSignIn(app.browser.request(back));
      deepEqual([claims.sub, accessToken, rest], ["kp_ada", "an-access-token", {}], "user");
      equal(app.browser.take(response), `${APP}/welcome`, "location");
      equal((await app.get()).claims.sub, "kp_ada", "the next request");
    },
  },
  {
    name: "tokens with a short life are renewed in its last tenth",
    async run({ sdk }) {
      const app = open(sdk, { answer: () => renewed(), more: { expires_in: 20 } });
      await app.signIn();
      equal((await later(17, app.get)).accessToken, "an-access-token", "before");
      equal((await later(18.5, app.get)).accessToken, "renewed", "after");
    },
  },
  {
    name: "an answer with nothing new but the access token",
    async run({ sdk }) {
      const answer = () => ({ access_token: "renewed", token_type: "bearer", expires_in: 3600 });
      const app = open(sdk, { answer, more: { refresh_token: "one-that-stays" } });
      await app.signIn();
      for (const seconds of [3550, 7150]) {
        const user = await later(seconds, app.get);
        deepEqual([user.accessToken, user.claims.name], ["renewed", "Ada"], "user");
        app.browser.take(user);
      }
      deepEqual(
        app.refreshes().map(({ refresh_token }) => refresh_token),
        ["one-that-stays", "one-that-stays"],
        "refreshes",
      );
    },
  },
  {
    name: "requests that come at once renew the tokens once",
    async run({ sdk }) {
      const answer = async () => (await soon(50), renewed());
      const app = open(sdk, { answer });
      await app.signIn();
      const expired = () => Promise.all(Array.from({ length: 10 }, app.get));
      const users = await later(4000, expired);
      for (const user of users) {
        equal(user.accessToken, "renewed", "access token");
        const browser = new Browser();
        browser.take(user);
        equal((await app.session.get(browser.request())).accessToken, "renewed", "with the new cookie");
      }
      equal(app.refreshes().length, 1, "refreshes");
      // One more that left the browser before it had the new cookie.
      equal((await later(4010, app.get)).accessToken, "renewed", "a late request");
      equal(app.refreshes().length, 1, "refreshes in the end");
    },
  },
  {
    name: "one request renews while the others use what is still good",
    async run({ sdk }) {
      const answer = async () => (await soon(50), renewed());
      const app = open(sdk, { answer });
      await app.signIn();
      const users = await later(3550, () => Promise.all(Array.from({ length: 5 }, app.get)));
      deepEqual(
        users.map(({ accessToken }) => accessToken).sort(),
        [...Array(4).fill("an-access-token"), "renewed"],
        "access tokens",
      );
      equal(app.refreshes().length, 1, "refreshes");
    },
  },
  {
    name: "a refresh token that is refused ends the session",
    async run({ sdk }) {
      const app = open(sdk, { answer: () => Response.json({ error: "invalid_grant" }, { status: 400 }) });
      await app.signIn();
      for (let requests = 0; requests < 3; requests++) equal(await later(3550, app.get), undefined, "user");
      equal(app.refreshes().length, 1, "refreshes");
    },
  },
  ...Object.entries({
    "a server that fails": [() => new Response(null, { status: 503 }), "authentication"],
    "a server that is busy": [
      () => new Response(null, { status: 429, headers: { "retry-after": "0" } }),
      "authentication",
    ],
    "no connection": [() => Promise.reject(new TypeError("offline")), "connection"],
    "another error": [() => Response.json({ error: "invalid_client" }, { status: 401 }), "authentication"],
    "an answer without a token": [() => ({}), "authentication"],
    "an id token about somebody else": [() => tokens({ sub: "kp_eve" }), "invalid_token"],
  }).map(([name, [answer, code]]) => ({
    name: `${name} ends no session before its time`,
    async run({ sdk }) {
      const app = open(sdk, { answer });
      await app.signIn();
      for (let requests = 0; requests < 3; requests++) {
        const user = await later(3550, app.get);
        deepEqual([user.accessToken, [...user.headers]], ["an-access-token", []], "user");
      }
      // It is not tried again with each request.
      equal(app.refreshes().length, 1, "refreshes");
      equal((await later(3601, () => refusal(sdk, app.get))).code, code, "code after the end");
    },
  })),
  {
    name: "those who wait for a renewal fail with it",
    async run({ sdk }) {
      const answer = async () => (await soon(50), new Response(null, { status: 503 }));
      const app = open(sdk, { answer });
      await app.signIn();
      const errors = await later(4000, () => Promise.all(Array.from({ length: 5 }, () => refusal(sdk, app.get))));
      deepEqual(
        errors.map(({ status }) => status),
        Array(5).fill(503),
        "status",
      );
      equal(app.refreshes().length, 1, "refreshes");
      // It is tried again.
      equal((await later(4000, () => refusal(sdk, app.get))).status, 503, "status");
      equal(app.refreshes().length, 2, "refreshes in the end");
    },
  },
  {
    name: "a renewal that nobody answers holds the others up for ten seconds",
    async run({ sdk }) {
      let asked = 0;
      const app = open(sdk, { answer: () => (asked++ ? renewed() : new Promise(() => {})) });
      await app.signIn();
      const { now } = Date;
      let ahead = 4_000_000;
      Date.now = () => now() + ahead;
      try {
        app.get().catch(() => {});
        while (asked < 1) await soon(5);
        ahead += 9_000;
        const waiting = app.get();
        await soon(50);
        equal(asked, 1, "refreshes after 9 seconds");
        ahead += 2_000;
        equal((await waiting).accessToken, "renewed", "access token");
        equal(asked, 2, "refreshes after 11 seconds");
      } finally {
        Date.now = now;
      }
    },
  },
  {
    name: "without a refresh token a session ends with the access token",
    async run({ sdk }) {
      const app = open(sdk, { more: { refresh_token: undefined }, session: { scope: "openid" } });
      await app.signIn();
      equal((await later(3599, app.get)).accessToken, "an-access-token", "before");
      equal(await later(3601, app.get), undefined, "after");
      equal(app.refreshes().length, 0, "refreshes");
    },
  },
];

const repeated = [
  {
    name: "refresh tokens that are refused are not sent again for ten minutes",
    async run({ sdk }) {
      const refuse = () => Response.json({ error: "invalid_grant" }, { status: 400 });
      const app = open(sdk, { answer: refuse });
      await app.signIn();
      for (const seconds of [4_000, 4_030, 4_070, 4_300, 4_580])
        equal(await later(seconds, app.get), undefined, "user");
      equal(app.refreshes().length, 1, "refreshes");
      equal(await later(4_620, app.get), undefined, "user after ten minutes");
      equal(app.refreshes().length, 2, "refreshes after ten minutes");
    },
  },
  {
    name: "refresh tokens that were replaced are not sent again for ten minutes",
    async run({ sdk }) {
      const app = open(sdk, { answer: () => renewed() });
      await app.signIn();
      equal((await later(4_000, app.get)).accessToken, "renewed", "access token");
      for (const seconds of [4_070, 4_300, 4_580]) equal(await later(seconds, app.get), undefined, "user");
      equal(app.refreshes().length, 1, "refreshes");
    },
  },
  {
    name: "one refresh token of two tenants, or of two applications, is two",
    async run({ sdk }) {
      const refresh_token = fresh();
      const apps = [
        [{}, "kp_ada"],
        [{ domain: "https://other.kinde.com", claims: { iss: "https://other.kinde.com", sub: "kp_eve" } }, "kp_eve"],
        [{ clientId: "other", claims: { aud: "other", sub: "kp_bob" } }, "kp_bob"],
      ].map(([options, sub]) => {
        const answer = () => renewed({ id_token: undefined, access_token: sub });
        return { sub, app: open(sdk, { ...options, more: { refresh_token }, answer }) };
      });
      for (const { app, sub } of apps) {
        await app.signIn();
        const user = await later(4_000, app.get);
        deepEqual([user.claims.sub, user.accessToken], [sub, sub], "user");
      }
    },
  },
];

/** Runs while a session of a browser is being renewed: the answer comes when it is let go. */
async function renewing(sdk, run) {
  let go;
  const gate = new Promise((resolve) => (go = resolve));
  const app = open(sdk, { answer: async () => (await gate, renewed()) });
  await app.signIn();
  await later(3_550, async () => {
    const underWay = app.get();
    while (app.refreshes().length === 0) await soon(5);
    await run({ ...app, old: app.browser.request(), go: () => (go(), underWay) });
  });
}

const signOuts = [
  {
    name: "a sign-out wins against a renewal under way",
    run: ({ sdk }) =>
      renewing(sdk, async ({ session, browser, old, go }) => {
        browser.take(await session.signOut(old));
        equal(browser.cookies.size, 0, "cookies after the sign-out");
        equal(await session.get(old), undefined, "the user of a request with the old cookie, before the answer");
        equal(await go(), undefined, "the user of the request that was under way");
        equal(await session.get(old), undefined, "the user of a request with the old cookie, after it");
      }),
  },
  {
    name: "a sign-out wins against a renewal whose answer is on its way",
    async run({ sdk }) {
      const app = open(sdk, { answer: () => renewed() });
      await app.signIn();
      const { session, browser } = app;
      await later(3_550, async () => {
        const answer = await app.get();
        browser.take(await session.signOut(browser.request()));
        browser.take(answer);
        equal(browser.cookies.size, 1, "cookies");
        equal(await app.get(), undefined, "user");
        await app.signIn();
        equal((await app.get()).claims.sub, "kp_ada", "user after another sign-in");
      });
    },
  },
  {
    name: "a sign-in wins against a renewal of the session before it",
    run: ({ sdk }) =>
      renewing(sdk, async ({ session, browser, signIn, old, go }) => {
        await signIn();
        const cookie = browser.cookies.get(COOKIE);
        const user = await go();
        deepEqual([user.accessToken, [...user.headers]], ["renewed", []], "the user of the request that was under way");
        browser.take(user);
        equal(browser.cookies.get(COOKIE), cookie, "cookie");
        equal((await session.get(old)).accessToken, "an-access-token", "with the old cookie, as long as its token");
        equal(await later(60, () => session.get(old)), undefined, "with the old cookie, later");
        await session.signOut(old);
        equal(await session.get(old), undefined, "with the old cookie, after a sign-out");
      }),
  },
  {
    name: "a sign-out removes the cookies and goes on to the service",
    async run({ sdk }) {
      const { session, browser, begin, signIn } = open(sdk);
      await signIn();
      await begin();
      browser.cookies.set("other", "1");
      const response = await session.signOut(browser.request());
      deepEqual([response.status, response.headers.get("cache-control")], [302, "no-store"], "response");
      equal(browser.take(response), `${DOMAIN}/logout?redirect=${encodeURIComponent(`${APP}/`)}`, "location");
      deepEqual([...browser.cookies.keys()], ["other"], "cookies");
    },
  },
  {
    name: "a sign-out leads back to where it is told",
    async run({ sdk }) {
      const { session, browser } = open(sdk, { session: { postLogoutRedirectUri: `${APP}/bye` } });
      const to = async (params) =>
        new URL((await session.signOut(browser.request(), params)).headers.get("location")).search;
      equal(await to(), "?redirect=https%3A%2F%2Fapp.example%2Fbye", "by the session");
      equal(
        await to({ redirect: `${APP}/x`, state: "s" }),
        "?redirect=https%3A%2F%2Fapp.example%2Fx&state=s",
        "by itself",
      );
      equal(
        (await refusal(sdk, () => session.signOut(browser.request(), { redirect: "/x" }))).code,
        "invalid_request",
        "a path",
      );
    },
  },
];

const options = [
  ...Object.entries({
    nothing: undefined,
    "no secret": { redirectUri: CALLBACK },
    "a short secret": { secret: "x".repeat(31), redirectUri: CALLBACK },
    "no secret in the list": { secret: [], redirectUri: CALLBACK },
    "a short secret behind a long one": { secret: [SECRET, "short"], redirectUri: CALLBACK },
    "a secret that is none": { secret: new Uint8Array(32), redirectUri: CALLBACK },
    "no address": { secret: SECRET },
    "a path for an address": { secret: SECRET, redirectUri: "/callback" },
    "an address with a fragment": { secret: SECRET, redirectUri: `${CALLBACK}#a` },
    "an address of no server": { secret: SECRET, redirectUri: "myapp://callback" },
    "a cookie with a semicolon": { secret: SECRET, redirectUri: CALLBACK, cookie: "a;b" },
    "a cookie with a dot": { secret: SECRET, redirectUri: CALLBACK, cookie: "a.0" },
    "a cookie with a name that browsers drop": { secret: SECRET, redirectUri: CALLBACK, cookie: "a".repeat(65) },
    "an address where browsers keep no cookie": { secret: SECRET, redirectUri: "http://app.example/callback" },
    "an address that begins like localhost": { secret: SECRET, redirectUri: "http://localhost.example/callback" },
    "no cookies": { secret: SECRET, redirectUri: CALLBACK, maxCookies: 0 },
    "eleven cookies": { secret: SECRET, redirectUri: CALLBACK, maxCookies: 11 },
    "half a cookie": { secret: SECRET, redirectUri: CALLBACK, maxCookies: 1.5 },
    "a way back that is too long": { secret: SECRET, redirectUri: CALLBACK, returnTo: `/${"a".repeat(2_100)}` },
    "an age of zero": { secret: SECRET, redirectUri: CALLBACK, maxAge: 0 },
    "an age that is a string": { secret: SECRET, redirectUri: CALLBACK, maxAge: "60" },
    "an age without end": { secret: SECRET, redirectUri: CALLBACK, maxAge: Infinity },
    "a way out of the application": { secret: SECRET, redirectUri: CALLBACK, returnTo: "//evil.example" },
    "a relative address after the sign-out": { secret: SECRET, redirectUri: CALLBACK, postLogoutRedirectUri: "/" },
    "an option that there is none of": { secret: SECRET, redirectUri: CALLBACK, maxage: 5 },
    "an age from a variable that is not set": { secret: SECRET, redirectUri: CALLBACK, maxAge: undefined },
    "a scope from a variable that is not set": { secret: SECRET, redirectUri: CALLBACK, scope: undefined },
    "an age that is inherited": Object.create({ secret: SECRET, redirectUri: CALLBACK, maxAge: 0 }),
    "a misspelt option that is inherited": Object.create({ secret: SECRET, redirectUri: CALLBACK, maxage: 5 }),
  }).map(([name, given]) => ({
    name: `a session with ${name}`,
    async run({ sdk }) {
      const error = await refusal(sdk, () => issuer(sdk).kinde.session(given));
      equal(error.code, "configuration", "code");
      match(error.message, /^session: /, "message");
      for (const secret of [SECRET, "short"]) ok(!error.message.includes(secret), "the message holds the secret");
    },
  })),
  ...["http://localhost:3000", "http://app.localhost", "http://127.0.0.1:8787", "http://[::1]:3000"].map((origin) => ({
    name: `a session at ${origin}, whose cookies browsers keep`,
    async run({ sdk }) {
      const session = issuer(sdk).kinde.session({ secret: SECRET, redirectUri: `${origin}/callback` });
      equal((await session.signIn(new Request(origin))).status, 302, "status");
    },
  })),
  ...[
    // A browser gives a cookie to the host alone that it came from.
    ["http://127.0.0.1:3000/login", "http://localhost:3000/cb", {}, /at 127\.0\.0\.1, and redirectUri is at localhost/],
    ["http://192.168.1.5:3000/", "http://localhost:3000/cb", {}, /at 192\.168\.1\.5, and redirectUri is at localhost/],
    ["https://www.app.example/", "https://app.example/cb", {}, /application at https:\/\/app\.example, or let/],
    // It keeps none of these without https.
    ["http://app.example/", "https://app.example/cb", {}, /at http:\/\/app\.example: browsers keep/],
    ["https://app.example/", "https://app.example/cb", { "x-forwarded-proto": "http" }, /X-Forwarded-Proto$/],
    // What browsers bring back, as far as anybody can tell.
    ["http://localhost:3000/login", "http://localhost:8080/cb"],
    ["https://app.example/", "https://app.example/cb"],
    ["http://app.example/", "https://app.example/cb", { "x-forwarded-proto": "https, http" }],
    ["http://10.0.0.7:8080/", "https://app.example/cb", { host: "app.example", "x-forwarded-proto": "https" }],
    ["https://inner/", "https://app.example/cb", { "x-forwarded-host": "app.example:443, inner" }],
  ].map(([from, redirectUri, headers = {}, warning]) => ({
    name: `a sign-in from ${from} to ${redirectUri} with ${JSON.stringify(headers)}: ${warning ? "a" : "no"} warning`,
    async run({ sdk }) {
      const request = { url: from, headers: new Headers() };
      // Those that a page may not set.
      request.headers.get = (name) => headers[name] ?? null;
      const options = { secret: SECRET, redirectUri };
      const told = [];
      const silent = () => {};
      const logger = { debug: silent, info: silent, warn: (...line) => told.push(line), error: silent };
      const begin = async (more) => {
        const response = await issuer(sdk, more).kinde.session(options).signIn(request);
        equal(response.status, 302, "status");
      };
      await begin({ logger });
      equal(told.length, warning ? 1 : 0, "lines");
      if (!warning) return;
      const [[line, event]] = told;
      match(line, /^kinde-edge: session\.signIn: this sign-in begins at /, "line");
      match(line, warning, "line");
      deepEqual([event.name, event.domain], ["session.signIn", DOMAIN], "event");
      await begin({ logger, logLevel: "error" });
      equal(told.length, 1, "lines of errors alone");
      await begin({
        logger: {
          ...logger,
          warn: () => {
            throw new Error("no");
          },
        },
      });
      // Who has no logger is told all the same.
      const { warn } = console;
      console.warn = (line) => told.push([line]);
      try {
        await begin({});
      } finally {
        console.warn = warn;
      }
      deepEqual(told[1], [line], "line on the console");
    },
  })),
  {
    name: "a session of a client without an id",
    async run({ sdk }) {
      const kinde = new sdk.Kinde({ domain: DOMAIN });
      equal(
        (await refusal(sdk, () => kinde.session({ secret: SECRET, redirectUri: CALLBACK }))).code,
        "configuration",
        "code",
      );
    },
  },
  {
    name: "a session shows nothing of its secrets",
    async run({ sdk, inspect = JSON.stringify }) {
      const { session, signIn } = open(sdk);
      await signIn();
      ok(!inspect(session).includes(SECRET), "the secret is in it");
      equal(session.constructor.name, "Session", "name");
    },
  },
  {
    name: "values that no caller should give",
    async run({ sdk }) {
      const { kinde, session, browser } = open(sdk);
      for (const [name, make] of Object.entries(hostile)) {
        for (const [method, run] of Object.entries({
          options: () => kinde.session(make()),
          secret: () => kinde.session({ secret: make(), redirectUri: CALLBACK }),
          redirectUri: () => kinde.session({ secret: SECRET, redirectUri: make() }),
          signIn: () => session.signIn(browser.request(), make()),
          returnTo: () => session.signIn(browser.request(), { returnTo: make() }),
          signOut: () => session.signOut(browser.request(), make()),
          ...Object.fromEntries(
            ["signIn", "callback", "get", "signOut"].flatMap((step) => [
              [`${step}, request`, () => session[step](make())],
              [`${step}, headers`, () => session[step]({ url: CALLBACK, headers: make() })],
              [`${step}, cookie`, () => session[step]({ url: CALLBACK, headers: { get: () => make() } })],
              [`${step}, url`, () => session[step]({ url: make(), headers: new Headers() })],
            ]),
          ),
        })) {
          try {
            await run();
          } catch (error) {
            ok(error instanceof sdk.KindeError, `${method} with ${name}: ${error?.stack ?? String(error)}`);
          }
        }
      }
    },
  },
];

const real = [
  {
    name: "provider: a session from the sign-in to the end of its tokens",
    async run({ sdk, provider }) {
      const kinde = new sdk.Kinde({ domain: provider, clientId: "hasty", clientSecret: "another secret" });
      const session = kinde.session({ secret: SECRET, redirectUri: CALLBACK });
      const browser = new Browser();
      const url = browser.take(await session.signIn(browser.request(), { returnTo: "/a" }));
      const back = await (
        await fetch(`${provider}/~sign-in`, { method: "POST", body: JSON.stringify({ url }) })
      ).text();
      equal(browser.take(await session.callback(browser.request(back))), `${APP}/a`, "location");
      const first = await session.get(browser.request());
      equal(first.claims.name, "Ada", "name");

      const old = browser.request();
      // Its clock and that of the provider go on alike: the tokens live for 4 seconds.
      await soon(4_100);
      const second = await session.get(browser.request());
      equal(second.claims.name, "Ada", "name after a while");
      ok(second.accessToken !== first.accessToken, "a new access token");
      browser.take(second);
      const asUser = new sdk.Kinde({ domain: provider, accessToken: second.accessToken });
      equal((await asUser.oauth.userProfile()).sub, "ada", "sub");
      equal((await session.get(old)).accessToken, second.accessToken, "with the old cookie");
    },
  },
];
