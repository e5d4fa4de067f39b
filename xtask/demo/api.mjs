// A local Kinde for the demo: Prism answers for the API, this answers for the tokens that
// Prism does not know, and hands out the page of www/ where a folder is given.
import { createServer, request as forward } from "node:http";
import { once } from "node:events";

import { sendFile } from "../js/pages.mjs";

export const CLIENT = { id: "demo-client", secret: "demo-secret" };

/** Start it; `port` may be 0. `tokens()` says how many tokens were asked for. */
export async function startApi({ prism, port = 0, folders = {} }) {
  let tokens = 0;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    if (request.method === "POST" && path === "/oauth2/token") {
      tokens += 1;
      return giveToken(await readAll(request), response);
    }
    if (request.method === "GET" && (await sendFile(request, response, folders))) return;
    passOn(prism, request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    tokens: () => tokens,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

function giveToken(body, response) {
  const form = new URLSearchParams(body);
  const known = form.get("client_id") === CLIENT.id && form.get("client_secret") === CLIENT.secret;
  if (form.get("grant_type") !== "client_credentials") return answer(response, 400, { error: "unsupported_grant_type" });
  if (!known) return answer(response, 401, { error: "invalid_client" });
  return answer(response, 200, { access_token: "demo-access-token", token_type: "bearer", expires_in: 86_400 });
}

function passOn(prism, request, response) {
  const { method, headers } = request;
  const there = forward(new URL(request.url, prism), { method, headers }, (answered) => {
    response.writeHead(answered.statusCode, answered.headers);
    answered.pipe(response);
  });
  there.on("error", () => answer(response, 502, { error: "the API does not answer" }));
  request.pipe(there);
}

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readAll(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
