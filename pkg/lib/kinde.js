// The client. Its resources are grown from the names that the wasm hands out, one function per
// operation, when they are first used.

import { configure, names, read_page, run_by_id, run_operation, run_request } from "kinde-edge-wasm";
import { again } from "kinde-edge-first";
import { KindeError, traced } from "kinde-edge-error";
import { methods as ofOauth } from "./oauth.js";
import { hide } from "./hide.js";
import { promised } from "./promised.js";
import { Session } from "./session.js";
import { guard, methods as ofTokens } from "./tokens.js";

export { KindeError };
export const VERSION = __VERSION__;

/** @import { Call, List, ListSink, Page, Settings, Sink, Start, Tree } from "./internal.js" */
/** @import { GuardRules, KindeOptions, RawRequest, RequestOptions, SessionOptions } from "../types/index.js" */

/** Under a symbol, and behind a function: no log prints the settings. */
const SINK = Symbol("sink");

/**
 * What the call of a promise leaves behind. No WeakMap: it would keep each call until the collector asks.
 * @template {Sink} Kept
 * @param {object} call
 * @returns {Kept}
 */
const sinkOf = (call) => /** @type {any} */ (call)[SINK]();

/**
 * What promises of calls have beside `then`. No class of promises: made for older engines, by Babel or SWC, none of its
 * objects could be constructed.
 * @type {Call}
 */
const CALL = Object.create(Promise.prototype);

hide(
  CALL,
  "withResponse",
  /** @this {Call} */ async function withResponse() {
    const data = await this;
    // It came before the data.
    return { data, response: /** @type {Response} */ (sinkOf(this).response) };
  },
);

/**
 * The promise that an async function gave, with more methods: one that resolves to it would do, but in Bun an error's stack
 * does not lead past that.
 * @template {object} Made
 * @param {Made} prototype
 * @param {Start} start
 * @param {Sink} [sink]
 * @returns {Made}
 */
function called(prototype, start, sink = {}) {
  const promise = Object.setPrototypeOf(promised(start, sink), prototype);
  hide(promise, SINK, () => sink);
  return promise;
}

/**
 * What `read_page` gives.
 * @param {Parameters<typeof read_page>} page
 */
function read(...page) {
  try {
    return read_page(...page);
  } catch (error) {
    throw traced(error, read);
  }
}

/**
 * What the call of a list has: its first page to `await`, all of it to iterate.
 * @type {List}
 */
const LIST = Object.create(CALL);

/** @type {(list: any) => ListSink} */
const listSink = sinkOf;

hide(
  LIST,
  "pages",
  /** @this {List} */ function pages() {
    return walk(this, listSink(this).limit);
  },
);
hide(
  LIST,
  Symbol.asyncIterator,
  /** @this {List} */ function iterate() {
    return items(this.pages());
  },
);
hide(
  LIST,
  "toArray",
  /**
   * @this {List}
   * @param {{ limit?: number }} [options]
   */
  async function toArray(options) {
    const { limit = listSink(this).limit } = options ?? {};
    const all = [];
    for await (const page of walk(this, limit)) all.push(...page.items);
    return all;
  },
);

/**
 * The pages of a list. What is wanted is said at once, before the first one is asked for.
 *
 * @param {List} list
 */
function walk(list, limit = Infinity) {
  const sink = listSink(list);
  if (!sink.sent) sink.wanted = limit;
  return pages(list, sink, limit);
}

/** @type {(list: List, sink: ListSink, limit: number) => AsyncGenerator<Page>} */
async function* pages(list, { settings, operation, args, wanted }, limit) {
  /** @type {string[]} */
  const seen = [];
  let left = limit;
  /** @type {Call | false} */
  let call = list;
  for (let next = args; call; ) {
    const { data, response } = await call.withResponse();
    const [items, cursor, following] = read(operation, next, data, response, seen, limit);
    left -= items.length;
    if (left < 0) items.length += left;
    const more = cursor !== undefined && left > 0;
    yield { items, data, response, cursor };
    next = following;
    call = more && run(settings, operation, next, { wanted });
  }
}

/** @param {AsyncGenerator<Page>} pages */
async function* items(pages) {
  for await (const page of pages) yield* page.items;
}

/** @type {(settings: Settings, operation: number, args: unknown[], sink?: Sink) => Call} */
const run = (settings, operation, args, sink) =>
  called(
    CALL,
    (sink) => {
      if (!again(settings, operation, args, sink)) run_operation(settings, operation, args, sink);
    },
    sink,
  );

