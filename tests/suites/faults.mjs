// What a caller sees of everything that can go wrong on the way: two tables, of faults of the API
// and of the token endpoint, in every runtime.
//
// The server (tests/lib/faults.mjs) counts what arrives. A cell says what a call comes to and how
// many requests that took: `data ×2` is the whole answer at the second try, `api 503 ×3` a
// KindeError with code, status and 3 attempts. Every connection serves one request: runtimes send
// a request again by themselves when a connection that served another one turns out to be dead.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { script } from "../lib/script.mjs";
import { settled, withoutStrays } from "../lib/settle.mjs";

export const cases = () => [...table().map(rowCase), ...tokenTable().map(tokenCase), ...others];

/** Everything that JSON can say, most of it unknown to the API document. */
const BODY = String.raw`{"users":[{"id":"kp_1","first_name":null,"new_field":{"deep":[[{"a":null}],[]],"":{}}}],
  "unicode":"Ådá 🐈 \u0000\u2028\ud83d","numbers":[9007199254740993,1e400,-0,0.1,12345678901234567890],
  "__proto__":{"own":true},"constructor":"c","errors":null,"next_token":"","last":false}`;
const REFUSAL = `{"errors":[{"code":"NO","message":"no","at":["/a",null]}],"request":{"id":9007199254740993},"trace":null}`;
const HTML = "<!doctype html><title>Bad gateway</title>é";

const END = { end: true };
const RESET = { reset: true };
const wait = (milliseconds) => ({ wait: milliseconds });
const drip = (text, every) => ({ drip: text, every });

