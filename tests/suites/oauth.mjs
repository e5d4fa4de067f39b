// Signing users in: the addresses that are made, the requests that are sent, what is refused; against a
// stand-in, and against a provider.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, rejection } from "../lib/double.mjs";
import { endlessAnswer } from "../lib/endless.mjs";
import { hostile } from "../lib/hostile.mjs";
import { begin, CALLBACK, CLIENT, issuer, tokens } from "../lib/signin.mjs";

export const cases = () => [
  ...addresses,
  ...callbacks,
  ...exchanges,
  ...idTokens,
  ...refreshes,
  ...faults,
  ...others,
  ...real,
];

const TEXT = /^[A-Za-z0-9_-]{43}$/;
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

/** What a function throws or its promise rejects with. */
const refusal = (sdk, run) => rejection(sdk, (async () => run())());

const addresses = [
  {
    name: "authorizationUrl: the whole address",
    async run({ sdk }) {
      const { kinde, calls } = issuer(sdk);
      const { url, state, nonce, code_verifier, ...rest } = await kinde.oauth.authorizationUrl({
        redirect_uri: CALLBACK,
      });
      for (const text of [state, nonce, code_verifier]) match(text, TEXT, "random text");
      equal(new Set([state, nonce, code_verifier]).size, 3, "different texts");
      const query = {
        response_type: "code",
        client_id: CLIENT.clientId,
        redirect_uri: CALLBACK,
        scope: "openid profile email",
        state,
        nonce,
        code_challenge_method: "S256",
        code_challenge: base64url(await sha256(code_verifier)),
      };
      const [address, written] = url.split("?");
      equal(address, `${DOMAIN}/oauth2/auth`, "address");
      deepEqual(Object.fromEntries(new URLSearchParams(written)), query, "query");
      deepEqual(rest, {}, "other fields");
      equal(calls.length, 0, "requests");
    },
  },
  {
    name: "authorizationUrl: another state, nonce and verifier each time",
    async run({ sdk }) {
      const { kinde } = issuer(sdk);
      const all = await Promise.all(
        Array.from({ length: 20 }, () => kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK })),
      );
      equal(new Set(all.flatMap(({ state, nonce, code_verifier }) => [state, nonce, code_verifier])).size, 60, "texts");
    },
  },
  {
    name: "authorizationUrl: every parameter, as it is written",
    async run({ sdk }) {
      const given = {
        scope: "openid offline",
        state: "my state",
        nonce: "my nonce",
        prompt: "create",
        start_page: "registration",
        org_code: "org_1",
        is_create_org: true,
        org_name: "Ada & Söhne",
        login_hint: "ada+1@example.com",
        connection_id: "conn_1",
        lang: "en-GB",
        audience: "https://api.example/",
        invitation_code: "inv_1",
        is_invitation: true,
        plan_interest: "pro",
        pricing_table_key: "table",
        workflow_deployment_id: "w1",
        supports_reauth: false,
        reauth_state: "eyJ9",
        max_age: 60,
        not_known_yet: "=&?#",
      };
      const { kinde } = issuer(sdk);
      const { url, state, nonce } = await kinde.oauth.authorizationUrl({
        redirect_uri: CALLBACK,
        ...given,
        left: undefined,
        out: null,
      });
      const query = Object.fromEntries(new URL(url).searchParams);
      for (const [name, value] of Object.entries(given)) equal(query[name], String(value), name);
      equal(Object.keys(query).length, Object.keys(given).length + 5, "parameters");
      deepEqual([state, nonce], ["my state", "my nonce"], "what is kept");
    },
  },
  {
    name: "authorizationUrl: an invitation is said to be one",
    async run({ sdk }) {
      const { kinde } = issuer(sdk);
      const told = async (params) => {
        const { url } = await kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK, ...params });
        return new URL(url).searchParams.getAll("is_invitation");
      };
      deepEqual(await told({ invitation_code: "inv_1" }), ["true"], "with a code");
      deepEqual(await told({ invitation_code: "inv_1", is_invitation: false }), ["false"], "as the caller says");
      deepEqual(await told({}), [], "without");
    },
  },
  {
    name: "authorizationUrl: an application without a secret",
    async run({ sdk }) {
      const { kinde } = issuer(sdk, { clientSecret: undefined });
      const { url } = await kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK });
      equal(new URL(url).searchParams.get("client_id"), CLIENT.clientId, "client_id");
    },
  },
  {
    name: "authorizationUrl: a client without an id",
    async run({ sdk }) {
      const { kinde } = issuer(sdk, { clientId: undefined, clientSecret: undefined });
      equal(
        (await refusal(sdk, () => kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK }))).code,
        "configuration",
        "code",
      );
    },
  },
  ...Object.entries({
    "no address to come back to": {},
    "a relative address": { redirect_uri: "/callback" },
    "an address with a fragment": { redirect_uri: `${CALLBACK}#` },
    "an address that is empty": { redirect_uri: "" },
    "a scope without openid": { redirect_uri: CALLBACK, scope: "email openid2" },
    "an empty scope": { redirect_uri: CALLBACK, scope: "" },
    "an empty state": { redirect_uri: CALLBACK, state: "" },
    "a nonce that is a number": { redirect_uri: CALLBACK, nonce: 5 },
    "an array": { redirect_uri: CALLBACK, org_code: ["org_1"] },
    NaN: { redirect_uri: CALLBACK, org_code: NaN },
    "a symbol": { redirect_uri: CALLBACK, org_code: Symbol("org_1") },
    "half a character": { redirect_uri: CALLBACK, org_code: "\ud83d" },
    "a huge string": { redirect_uri: CALLBACK, org_code: "x".repeat(70_000) },
    ...Object.fromEntries(
      [
        "response_type",
        "client_id",
        "client_secret",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "request",
        "request_uri",
      ].map((name) => [`a ${name} of one's own`, { redirect_uri: CALLBACK, [name]: "x" }]),
    ),
  }).map(([name, params]) => ({
    name: `authorizationUrl refuses ${name}`,
    async run({ sdk }) {
      const error = await refusal(sdk, () => issuer(sdk).kinde.oauth.authorizationUrl(params));
      equal(error.code, "invalid_request", "code");
      match(error.message, /^oauth\.authorizationUrl: parameter "\w+": /, "message");
    },
  })),
  {
    name: "values that no caller should give",
    async run({ sdk }) {
      const { kinde } = issuer(sdk);
      for (const [name, make] of Object.entries(hostile)) {
        for (const [method, params] of [
          ["authorizationUrl", (value) => value],
          ["authorizationUrl", (redirect_uri) => ({ redirect_uri })],
          ["exchangeCode", (value) => value],
          ["exchangeCode", (url) => ({ url, redirect_uri: CALLBACK, state: "s", nonce: "n", code_verifier: "v" })],
          ["refresh", (value) => value],
          ["refresh", (refresh_token) => ({ refresh_token, scope: refresh_token })],
        ]) {
          try {
            await kinde.oauth[method](params(make()));
          } catch (error) {
            ok(error instanceof sdk.KindeError, `${method} with ${name}: ${error}`);
          }
        }
        try {
          kinde.oauth.logoutUrl(make());
        } catch (error) {
          ok(error instanceof sdk.KindeError, `logoutUrl with ${name}: ${error}`);
        }
      }
    },
  },
  {
    name: "logoutUrl",
    run({ sdk }) {
      const { oauth } = issuer(sdk).kinde;
      equal(oauth.logoutUrl(), `${DOMAIN}/logout`, "without anything");
      const redirect = "https://app.example/?a=b";
      equal(
        oauth.logoutUrl({ redirect }),
        `${DOMAIN}/logout?redirect=https%3A%2F%2Fapp.example%2F%3Fa%3Db`,
        "with an address",
      );
      const standard = { post_logout_redirect_uri: redirect, state: "s", id_token_hint: undefined };
      equal(
        oauth.logoutUrl(standard),
        `${DOMAIN}/logout?post_logout_redirect_uri=https%3A%2F%2Fapp.example%2F%3Fa%3Db&state=s`,
        "in the words of OpenID Connect",
      );
    },
  },
  ...["/", "", 5, "https://app.example/#a"].map((redirect) => ({
    name: `logoutUrl refuses ${JSON.stringify(redirect)}`,
    async run({ sdk }) {
      const error = await refusal(sdk, () => issuer(sdk).kinde.oauth.logoutUrl({ redirect }));
      equal(error.code, "invalid_request", "code");
    },
  })),
];

