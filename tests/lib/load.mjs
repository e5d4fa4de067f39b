// Many calls at once against the service with limits (limited.mjs), and what must be true of them.

import { equal, ok } from "./assert.mjs";

/** Opens a service with these limits for the requests with `key`; `seen` says what it saw. */
export async function openService({ limited }, limits) {
  const key = crypto.randomUUID();
  await fetch(`${limited}/~limits`, { method: "POST", body: JSON.stringify({ key, ...limits }) });
  return { key, seen: async () => (await fetch(`${limited}/~seen?key=${key}`)).json() };
}

/** Makes so many calls at once; resolves to their numbers in the order in which they were done. */
export async function callAll(kinde, calls) {
  const order = [];
  const call = async (number) => {
    await kinde.apis.create({ name: String(number), audience: "a" });
    order.push(number);
  };
  await Promise.all(Array.from({ length: calls }, (_, number) => call(number)));
  return order;
}

/** Every call was answered, once and in its turn, and the service was hardly bothered. */
export function checkLoad(order, { requests, refused, most, taken }, { calls, atOnce }) {
  equal(order.length, calls, "calls that were answered");
  equal(taken.length, calls, "requests that were taken");
  equal(new Set(taken).size, calls, "different ones");
  ok(refused > 0, "the service refused nothing: there was no load");
  ok(refused < requests * 0.05, `${refused} of ${requests} requests were refused`);
  ok(most <= atOnce, `${most} requests at once`);
  ok(overtaken(order) <= 5 * atOnce, `a call was overtaken by ${overtaken(order)} later ones`);
}

/** By how many later calls the unluckiest one was overtaken. */
export function overtaken(order) {
  const later = order.map((number, index) => order.slice(0, index).filter((other) => other > number).length);
  return Math.max(...later);
}
