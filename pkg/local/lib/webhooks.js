// Events, and their delivery to the webhooks that ask for them: a JWT in a POST, signed with the keys of
// /.well-known/jwks.json, tried again when it is not answered with a success.
import { EVENT_TYPES } from "./words.js";

/** How long to wait before each further attempt, in milliseconds. */
const WAITS = [5_000, 30_000, 120_000, 600_000];

/** How long an endpoint may take, in milliseconds. */
const PATIENCE = 10_000;

/** More than this is forgotten, the oldest first. */
const MOST = 1_000;

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|host\.docker\.internal|.+\.(localhost|test))$/;

export class Webhooks {
  /** What was sent, or was not: `{ id, event, type, webhook, endpoint, status, attempts }`. */
  deliveries = [];
  #count = 0;
  #pending = new Set();
  #timers = new Set();

  /**
   * `waits` between the attempts; `fetch` sends them; `everywhere`: also to other machines than this one, which
   * made-up people are none of the business of.
   */
  constructor({
    store,
    tokens,
    clock,
    waits = WAITS,
    fetch = globalThis.fetch,
    everywhere = fetch !== globalThis.fetch,
  }) {
    this.store = store;
    this.tokens = tokens;
    this.clock = clock;
    this.waits = waits;
    this.everywhere = everywhere;
    this.fetch = (...args) => fetch(...args);
  }

  /** Something happened: it is kept as an event, and whoever wants to know is told. */
  emit(type, data, source = "api") {
    const { store, clock } = this;
    const event_id = `event_${store.random.hex(32)}`;
    const event = store.events.add({
      event_id,
      type,
      source,
      event_timestamp: clock.text(),
      data: structuredClone(data),
    });
    if (store.events.items.size > MOST) store.events.delete(store.events.all()[0].event_id);
    store.changed();
    for (const webhook of store.webhooks.all()) if (webhook.event_types.includes(type)) this.#send(event, webhook);
    return event;
  }

  /** Send a delivery once more, now. */
  again(id) {
    const delivery = this.deliveries.find((one) => one.id === id);
    if (!delivery) return undefined;
    const event = this.store.events.get(delivery.event);
    const webhook = this.store.webhooks.get(delivery.webhook);
    return this.#send(event, webhook);
  }

  /** The body that an event is sent as. */
  sign(event) {
    return this.tokens.sign({ timestamp: this.clock.text(), ...event });
  }

  /** Waits until nothing is under way; what waits to be tried again is not waited for. */
  async settled() {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    return this.deliveries.map(({ tries, ...delivery }) => ({ ...delivery, attempts: [...tries] }));
  }

  clear() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.deliveries = [];
  }

  #send(event, { id: webhook, endpoint }) {
    const delivery = {
      id: ++this.#count,
      event: event.event_id,
      type: event.type,
      webhook,
      endpoint,
      status: "pending",
      tries: [],
    };
    this.deliveries.push(delivery);
    if (this.deliveries.length > MOST) this.deliveries.shift();
    if (!this.everywhere && !LOCAL.test(new URL(endpoint).hostname)) {
      delivery.status = "not sent: the endpoint is not on this machine";
      return delivery;
    }
    this.#attempt(delivery, event);
    return delivery;
  }

  #attempt(delivery, event) {
    const attempt = this.#try(delivery, event).finally(() => this.#pending.delete(attempt));
    this.#pending.add(attempt);
  }

  async #try(delivery, event) {
    const start = performance.now();
    const at = this.clock.text();
    /** @type {{ status?: number, error?: string }} */
    const outcome = await this.#post(delivery, event).catch((error) => ({ error: reasonOf(error) }));
    delivery.tries.push({ at, ...outcome, milliseconds: Math.round(performance.now() - start) });
    const { status = 0 } = outcome;
    if (status >= 200 && status < 300) delivery.status = "delivered";
    else if (delivery.tries.length > this.waits.length) delivery.status = "given up";
    else {
      delivery.status = "waiting to be tried again";
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          if (this.deliveries.includes(delivery)) this.#attempt(delivery, event);
        },
        this.waits[delivery.tries.length - 1],
      );
      // A test or a program that is done does not wait for it.
      timer.unref?.();
      this.#timers.add(timer);
    }
  }

  async #post({ webhook, endpoint }, event) {
    const headers = {
      "content-type": "application/jwt",
      // The same for each attempt, and another for each webhook: what receivers tell repetitions by.
      "webhook-id": `${webhook}_${event.event_id}`,
      "user-agent": "kinde-edge-local",
    };
    const request = { method: "POST", headers, body: await this.sign(event), redirect: "manual" };
    const response = await this.fetch(endpoint, { ...request, signal: AbortSignal.timeout(PATIENCE) });
    await response.body?.cancel();
    return { status: response.status };
  }
}

const reasonOf = (error) => error?.cause?.code ?? error?.cause?.message ?? error?.message ?? String(error);

/** That a type is one. */
export const isEventType = (type) => EVENT_TYPES.includes(type);