/** An exchange of what came back; `change` changes it before. */
const exchanged = (sdk, change, options) => async () => {
  const { kinde, calls } = issuer(sdk, options);
  const sign_in = await begin(kinde);
  const params = { ...sign_in.exchange, ...change(sign_in) };
  return { error: await refusal(sdk, () => kinde.oauth.exchangeCode(params)), calls };
};

const callbacks = [
  ...Object.entries({
    "another state": [({ back }) => ({ url: back({ state: "other" }) }), "state_mismatch"],
    "a state that begins like it": [
      ({ back, pending }) => ({ url: back({ state: pending.state.slice(0, 42) }) }),
      "state_mismatch",
    ],
    "no state": [() => ({ url: `${CALLBACK}?code=c` }), "state_mismatch"],
    "the state twice": [({ back, pending }) => ({ url: `${back()}&state=${pending.state}` }), "state_mismatch"],
    "an error of another sign-in": [
      ({ back }) => ({ url: back({ state: "other", error: "access_denied" }) }),
      "state_mismatch",
    ],
    "another issuer": [({ back }) => ({ url: back({ iss: "https://evil.example" }) }), "issuer_mismatch"],
    "no code": [({ pending }) => ({ url: `${CALLBACK}?state=${pending.state}` }), "missing_code"],
    "an empty code": [({ back }) => ({ url: back({ code: "" }) }), "missing_code"],
    "the code twice": [({ back }) => ({ url: `${back()}&code=other` }), "missing_code"],
  }).map(([name, [change, code]]) => ({
    name: `a callback with ${name}`,
    async run({ sdk }) {
      const { error, calls } = await exchanged(sdk, change)();
      deepEqual([error.code, error.errors], ["authentication", [{ code, message: "" }]], "error");
      equal(calls.length, 0, "requests");
      ok(!error.message.includes("the-code"), "the message holds the code");
    },
  })),
  {
    name: "a callback with an error",
    async run({ sdk }) {
      const query = { error: "access_denied", error_description: "No, thanks" };
      const { error, calls } = await exchanged(sdk, ({ back }) => ({ url: back(query) }))();
      deepEqual(
        [error.code, error.errors],
        ["authentication", [{ code: "access_denied", message: "No, thanks" }]],
        "error",
      );
      equal(error.message, "oauth.exchangeCode: the sign-in was refused: access_denied: No, thanks", "message");
      equal(calls.length, 0, "requests");
    },
  },
  ...Object.entries({
    "a Request": ({ back }) => new Request(back()),
    "a URL": ({ back }) => new URL(back()),
    "a path": ({ back }) => back().slice("https://app.example".length),
    "a query": ({ back }) => back().slice(CALLBACK.length),
    "the issuer in it": ({ back }) => back({ iss: DOMAIN }),
  }).map(([name, url]) => ({
    name: `the address of a callback: ${name}`,
    async run({ sdk }) {
      let pending;
      const { kinde, forms } = issuer(sdk, { answer: () => tokens({ nonce: pending.nonce }) });
      const sign_in = await begin(kinde);
      ({ pending } = sign_in);
      await kinde.oauth.exchangeCode({ ...sign_in.exchange, url: url(sign_in) });
      equal(forms()[0].code, "the-code", "code");
    },
  })),
  ...["url", "redirect_uri", "state", "nonce", "code_verifier"].flatMap((name) =>
    [undefined, "", 5].map((value) => ({
      name: `exchangeCode with ${name}: ${JSON.stringify(value)}`,
      async run({ sdk }) {
        // An empty address is the one that the callback was sent to.
        if (name === "url" && value === "") return;
        const { error, calls } = await exchanged(sdk, () => ({ [name]: value }))();
        equal(error.code, "invalid_request", "code");
        ok(error.message.startsWith(`oauth.exchangeCode: parameter "${name}": expected `), error.message);
        equal(calls.length, 0, "requests");
      },
    })),
  ),
];

