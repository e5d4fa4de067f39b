// What goes wrong with a real service, on request: limits, faults, delays.
import { Random } from "./random.js";
import { Refusal, invalid, tooMany } from "./refusal.js";

/** Thrown to break the connection off in place of an answer. */
export class Reset extends Error {}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

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

/** What a fault may say. */
const FIELDS = ["operation", "method", "path", "times", "share", "status", "headers", "body", "delay", "reset"];

export class Trouble {
  #first;
  #random = Random.startOf();
  #second = 0;
  #count = 0;
  #ids = 0;

  /** The faults that were asked for one by one. */
  rules = [];

  /** @param {{ rateLimit?: number, faults?: number, slowness?: number, latency?: number }} settings */
  constructor({ rateLimit, faults = 0, slowness = 3000, latency = 0 }) {
    this.#first = checkSettings({ rateLimit, faults, slowness, latency });
    this.settings = { ...this.#first };
  }

  /** Change some of the settings. */
  set(changes) {
    this.settings = checkSettings({ ...this.settings, ...changes });
  }

  reset() {
    this.settings = { ...this.#first };
    this.#random = Random.startOf();
    this.#second = 0;
    this.rules.length = 0;
  }

  /** Let requests fail; gives the rule, with an `id` and how often it has struck. */
  add(given) {
    const rule = { times: 1, ...checkFault(given), id: ++this.#ids, struck: 0 };
    this.rules.push(rule);
    return rule;
  }

  remove(id) {
    const index = this.rules.findIndex((rule) => rule.id === id);
    if (index >= 0) this.rules.splice(index, 1);
  }

  /** What every request goes through: how long all answers take, and what this one asks for itself. */
  async meet({ headers }) {
    if (this.settings.latency > 0) await sleep(this.settings.latency);
    if (headers["x-local-kinde"]) await obey(headers["x-local-kinde"]);
  }

  /** So many requests a second, over all clients. */
  takeTurn() {
    const { rateLimit } = this.settings;
    const now = Date.now() / 1000;
    if (now - this.#second >= 1) [this.#second, this.#count] = [now, 0];
    this.#count += 1;
    if (rateLimit && this.#count > rateLimit) throw tooMany(Math.ceil(this.#second + 1 - now));
  }

  /** What a call of the API or of the token endpoint is in for; a share of them fails, the same ones each time. */
  async strike({ method, url }, operation) {
    for (const rule of [...this.rules]) {
      if (!fits(rule, { method, path: url.pathname, operation })) continue;
      rule.struck += 1;
      if (rule.struck >= rule.times) this.remove(rule.id);
      await suffer(rule);
    }
    const { faults, slowness } = this.settings;
    if (faults && this.#random.chance(faults)) await this.#random.pick(KINDS)(slowness);
  }
}

function fits(rule, { method, path, operation }) {
  if (rule.operation && rule.operation !== operation) return false;
  if (rule.method && rule.method.toUpperCase() !== method) return false;
  if (rule.path && !patternOf(rule.path).test(path)) return false;
  return rule.share === undefined || Math.random() < rule.share;
}

/** `*` stands for anything. */
const patternOf = (path) =>
  new RegExp(
    `^${path
      .split("*")
      .map((part) => part.replaceAll(/[.+?^$()|[\]{}\\]/g, "\\$&"))
      .join(".*")}$`,
  );

async function suffer({ delay = 0, reset, status, headers = {}, body }) {
  await sleep(delay);
  if (reset) throw new Reset();
  if (!status) return;
  if (status === 429 && body === undefined) throw withHeaders(tooMany(1), headers);
  const usual = { errors: [{ code: "AS_REQUESTED", message: `A fault with ${status} was asked for` }] };
  throw new Refusal(status, body === undefined ? usual : (body ?? undefined), headers);
}

function withHeaders(refusal, headers) {
  Object.assign(refusal.headers, headers);
  return refusal;
}

function checkFault(given) {
  const unknown = Object.keys(given ?? {}).find((name) => !FIELDS.includes(name));
  if (unknown) throw new TypeError(`fault: there is no ${JSON.stringify(unknown)}; it has ${FIELDS.join(", ")}`);
  const { status, delay, reset, times = 1 } = given ?? {};
  if (!status && !delay && !reset) throw new TypeError("fault: give status, delay (milliseconds) or reset: true");
  if (status !== undefined && !(Number.isInteger(status) && status >= 400 && status <= 599))
    throw new TypeError("fault: status has to be from 400 to 599");
  if (!(times >= 1)) throw new TypeError("fault: times has to be 1 or more");
  return given;
}

function checkSettings(settings) {
  const { rateLimit, faults, slowness, latency } = settings;
  const wrong = (name, what) => new TypeError(`${name}: expected ${what}, got ${String(settings[name])}`);
  if (rateLimit != null && !(Number.isFinite(rateLimit) && rateLimit > 0))
    throw wrong("rateLimit", "a number of requests a second");
  if (!(faults >= 0 && faults <= 1)) throw wrong("faults", "a number from 0 to 1");
  for (const name of ["slowness", "latency"])
    if (!(Number.isFinite(settings[name]) && settings[name] >= 0)) throw wrong(name, "a number of milliseconds");
  return { rateLimit: rateLimit ?? undefined, faults, slowness, latency };
}

/** What one request asks for itself: `x-local-kinde: status=503; delay=200`, or `reset`. */
async function obey(text) {
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
