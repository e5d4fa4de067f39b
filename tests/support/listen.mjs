// Servers of the tests listen on this machine only, on a port that is free.
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Listens; gives the port.
 * @param {import("node:net").Server} server
 * @returns {Promise<number>}
 */
export async function portOf(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
}

/**
 * A port that nothing listens at, for a program that has to know its own address before it starts, and where it stays
 * so: outside of those that systems give to who asks for any, and to connections that go out.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/**
 * Listens; gives the origin of an HTTP server.
 * @param {import("node:net").Server} server
 */
export const listen = async (server) => `http://127.0.0.1:${await portOf(server)}`;

/**
 * The body of a request, as JSON.
 * @param {import("node:http").IncomingMessage} request
 */
export const jsonOf = async (request) => JSON.parse(String(await bytesOf(request)));

/**
 * The body of a request.
 * @param {import("node:http").IncomingMessage} request
 */
export async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
