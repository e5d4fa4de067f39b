// Requests in, answers out: what every HTTP server needs, and nothing of Kinde's.
import { once } from "node:events";
import { createServer } from "node:http";

import { Refusal, invalid } from "./refusal.js";
import { Reset } from "./trouble.js";

const LARGEST_BODY = 10 * 2 ** 20;

/**
 * Listen on a port of this machine. `answer` gets each request, read, and gives `{ status, headers, body }`,
 * or nothing where it has answered itself; `log` gets a line for each.
 */
export async function listen({ port, log, answer }) {
  const server = createServer(async (request, response) => {
    const start = performance.now();
    const notes = [];
    response.once("close", () => {
      const outcome = response.writableFinished ? response.statusCode : "broken off";
      const time = Math.round(performance.now() - start);
      log([`${request.method} ${request.url} -> ${outcome} (${time} ms)`, ...notes].join("\n    "));
    });
    await serve(answer, request, response, notes);
  });
  // A client that goes away in the middle is its own affair.
  server.on("clientError", (_, socket) => socket.destroy());
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function serve(answer, request, response, notes) {
  allowPages(request, response);
  if (request.method === "OPTIONS") return response.writeHead(204).end();
  try {
    const given = await read(request);
    const answered = await answer({ ...given, request, response, notes });
    if (answered) send(response, answered);
  } catch (error) {
    if (error instanceof Reset) return request.socket.resetAndDestroy();
    if (response.destroyed) return;
    if (error instanceof Refusal) {
      notes.push(...reasonsOf(error));
      return send(response, error);
    }
    console.error(error);
    const message = `This is a defect of local Kinde: ${error.message}`;
    send(response, { status: 500, body: { errors: [{ code: "LOCAL_KINDE", message }] } });
  }
}

/** Pages of every origin may call, with any header, and read every header. */
function allowPages({ headers }, response) {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
  response.setHeader("access-control-allow-headers", headers["access-control-request-headers"] ?? "*");
}

async function read(request) {
  const { method, headers, url } = request;
  // The origin by which the caller knows this: localhost, or an address.
  const origin = `http://${headers.host ?? "localhost"}`;
  if (!URL.canParse(url, origin)) throw invalid("the address of the request is not one");
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      const message = "The body is larger than 10 MB";
      throw new Refusal(413, { errors: [{ code: "PAYLOAD_TOO_LARGE", message }] });
    }
    chunks.push(chunk);
  }
  return { method, headers, origin, url: new URL(url, origin), bytes: Buffer.concat(chunks) };
}

function send(response, { status, headers, body }) {
  if (body === undefined) return response.writeHead(status, headers).end();
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function reasonsOf({ body }) {
  const errors = [body?.errors ?? body?.error_description ?? []].flat();
  return errors.map((error) => error.message ?? error);
}
