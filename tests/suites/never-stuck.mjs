// Whatever a method is given, the call settles, and the client works afterwards.

import { deepEqual, equal, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN } from "../lib/double.mjs";
import { hostile, LARGE, signals } from "../lib/hostile.mjs";
import { methodOf } from "../lib/resources.mjs";
import { callOf } from "../lib/values.mjs";

const LIMIT = 30_000;

export const cases = (operations) => [
  ...operations.map((operation) => ({
    name: `${operation.resource}.${operation.name}`,
    run: (host) => checkMethod(host, operation, (kind) => firstOf(operations, kind) === operation),
  })),
  { name: "kinde.call", run: checkCall },
  { name: "kinde.request", run: checkRequest },
  { name: "new Kinde and Kinde.fromEnv", run: checkConstructor },
];

/** The first operation that has a place of this kind. */
const firstOf = (operations, kind) => operations.find((operation) => kindsOf(operation).includes(kind));

/** What kinds of places a method has: of its arguments and their fields, by where they go and of which type they are. */
const kindsOf = (operation) => [...new Set(["params", "options", ...fieldsOf(operation).map(kindOfField)])];

const fieldsOf = ({ parameters, body }) => [
  ...parameters,
  ...Object.entries(body?.schema.properties ?? {}).map(([name, schema]) => ({ name, in: body.contentType, schema })),
];
const kindOfField = ({ in: where, schema }) => `${where} ${schema?.type}`;

/**
 * Every hostile value in every place where the method takes one; the huge text in those of the kinds that `isFirst` says
 * yes to, a large one in the others.
 */
async function checkMethod({ sdk }, operation, isFirst) {
  // The list may be inside of something: `data.roles`.
  const place = operation.paging?.items.split(".") ?? [];
  const answer = place.reduceRight((inner, name) => ({ [name]: inner }), operation.paging ? [] : {});
  const client = clientOn(sdk, { timeout: 500 }, () => Response.json(answer));
  const method = methodOf(client.kinde, operation);
  const { args } = callOf(operation, { everything: true });
  const kindOf = (key) => {
    const field = fieldsOf(operation).find(({ name }) => name === key);
    return field ? kindOfField(field) : "params";
  };
  const places = [...args.keys()].map((index) => [
    `argument ${index + 1}`,
    (value) => args.with(index, value),
    kindOf(operation.positional[index]),
  ]);
  const params = args.at(-1);
  if (args.length > operation.positional.length) {
    for (const key of [...Object.keys(params), "a_key_that_is_new"]) {
      places.push([key, (value) => args.with(-1, { ...params, [key]: value }), kindOf(key)]);
    }
  }
  places.push(...optionPlaces.map(([place, make]) => [place, (value) => [...args, make(value)], "options"]));
  places.push(["all at once", (value) => [value, value, value, value, value, value], "options"]);

  await check(sdk, client, places, (values) => method(...values), isFirst);
}

const optionPlaces = [
  ["options", (value) => value],
  ["options.signal", (signal) => ({ signal })],
  ["options.timeout", (timeout) => ({ timeout })],
  ["options.deadline", (deadline) => ({ deadline })],
  ["options.maxRetries", (maxRetries) => ({ maxRetries })],
  ["options.retryWrites", (retryWrites) => ({ retryWrites })],
  ["options.limit", (limit) => ({ limit })],
  ["options.headers", (headers) => ({ headers })],
  ["a header", (value) => ({ headers: { "x-a": value } })],
  ["an option that there is none of", (value) => ({ nothing: value })],
];

async function checkCall({ sdk }) {
  const client = clientOn(sdk, { timeout: 500 }, () => Response.json({ users: [] }));
  const places = [
    ["the operation id", (value) => [value]],
    ["args", (value) => ["updateUser", value]],
    ["a query value", (id) => ["updateUser", { id }]],
    ["a path value", (api_id) => ["getAPI", { api_id }]],
    ["a field", (given_name) => ["updateUser", { id: "x", given_name }]],
    ...optionPlaces.map(([place, make]) => [place, (value) => ["getUsers", {}, make(value)]]),
    ["all at once", (value) => [value, value, value]],
  ];
  await check(sdk, client, places, (values) => client.kinde.call(...values));
}

