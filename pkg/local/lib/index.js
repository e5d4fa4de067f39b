// A server that behaves like a small Kinde tenant, for everything that has no account.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { sendFile } from "../../../xtask/js/pages.mjs";
import { NOTHING } from "./answer.js";
import { readRequest } from "./checks.js";
import { cut, readDocument, successOf } from "./document.js";
import { listen } from "./http.js";
import { audienceOf, endpoints, grant } from "./oauth.js";
import { prismOf } from "./prism.js";
import { Refusal, forbidden, noRoute, oauthError, unauthorized, wrongMethod } from "./refusal.js";
import { handlers } from "./resources/index.js";
import { EXPLORER, Grants } from "./signin.js";
import { Store } from "./store.js";
import { Tokens, bearerOf, makeKey } from "./tokens.js";
import { faultsOf, limiter, obey } from "./trouble.js";

const DOCUMENT = fileURLToPath(new URL("../../../spec/kinde-v1.yaml", import.meta.url));

/**
 * Start it.
 *
 * - `port`: 0 for any free one.
 * - `data`: a file to keep the tenant in; without, it is new at each start.
 * - `asDocumented`: answer as the document says, without the real service's nulls and fields of its own.
 * - `rateLimit`: requests a second. `faults`: the share of requests that fail or take long. `slowness`: how
 *   long then. `latency`: how long every answer takes. In milliseconds.
 * - `folders`: files to hand out, as for `sendFile`.
 * - `log`: gets a line for each request. `watch`: gets the request itself, `{ method, url, headers, bytes }`.
 *
 * Resolves to `{ origin, clients, userToken, tokens, close }`: `clients.full` may do everything and
 * `clients.readOnly` read, people sign in to `clients.web`; `userToken(id)` is the access token of a user who has signed in; `tokens()`
 * says how many tokens were asked for. `/` leads to the page of `folders`, `/try` too, with a token.
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
  watch = () => {},
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
    grants: new Grants(),
    tokensGiven: 0,
  };
  const server = await listen({ port, log, answer: (given) => (watch(given), answer(kinde, given)) });
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

/** The programs that a new tenant knows; whoever deleted one does without. */
function clientsOf({ applications }) {
  const client = (name, type = "m2m") => {
    const found = applications.all().find((one) => one.type === type && one.name === name);
    return found && { id: found.id, secret: found.client_secret };
  };
  return { full: client("Backoffice"), readOnly: client("Reporting"), web: client("Shop", "reg") };
}

function userToken({ store, tokens }, issuer, id) {
  const user = id ? store.users.get(id) : store.users.all()[0];
  const application = store.applications.all().find(({ type }) => type === "reg");
  return tokens.forUser(user, { issuer, application }).token;
}

/** One request, from the trouble that it is in for to its answer. */
async function answer(kinde, given) {
  const { method, url, headers, request, response } = given;
  if (kinde.latency > 0) await sleep(kinde.latency);
  if (headers["x-local-kinde"]) await obey(headers["x-local-kinde"]);
  const call = `${method} ${url.pathname}`;
  if (call === "GET /" && kinde.folders["/www/"]) return { status: 302, headers: { location: "/www/" } };
  if (call === "GET /try") return leadToPage(kinde, given);
  if (call === "GET /www/connection.json") return { status: 200, body: connectionOf(given) };
  if (method === "GET" && (await sendFile(request, response, kinde.folders))) return undefined;
  if (endpoints[call]) return runEndpoint(kinde, given, endpoints[call]);

  const { operation, values, methods } = kinde.document.match(method, url.pathname);
  if (operation)
    return operation.scope ? run(kinde, given, operation, values) : runOAuth(kinde, given, operation, values);
  const others = Object.keys(endpoints).filter((endpoint) => endpoint.endsWith(` ${url.pathname}`));
  const allowed = [...methods, ...others.map((endpoint) => endpoint.split(" ")[0])];
  throw allowed.length > 0 ? wrongMethod(allowed) : noRoute();
}

async function runEndpoint(kinde, given, endpoint) {
  if (endpoint === endpoints["POST /oauth2/token"]) {
    kinde.tokensGiven += 1;
    await kinde.goWrong();
  }
  return endpoint({ ...kinde, ...given });
}

/** An operation of the document: may the caller, is the request right, and what comes of it. */
async function run(kinde, given, operation, path) {
  if (operation.scope) authorize(kinde, given, operation.scope);
  kinde.takeTurn();
  await kinde.goWrong();
  const call = { ...kinde, ...given, path, ...(await readRequest(operation, given, path)) };
  const handler = handlers[operation.operationId];
  const result = handler ? await handler(call) : await example(call);
  if (handler && given.method !== "GET") kinde.store.changed();
  if (result === NOTHING) return { status: 204 };
  const { status, schema } = successOf(operation);
  return { status, body: kinde.asDocumented ? cut(schema, result) : result };
}

/** One of its OAuth endpoints: what is refused is refused in the words of OAuth. */
async function runOAuth(kinde, given, operation, path) {
  try {
    return await run(kinde, given, operation, path);
  } catch (error) {
    if (!(error instanceof Refusal && Array.isArray(error.body?.errors) && error.status <= 401)) throw error;
    const description = error.body.errors.map(({ message }) => message).join("; ");
    throw oauthError(
      error.status === 401 ? "invalid_token" : "invalid_request",
      description,
      error.status,
      error.headers,
    );
  }
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

/** What the page of `folders` is told: here it can sign in. */
const connectionOf = ({ origin }) => ({ kind: "local", domain: origin, clientId: EXPLORER.id });

/** To the page of `folders`, with the address and a fresh token in the part of the URL that is not sent. */
function leadToPage({ store, tokens }, { origin }) {
  const { full, readOnly } = clientsOf(store);
  const client = full ?? readOnly;
  if (!client) throw noRoute();
  const { token } = grant({ store, tokens, origin }, store.applications.get(client.id), { audience: `${origin}/api` });
  return { status: 302, headers: { location: `/www/#domain=${encodeURIComponent(origin)}&token=${token}` } };
}
