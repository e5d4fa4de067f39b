// A server that behaves like a small Kinde tenant, for everything that has no account.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { sendFile } from "../js/pages.mjs";
import { NOTHING } from "./answer.mjs";
import { readRequest } from "./checks.mjs";
import { cut, readDocument, successOf } from "./document.mjs";
import { audienceOf, endpoints, grant } from "./oauth.mjs";
import { prismOf } from "./prism.mjs";
import { Refusal, forbidden, noRoute, oauthError, unauthorized, wrongMethod } from "./refusal.mjs";
import { handlers } from "./resources/index.mjs";
import { Store } from "./store.mjs";
import { Tokens, bearerOf, makeKey } from "./tokens.mjs";
import { Reset, faultsOf, limiter, obey } from "./trouble.mjs";

const DOCUMENT = fileURLToPath(new URL("../../spec/kinde-v1.yaml", import.meta.url));
const LARGEST_BODY = 10 * 2 ** 20;

/**
 * Start it.
 *
 * - `port`: 0 for any free one.
 * - `data`: a file to keep the tenant in; without, it is new at each start.
 * - `asDocumented`: answer as the document says, without the real service's nulls and fields of its own.
 * - `rateLimit`: requests a second. `faults`: the share of requests that fail or take long. `slowness`: how
 *   long then. `latency`: how long every answer takes. In milliseconds.
 * - `folders`: files to hand out, as for `sendFile`.
 * - `log`: gets a line for each request.
 *
 * Resolves to `{ origin, clients, userToken, tokens, close }`: `clients.full` may do everything and
 * `clients.readOnly` read; `userToken(id)` is the access token of a user who has signed in; `tokens()`
 * says how many tokens were asked for. `/try` leads to the page of `folders`, with a token.
 */
export async function startLocalKinde({
  port = 0,
  data,
  asDocumented = false,
  rateLimit,
  faults = 0,
  slowness = 3000,
  latency = 0,
  folders = {},
  log = () => {},
} = {}) {
  const document = await readDocument(DOCUMENT);
  const store = await Store.open({ file: data, scopes: document.scopes, makeKey });
  const kinde = {
    document,
    store,
    tokens: new Tokens(store.key),
    askPrism: prismOf(document.document),
    asDocumented,
    latency,
    takeTurn: limiter(rateLimit),
    goWrong: faultsOf(faults, slowness),
    folders,
    tokensGiven: 0,
  };
  const server = createServer(async (request, response) => {
    const start = performance.now();
    response.once("close", () => {
      const outcome = response.writableFinished ? response.statusCode : "broken off";
      log(`${request.method} ${request.url} -> ${outcome} (${Math.round(performance.now() - start)} ms)${response.reason ?? ""}`);
    });
    await serve(kinde, request, response);
  });
  // A client that goes away in the middle is its own affair.
  server.on("clientError", (_, socket) => socket.destroy());
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    clients: clientsOf(store),
    tokens: () => kinde.tokensGiven,
    userToken: (id) => userToken(kinde, origin, id),
    async close() {
      server.close();
      server.closeAllConnections();
      await store.save();
    },
  };
}

/** The two programs that a new tenant knows; whoever deleted one does without. */
function clientsOf({ applications }) {
  const client = (name) => {
    const found = applications.all().find((one) => one.type === "m2m" && one.name === name);
    return found && { id: found.id, secret: found.client_secret };
  };
  return { full: client("Backoffice"), readOnly: client("Reporting") };
}

function userToken({ store, tokens }, issuer, id) {
  const user = id ? store.users.get(id) : store.users.all()[0];
  const application = store.applications.all().find(({ type }) => type === "reg");
  return tokens.forUser(user, { issuer, application });
}

/** One request, from its head to its answer. */
async function serve(kinde, request, response) {
  allowPages(request, response);
  if (request.method === "OPTIONS") return response.writeHead(204).end();
  try {
    const given = await readAll(request);
    if (kinde.latency > 0) await sleep(kinde.latency);
    if (given.headers["x-local-kinde"]) await obey(given.headers["x-local-kinde"]);
    if (given.method === "GET" && given.url.pathname === "/try") return sendToPage(kinde, given, response);
    if (given.method === "GET" && (await sendFile(request, response, kinde.folders))) return;
    const { status, body } = await answer(kinde, given);
    send(response, status, body);
  } catch (error) {
    if (error instanceof Reset) return request.socket.resetAndDestroy();
    if (error instanceof Refusal) {
      response.reason = reasonOf(error);
      return send(response, error.status, error.body, error.headers);
    }
    console.error(error);
    send(response, 500, { errors: [{ code: "LOCAL_KINDE", message: `This is a defect of local Kinde: ${error.message}` }] });
  }
}

