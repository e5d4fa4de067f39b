// A local HTTP server that notes each request as it came and answers what it is told to.
import { createServer } from "node:http";
import { once } from "node:events";

/**
 * Start one. `answer` is a JSON value, or a function from the noted request to
 * `{ status, headers, body }`, where a body that is not a string is sent as JSON. Browsers of
 * other origins may call; their preflight requests are answered and not noted.
 * @param {unknown} answer
 */
export async function startServer(answer) {
  /** @type {{ method?: string, url?: string, headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const { origin } = request.headers;
    if (origin) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
      response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
    }
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    const noted = { method, url, headers, body: Buffer.concat(chunks).toString() };
    requests.push(noted);
    const { status = 200, headers: more = {}, body } = typeof answer === "function" ? answer(noted) : { body: answer };
    response.writeHead(status, { "content-type": "application/json", ...more });
    response.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`,
    requests,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
