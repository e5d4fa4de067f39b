// No secret and no token in an error, nor in what a client shows of itself.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";

/** With characters that forms and JSON write in another way. */
const SECRET = `sec"ret&+/=é\\-0123456789`;
const TOKEN = "eyJhbGciOi.tok-en.0123456789~+/==";

/** What a header can hold of the secret. */
const SECRET_OF_HEADER = `sec"ret&+/=\\-0123456789`;

const hex = (char, digits) => char.charCodeAt(0).toString(16).padStart(digits, "0");
const byChar = (spell) => (text) => text.replace(/[^a-z0-9]/gi, spell);
const ESCAPES = {
  "JSON's escapes": byChar((char) => `\\u${hex(char, 4)}`),
  "JSON's escapes, all of it": (text) => text.replace(/./g, (char) => `\\u${hex(char, 4).toUpperCase()}`),
  "escapes that are escaped": byChar((char) => `\\\\u${hex(char, 4)}`),
  "an escaped slash": (text) => text.replaceAll("/", "\\/"),
  "a page's numbers": byChar((char) => `&#${char.charCodeAt(0)};`),
  "a page's hexadecimal numbers": byChar((char) => `&#x${hex(char, 1)};`),
  "an address's escapes": byChar((char) => `%${hex(char, 2)}`),
  "an address's escapes, twice": byChar((char) => `%25${hex(char, 2)}`),
};

export const cases = () => [...errors(), ...kept, ...messages, ...clients];

