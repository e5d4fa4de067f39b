// Local Kinde itself, in any runtime: requests in, answers out. Who listens, and where the tenant is kept, is others' affair.
import { Hono } from "hono";
import { cors } from "hono/cors";

import { NOTHING } from "./answer.js";
import { readRequest } from "./checks.js";
import { Clock } from "./clock.js";
import { addControl } from "./control/index.js";
import { cut, exampleOf, operations, scopes } from "./document.js";
import { checkHost, isServed } from "./hosts.js";
import { Log } from "./log.js";
import { audienceOf, endpoints } from "./oauth.js";
import { Refusal, asDocumented, forbidden, noRoute, oauthError, unauthorized, wrongMethod } from "./refusal.js";
import { handlers } from "./resources/index.js";
import { Grants } from "./signin.js";
import { Store } from "./store.js";
import { Tokens, bearerOf, makeKey } from "./tokens.js";
import { Reset, Trouble } from "./trouble.js";
import { Webhooks } from "./webhooks.js";

const LARGEST_BODY = 10 * 2 ** 20;

/**
 * Everything that one local Kinde has. `given` are the options of `startLocalKinde`, and what the host adds: `origin` where
 * it does not listen, `storage` (`{ name, load, save }`), and `sendFile(path)`, which gives a Response or nothing.
 */
export async function createKinde(given = {}) {
  const { origin, storage, seed, strict = false, sendFile = () => undefined, pages = {} } = given;
  const clock = new Clock();
  const store = await Store.open({ storage, seed, scopes, clock, makeKey });
  const tokens = new Tokens(store, clock);
  /** @type {any} */
  const kinde = {
    origin,
    store,
    clock,
    tokens,
    strict,
    sendFile,
    pages,
    trouble: new Trouble(given),
    grants: new Grants(clock),
    log: new Log({ clock, line: given.log, onRequest: given.onRequest }),
    webhooks: new Webhooks({ store, tokens, clock, ...given.webhooks }),
  };
  kinde.app = appOf(kinde);
  return kinde;
}

/** Back to the beginning: the tenant, the clock, faults, logs. Ids, secrets and keys stay. */
export function resetKinde(kinde) {
  kinde.clock.reset();
  kinde.store.reset();
  kinde.store.changed();
  kinde.tokens.forget();
  kinde.grants.forget();
  kinde.trouble.reset();
  kinde.log.clear();
  kinde.webhooks.clear();
}

function appOf(kinde) {
  /** @type {Hono<{ Variables: Record<string, any> }>} */
  const app = new Hono();
  app.onError((error, context) => refuse(kinde, error, context));
  app.notFound(() => {
    throw noRoute();
  });
  app.use((context, next) => kinde.log.record(context, next));
  app.use(checkHost);
  app.use(
    cors({
      origin: (from, context) => (isServed(kinde, context, from) ? from : undefined),
      allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      exposeHeaders: ["*"],
    }),
  );
  app.use(async (context, next) => {
    context.set("given", await read(kinde, context));
    kinde.log.onRequest(context.get("given"));
    await kinde.trouble.meet(context.get("given"));
    await next();
  });
  addControl(app, kinde);
  const paths = new Map();
  const add = (method, path, handler) => {
    const route = path.replaceAll(/\{([^}]+)\}/g, ":$1");
    app.on(method, route, handler);
    paths.set(route, [...(paths.get(route) ?? []), method]);
  };
  for (const [call, endpoint] of Object.entries(endpoints)) {
    const [method, path] = call.split(" ");
    add(method, path, (context) => runEndpoint(kinde, context, endpoint));
  }
  // A word of the path goes before a placeholder for any.
  const placeholders = ({ path }) => path.split("{").length;
  for (const operation of operations.toSorted((one, other) => placeholders(one) - placeholders(other))) {
    add(operation.method, operation.path, (context) => runOperation(kinde, context, operation));
  }
  app.get("*", async (context, next) => (await kinde.sendFile(new URL(context.req.url).pathname)) ?? next());
  for (const [route, methods] of paths) {
    app.all(route, () => {
      throw wrongMethod(methods);
    });
  }
  return app;
}

