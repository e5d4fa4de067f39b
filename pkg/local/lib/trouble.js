// What goes wrong with a real service, on request: limits, faults, delays.
import { setTimeout as sleep } from "node:timers/promises";

import { Random } from "./random.js";
import { Refusal, invalid, tooMany } from "./refusal.js";

/** Thrown to break the connection off in place of an answer. */
export class Reset extends Error {}

const PAGE_OF_A_PROXY = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>";

const KINDS = [
  () => {
    throw new Refusal(500, undefined);
  },
  () => {
    throw new Refusal(503, PAGE_OF_A_PROXY, { "content-type": "text/html", "retry-after": "1" });
  },
  () => {
    throw new Reset();
  },
  (slowness) => sleep(slowness),
];

/** So many requests a second, over all clients; `undefined` for no limit. */
export function limiter(perSecond) {
  let [second, count] = [0, 0];
  return () => {
    const now = Date.now() / 1000;
    if (now - second >= 1) [second, count] = [now, 0];
    count += 1;
    if (perSecond && count > perSecond) throw tooMany(Math.ceil(second + 1 - now));
  };
}

/** A share of the requests fails with 500, 503 or a reset, or takes long: the same ones each time. */
export function faultsOf(share, slowness) {
  const random = new Random();
  return async () => {
    if (random.chance(share)) await random.pick(KINDS)(slowness);
  };
}

/** What one request asks for itself: `x-local-kinde: status=503; delay=200`, or `reset`. */
export async function obey(text) {
  const wishes = new Map(text.split(";").map((wish) => wish.split("=").map((part) => part.trim())));
  wishes.delete("");
  for (const [name, value] of wishes) {
    const isKnown = name === "reset" || (["status", "delay"].includes(name) && /^\d{1,6}$/.test(value));
    if (!isKnown)
      throw invalid(`x-local-kinde has status=<number>, delay=<milliseconds> and reset, not ${JSON.stringify(name)}`);
  }
  await sleep(Number(wishes.get("delay") ?? 0));
  if (wishes.has("reset")) throw new Reset();
  const status = Number(wishes.get("status"));
  if (!status) return;
  if (status < 400 || status > 599) throw invalid("x-local-kinde: status has to be from 400 to 599");
  if (status === 429) throw tooMany(1);
  throw new Refusal(status, { errors: [{ code: "AS_REQUESTED", message: `The request asked for ${status}` }] });
}