/** Ways to fail, each with a client that knows the secret, the token or both. */
function errors() {
  const refuse = (status, body) => () =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  const byToken = (name, answer, call) => [`with a token: ${name}`, { accessToken: TOKEN }, answer, call];
  const bySecret = (name, tokens, answer = () => Response.json({})) => [
    `with a secret: ${name}`,
    { clientId: "an-id", clientSecret: SECRET },
    (url, init) => (url.endsWith("/oauth2/token") ? tokens(init) : answer(init)),
  ];
  const token = () => Response.json({ access_token: TOKEN, expires_in: 3600 });
  const ways = [
    byToken("not authenticated", refuse(401, "")),
    byToken("forbidden", refuse(403, { errors: [{ code: "NO", message: "no" }] })),
    byToken("not JSON", refuse(200, "<html>")),
    byToken("no connection", () => Promise.reject(new TypeError("fetch failed"))),
    byToken("too late", () => new Promise(() => {})),
    byToken("a wrong call", undefined, (kinde) => kinde.users.get()),
    byToken("a wrong header", undefined, (kinde) => kinde.business.get({ headers: { "x-a": `${TOKEN}\n` } })),
    byToken("a token in place of an object", undefined, (kinde) => kinde.users.list(TOKEN)),
    byToken("a token in place of a number", undefined, (kinde) => kinde.users.list({ page_size: TOKEN })),
    byToken("a token in place of a choice", undefined, (kinde) => kinde.environment.logos.delete(TOKEN)),
    byToken("a token in place of an operation", undefined, (kinde) => kinde.call(TOKEN)),
    byToken("a token in place of a path", undefined, (kinde) => kinde.request("GET", TOKEN)),
    byToken("a token in place of a method", undefined, (kinde) => kinde.request(TOKEN, "/")),
    byToken("a service that echoes the header", (_, { headers }) =>
      Response.json({ errors: [{ code: "BAD", message: `cannot use ${headers.authorization}` }] }, { status: 400 }),
    ),
    byToken(
      "a success that is no JSON and echoes the header",
      (_, { headers }) =>
        new Response(`<pre>authorization: ${headers.authorization}`, { headers: { "content-type": "text/html" } }),
    ),
    byToken(
      "headers that echo it",
      (_, { headers }) =>
        new Response("{}", { status: 403, headers: { "x-authorization": headers.authorization, location: TOKEN } }),
    ),
    byToken("headers of a double that echo it", (_, { headers }) => ({
      status: 403,
      headers: { get: () => headers.authorization },
      text: async () => "{}",
    })),
    byToken(
      "headers without an answer that echo it",
      (_, { headers }) => new Response(null, { status: 400, headers: { "x-authorization": headers.authorization } }),
    ),
    ...Object.entries(ESCAPES).flatMap(([way, spell]) => [
      byToken(
        `an answer that echoes the header with ${way}`,
        () => new Response(`{"message":"bad token ${spell(TOKEN)}"}`, { status: 400 }),
      ),
      byToken(
        `an answer that breaks off and echoes the header with ${way}`,
        () => new Response(`{"message":"bad token ${spell(TOKEN)}`, { status: 500 }),
      ),
    ]),
    byToken("JSON in JSON with escapes", () => {
      const inner = `{"token":"${ESCAPES["JSON's escapes"](TOKEN)}"}`;
      return Response.json({ errors: [{ code: "BAD", message: inner }], [inner]: [inner] }, { status: 400 });
    }),
    byToken(
      "a header of the call's own that is echoed",
      (_, { headers }) => new Response(`no such key: ${headers["x-api-key"]}`, { status: 401 }),
      (kinde) => kinde.business.get({ headers: { "x-api-key": SECRET_OF_HEADER } }),
    ),
    byToken(
      "a query that is echoed",
      (url) => new Response(`cannot GET ${url}`, { status: 404 }),
      (kinde) => kinde.request("GET", "/api/v1/something", { query: { api_key: SECRET } }),
    ),
    ...["introspect", "revoke"].flatMap((name) => [
      byToken(
        `${name} that echoes the form`,
        (_, { body }) => Response.json({ error: "invalid_request", error_description: body }, { status: 400 }),
        (kinde) => kinde.oauth[name]({ token: TOKEN, client_id: "id", client_secret: SECRET }),
      ),
      byToken(
        `${name} that echoes the fields`,
        (_, { body }) => {
          const fields = Object.fromEntries(new URLSearchParams(body));
          return Response.json({ error: "x", error_description: JSON.stringify(fields), fields }, { status: 400 });
        },
        (kinde) => kinde.oauth[name]({ token: TOKEN, client_id: "id", client_secret: SECRET }),
      ),
      byToken(
        `${name} that succeeds with a page`,
        (_, { body }) => new Response(`<p>${decodeURIComponent(body)}`),
        (kinde) => kinde.oauth[name]({ token: TOKEN, client_id: "id", client_secret: SECRET }),
      ),
    ]),
    byToken(
      "a body that is echoed, deep in it",
      (_, { body }) => new Response(body, { status: 400 }),
      (kinde) => kinde.request("POST", "/api/v1/something", { body: { a: [{ clientSecret: { value: SECRET } }] } }),
    ),
    byToken(
      "a page that echoes the header",
      (_, { headers }) => new Response(`<p>${headers.authorization}`, { status: 502 }),
    ),
    bySecret("not authenticated", token, refuse(401, "")),
    bySecret("not JSON", token, refuse(200, "<html>")),
    bySecret("no token", refuse(401, { error: "invalid_client", error_description: "no" })),
    bySecret("no connection", () => Promise.reject(new TypeError("fetch failed"))),
    bySecret("a token endpoint that echoes the secret", () =>
      Response.json({ error: "invalid_client", error_description: `not the secret: ${SECRET}` }, { status: 401 }),
    ),
    bySecret(
      "a token endpoint that echoes the form",
      ({ body }) => new Response(`bad request: ${body}`, { status: 400 }),
    ),
    bySecret("a token endpoint that echoes the fields", ({ body }) =>
      Response.json(Object.fromEntries(new URLSearchParams(body)), { status: 400 }),
    ),
    bySecret("a token that breaks off", () => new Response(`{"access_token":"${TOKEN}","expires_in":36`)),
    bySecret("a token that is none", () => Response.json({ access_token: `${TOKEN}\n` })),
    bySecret("a token endpoint that breaks off", () => {
      const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("terminated")) });
      return new Response(body);
    }),
  ];
  return [
    ...ways.map(([name, credentials, answer, call = (kinde) => kinde.business.get()]) => ({
      name,
      async run(host) {
        // Each way has a client id of its own, so that none finds the token of another.
        if (credentials.clientId) credentials = { ...credentials, clientId: crypto.randomUUID() };
        const { kinde } = clientOn(host.sdk, { timeout: 100, ...credentials }, answer);
        checkSafe(host, await rejection(host.sdk, call(kinde)));
      },
    })),
    ...[
      { domain: `https://${SECRET}.kinde.com/x` },
      { domain: "acme.kinde.com", clientSecret: SECRET },
      { domain: "acme.kinde.com", clientId: "id", clientSecret: SECRET, accessToken: TOKEN },
      { domain: "acme.kinde.com", clientId: "id", clientSecret: SECRET, timeout: TOKEN },
      { domain: "acme.kinde.com", clientId: "id", clientSecret: SECRET, fetch: TOKEN },
      { domain: "acme.kinde.com", clientId: "id", clientSecret: [SECRET] },
      { domain: "acme.kinde.com", accessToken: [TOKEN] },
      { domain: "acme.kinde.com", accessToken: TOKEN, headers: { "x-a": `${TOKEN}\r\n` } },
      { domain: "acme.kinde.com", accessToken: TOKEN, headers: { [`${TOKEN} ${SECRET}`]: "x" } },
      SECRET,
    ].map((options, index) => ({
      name: `options that cannot be, number ${index + 1}`,
      async run(host) {
        const made = async () => new host.sdk.Kinde(options);
        checkSafe(host, await rejection(host.sdk, made()));
      },
    })),
  ];
}