/** @type {(settings: Settings, operation: number, args: unknown[]) => List} */
const runList = (settings, operation, args) =>
  called(
    LIST,
    (sink) => run_operation(settings, operation, args, sink),
    /** @type {ListSink} */ ({ settings, operation, args }),
  );

/** What `fromEnv` reads. */
const VARIABLES = [
  "KINDE_DOMAIN",
  "KINDE_CLIENT_ID",
  "KINDE_CLIENT_SECRET",
  "KINDE_MANAGEMENT_CLIENT_ID",
  "KINDE_MANAGEMENT_CLIENT_SECRET",
  "KINDE_AUDIENCE",
  // As Kinde's own packages and guides call them.
  "KINDE_ISSUER_URL",
  "KINDE_M2M_CLIENT_ID",
  "KINDE_M2M_CLIENT_SECRET",
  "KINDE_LOG",
];

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
export const wrong = (message, cause) =>
  new KindeError(message, { code: "configuration", errors: [], attempts: 0, cause });

/** Names of resources to resources, names of methods to what calls them. */
function plant() {
  /** @type {Tree} */
  const root = {};
  for (const [operation, dotted] of names().trimEnd().split(" ").entries()) {
    const path = dotted.split(".");
    const [method, isList] = /** @type {string} */ (path.pop()).split("*");
    let node = root;
    for (const name of path) node = /** @type {Tree} */ ((node[name] ??= {}));
    const start = isList === undefined ? run : runList;
    node[method] = (settings, args) => start(settings, operation, args);
  }
  for (const [name, more] of Object.entries({ ...ofOauth, ...ofTokens })) root[name] = { ...root[name], ...more };
  return root;
}

/**
 * A resource of one client: an ordinary object, to be spied on and assigned to.
 * @param {Tree} node
 * @param {Settings} [settings]
 */
function grow(node, settings) {
  /** @type {Record<string, any>} */
  const resource = {};
  for (const [name, value] of Object.entries(node)) {
    Object.assign(
      resource,
      typeof value === "function"
        ? // Spelled out, so that the function has its name.
          { [name]: (/** @type {unknown[]} */ ...args) => value(settings ?? noClient(), /** @type {never} */ (args)) }
        : { [name]: grow(value, settings) },
    );
  }
  return resource;
}

/** @returns {never} */
function noClient() {
  throw wrong("there is no client yet: make one with new Kinde({ domain, … })");
}

/**
 * The options of `fromEnv`. What the getters of the environment, or a proxy, throw is for the caller.
 * @param {any} env
 * @param {Partial<KindeOptions>} [options]
 * @returns {any}
 */
function optionsFrom(env, options) {
  if (env === null || !/object|function/.test(typeof env)) {
    throw wrong("fromEnv needs an object with the environment's variables: in a Worker, the env of its handler");
  }
  /** @type {Record<string, any>} */
  const read = {};
  // One that is set to nothing is as good as unset.
  for (const name of VARIABLES) read[name] = env[name] || undefined;
  const machine = ["KINDE_MANAGEMENT_CLIENT", "KINDE_M2M_CLIENT"].find(
    (name) => read[`${name}_ID`] || read[`${name}_SECRET`],
  );
  /** @type {Record<string, any>} */
  const found = {
    domain: read.KINDE_DOMAIN ?? read.KINDE_ISSUER_URL,
    clientId: read.KINDE_CLIENT_ID,
    clientSecret: read.KINDE_CLIENT_SECRET,
    management: machine && { clientId: read[`${machine}_ID`], clientSecret: read[`${machine}_SECRET`] },
    audience: read.KINDE_AUDIENCE,
  };
  const level = read.KINDE_LOG;
  if (level) Object.assign(found, { logger: console, logLevel: level });
  let merged;
  try {
    // The options, whatever they inherit, and what they leave to the environment.
    merged = Object.create(options ?? null);
    for (const [name, value] of Object.entries(found)) {
      if (name in merged) delete found[name];
      else Object.defineProperty(merged, name, { value });
    }
  } catch (cause) {
    throw wrong("the options of fromEnv must be an object", cause);
  }
  if ("logLevel" in found && !/^(debug|info|warn|error|off)$/.test(level)) {
    throw wrong("KINDE_LOG must be debug, info, warn, error or off");
  }
  const half = found.management && ["ID", "SECRET"].find((part) => !read[`${machine}_${part}`]);
  if (half) {
    throw wrong(`${machine}_${half} is not set, beside ${machine}_${half === "ID" ? "SECRET" : "ID"}`);
  }
  if ("domain" in found && !found.domain) {
    const set = VARIABLES.filter((name) => read[name]).join(", ");
    throw wrong(`KINDE_DOMAIN is not set. fromEnv reads ${VARIABLES.join(", ")}; set: ${set || "none of them"}`);
  }
  return merged;
}

