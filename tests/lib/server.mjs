// A server that does as a case tells it, and tells the case what arrived.
//
// `POST /~script` with `{ key, answers }` says how to answer the requests of one case, one after
// another and the last one for all that follow; `GET /~arrived?key=` gives those requests. A
// request belongs to the case whose key its access token or its client id begins with.

import { once } from "node:events";
import { createServer } from "node:http";
import { bytesOf, freePort, listen } from "../support/listen.mjs";

export async function startServer() {
  const scripts = new Map();
  const server = createServer(async (request, response) => {
    allowPages(request, response);
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    const body = await bytesOf(request);
    const { method, url: target = "", rawHeaders } = request;
    if (target === "/~script") {
      const { key, answers } = JSON.parse(String(body));
      scripts.set(key, { answers, arrived: [] });
      return response.end();
    }
    if (target.startsWith("/~arrived?key=")) {
      return response.end(JSON.stringify(scripts.get(target.split("=")[1]).arrived));
    }
    const script = scripts.get(keyOf(request, body));
    if (!script) return response.writeHead(501).end("no case told how to answer this");
    script.arrived.push({ method, target, headers: pairsOf(rawHeaders), body: body.toString("base64") });
    await answer(script.answers.length > 1 ? script.answers.shift() : script.answers[0], response);
  });
  // A client that goes away in the middle is what some cases are about.
  server.on("clientError", (_, socket) => socket.destroy());
  const origin = await listen(server);
  return {
    origin,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** An origin where nobody listens. */
export async function closedOrigin() {
  return `http://127.0.0.1:${await freePort()}`;
}

/** Pages of every origin may call, with any header, and read every header. */
function allowPages(request, response) {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, QUERY");
  response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
}

function keyOf(request, body) {
  const token =
    request.headers.authorization?.slice("Bearer ".length) ?? new URLSearchParams(body.toString()).get("client_id");
  return token?.split("~")[0];
}

const pairsOf = (raw) => raw.flatMap((name, index) => (index % 2 ? [] : [[name.toLowerCase(), raw[index + 1]]]));

/**
 * `{ status, headers, body, json, repeat, delay, wait, cut }`: `body` is a text (`json` a value),
 * or `repeat` `{ first, middle, times, last }`; it comes after `delay` milliseconds. `wait` never sends the
 * "head", or what follows the `body`; `cut` breaks the connection there.
 */
async function answer({ status = 200, headers, body, json, repeat, delay = 0, wait, cut }, response) {
  await new Promise((resolve) => setTimeout(resolve, delay));
  if (cut === "head") return response.socket?.resetAndDestroy();
  if (wait === "head") return;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  const text = json === undefined ? body : JSON.stringify(json);
  if (cut === "body" || wait === "body") {
    response.write(text);
    if (cut) setTimeout(() => response.socket?.resetAndDestroy(), 50);
    return;
  }
  const { first, middle, times, last } = repeat ?? { times: 0, last: text };
  if (first) response.write(first);
  for (let sent = 0; sent < times; sent++) {
    if (!response.write(middle)) await once(response, "drain");
  }
  response.end(last);
}
