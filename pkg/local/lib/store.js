// Everything the tenant has: tables of plain objects, in memory, and in a file if one is named.
import { readFile, rename, writeFile } from "node:fs/promises";

import { Random } from "./random.js";
import { missing } from "./refusal.js";
import { seed } from "./seed.js";

const VERSION = 1;

/** The tables, with what an item of each is called and the field that it is known by. */
const TABLES = {
  users: ["user", "id"],
  identities: ["identity", "id"],
  organizations: ["organization", "code"],
  roles: ["role", "id"],
  permissions: ["permission", "id"],
  feature_flags: ["feature flag", "key"],
  apis: ["api", "id"],
  applications: ["application", "id"],
  connections: ["connection", "id"],
  properties: ["property", "id"],
  property_categories: ["category", "id"],
  webhooks: ["webhook", "id"],
  environment_variables: ["environment variable", "id"],
  subscribers: ["subscriber", "id"],
};

/** Items by their key, in the order in which they came. */
export class Table {
  constructor(name, key, items) {
    this.name = name;
    this.key = key;
    this.items = new Map(items.map((item) => [item[key], item]));
  }

  all = () => [...this.items.values()];
  has = (key) => this.items.has(key);
  delete = (key) => this.items.delete(key);

  add(item) {
    this.items.set(item[this.key], item);
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
}

export class Store {
  #file;
  #timer;
  #writing = Promise.resolve();

  /** From a file, where there is one; else a new tenant. `makeKey` makes its signing key. */
  static async open({ file, scopes, makeKey }) {
    const saved = file && (await read(file));
    const random = new Random(saved?.random);
    if (saved) return new Store(file, random, saved);
    // The key is made beside the seeding: it takes about as long.
    const key = makeKey();
    return new Store(file, random, { ...seed(random, scopes), key: await key });
  }

  constructor(file, random, state) {
    this.#file = file;
    this.random = random;
    this.key = state.key;
    this.business = state.business;
    this.environment = state.environment;
    for (const [table, [name, key]] of Object.entries(TABLES)) this[table] = new Table(name, key, state[table]);
    if (file) this.changed();
  }

  /** Note that something was written; the file follows soon. */
  changed() {
    if (!this.#file) return;
    this.#timer ??= setTimeout(() => this.save().catch((error) => console.error(`Not written: ${error.message}`)), 200);
  }

  /** Write the file now, as a whole or not at all. */
  async save() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#file) return;
    const { random, key, business, environment } = this;
    const tables = Object.keys(TABLES).map((table) => [table, this[table].all()]);
    const state = { version: VERSION, random: random.state, key, business, environment, ...Object.fromEntries(tables) };
    const text = JSON.stringify(state);
    // One after the other; whether the one before came to something is its own affair.
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const draft = `${this.#file}.${process.pid}.new`;
        // It holds a signing key and client secrets, even if they open nothing but this.
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, this.#file);
      });
    await this.#writing;
  }
}

async function read(file) {
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  let state;
  try {
    state = JSON.parse(text);
  } catch {
    throw new Error(`${file} is not a data file of local Kinde: remove it or name another`);
  }
  if (state?.version !== VERSION)
    throw new Error(`${file} is of another version of local Kinde: remove it or name another`);
  return state;
}
