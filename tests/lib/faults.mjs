// A server on bare sockets that misbehaves as a case tells it, byte by byte.
//
// It is told like the friendly one (server.mjs), through script.mjs: `POST /~script` says how to
// answer the requests of a key, `GET /~arrived?key=` gives them. Here an answer is a list of steps:
//
//     "text"                     these bytes
//     { wait: 50 }               nothing for so many milliseconds
//     { drip: "text", every: 5 } a byte every so many milliseconds
//     { end: true }              FIN: this side says no more, but listens on
//     { reset: true }            RST
//     { early: true }            first of all: the answer begins before the request's body is read
//
// After the last step the connection stays open, for the client's next request or for nothing.

import { createServer } from "node:net";
import { listen } from "../support/listen.mjs";

export async function startFaults() {
  const scripts = new Map();
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that goes away in the middle is what some cases are about.
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    serve(socket, scripts).catch(() => socket.destroy());
  });
  const origin = await listen(server);
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers the requests of a connection, one after another. */
async function serve(socket, scripts) {
  const read = reader(socket);
  for (let nth = 1; ; nth++) {
    const request = parseHead(await read.until("\r\n\r\n"));
    const early = scripts.get(keyOf(request))?.answers[0]?.[0]?.early;
    request.body = early ? Buffer.alloc(0) : await read.bytes(Number(request.headers["content-length"] ?? 0));
    await play(socket, answerTo({ ...request, nth }, scripts));
  }
}

/** The steps of the answer to a request, the `nth` on its connection. */
function answerTo(request, scripts) {
  const { method, target, pairs, body, nth } = request;
  if (method === "OPTIONS") return whole(204, mayCall(request.headers["access-control-request-headers"]));
  if (target === "/~script") {
    const { key, answers } = JSON.parse(body);
    scripts.set(key, { answers, arrived: [] });
    return whole(200);
  }
  const [, asked] = target.split("/~arrived?key=");
  if (asked) return whole(200, {}, JSON.stringify(scripts.get(asked).arrived));
  const script = scripts.get(keyOf(request));
  if (!script) return whole(501, {}, "no case told how to answer this");
  script.arrived.push({ method, target, headers: pairs, body: body.toString("base64"), nth });
  return script.answers.length > 1 ? script.answers.shift() : script.answers[0];
}

/** What a page of another origin has to be told; once, lest it ask between two calls of a case. */
const mayCall = (headers) => ({
  "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers": headers,
  "access-control-max-age": 600,
});

/** An answer with nothing wrong. */
function whole(status, headers, body = "") {
  const lines = Object.entries({
    "access-control-allow-origin": "*",
    "content-length": Buffer.byteLength(body),
    // The next request must find no connection to use again: a runtime may send it twice then.
    connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return [`HTTP/1.1 ${status} -\r\n${lines.join("")}\r\n${body}`, { end: true }];
}

async function play(socket, steps) {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (typeof step === "string") socket.write(step);
    if (step.wait) await pause(step.wait);
    for (const byte of Buffer.from(step.drip ?? "")) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await pause(step.every);
    }
    if (step.end) socket.end();
    if (step.reset) {
      // It would take along what the client has not read yet.
      await pause(30);
      socket.resetAndDestroy();
    }
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function parseHead(bytes) {
  const [first, ...lines] = bytes.toString("latin1").trimEnd().split("\r\n");
  const [method, target] = first.split(" ");
  const pairs = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { method, target, pairs, headers: Object.fromEntries(pairs) };
}

/** The access token or client id, up to its first `~`. */
function keyOf({ headers, body = "" }) {
  const token = headers.authorization?.slice("Bearer ".length) ?? new URLSearchParams(body.toString()).get("client_id");
  return token?.split("~")[0];
}

/** What arrives on a socket, in pieces of one's own choice. */
function reader(socket) {
  let held = Buffer.alloc(0);
  /** @type {(value?: unknown) => void} */
  let wake = () => {};
  socket.on("data", (chunk) => {
    held = Buffer.concat([held, chunk]);
    wake();
  });
  const take = async (find) => {
    while (find() < 0) await new Promise((resolve) => (wake = resolve));
    const taken = held.subarray(0, find());
    held = held.subarray(taken.length);
    return taken;
  };
  return {
    until: (end) => take(() => (held.includes(end) ? held.indexOf(end) + end.length : -1)),
    bytes: (length) => take(() => (held.length < length ? -1 : length)),
  };
}
