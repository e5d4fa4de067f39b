// Everything the tenant has: tables of plain objects, in memory, and kept somewhere if it is told where.
import { Random } from "./random.js";
import { missing } from "./refusal.js";
import { seed } from "./seed.js";

const VERSION = 2;

/** The tables, with what an item of each is called and the field that it is known by. */
const TABLES = {
  users: ["user", "id"],
  identities: ["identity", "id"],
  organizations: ["organization", "code"],
  roles: ["role", "id"],
  permissions: ["permission", "id"],
  system_permissions: ["system permission", "id"],
  feature_flags: ["feature flag", "key"],
  apis: ["api", "id"],
  applications: ["application", "id"],
  connections: ["connection", "id"],
  properties: ["property", "id"],
  property_categories: ["category", "id"],
  webhooks: ["webhook", "id"],
  events: ["event", "event_id"],
  environment_variables: ["environment variable", "id"],
  subscribers: ["subscriber", "id"],
  sessions: ["session", "session_id"],
  connected_apps: ["connected app session", "session_id"],
  api_keys: ["api key", "id"],
  invites: ["invite", "code"],
  directories: ["directory", "id"],
  agreements: ["agreement", "id"],
};

/** Items by their key, in the order in which they came. */
export class Table {
  /** Where each id stands in the order, those of deleted items included: cursors keep their place. */
  #places = new Map();
  #next = 0;

  constructor(name, key, { items = [], gone = [] } = {}) {
    this.name = name;
    this.key = key;
    this.items = new Map();
    // Deleted ones with how many items stood before them.
    const left = [...gone];
    for (const item of items) {
      while (left.length > 0 && left[0][1] <= this.#next) this.#place(left.shift()[0]);
      this.add(item);
    }
    for (const [id] of left) this.#place(id);
  }

  all = () => [...this.items.values()];
  has = (key) => this.items.has(key);
  delete = (key) => this.items.delete(key);

  add(item) {
    this.items.set(item[this.key], item);
    this.#place(item[this.key]);
    return item;
  }

  /** The item, or a refusal: it is not there. */
  get(key) {
    const item = this.items.get(key);
    if (!item) throw missing(this.name, key);
    return item;
  }

  /** The first item whose field has this value. */
  by = (field, value) => this.all().find((item) => item[field] === value);

  /** Where an item stands, or stood; `undefined` for what was never here. */
  placeOf = (key) => this.#places.get(key);

  /** What is kept of it. */
  get state() {
    const gone = [...this.#places].filter(([key]) => !this.items.has(key));
    return { items: this.all(), gone };
  }

  #place(key) {
    if (!this.#places.has(key)) this.#places.set(key, this.#next++);
  }
}

export class Store {
  #storage;
  #scopes;
  /** @type {any} */
  #seed;
  #timer;
  #writing = Promise.resolve();

  /**
   * From `storage` (`{ name, load, save }`), where something is kept; else a new tenant. `seed` fixes what is
   * made up, secrets included; without it, secrets are new each time. `makeKey` makes a signing key.
   */
  static async open({ storage, seed: wished, scopes, clock, makeKey }) {
    const saved = await storage?.load().then((text) => read(text, storage.name));
    const store = new Store({ storage, scopes, clock });
    if (saved) {
      store.#seed = saved.seed;
      store.#take(saved);
    } else {
      // The key is made beside the seeding, and waited for by whoever needs it.
      store.keys = makeKey().then((key) => [key]);
      store.#seed = { data: wished ?? 0, secrets: wished === undefined ? draw() : [wished, 1, 1] };
      store.reset();
    }
    // There at once, not only when something changes: a path that cannot be written is noticed now.
    await store.save();
    return store;
  }

  constructor({ storage, scopes, clock }) {
    this.#storage = storage;
    this.#scopes = scopes;
    this.clock = clock;
  }

  /** The time of what happens now. */
  now = () => this.clock.text();

  /** The tenant as it was at first, with the same ids, secrets and keys. */
  reset() {
    const random = Random.startOf(this.#seed.data);
    const secrets = Random.startOf(...this.#seed.secrets);
    this.#take({ random: random.state, secrets: secrets.state, ...seed({ random, secrets, scopes: this.#scopes }) });
  }

  #take(state) {
    this.random = new Random(state.random);
    this.secrets = new Random(state.secrets);
    if (state.keys) this.keys = Promise.resolve(state.keys);
    this.business = state.business;
    this.environment = state.environment;
    for (const [table, [name, key]] of Object.entries(TABLES)) {
      const content = state[table];
      this[table] = new Table(name, key, Array.isArray(content) ? { items: content } : content);
    }
  }

  /** Note that something was written; what is kept follows soon. */
  changed() {
    if (!this.#storage) return;
    this.#timer ??= setTimeout(() => this.save().catch((error) => console.error(`Not written: ${error.message}`)), 200);
  }

  /** Keep it now, as a whole or not at all. */
  async save() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#storage) return;
    const { business, environment, random, secrets } = this;
    const keys = await this.keys;
    const tables = Object.keys(TABLES).map((table) => [table, /** @type {any} */ (this)[table].state]);
    const text = JSON.stringify({
      version: VERSION,
      seed: this.#seed,
      random: random?.state,
      secrets: secrets?.state,
      keys,
      business,
      environment,
      ...Object.fromEntries(tables),
    });
    // One after the other; whether the one before came to something is its own affair.
    this.#writing = this.#writing.catch(() => {}).then(() => this.#storage.save(text));
    await this.#writing;
  }
}

/** Where secrets begin that nobody has chosen. */
const draw = () => [...crypto.getRandomValues(new Int32Array(3))];

function read(text, name) {
  if (text === undefined) return undefined;
  let state;
  try {
    state = JSON.parse(text);
  } catch {
    throw new Error(`${name} is not a data file of local Kinde: remove it or name another`);
  }
  if (state?.version !== VERSION)
    throw new Error(`${name} is of another version of local Kinde: remove it or name another`);
  return state;
}