/** What a request brings. */
async function read(kinde, context) {
  const { method, url: address, raw } = context.req;
  const url = new URL(address);
  return {
    method,
    url,
    headers: Object.fromEntries(raw.headers),
    // The origin by which the caller knows this: localhost, or an address.
    origin: kinde.origin ?? url.origin,
    bytes: await bytesOf(raw),
    notes: context.get("notes"),
    ip: context.env?.incoming?.socket?.remoteAddress ?? "127.0.0.1",
  };
}

/** The body, which has a limit: it is held as a whole. */
async function bytesOf({ body }) {
  const chunks = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      const message = "The body is larger than 10 MB";
      throw new Refusal(413, { errors: [{ code: "PAYLOAD_TOO_LARGE", message }] });
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const callOf = (kinde, context) => ({
  ...kinde,
  ...context.get("given"),
  path: context.req.param(),
  emit: (type, data, source) => kinde.webhooks.emit(type, data, source),
});

async function runEndpoint(kinde, context, endpoint) {
  await kinde.trouble.strike(context.get("given"));
  const call = callOf(kinde, context);
  return respond(await endpoint(call));
}

function runOperation(kinde, context, operation) {
  context.set("operation", operation);
  const isOAuth = operation.path.startsWith("/oauth2/");
  return isOAuth ? runOAuth(kinde, context, operation) : run(kinde, context, operation);
}

/** An operation of the document: may the caller, is the request right, and what comes of it. */
async function run(kinde, context, operation) {
  const call = callOf(kinde, context);
  if (operation.scope) await authorize(call, operation.scope);
  kinde.trouble.takeTurn();
  await kinde.trouble.strike(call, operation.operationId);
  Object.assign(call, await readRequest(operation, call, call.path));
  const handler = handlers[operation.operationId];
  const result = handler ? await handler(call) : exampleOf(operation.schema);
  if (handler && operation.method !== "GET") kinde.store.changed();
  if (!handler) call.notes.push("nothing is kept for this operation: the answer is the document's example");
  if (result === NOTHING) return respond({ status: 204 });
  const body = kinde.strict ? cut(operation.schema, result) : result;
  const headers = handler ? undefined : { "x-local-kinde": "example" };
  return respond({ status: operation.status, body, headers });
}

/** One of its OAuth endpoints: what is refused is refused in the words of OAuth. */
async function runOAuth(kinde, context, operation) {
  try {
    return await run(kinde, context, operation);
  } catch (error) {
    if (!(error instanceof Refusal && Array.isArray(error.body?.errors) && error.status <= 401)) throw error;
    const description = error.body.errors.map(({ message }) => message).join("; ");
    const name = error.status === 401 ? "invalid_token" : "invalid_request";
    throw oauthError(name, description, error.status, error.headers);
  }
}

/** That the token is one for the Management API and has the scope. */
async function authorize({ tokens, store, headers, origin }, scope) {
  const claims = await tokens.read(bearerOf(headers), origin);
  const audience = audienceOf(store.apis.by("is_management_api", true), origin);
  if (!claims.aud?.includes(audience)) throw unauthorized(`The access token is not for ${audience}`);
  if (!claims.scp?.includes(scope)) throw forbidden(scope);
}

/**
 * An answer as a Response: JSON, unless the body is a text.
 * @param {{ status: number, headers?: Record<string, string>, body?: any }} answer
 */
export function respond({ status, headers = {}, body }) {
  if (body === undefined) return new Response(null, { status, headers });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const usual = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  return new Response(text, { status, headers: { ...usual, ...headers } });
}

function refuse({ strict }, error, context) {
  // Whoever listens breaks the connection off.
  if (error instanceof Reset) throw error;
  const notes = context.get("notes") ?? [];
  if (error instanceof Refusal) {
    const refusal = strict ? asDocumented(error, context.get("operation")) : error;
    notes.push(...reasonsOf(refusal));
    return respond(refusal);
  }
  console.error(error);
  const message = `This is a defect of local Kinde: ${error.message}`;
  notes.push(message);
  return respond({ status: 500, body: { errors: [{ code: "LOCAL_KINDE", message }] } });
}

function reasonsOf({ body }) {
  const errors = [body?.errors ?? body?.error_description ?? []].flat();
  return errors.map((error) => error.message ?? error);
}