/** The head of an answer; a page may read all of it. */
function head(status, headers = {}) {
  const all = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "*",
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-request-id": "r-1",
    connection: "close",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} -\r\n${lines.join("")}\r\n`;
}
const size = (text) => new TextEncoder().encode(text).length;
const sized = (status, body, headers) => head(status, { "content-length": size(body), ...headers });
const chunk = (text, length = size(text)) => `${length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = { "transfer-encoding": "chunked" };
const KEEP = { connection: "keep-alive" };
const whole = (status, body, headers) => [sized(status, body, headers) + body, END];
const GOOD = whole(200, BODY);
const HALF = BODY.slice(0, BODY.length / 2);
const REST = BODY.slice(HALF.length);
const OK = head(200, { "content-length": size(BODY) });
const HALF_HEAD = OK.slice(0, OK.indexOf("x-request-id") + 5);

const EARLY = { early: true };
const LONG = "x".repeat(2_000_000);
const KEPT = sized(200, BODY, KEEP) + BODY;

/** An HTTP date, so many seconds from now. */
const date = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();

/**
 * fault, answer, what a GET sees that meets it once, always, what a POST sees that meets it once;
 * and what else it takes.
 */
const table = () => [
  // In time, but slowly.
  row("a pause before the head", [wait(100), ...GOOD], "data ×1", "data ×1", "data ×1"),
  row(
    "a pause in the head",
    [HALF_HEAD, wait(100), OK.slice(HALF_HEAD.length) + BODY, END],
    "data ×1",
    "data ×1",
    "data ×1",
  ),
  row("a pause in the body", [OK + HALF, wait(100), REST, END], "data ×1", "data ×1", "data ×1"),
  row("a slow drip of the head", [drip(OK, 1), BODY, END], "data ×1", "data ×1", "data ×1"),
  row("a slow drip of the body", [OK, drip(BODY, 1), END], "data ×1", "data ×1", "data ×1"),

  // Not in time.
  row("silence", [], "data ×2", "timeout ×3", "timeout ×1", { timeout: 400 }),
  row("silence in the status line", ["HTTP/1.1 20"], "data ×2", "timeout ×3", "timeout ×1", { timeout: 400 }),
  row("silence in the headers", [HALF_HEAD], "data ×2", "timeout ×3", "timeout ×1", { timeout: 400 }),
  row("silence after the head", [OK], "data ×2", "timeout ×3", "timeout ×1", { timeout: 400 }),
  row("silence in the body", [OK + HALF], "data ×2", "timeout ×3", "timeout ×1", { timeout: 400 }),
  row(
    "silence before the last chunk",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(BODY)],
    "data ×2",
    "timeout ×3",
    "timeout ×1",
    { timeout: 400 },
  ),
  row("a drip of the head that takes too long", [drip(OK, 20)], "data ×2", "timeout ×3", "timeout ×1", {
    timeout: 400,
  }),
  row("a drip of the body that takes too long", [OK, drip(BODY, 20)], "data ×2", "timeout ×3", "timeout ×1", {
    timeout: 400,
  }),

  // Reset.
  row("reset before the first byte", [RESET], "data ×2", "connection ×3", "connection ×1"),
  row("reset in the status line", ["HTTP/1.1 2", RESET], "data ×2", "connection ×3", "connection ×1"),
  row("reset in the headers", [HALF_HEAD, RESET], "data ×2", "connection ×3", "connection ×1"),
  row("reset after the head", [OK, RESET], "data ×2", "connection ×3", "connection ×1"),
  row("reset in the body", [OK + HALF, RESET], "data ×2", "connection ×3", "connection ×1"),
  row(
    "reset in a chunk",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(HALF) + chunk(REST).slice(0, 20), RESET],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "reset in the body of a refusal",
    [sized(500, REFUSAL) + REFUSAL.slice(0, 20), RESET],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),

  // Half-closed: no more comes, and the other side could go on sending.
  row("closed before the first byte", [END], "data ×2", "connection ×3", "connection ×1"),
  row("closed in the status line", ["HTTP/1.1 2", END], "data ×2", "connection ×3", "connection ×1"),
  // Over plain HTTP Chromium takes what came for the whole head; over TLS it does not.
  row("closed in the headers", [HALF_HEAD, END], "data ×2", "connection ×3", "connection ×1", {
    but: { Chromium: ["decode 200 ×1", "decode 200 ×1", "nothing ×1"] },
  }),
  row("closed after the head", [OK, END], "data ×2", "connection ×3", "connection ×1"),
  row("closed in the body", [OK + HALF, END], "data ×2", "connection ×3", "connection ×1"),
  row(
    "closed between chunks",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(HALF), END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "closed in a chunk",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(HALF) + chunk(REST).slice(0, 20), END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "closed before the last chunk",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(BODY), END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  // Node takes the end of a connection that was not to be kept for the end of the body. Then it is
  // the JSON that tells.
  row(
    "closed in a chunk of the last answer",
    [head(200, CHUNKED) + chunk(HALF), END],
    "data ×2",
    "connection ×3",
    "connection ×1",
    {
      but: { Node: ["decode 200 ×1", "decode 200 ×1", "decode 200 ×1"] },
      body: HALF,
    },
  ),
  // HTTP cannot tell it from a short body; JSON can.
  row("closed in a body without a length", [head(200) + HALF, END], "decode 200 ×1", "decode 200 ×1", "decode 200 ×1", {
    body: HALF,
  }),

  // Wrong lengths.
  row("no length", [head(200) + BODY, END], "data ×1", "data ×1", "data ×1"),
  row(
    "chunks",
    [head(200, CHUNKED), chunk(HALF), wait(20), chunk(REST), "0\r\n\r\n", END],
    "data ×1",
    "data ×1",
    "data ×1",
  ),
  row(
    "a length that is too long",
    [head(200, { "content-length": size(BODY) + 1 }) + BODY, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "a length that is too short",
    [head(200, { "content-length": 10 }) + BODY, END],
    "decode 200 ×1",
    "decode 200 ×1",
    "decode 200 ×1",
    { body: BODY.slice(0, 10) },
  ),
  row("more than the length", [`${OK}${BODY}more`, END], "data ×1", "data ×1", "data ×1"),
  // Chromium reads such a body to the end of the connection.
  row(
    "a length that is no number",
    [head(200, { "content-length": "many" }) + BODY, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
    {
      but: { Chromium: ["data ×1", "data ×1", "data ×1"] },
    },
  ),
  row(
    "a negative length",
    [head(200, { "content-length": -1 }) + BODY, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
    {
      but: { Chromium: ["data ×1", "data ×1", "data ×1"] },
    },
  ),
  row(
    "two lengths",
    [head(200, { "content-length": size(BODY), "Content-Length": 10 }) + BODY, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  // The chunks win, or nobody does: both are right (RFC 9112, section 6.3).
  row(
    "a length and chunks",
    [head(200, { ...CHUNKED, "content-length": 10 }) + chunk(BODY) + chunk(""), END],
    "data ×1",
    "data ×1",
    "data ×1",
    {
      but: { Node: ["data ×2", "connection ×3", "connection ×1"] },
    },
  ),
  row(
    "a chunk that is longer than it says",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(BODY, 10) + chunk(""), END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "a chunk that is shorter than it says",
    [head(200, { ...CHUNKED, ...KEEP }) + chunk(BODY, size(BODY) + 10) + chunk(""), END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "a chunk whose size is no number",
    [`${head(200, { ...CHUNKED, ...KEEP })}many\r\n${BODY}\r\n0\r\n\r\n`, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),

  // Not HTTP.
  row("another protocol", ["SSH-2.0-OpenSSH_9.6\r\n", END], "data ×2", "connection ×3", "connection ×1"),
  // Chromium takes it for 200.
  row(
    "a status that is no number",
    [OK.replace("200", "abc") + BODY, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
    {
      but: { Chromium: ["data ×1", "data ×1", "data ×1"] },
    },
  ),
  row(
    "headers without an end",
    [HALF_HEAD, `\r\nx: ${"x".repeat(500_000)}`, END],
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),
  row(
    "a compressed body that is none",
    whole(200, BODY, { "content-encoding": "gzip" }),
    "data ×2",
    "connection ×3",
    "connection ×1",
  ),

  // More than one head.
  // Node's fetch does not let itself be told to go on unless it asked.
  row("100 before the answer", ["HTTP/1.1 100 Continue\r\n\r\n", wait(20), ...GOOD], "data ×1", "data ×1", "data ×1", {
    but: { Node: ["data ×2", "connection ×3", "connection ×1"] },
  }),
  row(
    "103 before the answer",
    ["HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", wait(20), ...GOOD],
    "data ×1",
    "data ×1",
    "data ×1",
  ),
  // Nothing is sent on, and a browser shows no more of it than that.
  ...[301, 302, 303, 307, 308].map((status) =>
    row(
      `a redirect (${status})`,
      whole(status, "", { location: "/elsewhere" }),
      `api ${status} ×1`,
      `api ${status} ×1`,
      `api ${status} ×1`,
      {
        but: { Chromium: ["data ×2", "connection ×3", "connection ×1"] },
      },
    ),
  ),
  row("a redirect to nowhere", whole(302, ""), "api 302 ×1", "api 302 ×1", "api 302 ×1", {
    but: { Chromium: ["data ×2", "connection ×3", "connection ×1"] },
  }),

  // Yes, with a body that is not what it should be, or is.
  row("a page with status 200", whole(200, HTML), "decode 200 ×1", "decode 200 ×1", "decode 200 ×1", { body: HTML }),
  row("JSON that breaks off", whole(200, HALF), "decode 200 ×1", "decode 200 ×1", "decode 200 ×1", { body: HALF }),
  row(
    "JSON that says it is a page",
    whole(200, BODY, { "content-type": "text/html" }),
    "data ×1",
    "data ×1",
    "data ×1",
  ),
  // workerd leaves the mark in the text, where the Encoding Standard takes it away.
  row("JSON with a byte order mark", whole(200, `\ufeff${BODY}`), "data ×1", "data ×1", "data ×1", {
    but: { workerd: ["decode 200 ×1", "decode 200 ×1", "decode 200 ×1"] },
    body: `\ufeff${BODY}`,
  }),
  row("200 with nothing", whole(200, ""), "decode 200 ×1", "decode 200 ×1", "nothing ×1", { body: undefined }),
  row("204", whole(204, ""), "nothing ×1", "nothing ×1", "nothing ×1"),

  // No.
  ...[400, 409, 501].map((status) =>
    row(`${status}`, whole(status, REFUSAL), `${codeOf(status)} ×1`, `${codeOf(status)} ×1`, `${codeOf(status)} ×1`, {
      body: JSON.parse(REFUSAL),
    }),
  ),
  row("401", whole(401, ""), "authentication 401 ×1", "authentication 401 ×1", "authentication 401 ×1"),
  row("403", whole(403, REFUSAL), "permission_denied 403 ×1", "permission_denied 403 ×1", "permission_denied 403 ×1", {
    body: JSON.parse(REFUSAL),
  }),
  row("404 with a page", whole(404, HTML), "not_found 404 ×1", "not_found 404 ×1", "not_found 404 ×1", { body: HTML }),
  ...[408, 500, 502, 503, 504].flatMap((status) => [
    row(`${status} with JSON`, whole(status, REFUSAL), "data ×2", `${codeOf(status)} ×3`, `${codeOf(status)} ×1`, {
      body: JSON.parse(REFUSAL),
    }),
    row(
      `${status} with a page`,
      whole(status, HTML, { "content-type": "text/html" }),
      "data ×2",
      `${codeOf(status)} ×3`,
      `${codeOf(status)} ×1`,
      { body: HTML },
    ),
    row(`${status} with nothing`, whole(status, ""), "data ×2", `${codeOf(status)} ×3`, `${codeOf(status)} ×1`),
  ]),
  row(
    "500, 502, 503, 504",
    [500, 502, 503, 504].map((status) => whole(status, "")),
    "data ×5",
    "server 504 ×6",
    "server 500 ×1",
    { maxRetries: 5 },
  ),
  row("503, then a reset", [whole(503, HTML), [RESET]], "data ×3", "connection ×3", "server 503 ×1", { body: HTML }),

  // Not now. The second to fourth time it comes in a storm.
  ...Object.entries({
    "for 0 seconds": { "retry-after": 0 },
    "until a date that has come": { "retry-after": date(0) },
    "with a reset in 0 seconds": { "ratelimit-limit": 50, "ratelimit-remaining": 0, "ratelimit-reset": 0 },
    "with nothing that says how long": {},
  }).flatMap(([how, headers]) => [
    row(`429 ${how}`, whole(429, REFUSAL, headers), "data ×2", "rate_limited 429 ×3", "data ×2", {
      body: JSON.parse(REFUSAL),
    }),
    row(`429 ${how}, four times`, Array(4).fill(whole(429, "", headers)), "data ×5", "rate_limited 429 ×6", "data ×5", {
      maxRetries: 5,
    }),
  ]),
  row(
    "429 until a date that is to come",
    whole(429, "", { "retry-after": date(1) }),
    "data ×2",
    "rate_limited 429 ×3",
    "data ×2",
  ),
  row(
    "429 for an hour",
    whole(429, HTML, { "retry-after": 3600 }),
    "rate_limited 429 ×1",
    "rate_limited 429 ×1",
    "rate_limited 429 ×1",
    { body: HTML },
  ),

  // The server's clock is not the client's: its dates are measured by its own, if it tells the time.
  row(
    "429 until now by a clock two minutes ahead",
    whole(429, "", { date: date(120), "retry-after": date(120) }),
    "data ×2",
    "rate_limited 429 ×3",
    "data ×2",
  ),
  row(
    "429 for 100 seconds by a clock two minutes behind",
    whole(429, "", { date: date(-120), "retry-after": date(-20) }),
    "rate_limited 429 ×1",
    "rate_limited 429 ×1",
    "rate_limited 429 ×1",
  ),
  row(
    "an answer dated two minutes ago",
    whole(200, BODY, { date: date(-120), expires: date(-120) }),
    "data ×1",
    "data ×1",
    "data ×1",
  ),
  row(
    "an answer dated two minutes ahead",
    whole(200, BODY, { date: date(120), expires: date(121) }),
    "data ×1",
    "data ×1",
    "data ×1",
  ),

  // Before the request's body has been read, of which there is much.
  row("an early answer", [EARLY, ...GOOD], "data ×1", "data ×1", "data ×1", { name: LONG }),
  row("an early refusal", [EARLY, ...whole(413, REFUSAL)], "api 413 ×1", "api 413 ×1", "api 413 ×1", {
    name: LONG,
    body: JSON.parse(REFUSAL),
  }),
  row("reset before the body is read", [EARLY, RESET], "data ×2", "connection ×3", "connection ×1", { name: LONG }),

  // On a connection that served another request before, and has died since or dies now.
  row("a connection that was closed", GOOD, "data ×1", "data ×1", "data ×1", {
    before: [KEPT, wait(20), END],
    reuses: false,
  }),
  row("a connection that was reset", GOOD, "data ×1", "data ×1", "data ×1", { before: [KEPT, RESET], reuses: false }),
  // Chromium then sends the request once more by itself, also a POST, and no caller can stop it.
  ...[
    ["closed", END],
    ["reset", RESET],
  ].map(([how, step]) =>
    row(`a connection that is ${how}`, [step], "data ×2", "connection ×3", "connection ×1", {
      but: { Chromium: ["data ×2", "connection ×4", "data ×2"] },
      before: [KEPT],
      reuses: true,
    }),
  ),
];

/** What an error says of a status. */
const codeOf = (status) => `${status === 409 ? "conflict" : status >= 500 ? "server" : "api"} ${status}`;

/** One answer, or several that come one after another. Where a runtime differs, it is in `but`. */
function row(fault, answer, once, always, post, { but = {}, ...options } = {}) {
  return { fault, answers: Array.isArray(answer[0]) ? answer : [answer], once, always, post, but, options };
}

/**
 * Firefox and WebKit read what is no HTTP more kindly than others, and send requests again by themselves, Firefox up to ten
 * times: which fault comes to what is theirs. That a call comes to something, and to what it may, is the package's.
 */
const hasOwnNetwork = ({ runtime }) => runtime === "Firefox" || runtime === "WebKit";
const isAnOutcome = (seen) =>
  match(
    seen,
    /^(data|nothing|(connection|timeout|decode|api|conflict|server|rate_limited|authentication|permission_denied|not_found)( \d{3})?) [\d×+]+$/,
    "what a call came to",
  );

function rowCase({ fault, answers, once, always, post, but, options }) {
  return {
    name: fault,
    run: (host) =>
      quietly(async () => {
        const calls = [
          () => outcome(host, GET, [...answers, GOOD], options),
          () => outcome(host, GET, answers, options),
          () => outcome(host, POST, [...answers, GOOD], options),
        ];
        // Those that are to use a connection again must not use each other's.
        const seen = options.before ? await inTurn(calls) : await Promise.all(calls.map((call) => call()));
        if (hasOwnNetwork(host)) return seen.forEach(isAnOutcome);
        const expected = but[host.runtime] ?? [once, always, post];
        deepEqual(seen, expected, "GET that meets it once, always, POST that meets it once");
      }),
  };
}

// Each to an address of its own: browsers hold a GET back while another one of the same is under way.
const GET = (kinde, key) => kinde.users.list({ next_token: key });
const POST = (kinde, key, name = "n") => kinde.apis.create({ name, audience: key });

/** What a call comes to that is answered so: a cell of the table. */
async function outcome(host, call, answers, settings = {}, pause = 50) {
  const { body, name, before, reuses, ...options } = settings;
  const server = before ? host.faultsAgain : host.faults;
  const { key, arrived } = await script({ server }, ...(before ? [before] : []), ...answers);
  const kinde = new host.sdk.Kinde({ domain: server, accessToken: key, ...options });
  if (before) {
    await soon(pause);
    await call(kinde, key);
    await soon(pause);
  }
  const seen = await comesTo(host, call(kinde, key, name), body);
  const [first, ...again] = (await arrived()).slice(before ? 1 : 0);
  for (const request of again) deepEqual(essence(request), essence(first), "a request after the first");
  if (before && !hasOwnNetwork(host) && reuses !== first.nth > 1) {
    // Which connection it takes is for the runtime to choose, which may have been busy with others.
    ok(pause < 1_000, "the connection that served before is never used again, or always");
    return outcome(host, call, answers, settings, 2 * pause);
  }
  const requests = again.length + 1;
  const resent = reuses && host.runtime === "Chromium" ? 1 : 0;
  if (seen instanceof host.sdk.KindeError && !hasOwnNetwork(host)) equal(seen.attempts + resent, requests, "attempts");
  return `${text(seen)} ×${requests}`;
}

/** What a call comes to, whole: "data", "nothing", or its error. */
async function comesTo(host, promise, body) {
  const { sdk } = host;
  let data;
  try {
    data = await settled(promise);
  } catch (error) {
    if (!(error instanceof sdk.KindeError)) throw error;
    if (error.status !== undefined && !hasOwnNetwork(host)) {
      deepEqual(error.body, body, "the error's body");
      // Chromium takes half a head for a whole one, and then there is nothing behind it.
      const isHalf = error.status === 200 && error.body === undefined;
      if (!isHalf) equal(error.headers.get("x-request-id"), "r-1", "a header of the refusal");
    }
    return error;
  }
  if (data === undefined) return "nothing";
  deepEqual(data, JSON.parse(BODY), "data");
  return "data";
}

async function inTurn(calls) {
  const results = [];
  for (const call of calls) results.push(await call());
  return results;
}

const text = (seen) => (typeof seen === "string" ? seen : [seen.code, seen.status].filter(Boolean).join(" "));
const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What must be the same when a request is sent again. */
const essence = ({ method, target, headers, body }) => [
  method,
  target,
  body,
  ...["authorization", "content-type"].map((name) => headers.get(name)),
];

/** Without backoff, which full jitter allows for, and without strays. */
async function quietly(run) {
  const { random } = Math;
  Math.random = () => 0;
  try {
    await withoutStrays(run);
  } finally {
    Math.random = random;
  }
}

/** Stands for the key of the case in the answers below, and is as long. */
const KEY = "00000000-0000-0000-0000-000000000000";
const token = (fields) => whole(200, JSON.stringify({ access_token: KEY, token_type: "bearer", ...fields }));
const TOKEN = token({ expires_in: 3600 });
const NO_CLIENT = `{"error":"invalid_client","error_description":"no such client","hint":null}`;
const no_client = JSON.parse(NO_CLIENT);

/**
 * fault of the token endpoint, its answer, what a call sees that meets it once, always: `data 2+1` is
 * the whole answer after two token requests and one of its own. A POST sees the same as a GET.
 */
const tokenTable = () => [
  tokenRow("nothing wrong", TOKEN, "data 1+1", "data 1+1"),
  tokenRow("a slow drip", [drip(TOKEN[0], 1), END], "data 1+1", "data 1+1"),
  tokenRow("silence", [], "data 2+1", "timeout 3+0", { timeout: 400 }),
  tokenRow("silence in the body", [TOKEN[0].slice(0, -20)], "data 2+1", "timeout 3+0", { timeout: 400 }),
  tokenRow("reset before the first byte", [RESET], "data 2+1", "connection 3+0"),
  tokenRow("reset in the headers", [HALF_HEAD, RESET], "data 2+1", "connection 3+0"),
  tokenRow("reset in the body", [TOKEN[0].slice(0, -20), RESET], "data 2+1", "connection 3+0"),
  tokenRow("closed in the body", [TOKEN[0].slice(0, -20), END], "data 2+1", "connection 3+0"),
  ...[500, 502, 503, 504].map((status) =>
    tokenRow(`${status} with a page`, whole(status, HTML), "data 2+1", `authentication ${status} 3+0`, { body: HTML }),
  ),
  tokenRow("500 twice", [whole(500, REFUSAL), whole(500, "")], "data 3+1", "authentication 500 3+0"),
  tokenRow("429", whole(429, "", { "retry-after": 0 }), "data 2+1", "authentication 429 3+0"),
  tokenRow("400 invalid_client", whole(400, NO_CLIENT), "authentication 400 1+0", "authentication 400 1+0", {
    body: no_client,
  }),
  tokenRow("401 invalid_client", whole(401, NO_CLIENT), "authentication 401 1+0", "authentication 401 1+0", {
    body: no_client,
  }),
  tokenRow("404 with a page", whole(404, HTML), "authentication 404 1+0", "authentication 404 1+0", { body: HTML }),
  tokenRow("200 with a page", whole(200, HTML), "authentication 1+0", "authentication 1+0"),
  tokenRow("200 with nothing", whole(200, ""), "authentication 1+0", "authentication 1+0"),
  tokenRow("200 without a token", token({ access_token: undefined }), "authentication 1+0", "authentication 1+0"),
  tokenRow(
    "200 with JSON that breaks off",
    whole(200, `{"access_token":"${KEY}`),
    "authentication 1+0",
    "authentication 1+0",
  ),

  // What a clock two minutes off, behind or ahead, makes of a token: nothing, but a refusal of the
  // API if it takes the token for expired.
  ...[-120, 120].map((seconds) =>
    tokenRow(
      `a clock ${seconds} seconds off`,
      whole(200, JSON.stringify({ access_token: KEY, expires_in: 60, expires_at: Date.now() / 1000 + 60 + seconds }), {
        date: date(seconds),
      }),
      "data 1+1",
      "data 1+1",
    ),
  ),
  tokenRow("a token that the API refuses", TOKEN, "data 2+2", "authentication 401 2+2", {
    api: whole(401, REFUSAL),
    body: JSON.parse(REFUSAL),
  }),
  tokenRow(
    "a token that the API refuses, and no other",
    [TOKEN, whole(503, HTML)],
    "data 3+2",
    "authentication 503 4+1",
    { api: whole(401, ""), body: HTML },
  ),
];

function tokenRow(fault, answer, once, always, options) {
  return { fault, answers: Array.isArray(answer[0]) ? answer : [answer], once, always, options };
}

function tokenCase({ fault, answers, once, always, options: { api, body, ...options } = {} }) {
  const cell = async (host, call, isOnce) => {
    const key = crypto.randomUUID();
    const told = JSON.parse(JSON.stringify(isOnce ? [...answers, TOKEN] : answers).replaceAll(KEY, key));
    const clientId = `id-${key}`;
    const tokens = await script({ server: host.faults, key: clientId }, ...told);
    const calls = await script({ server: host.faults, key }, ...(api ? [api] : []), ...(isOnce || !api ? [GOOD] : []));
    const kinde = new host.sdk.Kinde({ domain: host.faults, clientId, clientSecret: "a secret", ...options });
    const seen = await comesTo(host, call(kinde, key), body);
    const [asked, arrived] = [await tokens.arrived(), await calls.arrived()];
    if (seen instanceof host.sdk.KindeError && !hasOwnNetwork(host)) equal(seen.attempts, arrived.length, "attempts");
    return `${text(seen)} ${asked.length}+${arrived.length}`;
  };
  return {
    name: `token endpoint: ${fault}`,
    run: (host) =>
      quietly(async () => {
        const seen = await Promise.all(
          [GET, POST].flatMap((call) => [cell(host, call, true), cell(host, call, false)]),
        );
        if (hasOwnNetwork(host)) return seen.forEach(isAnOutcome);
        deepEqual(
          seen,
          [once, always, once, always],
          "GET that meets it once, always, POST that meets it once, always",
        );
      }),
  };
}

const others = [
  ...Object.entries({ GET, POST }).map(([method, call]) => ({
    name: `token endpoint: nobody listens, ${method}`,
    run: (host) =>
      quietly(async () => {
        const { key, arrived } = await script({ server: host.faults }, GOOD);
        let asked = 0;
        const elsewhere = (url, init) => {
          if (!url.endsWith("/oauth2/token")) return fetch(url, init);
          asked++;
          return fetch(url.replace(host.faults, host.refused), init);
        };
        const kinde = new host.sdk.Kinde({
          domain: host.faults,
          clientId: key,
          clientSecret: "a secret",
          fetch: elsewhere,
        });
        const error = await comesTo(host, call(kinde, key));
        deepEqual(
          [text(error), error.attempts, asked, (await arrived()).length],
          ["connection", 0, 3, 0],
          "error, attempts, requests",
        );
      }),
  })),
  ...Object.entries({ GET, POST }).flatMap(([method, call]) =>
    [302, 307].map((status) => ({
      name: `a redirect (${status}) to another origin takes neither token nor secret along, ${method}`,
      async run(host) {
        const [token, id] = [crypto.randomUUID(), crypto.randomUUID()];
        const followed = await Promise.all([token, id].map((key) => script({ server: host.faultsAgain, key }, GOOD)));
        const moved = whole(status, "", { location: `${host.faultsAgain}/elsewhere` });
        for (const key of [token, id]) await script({ server: host.faults, key }, moved);
        for (const credentials of [{ accessToken: token }, { clientId: id, clientSecret: "a secret" }]) {
          const kinde = new host.sdk.Kinde({ domain: host.faults, maxRetries: 0, ...credentials });
          ok(["api", "authentication", "connection"].includes((await comesTo(host, call(kinde, token))).code), "code");
        }
        for (const { arrived } of followed) equal((await arrived()).length, 0, "requests to the other origin");
      },
    })),
  ),
  {
    name: "a promise that is rejected unheard would be noticed",
    async run() {
      const noticed = await withoutStrays(async () => {
        Promise.reject(new Error("a stray"));
        Promise.reject(new Error("heard a little later")).catch(() => {});
        await soon(20);
      }).catch(({ message }) => message);
      equal(noticed, "rejected unheard: Error: a stray", "what is said of it");
    },
  },
  {
    name: "a call that never settles would be noticed",
    async run() {
      const noticed = await settled(new Promise(() => {}), 50).catch(({ message }) => message);
      equal(noticed, "not settled after 50 ms", "what is said of it");
    },
  },
];