const kept = [
  {
    name: "what an answer says beside a secret is kept, and one without is kept as it is",
    async run({ sdk }) {
      const answers = [
        (headers) => ({ errors: [{ code: "BAD", message: `no: ${headers.authorization}` }], n: 1.5, none: null }),
        () => ({ errors: [{ code: "BAD", message: "no" }], token_type: "access_token" }),
      ];
      const { kinde } = clientOn(sdk, { accessToken: TOKEN }, (_, { headers }) =>
        Response.json(answers.shift()(headers), { status: 400, headers: { "x-request-id": "id-1" } }),
      );
      const first = await rejection(sdk, kinde.business.get());
      deepEqual(
        [first.body, first.headers.get("x-request-id")],
        [{ errors: [{ code: "BAD", message: "no: Bearer [redacted]" }], n: 1.5, none: null }, "id-1"],
        "the first",
      );
      const call = kinde.oauth.introspect({ token: "some-token", client_id: "id", token_type_hint: "access_token" });
      const second = await rejection(sdk, call);
      deepEqual(second.body, { errors: [{ code: "BAD", message: "no" }], token_type: "access_token" }, "the second");
    },
  },
  {
    name: "numbers and booleans of parameters are shown, of strings the length",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk);
      const messageOf = async (call) => (await rejection(sdk, call)).message;
      match(
        await messageOf(kinde.call("DeleteLogo", { type: "sk_live_0123456789" })),
        /, got a string of 18 characters$/,
      );
      match(await messageOf(kinde.call("DeleteLogo", { type: "x" })), /, got a string of 1 character$/);
      match(await messageOf(kinde.call("DeleteLogo", { type: "" })), /, got ""$/);
      match(await messageOf(kinde.call("DeleteLogo", { type: 1.5 })), /, got 1\.5$/);
      match(await messageOf(kinde.users.list({ page_size: true })), /, got true$/);
      match(await messageOf(kinde.call("DeleteLogo", { type: null })), /, got null$/);
    },
  },
];

/** Separators, escapes of terminals, and letters that turn the writing around or have no width. */
const TRICKS = ["\n", "\r", "\0", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029"].concat([
  "\u202a",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u200b",
  "\u200e",
  "\u061c",
  "\ufeff",
]);

const messages = [
  {
    name: "a message is one line that shows what it is, and a short one, whatever a stranger wrote",
    async run({ sdk }) {
      const forged = `denied${TRICKS.join("|")}2026-11-28 INFO sign-in of admin succeeded`;
      const long = "y".repeat(60_000);
      for (const text of [forged, long]) {
        const refuse = (body) => () => new Response(JSON.stringify(body), { status: 400 });
        const many = Array.from({ length: 1_000 }, () => ({ code: text.slice(0, 200), message: text.slice(0, 200) }));
        const calls = {
          "an error of the API": [refuse({ errors: [{ code: text, message: text }] })],
          "many errors": [refuse({ errors: many })],
          "an OAuth error": [refuse({ error: text, error_description: text })],
          "a token endpoint's": [
            refuse({ error: text, error_description: text }),
            (kinde) => kinde.oauth.refresh({ refresh_token: "r" }),
            { clientId: "id" },
          ],
          "a callback's": [
            undefined,
            (kinde) =>
              kinde.oauth.exchangeCode({
                url: `https://a.example/?${new URLSearchParams({ state: "s", error: text, error_description: text })}`,
                redirect_uri: "https://a.example/",
                state: "s",
                nonce: "n",
                code_verifier: "v",
              }),
            { clientId: "id" },
          ],
          "the name of a parameter": [undefined, (kinde) => kinde.users.list({ [text]: () => {} })],
          "the name of an option": [undefined, (kinde) => kinde.business.get({ [text]: 1 })],
        };
        for (const [name, [answer, call = (kinde) => kinde.business.get(), options]] of Object.entries(calls)) {
          const error = await rejection(sdk, call(clientOn(sdk, options, answer).kinde));
          ok(error.message.length < 500, `${name}: ${error.message.length} characters`);
          for (const trick of TRICKS) {
            ok(!error.message.includes(trick), `${name}: ${JSON.stringify(trick)} in ${JSON.stringify(error.message)}`);
          }
          ok(text === long || error.message.includes("sign-in of") || /error/.test(name), error.message);
        }
      }
    },
  },
  {
    name: "an error that a client's own options make is one short line, too",
    async run({ sdk }) {
      for (const text of [TRICKS.join("|"), "y".repeat(60_000)]) {
        const error = await rejection(sdk, (async () => new sdk.Kinde({ domain: "acme.kinde.com", [text]: 1 }))());
        ok(error.message.length < 500 && !TRICKS.some((trick) => error.message.includes(trick)), error.message);
      }
    },
  },
];

