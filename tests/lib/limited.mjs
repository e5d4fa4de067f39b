// A service that takes so many requests in a time, and so many at once, and refuses the others
// with 429.
//
// `POST /~limits` with `{ key, kind, rate, window, atOnce, tells, latency }` opens one for the
// requests whose access token is `key`; `GET /~seen?key=` says what it saw. `kind` is how it counts
// (below), `tells` how it says when it takes more: "ratelimit-reset", "retry-after", "date" or
// "nothing"; times are milliseconds.

import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import { bytesOf, listen } from "../support/listen.mjs";

/** How many milliseconds until it takes another one; 0 is now. `times` are those of what it took. */
const kinds = {
  /** So many from each end of a window to the next. */
  fixed({ rate, window }, times, now) {
    const start = now - (now % window);
    return times.filter((time) => time >= start).length < rate ? 0 : start + window - now;
  },
  /** So many in any window. */
  sliding({ rate, window }, times, now) {
    const recent = times.filter((time) => time > now - window);
    return recent.length < rate ? 0 : recent[0] + window - now;
  },
  /** So many for a burst, and as many more in each window, evenly. */
  bucket({ rate, window }, times, now) {
    let [held, since] = [rate, times[0] ?? now];
    const fill = (time) => {
      held = Math.min(rate, held + ((time - since) * rate) / window);
      since = time;
    };
    for (const time of times) fill(time), held--;
    fill(now);
    return held >= 1 ? 0 : ((1 - held) * window) / rate;
  },
};

export async function startLimited() {
  const services = new Map();
  const server = createServer(async (request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "*");
    if (request.method === "OPTIONS") {
      const allowed = request.headers["access-control-request-headers"] ?? "*";
      return response
        .writeHead(204, { "access-control-allow-headers": allowed, "access-control-max-age": "600" })
        .end();
    }
    const key = request.headers.authorization?.slice("Bearer ".length);
    const service = services.get(key);
    if (service) return serve(service, request, response);
    const body = await bytesOf(request);
    const { url = "" } = request;
    if (url === "/~limits") {
      const limits = JSON.parse(String(body));
      services.set(limits.key, {
        limits,
        times: [],
        underWay: 0,
        seen: { requests: 0, refused: 0, most: 0, taken: [] },
      });
      return response.end();
    }
    const [, asked] = url.split("/~seen?key=");
    return response.end(JSON.stringify(services.get(asked)?.seen ?? null));
  });
  server.keepAliveTimeout = 60_000;
  const origin = await listen(server);
  return {
    origin,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

async function serve(service, request, response) {
  const { limits, times, seen } = service;
  seen.requests++;
  service.underWay++;
  seen.most = Math.max(seen.most, service.underWay);
  const crowded = service.underWay > limits.atOnce;
  const now = performance.now();
  const wait = kinds[limits.kind](limits, times, now);
  const isTaken = wait === 0 && !crowded;
  if (isTaken) times.push(now);
  // What is older does not count any more in any of the kinds.
  if (times.length > 4 * limits.rate && limits.kind !== "bucket") times.splice(0, times.length - 2 * limits.rate);
  let body = "";
  for await (const chunk of request) body += chunk;
  await new Promise((resolve) => setTimeout(resolve, limits.latency));
  // Before the answer goes: whoever reads it may send the next one at once.
  service.underWay--;
  if (isTaken) {
    seen.taken.push(JSON.parse(body).name);
    response.writeHead(200, { "content-type": "application/json" }).end(`{"code":"OK"}`);
  } else {
    seen.refused++;
    response.writeHead(429, told(limits.tells, wait)).end();
  }
}

function told(tells, wait) {
  const seconds = Math.ceil(wait / 1000);
  switch (tells) {
    case "nothing":
      return {};
    case "date":
      return { "retry-after": new Date(Math.ceil((Date.now() + wait) / 1000) * 1000).toUTCString() };
    default:
      return { [tells]: seconds };
  }
}
