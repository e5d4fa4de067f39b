// No secret and no token in an error, nor in what a client shows of itself.

import { equal, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";

/** With characters that forms and JSON write in another way. */
const SECRET = `sec"ret&+/=é\\-0123456789`;
const TOKEN = "eyJhbGciOi.tok-en.0123456789~+/==";

export const cases = () => [...errors(), ...clients];

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
  const spellings = [SECRET, TOKEN].flatMap((one) => [
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
  }
}

/** All texts that can be reached from a value: keys, properties enumerable or not, headers. */
function collect(value, texts, seen) {
  if (typeof value === "string") texts.push(value);
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Headers) for (const pair of value) texts.push(...pair);
  for (const key of Reflect.ownKeys(value)) {
    texts.push(String(key));
    collect(value[key], texts, seen);
  }
}