/** Signs in; the token endpoint answers with what `answer` makes of the nonce. */
async function signedIn(sdk, answer, options) {
  let nonce;
  const { kinde, calls, forms } = issuer(sdk, { answer: (form, init) => answer({ nonce, form, init }), ...options });
  const sign_in = await begin(kinde);
  ({ nonce } = sign_in.pending);
  return { kinde, calls, forms, sign_in, result: kinde.oauth.exchangeCode(sign_in.exchange) };
}

const exchanges = [
  ...[CLIENT.clientSecret, undefined].map((clientSecret) => ({
    name: `exchangeCode: the request of an application with${clientSecret ? "" : "out"} a secret`,
    async run({ sdk }) {
      const headers = { "x-app": "1" };
      const { calls, forms, result, sign_in } = await signedIn(sdk, ({ nonce }) => tokens({ nonce }), {
        clientSecret,
        headers,
      });
      await result;
      const [{ url, init, self }] = calls;
      deepEqual([init.method, url, self], ["POST", `${DOMAIN}/oauth2/token`, undefined], "request");
      deepEqual(
        init.headers,
        { accept: "application/json", "content-type": "application/x-www-form-urlencoded", "x-app": "1" },
        "headers",
      );
      const form = {
        grant_type: "authorization_code",
        client_id: CLIENT.clientId,
        ...(clientSecret && { client_secret: clientSecret }),
        redirect_uri: CALLBACK,
        code_verifier: sign_in.pending.code_verifier,
        code: "the-code",
      };
      deepEqual(Object.fromEntries(new URLSearchParams(init.body)), form, "form");
      equal(forms().length, 1, "requests");
    },
  })),
  {
    name: "exchangeCode: what it gives",
    async run({ sdk }) {
      const before = Date.now();
      const more = {
        refresh_token: "r",
        scope: "openid",
        token_type: "Bearer",
        expires_in: "60",
        new_field: { a: null },
      };
      const { result } = await signedIn(sdk, ({ nonce }) => tokens({ nonce }, more));
      const { id_token, expires_at, claims, ...rest } = await result;
      deepEqual(rest, { access_token: "an-access-token", ...more, expires_in: 60 }, "answer");
      ok(expires_at >= before + 60_000 && expires_at <= Date.now() + 60_000, "expires_at");
      deepEqual(claims, JSON.parse(atob(id_token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))), "claims");
      deepEqual([claims.sub, claims.name], ["kp_ada", "Ada"], "user");
    },
  },
  {
    name: "exchangeCode: a lifetime that is not given counts as five minutes",
    async run({ sdk }) {
      const { result } = await signedIn(sdk, ({ nonce }) => tokens({ nonce }, { expires_in: undefined }));
      equal((await result).expires_in, 300, "expires_in");
    },
  },
  ...Object.entries({
    "no access token": [{ access_token: undefined }, "access_token"],
    "an access token with a space": [{ access_token: "a b" }, "access_token"],
    "no id token": [{ id_token: undefined }, "id_token"],
    "an id token that is null": [{ id_token: null }, "id_token"],
    "tokens of another type": [{ token_type: "mac" }, "token_type"],
    "tokens of no type": [{ token_type: undefined }, "token_type"],
  }).map(([name, [more, field]]) => ({
    name: `exchangeCode: an answer with ${name}`,
    async run({ sdk }) {
      const { result } = await signedIn(sdk, ({ nonce }) => tokens({ nonce }, more));
      const error = await rejection(sdk, result);
      equal(error.message, `oauth.exchangeCode: the token endpoint answered without a usable ${field}`, "message");
      deepEqual([error.code, error.attempts, error.body], ["authentication", 1, undefined], "error");
    },
  })),
  ...["<html>", "", "[]", "null", '"text"'].map((body) => ({
    name: `exchangeCode: the answer ${body || "nothing"}`,
    async run({ sdk }) {
      const { result } = await signedIn(sdk, () => new Response(body));
      equal((await rejection(sdk, result)).code, "authentication", "code");
    },
  })),
];