/**
 * What a client is told as long as the WebAssembly has not started.
 * @type {(() => KindeError) | undefined}
 */
let whyNot = () =>
  wrong(
    "the WebAssembly is not there yet: await init() of kinde-edge/slim, or call its initSync(module), before new Kinde",
  );

/**
 * There will be none.
 * @param {() => KindeError} why
 */
export function unready(why) {
  whyNot = why;
}

/** Under a symbol and not private, so that a proxy finds it. */
const STATE = Symbol("state");

/**
 * What a client keeps: behind a function, so that no log prints the secret.
 * @param {object} kinde
 * @returns {{ settings: Settings, resources: Record<string, object> }}
 */
const stateOf = (kinde) => /** @type {any} */ (kinde)[STATE]();

/** Methods that know their client also where they are taken out of it. */
const BOUND = /** @type {const} */ (["call", "guard", "request", "session"]);

/** @type {Tree} */
let tree = {};

/** Resources that have no client: the class has them, so that mocks of it are made with them. */
export function addResources() {
  tree = plant();
  whyNot = undefined;
  for (const [name, node] of Object.entries(tree)) hide(Kinde.prototype, name, grow(/** @type {Tree} */ (node)));
}

/**
 * What is between a client and the prototype of its class: there each resource is made when it is first read, and is the same
 * one ever after. A class may have its own, and a test may replace that of the class.
 * @type {WeakMap<object, object>}
 */
const between = new WeakMap();

/** @param {object} prototype */
function resourcesOver(prototype) {
  const known = between.get(prototype);
  if (known) return known;
  const made = Object.create(prototype);
  for (const [name, node] of Object.entries(tree)) {
    const ofClass = Reflect.get(Kinde.prototype, name);
    Object.defineProperty(made, name, {
      configurable: true,
      /** @this {Kinde} */
      get() {
        const own = Reflect.get(prototype, name, this);
        if (own !== ofClass) return own;
        const { settings, resources } = stateOf(this);
        return (resources[name] ??= grow(/** @type {Tree} */ (node), settings));
      },
      /** @param {unknown} value */
      set(value) {
        Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
      },
    });
  }
  between.set(prototype, made);
  return made;
}

export class Kinde {
  /** @param {KindeOptions} options */
  constructor(options) {
    let settings;
    try {
      if (whyNot) throw whyNot();
      settings = configure(options);
    } catch (error) {
      throw traced(error, Kinde);
    }
    const state = { settings, resources: {} };
    hide(this, STATE, () => state);
    for (const name of BOUND) hide(this, name, this[name].bind(this));
    Object.setPrototypeOf(this, resourcesOver(new.target.prototype));
  }

  /**
   * @param {object} [env]
   * @param {Partial<KindeOptions>} [options]
   */
  static fromEnv(env = globalThis.process?.env, options) {
    try {
      return new Kinde(optionsFrom(env, options));
    } catch (error) {
      throw traced(error, Kinde.fromEnv);
    }
  }

  /**
   * @param {string} operationId
   * @param {object} [args]
   * @param {RequestOptions} [options]
   */
  call(operationId, args, options) {
    return called(CALL, (sink) => run_by_id(stateOf(this).settings, operationId, args, options, sink));
  }

  /** @param {GuardRules} [rules] */
  guard(rules) {
    try {
      return guard(stateOf(this).settings, rules);
    } catch (error) {
      throw traced(error, Kinde.prototype.guard);
    }
  }

  /** @param {SessionOptions} options */
  session(options) {
    try {
      return new Session(stateOf(this).settings, options);
    } catch (error) {
      throw traced(error, Kinde.prototype.session);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RawRequest} [init]
   */
  request(method, path, init) {
    return called(CALL, (sink) => run_request(stateOf(this).settings, method, path, init, sink));
  }
}

Object.defineProperty(Kinde, "name", { value: "Kinde" });
