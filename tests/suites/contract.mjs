// Every operation of the document, called against a server that checks each request against it.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { methodOf } from "../lib/resources.mjs";
import { callOf, hasAmbiguous, variantsOf } from "../lib/values.mjs";

export function cases(operations) {
  const all = [
    { name: "each operation of the document has a method of its own", run: countMethods },
    { name: "a call that breaks the document is noticed", run: noticeViolation },
  ];
  for (const operation of operations) {
    const add = (how, options, call = byMethod) =>
      all.push({
        name: `${operation.operationId}: ${how}`,
        run: (host) => check(host, operation, callOf(operation, options), call),
      });
    add("only what is required", { everything: false });
    add("everything", { everything: true });
    add("everything, by its id", { everything: true }, byId);
    for (let variant = 0; variant < variantsOf(operation); variant++) {
      if (variant === 0 && !hasAmbiguous(operation)) continue;
      add(`everything, alternative ${variant + 1}`, { everything: true, ambiguous: true, variant });
    }
  }
  return all;
}

const byMethod = (kinde, operation, { args }) => methodOf(kinde, operation)(...args);
const byId = (kinde, operation, { named }) => kinde.call(operation.operationId, named);

function countMethods({ sdk, operations }) {
  const kinde = new sdk.Kinde({ domain: "acme.kinde.com", accessToken: "none" });
  // the package is not asked what it should have
  equal(operations.length, 194, "operations");
  equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length, "operation ids");
  equal(new Set(operations.map((operation) => methodOf(kinde, operation))).size, operations.length, "methods");
}

/** Without this, a check that sees no violations might be one that cannot. */
async function noticeViolation({ sdk, prism }) {
  const kinde = new sdk.Kinde({ domain: prism, accessToken: "a-token", maxRetries: 0 });
  const error = await kinde.request("GET", "/api/v1/users", { query: { page_size: "ten" } }).catch((error) => error);
  ok(error.headers?.get("sl-violations"), "the server does not name its violations");
}

/** An example of the document that its own schema refuses; Prism then makes up a value. */
const WRONG_EXAMPLES = ["getEnvironment"];

async function check({ sdk, prism }, operation, planned, call) {
  let sent;
  const fetch = async (url, init) => {
    const prefer = WRONG_EXAMPLES.includes(operation.operationId) ? { prefer: "dynamic=true" } : {};
    const response = await globalThis.fetch(url, { ...init, headers: { ...init.headers, ...prefer } });
    sent = { url, init, status: response.status, headers: response.headers, answer: await response.clone().text() };
    return response;
  };
  const kinde = new sdk.Kinde({ domain: prism, accessToken: "a-token", maxRetries: 0, fetch });
  const outcome = await call(kinde, operation, planned).then(
    (data) => ({ data }),
    (error) => ({ error, data: error.body }),
  );

  if (!sent) throw outcome.error;
  const violations = JSON.parse(sent.headers.get("sl-violations") ?? "[]");
  deepEqual(
    violations.map(({ code, location }) => [code, ...location].join(" ")),
    planned.violations,
    "violations",
  );
  equal(
    sent.status >= 200 && sent.status < 300,
    planned.violations.length === 0,
    `success, with status ${sent.status},`,
  );
  equal(outcome.error === undefined, planned.violations.length === 0, `success of the call, with ${outcome.error}`);
  equal(sent.init.method, operation.method, "method");
  const [target, query = ""] = sent.url.split("?");
  equal(target, prism + planned.target, "path");
  deepEqual([...new URLSearchParams(query)], planned.query, "query");
  await checkBody(sent.init, operation, planned.body);
  deepEqual(outcome.data, sent.answer === "" ? undefined : JSON.parse(sent.answer), "answer");
}

const formOf = (body, headers) =>
  new Response(body, { headers: { "content-type": headers["content-type"] } }).formData();

/** What arrived of the body; the server only sees to what is required. */
async function checkBody({ body, headers }, operation, expected) {
  if (expected === undefined) return equal(body, undefined, "body");
  switch (operation.body.contentType) {
    case "application/x-www-form-urlencoded":
      return deepEqual(Object.fromEntries(new URLSearchParams(body)), expected, "form");
    case "multipart/form-data":
      return deepEqual([...(await formOf(body, headers)).keys()], Object.keys(expected), "parts");
    default:
      return deepEqual(JSON.parse(body), expected, "body");
  }
}