const now = () => Math.floor(Date.now() / 1000);
const halfHash = async (token) => base64url((await sha256(token)).slice(0, 16));

const idTokens = [
  ...Object.entries({
    "another nonce": [{ nonce: "other" }, "wrong_nonce"],
    "no nonce": [{ nonce: undefined }, "wrong_nonce"],
    "another application": [{ aud: "other" }, "wrong_audience"],
    "no application": [{ aud: undefined }, "wrong_audience"],
    "several applications, none of them acting": [{ aud: [CLIENT.clientId, "other"] }, "wrong_audience"],
    "several applications, another one acting": [{ aud: [CLIENT.clientId, "other"], azp: "other" }, "wrong_audience"],
    "another application acting": [{ azp: "other" }, "wrong_audience"],
    "another issuer": [{ iss: "https://evil.example" }, "wrong_issuer"],
    "a time that is past": [{ exp: now() - 1 }, "expired"],
    "no end": [{ exp: undefined }, "malformed"],
    "a foreign signature": [{ foreign: true }, "bad_signature"],
    "no user": [{ sub: undefined }, "malformed"],
    "a user that is a number": [{ sub: 5 }, "malformed"],
    "an empty user": [{ sub: "" }, "malformed"],
    "the hash of another access token": [{ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }, "wrong_hash"],
    "a hash that is a number": [{ at_hash: 5 }, "wrong_hash"],
  }).map(([name, [claims, reason]]) => ({
    name: `an id token with ${name}`,
    async run({ sdk }) {
      const { result } = await signedIn(sdk, ({ nonce }) => tokens({ nonce, ...claims }));
      const error = await rejection(sdk, result);
      deepEqual([error.code, error.reason], ["invalid_token", reason], "error");
      ok(!error.message.includes("eyJ"), "the message holds the token");
    },
  })),
  ...Object.entries({
    "several applications, this one acting": () => ({ aud: ["other", CLIENT.clientId], azp: CLIENT.clientId }),
    "one application in a list": () => ({ aud: [CLIENT.clientId] }),
    "the hash of the access token": async () => ({ at_hash: await halfHash("an-access-token") }),
  }).map(([name, claims]) => ({
    name: `an id token with ${name} is good`,
    async run({ sdk }) {
      const { result } = await signedIn(sdk, async ({ nonce }) => tokens({ nonce, ...(await claims()) }));
      equal((await result).claims.sub, "kp_ada", "sub");
    },
  })),
  ...["", "a.b.c", 5, {}].map((id_token) => ({
    name: `an id token that is ${JSON.stringify(id_token)}`,
    async run({ sdk }) {
      const { result } = await signedIn(sdk, () => tokens({}, { id_token }));
      deepEqual(
        (({ code, reason }) => [code, reason])(await rejection(sdk, result)),
        ["invalid_token", "malformed"],
        "error",
      );
    },
  })),
];