async function checkRequest({ sdk }) {
  const client = clientOn(sdk, { timeout: 500 });
  const places = [
    ["the method", (value) => [value, "/"]],
    ["the path", (value) => ["GET", value]],
    ["the query", (query) => ["GET", "/", { query }]],
    ["a query value", (value) => ["GET", "/", { query: { a: value, b: [value], c: { d: value } } }]],
    ["the body", (body) => ["POST", "/", { body }]],
    ["a field", (value) => ["POST", "/", { body: { a: value } }]],
    ...optionPlaces.map(([place, make]) => [place, (value) => ["GET", "/", make(value)]]),
    ["all at once", (value) => [value, value, value]],
  ];
  await check(sdk, client, places, (values) => client.kinde.request(...values));
}

/** Makes the call with each value in each place; afterwards the same client makes a good one. */
async function check(sdk, { kinde, calls }, places, call, isFirst = () => true) {
  const failures = [];
  for (const [place, put, kindOfPlace] of places) {
    const values = { ...hostile, ...(place === "options.signal" && signals) };
    if (!isFirst(kindOfPlace)) values["a huge string"] = () => LARGE;
    for (const [kind, make] of Object.entries(values)) {
      calls.length = 0;
      await settle(sdk, calls, `${kind} as ${place}`, () => call(put(make()))).catch(({ message }) =>
        failures.push(message),
      );
    }
    calls.length = 0;
    await kinde.business.get();
    equal(calls[0].url, `${DOMAIN}/api/v1/business`, `the address after ${place}`);
  }
  ok(failures.length === 0, `${failures.length} failed: ${failures.slice(0, 10).join("; ")}`);
}

/** A promise that resolves, or is rejected with a KindeError and nothing was sent. */
async function settle(sdk, calls, what, call) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, LIMIT, { stuck: true });
  });
  let promise;
  try {
    promise = call();
  } catch (error) {
    throw new Error(`${what}: thrown at once, not rejected: ${error?.constructor?.name}: ${error?.message}`, {
      cause: error,
    });
  }
  const outcome = await Promise.race([
    late,
    promise.then(
      () => ({}),
      (error) => ({ error }),
    ),
  ]);
  clearTimeout(timer);
  ok(!outcome.stuck, `${what}: not settled`);
  if (!("error" in outcome)) return equal(calls.length, 1, `${what}: requests`);
  const { error } = outcome;
  ok(error instanceof sdk.KindeError, `${what}: rejected with ${error?.constructor?.name}: ${error?.message}`);
  ok(["invalid_request", "aborted", "timeout"].includes(error.code), `${what}: code ${error.code}: ${error.message}`);
  if (error.code === "invalid_request") equal(calls.length, 0, `${what}: requests of a call that is refused`);
  return ok(error.message.length < 1000, `${what}: a message of ${error.message.length} characters`);
}

async function checkConstructor({ sdk }) {
  const good = { domain: DOMAIN, accessToken: "t" };
  const secret = { domain: DOMAIN, clientId: "i", clientSecret: "s" };
  const places = [
    ["options", (value) => new sdk.Kinde(value)],
    ...[
      "domain",
      "accessToken",
      "fetch",
      "timeout",
      "deadline",
      "maxRetries",
      "retryWrites",
      "headers",
      "maxConcurrency",
      "hooks",
      "logger",
      "logLevel",
    ].map((key) => [`options.${key}`, (value) => new sdk.Kinde({ ...good, [key]: value })]),
    ["a hook", (request) => new sdk.Kinde({ ...good, hooks: { request } })],
    ...["clientId", "clientSecret", "audience", "scope", "tokenStore"].map((key) => [
      `options.${key}`,
      (value) => new sdk.Kinde({ ...secret, [key]: value }),
    ]),
    ["a header", (value) => new sdk.Kinde({ ...good, headers: { "x-a": value } })],
    ["a variable", (KINDE_DOMAIN) => sdk.Kinde.fromEnv({ KINDE_DOMAIN })],
    ["options of fromEnv", (value) => sdk.Kinde.fromEnv({ KINDE_DOMAIN: DOMAIN }, value)],
  ];
  const failures = [];
  for (const [place, call] of places) {
    for (const [kind, make] of Object.entries(hostile)) {
      try {
        call(make());
      } catch (error) {
        const isRight = error instanceof sdk.KindeError && error.code === "configuration";
        if (!isRight) failures.push(`${kind} as ${place}: ${error?.constructor?.name}: ${error?.message}`);
      }
    }
  }
  ok(failures.length === 0, `${failures.length} failed: ${failures.slice(0, 10).join("; ")}`);
  const { kinde } = clientOn(sdk);
  deepEqual(await kinde.business.get(), {}, "the answer afterwards");
}