const clients = [
  {
    name: "a client shows neither",
    async run(host) {
      for (const credentials of [{ accessToken: TOKEN }, { clientId: "an-id", clientSecret: SECRET }]) {
        const { kinde } = clientOn(host.sdk, credentials, () => Response.json({ access_token: TOKEN, expires_in: 60 }));
        await kinde.business.get();
        const promise = kinde.business.get();
        checkSafe(host, kinde);
        checkSafe(host, kinde.users);
        checkSafe(host, promise);
        await promise;
      }
    },
  },
  {
    name: "a secret that is shown is noticed",
    async run(host) {
      const leaks = [
        new Error(SECRET),
        Object.assign(new Error("x"), { body: { inner: [`at ${TOKEN}`] } }),
        Object.assign(new Error("x"), { headers: new Headers({ "x-a": TOKEN }) }),
        Object.assign(new Error("x"), { headers: { get: () => TOKEN } }),
        ...Object.values(ESCAPES).map((spell) => new Error(`a text with ${spell(TOKEN)}`)),
        new Error("x", { cause: new Error(TOKEN) }),
        Object.defineProperty({}, "hidden", { value: encodeURIComponent(SECRET) }),
      ];
      for (const leak of leaks) {
        let noticed = false;
        try {
          checkSafe(host, leak);
        } catch {
          noticed = true;
        }
        ok(noticed, "nothing was noticed");
      }
    },
  },
];

/** Fails if the secret or the token, in whatever spelling, can be found in or through a value. */
function checkSafe({ inspect }, value) {
  const spellings = [SECRET, SECRET_OF_HEADER, TOKEN].flatMap((one) => [
    one,
    encodeURIComponent(one),
    new URLSearchParams([["", one]]).toString().slice(1),
    JSON.stringify(one).slice(1, -1),
  ]);
  const texts = [String(value), JSON.stringify(value) ?? "", inspect?.(value) ?? ""];
  collect(value, texts, new Set());
  for (const text of texts) {
    for (const spelling of spellings) {
      equal(text.includes(spelling) ? text : undefined, undefined, "a text that shows it");
    }
    const read = unescaped(text);
    for (const one of [SECRET, SECRET_OF_HEADER, TOKEN]) {
      equal(read.includes(unescaped(one)) ? text : undefined, undefined, "a text that shows it, escaped");
    }
  }
}

/** What somebody reads in a text who knows how JSON, addresses and pages write characters. */
function unescaped(text) {
  const code = (digits, base) => String.fromCodePoint(Math.min(Number.parseInt(digits, base), 0x10ffff));
  let read = text;
  for (let round = 0; round < 3; round++) {
    read = read
      .replace(/\\+u([0-9a-f]{4})/gi, (_, digits) => code(digits, 16))
      .replace(/%([0-9a-f]{2})/gi, (_, digits) => code(digits, 16))
      .replace(/&#x([0-9a-f]+);/gi, (_, digits) => code(digits, 16))
      .replace(/&#([0-9]+);/g, (_, digits) => code(digits, 10));
  }
  return read.replaceAll("\\", "");
}

/** All texts that can be reached from a value: keys, properties enumerable or not, headers. */
function collect(value, texts, seen) {
  if (typeof value === "string") texts.push(value);
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Headers) for (const pair of value) texts.push(...pair);
  // A double's headers may be no more than this.
  else if (Object.hasOwn(value, "get") && typeof value.get === "function") texts.push(String(value.get("x")));
  for (const key of Reflect.ownKeys(value)) {
    texts.push(String(key));
    collect(value[key], texts, seen);
  }
}