const refreshes = [
  {
    name: "answers without end, to refresh, discovery and a machine's request for a token",
    async run({ sdk }) {
      for (const [subject, call] of [
        [
          "oauth.refresh",
          (endless) => issuer(sdk, { answer: () => endless.response() }).kinde.oauth.refresh({ refresh_token: "r" }),
        ],
        ["oauth.discovery", (endless) => clientOn(sdk, {}, () => endless.response()).kinde.oauth.discovery()],
        [
          "business.get (getBusiness)",
          (endless) => {
            const credentials = { clientId: crypto.randomUUID(), clientSecret: "the secret" };
            return clientOn(sdk, credentials, () => endless.response()).kinde.business.get();
          },
        ],
      ]) {
        const endless = endlessAnswer();
        const error = await rejection(sdk, call(endless));
        deepEqual(
          [error.code, error.message, error.body],
          ["decode", `${subject}: the answer is longer than 256 KB (200)`, undefined],
          "error",
        );
        ok(endless.cancelled() && endless.sent() < 2 << 20, `${endless.sent()} bytes were read`);
      }
    },
  },
  {
    name: "an answer of the API may be as long as it likes",
    async run({ sdk }) {
      const text = "x".repeat(3 << 20);
      const { kinde } = clientOn(sdk, {}, () => Response.json({ text }));
      equal((await kinde.business.get()).text.length, text.length, "length");
    },
  },
  {
    name: "refresh: the request, and what it gives",
    async run({ sdk }) {
      const { kinde, forms } = issuer(sdk, { answer: () => tokens({ nonce: undefined }, { refresh_token: "two" }) });
      const found = await kinde.oauth.refresh({ refresh_token: "one", scope: "openid", sub: "kp_ada" });
      deepEqual(
        forms(),
        [
          {
            grant_type: "refresh_token",
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            scope: "openid",
            refresh_token: "one",
          },
        ],
        "form",
      );
      deepEqual(
        [found.refresh_token, found.access_token, found.claims.sub],
        ["two", "an-access-token", "kp_ada"],
        "tokens",
      );
    },
  },
  {
    name: "refresh: an answer with nothing but an access token",
    async run({ sdk }) {
      const { kinde, forms, calls } = issuer(sdk, {
        answer: { access_token: "a", token_type: "bearer", expires_in: 1 },
        clientSecret: undefined,
      });
      const { expires_at, ...found } = await kinde.oauth.refresh({ refresh_token: "one" });
      deepEqual(found, { access_token: "a", token_type: "bearer", expires_in: 1, refresh_token: "one" }, "tokens");
      deepEqual(forms(), [{ grant_type: "refresh_token", client_id: CLIENT.clientId, refresh_token: "one" }], "form");
      equal(calls.length, 1, "requests");
    },
  },
  {
    name: "refresh: an id token about somebody else",
    async run({ sdk }) {
      const { kinde } = issuer(sdk, { answer: () => tokens({ sub: "kp_eve" }) });
      const error = await refusal(sdk, () => kinde.oauth.refresh({ refresh_token: "one", sub: "kp_ada" }));
      deepEqual([error.code, error.reason], ["invalid_token", "wrong_subject"], "error");
    },
  },
  ...[
    {},
    { refresh_token: "" },
    { refresh_token: 5 },
    { refresh_token: "a", scope: ["a"] },
    { refresh_token: "a", scopes: "a" },
  ].map((params) => ({
    name: `refresh refuses ${JSON.stringify(params)}`,
    async run({ sdk }) {
      const { kinde, calls } = issuer(sdk);
      equal((await refusal(sdk, () => kinde.oauth.refresh(params))).code, "invalid_request", "code");
      equal(calls.length, 0, "requests");
    },
  })),
];

const secretsOf = ({ sign_in }) => [
  "the-code",
  sign_in.pending.code_verifier,
  CLIENT.clientSecret,
  encodeURIComponent(CLIENT.clientSecret),
];

/** All that an error says. */
const told = (error) => JSON.stringify([error.message, error, error.body, error.stack, String(error.cause?.message)]);