/** Pages of every origin may call, with any header, and read every header. */
function allowPages({ headers }, response) {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
  response.setHeader("access-control-allow-headers", headers["access-control-request-headers"] ?? "*");
}

async function readAll(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Refusal(413, { errors: [{ code: "PAYLOAD_TOO_LARGE", message: "The body is larger than 10 MB" }] });
    chunks.push(chunk);
  }
  const { method, headers } = request;
  // Under the name that the caller knows it by: localhost, or an address.
  const host = headers.host ?? "localhost";
  return { method, headers, host, origin: `http://${host}`, url: new URL(request.url, `http://${host}`), bytes: Buffer.concat(chunks) };
}

async function answer(kinde, given) {
  const { method, url } = given;
  const endpoint = endpoints[`${method} ${url.pathname}`];
  if (endpoint) {
    if (url.pathname === "/oauth2/token") {
      kinde.tokensGiven += 1;
      await kinde.goWrong();
    }
    return { status: 200, body: endpoint({ ...kinde, ...given }) };
  }
  const { operation, values, methods = [] } = kinde.document.match(method, url.pathname);
  if (!operation) throw methods.length > 0 ? wrongMethod(methods) : noRoute();
  return run(kinde, given, operation, values);
}

/** An operation of the document: may the caller, is the request right, and what comes of it. */
async function run(kinde, given, operation, path) {
  const { store } = kinde;
  if (operation.scope) authorize(kinde, given, operation.scope);
  kinde.takeTurn();
  await kinde.goWrong();
  const { query, body } = await readRequest(operation, given, path).catch((error) => {
    throw operation.scope ? error : asOAuth(error);
  });
  const call = { ...kinde, ...given, path, query, body };
  const handler = handlers[operation.operationId];
  const result = handler ? await handler(call) : await example(call);
  if (handler && given.method !== "GET") store.changed();
  const { status, schema } = successOf(operation);
  if (result === NOTHING) return { status: 204 };
  return { status, body: kinde.asDocumented ? cut(schema, result) : result };
}

/** An example from the document, of users and organizations that are there. */
function example({ store, askPrism, method, headers, url, path, query, body }) {
  if (path.user_id) store.users.get(path.user_id);
  if (path.org_code) store.organizations.get(path.org_code);
  return askPrism({ method, headers, path: url.pathname, query, body });
}

/** That the token is one for the Management API and has the scope. */
function authorize({ tokens, store }, { headers, origin }, scope) {
  const claims = tokens.read(bearerOf(headers), origin);
  const audience = audienceOf(store.apis.by("is_management_api", true), origin);
  if (!claims.aud?.includes(audience)) throw unauthorized(`The access token is not for ${audience}`);
  if (!claims.scp?.includes(scope)) throw forbidden(scope);
}

/** A wrong request, as OAuth endpoints say it. */
function asOAuth(error) {
  if (!(error instanceof Refusal) || error.status !== 400) return error;
  return oauthError("invalid_request", error.body.errors.map(({ message }) => message).join("; "));
}

/** The page of `folders`, with the address and a fresh token in the part of the URL that is not sent. */
function sendToPage({ store, tokens }, { origin }, response) {
  const { id } = clientsOf(store).full ?? clientsOf(store).readOnly;
  const { token } = grant({ store, tokens, origin }, store.applications.get(id), { audience: `${origin}/api` });
  response.writeHead(302, { location: `/www/#domain=${encodeURIComponent(origin)}&token=${token}` }).end();
}

function send(response, status, body, headers = {}) {
  const json = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  if (body === undefined) return response.writeHead(status, headers).end();
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { ...json, ...headers, "content-length": Buffer.byteLength(text) }).end(text);
}

function reasonOf({ body }) {
  const errors = [body?.errors ?? body?.error_description ?? []].flat();
  return errors.map((error) => `\n    ${error.message ?? error}`).join("");
}