const faults = [
  {
    name: "the token endpoint refuses",
    async run({ sdk }) {
      const body = { error: "invalid_grant", error_description: "The code is good no more" };
      const { calls, result } = await signedIn(sdk, () =>
        Response.json(body, { status: 400, headers: { "x-request-id": "7" } }),
      );
      const error = await rejection(sdk, result);
      deepEqual([error.code, error.status, error.attempts, error.body], ["authentication", 400, 1, body], "error");
      deepEqual(error.errors, [{ code: body.error, message: body.error_description }], "errors");
      equal(error.headers.get("x-request-id"), "7", "header");
      equal(
        error.message,
        "oauth.exchangeCode: the token endpoint refused (400): invalid_grant: The code is good no more",
        "message",
      );
      equal(calls.length, 1, "requests");
    },
  },
  ...[500, 502, 503, 504, 408].map((status) => ({
    name: `the token endpoint answers ${status}: the code is not sent again`,
    async run({ sdk }) {
      const { calls, result } = await signedIn(
        sdk,
        () => new Response(null, { status, headers: { "retry-after": "0" } }),
        { retryWrites: true },
      );
      const error = await rejection(sdk, result);
      deepEqual([error.code, error.status, error.attempts, calls.length], ["authentication", status, 1, 1], "error");
    },
  })),
  {
    name: "the token endpoint is busy: the code is sent again",
    async run({ sdk }) {
      let requests = 0;
      const busy = () => new Response(null, { status: 429, headers: { "retry-after": "0" } });
      const { calls, result } = await signedIn(sdk, ({ nonce }) => (++requests < 3 ? busy() : tokens({ nonce })));
      equal((await result).claims.sub, "kp_ada", "sub");
      deepEqual([calls[1].init.body, calls[2].init.body], [calls[0].init.body, calls[0].init.body], "forms");
    },
  },
  {
    name: "the token endpoint is busy for too long",
    async run({ sdk }) {
      const busy = () => new Response(null, { status: 429, headers: { "retry-after": "0" } });
      const { calls, result } = await signedIn(sdk, busy, { maxRetries: 1 });
      const error = await rejection(sdk, result);
      deepEqual([error.status, error.attempts, error.retryAfter, calls.length], [429, 2, 0, 2], "error");
    },
  },
  {
    name: "no connection: the code is not sent again",
    async run({ sdk }) {
      const { calls, result } = await signedIn(sdk, () => Promise.reject(new TypeError("offline")));
      const error = await rejection(sdk, result);
      deepEqual([error.code, error.cause.message, calls.length], ["connection", "offline", 1], "error");
    },
  },
  {
    name: "no answer in time, and a caller who gives up",
    async run({ sdk }) {
      const { kinde } = issuer(sdk, { answer: () => new Promise(() => {}) });
      const { exchange } = await begin(kinde);
      equal((await rejection(sdk, kinde.oauth.exchangeCode(exchange, { timeout: 20 }))).code, "timeout", "code");
      const controller = new AbortController();
      const call = kinde.oauth.refresh({ refresh_token: "one" }, { signal: controller.signal });
      controller.abort("no patience");
      const error = await rejection(sdk, call);
      deepEqual([error.code, error.cause], ["aborted", "no patience"], "error");
    },
  },
  {
    name: "options that there are none of",
    async run({ sdk }) {
      const { kinde, calls } = issuer(sdk);
      const { exchange } = await begin(kinde);
      for (const call of [
        () => kinde.oauth.exchangeCode(exchange, { retries: 1 }),
        () => kinde.oauth.discovery({ retries: 1 }),
      ]) {
        equal((await refusal(sdk, call)).code, "invalid_request", "code");
      }
      equal(calls.length, 0, "requests");
    },
  },
  {
    name: "no secret is in an error, though the token endpoint echoes all of them",
    async run({ sdk }) {
      const echo =
        (type) =>
        ({ init }) => {
          const form = Object.fromEntries(new URLSearchParams(init.body));
          const body =
            type === "json" ? JSON.stringify({ error: "e", error_description: init.body, ...form }) : init.body;
          return new Response(body, { status: 400 });
        };
      for (const type of ["json", "text"]) {
        const signIn = await signedIn(sdk, echo(type));
        const text = told(await rejection(sdk, signIn.result));
        for (const secret of secretsOf(signIn)) ok(!text.includes(secret), `${secret} is in ${text}`);
        match(text, /redacted/, "error");
      }
      const { kinde } = issuer(sdk, { answer: (_form, init) => echo("json")({ init }) });
      const text = told(await refusal(sdk, () => kinde.oauth.refresh({ refresh_token: "the-refresh-token" })));
      ok(!text.includes("the-refresh-token"), `the refresh token is in ${text}`);
    },
  },
];

const others = [
  {
    name: "discovery",
    async run({ sdk }) {
      const body = { issuer: DOMAIN, token_endpoint: `${DOMAIN}/oauth2/token`, more: [null] };
      const { kinde, calls } = clientOn(sdk, {}, () => Response.json(body));
      deepEqual(await kinde.oauth.discovery(), body, "answer");
      deepEqual(
        calls.map(({ init, url }) => [init.method, url, init.headers]),
        [["GET", `${DOMAIN}/.well-known/openid-configuration`, { accept: "application/json" }]],
        "request",
      );
    },
  },
  ...["https://evil.example", `${DOMAIN}/`, undefined, null].map((iss) => ({
    name: `discovery: the issuer ${iss}`,
    async run({ sdk }) {
      const kinde = new sdk.Kinde({ domain: DOMAIN, fetch: async () => Response.json({ issuer: iss }) });
      equal((await refusal(sdk, () => kinde.oauth.discovery())).code, "decode", "code");
    },
  })),
  {
    name: "discovery is tried again, and says what it came to",
    async run({ sdk }) {
      let calls = 0;
      const fetch = async () => (
        calls++, new Response(null, { status: calls < 3 ? 503 : 404, headers: { "retry-after": "0" } })
      );
      const error = await refusal(sdk, () => new sdk.Kinde({ domain: DOMAIN, fetch }).oauth.discovery());
      deepEqual([error.code, error.attempts, calls], ["not_found", 3, 3], "error");
    },
  },
  {
    name: "sign-in goes the way of calls: hooks with headers of their own, a log without secrets, maxConcurrency",
    async run({ sdk }) {
      const told = [];
      const lines = [];
      const hook = (name) => (event) => {
        const { call: _call, duration: _duration, wait: _wait, headers, ...rest } = event;
        if (headers) headers.traceparent = "00-a-b-01";
        told.push([name, rest]);
      };
      const hooks = Object.fromEntries(["request", "response", "retry", "token"].map((name) => [name, hook(name)]));
      const log = (...line) => lines.push(line);
      const logger = { debug: log, info: log, warn: log, error: log };
      let under = 0;
      let most = 0;
      let requests = 0;
      const answer = async ({ grant_type, nonce }) => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setTimeout(resolve, 5));
        under--;
        if (grant_type !== "refresh_token") return tokens({ nonce });
        const headers = { "retry-after": "0" };
        return ++requests % 2 ? new Response(null, { status: 429, headers }) : tokens({}, { refresh_token: "next" });
      };
      const { kinde, calls } = issuer(sdk, { answer, hooks, logger, logLevel: "debug", maxConcurrency: 1 });
      await kinde.oauth.refresh({ refresh_token: "the-refresh-token" });
      const about = { name: "oauth.refresh", method: "POST", domain: DOMAIN, path: "/oauth2/token" };
      deepEqual(
        told.filter(([, { name }]) => name === about.name),
        [
          ["request", { ...about, attempt: 1 }],
          ["response", { ...about, attempt: 1, status: 429, error: "authentication" }],
          ["retry", { ...about, attempt: 1, status: 429, error: "authentication" }],
          ["request", { ...about, attempt: 2 }],
          ["response", { ...about, attempt: 2, status: 200 }],
        ],
        "events",
      );
      const requested = calls.filter(({ url }) => url.endsWith("/oauth2/token"));
      deepEqual(
        requested.map(({ init }) => init.headers.traceparent),
        ["00-a-b-01", "00-a-b-01"],
        "headers of the hook",
      );
      const logged = JSON.stringify(lines);
      match(logged, /oauth\.refresh: POST \/oauth2\/token/, "log");
      for (const secret of ["the-refresh-token", CLIENT.clientSecret, "an-access-token"])
        ok(!logged.includes(secret) && !JSON.stringify(told).includes(secret), `${secret} is in the log`);
      under = most = 0;
      await Promise.all(Array.from({ length: 4 }, () => kinde.oauth.refresh({ refresh_token: "the-refresh-token" })));
      equal(most, 1, "the most at once");
    },
  },
  {
    name: "a refresh that is refused is a warning: its user may have signed out elsewhere",
    async run({ sdk }) {
      const levels = [];
      const logger = Object.fromEntries(
        ["debug", "info", "warn", "error"].map((level) => [level, (line) => levels.push([level, line])]),
      );
      const refused = () => Response.json({ error: "invalid_grant" }, { status: 400 });
      const { kinde } = issuer(sdk, { answer: refused, logger, logLevel: "info" });
      await rejection(sdk, kinde.oauth.refresh({ refresh_token: "old" }));
      deepEqual(
        levels,
        [["warn", "kinde-edge: oauth.refresh: POST /oauth2/token: failed: authentication: 400 (attempt 1)"]],
        "log",
      );
    },
  },
  {
    name: "a call as the user who signed in",
    async run({ sdk }) {
      const { kinde, calls, result } = await signedIn(sdk, ({ nonce }) => tokens({ nonce }));
      const { access_token: accessToken } = await result;
      const { fetch } = { fetch: (url, init) => (calls.push({ url, init }), Response.json({ id: "kp_ada" })) };
      const asUser = new sdk.Kinde({ domain: DOMAIN, accessToken, fetch });
      deepEqual(await asUser.oauth.userProfile(), { id: "kp_ada" }, "profile");
      equal(calls.at(-1).init.headers.authorization, "Bearer an-access-token", "authorization");
      const { oauth } = kinde;
      equal(oauth, kinde.oauth, "one resource");
    },
  },
];

/** Lets the provider's pages be gone through; resolves to where the browser would come back to. */
async function visit({ provider }, url, more) {
  const response = await fetch(`${provider}/~sign-in`, { method: "POST", body: JSON.stringify({ url, ...more }) });
  return response.text();
}

/** Signs in at the provider. */
async function signInAt(host, application = "confidential", more = {}) {
  const { client_id: clientId, client_secret: clientSecret } = CLIENTS[application];
  const kinde = new host.sdk.Kinde({ domain: host.provider, clientId, clientSecret });
  const scope = "openid profile email offline";
  const { url, ...pending } = await kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK, scope, org_code: "org_1" });
  const back = await visit(host, url, more);
  const exchange = { url: back, redirect_uri: CALLBACK, ...pending };
  return { kinde, exchange, tokens: more.deny ? undefined : await kinde.oauth.exchangeCode(exchange) };
}

const CLIENTS = {
  confidential: { client_id: "confidential", client_secret: "a secret & more" },
  public: { client_id: "public" },
};

/** As the provider wants to be asked: by the application, not with a token. */
const asApplication = { headers: { authorization: `Basic ${btoa("confidential:a%20secret%20%26%20more")}` } };

const real = [
  ...Object.keys(CLIENTS).map((application) => ({
    name: `provider: a ${application} application signs a user in`,
    async run(host) {
      const { tokens } = await signInAt(host, application);
      const { sub, name, email, iss, aud } = tokens.claims;
      deepEqual([sub, name, email, iss, aud], ["ada", "Ada", "ada@example.com", host.provider, application], "claims");
      deepEqual(
        [tokens.token_type, tokens.expires_in, tokens.scope],
        ["Bearer", 3600, "openid profile email offline"],
        "answer",
      );
      const asUser = new host.sdk.Kinde({ domain: host.provider, accessToken: tokens.access_token });
      equal((await asUser.oauth.userProfile()).name, "Ada", "name");
    },
  })),
  {
    name: "provider: a user who does not want to",
    async run(host) {
      const { kinde, exchange } = await signInAt(host, "confidential", { deny: true });
      const error = await rejection(host.sdk, kinde.oauth.exchangeCode(exchange));
      deepEqual([error.code, error.errors[0].code], ["authentication", "access_denied"], "error");
    },
  },
  {
    name: "provider: a code is good once",
    async run(host) {
      const { kinde, exchange } = await signInAt(host);
      const error = await rejection(host.sdk, kinde.oauth.exchangeCode(exchange));
      deepEqual([error.code, error.status, error.errors[0].code], ["authentication", 400, "invalid_grant"], "error");
    },
  },
  {
    name: "provider: a code of another verifier, redirect URI or secret",
    async run(host) {
      for (const change of [{ code_verifier: "v".repeat(43) }, { redirect_uri: "https://app.example/other" }]) {
        const kinde = new host.sdk.Kinde({
          domain: host.provider,
          clientId: "confidential",
          clientSecret: "a secret & more",
        });
        const { url, ...pending } = await kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK });
        const exchange = { url: await visit(host, url), redirect_uri: CALLBACK, ...pending, ...change };
        const error = await rejection(host.sdk, kinde.oauth.exchangeCode(exchange));
        deepEqual([error.status, error.errors[0].code], [400, "invalid_grant"], JSON.stringify(Object.keys(change)));
      }
      const wrong = new host.sdk.Kinde({ domain: host.provider, clientId: "confidential", clientSecret: "no secret" });
      const { url, ...pending } = await wrong.oauth.authorizationUrl({ redirect_uri: CALLBACK });
      const exchange = { url: await visit(host, url), redirect_uri: CALLBACK, ...pending };
      deepEqual(
        (await rejection(host.sdk, wrong.oauth.exchangeCode(exchange))).errors[0].code,
        "invalid_client",
        "error",
      );
    },
  },
  {
    name: "provider: refresh tokens rotate, and an old one is refused",
    async run(host) {
      const { kinde, tokens } = await signInAt(host);
      const next = await kinde.oauth.refresh({ refresh_token: tokens.refresh_token, sub: "ada" });
      ok(next.refresh_token !== tokens.refresh_token && next.access_token !== tokens.access_token, "new tokens");
      equal(next.claims.sub, "ada", "sub");
      const error = await rejection(host.sdk, kinde.oauth.refresh({ refresh_token: tokens.refresh_token }));
      deepEqual([error.code, error.errors[0].code], ["authentication", "invalid_grant"], "error");
    },
  },
  {
    name: "provider: introspection and revocation",
    async run(host) {
      const { kinde: _, tokens } = await signInAt(host);
      const asUser = new host.sdk.Kinde({ domain: host.provider, accessToken: tokens.access_token });
      const state = () => asUser.oauth.introspect({ token: tokens.access_token }, asApplication);
      const { active, client_id, sub } = await state();
      deepEqual([active, client_id, sub], [true, "confidential", "ada"], "before");
      const revoked = { token: tokens.access_token, client_id: "confidential" };
      equal(await asUser.oauth.revoke(revoked, asApplication), undefined, "answer");
      deepEqual(await state(), { active: false }, "after");
      equal((await rejection(host.sdk, asUser.oauth.userProfile())).status, 401, "status");
    },
  },
  {
    name: "provider: discovery",
    async run({ sdk, provider }) {
      const { issuer, token_endpoint, authorization_endpoint } = await new sdk.Kinde({
        domain: provider,
      }).oauth.discovery();
      deepEqual(
        [issuer, token_endpoint, authorization_endpoint],
        [provider, `${provider}/oauth2/token`, `${provider}/oauth2/auth`],
        "metadata",
      );
    },
  },
  {
    name: "provider: an id token of another sign-in",
    async run(host) {
      const { kinde, exchange } = await signInAt(host);
      const { url, ...pending } = await kinde.oauth.authorizationUrl({ redirect_uri: CALLBACK });
      const back = await visit(host, url);
      const mixed = { ...exchange, ...pending, url: back, nonce: exchange.nonce };
      const error = await rejection(host.sdk, kinde.oauth.exchangeCode(mixed));
      deepEqual([error.code, error.reason], ["invalid_token", "wrong_nonce"], "error");
    },
  },
];
