// The client. Its resources are grown from the names that the wasm hands out, one function per
// operation, when they are first used.

import { configure, names, run_by_id, run_operation, run_request } from "kinde-edge-wasm";
import { KindeError } from "kinde-edge-error";

export { KindeError };
export const VERSION = __VERSION__;

/** What a call leaves behind for `withResponse`, by its promise. */
const sinks = new WeakMap();

/** A real promise with one method more; `await` takes its fast path. */
const callPrototype = Object.create(Promise.prototype, {
  withResponse: {
    value: async function () {
      const data = await this;
      return { data, response: sinks.get(this).response };
    },
  },
});

function call(start) {
  const sink = {};
  const promise = Object.setPrototypeOf(start(sink), callPrototype);
  sinks.set(promise, sink);
  return promise;
}

/** Resource names to resources, method names to operation numbers. Built with the first client. */
let tree;

function plant() {
  const root = {};
  for (const [number, dotted] of names().trimEnd().split(" ").entries()) {
    const path = dotted.split(".");
    const method = path.pop();
    let node = root;
    for (const name of path) node = node[name] ??= {};
    node[method] = number;
  }
  return root;
}

function grow(node, settings) {
  const resource = {};
  for (const [name, value] of Object.entries(node)) {
    Object.assign(resource, {
      [name]:
        typeof value === "number"
          ? (...args) => call((sink) => run_operation(settings, value, args, sink))
          : grow(value, settings),
    });
  }
  return Object.freeze(resource);
}

export class Kinde {
  // Private, so that no log prints the secret.
  #settings;
  #resources = {};

  constructor(options) {
    this.#settings = configure(options);
    if (!tree) Kinde.#addResources((tree = plant()));
  }

  /** Makes each resource when it is first read, and the same one ever after. */
  static #addResources(tree) {
    for (const [name, node] of Object.entries(tree)) {
      Object.defineProperty(Kinde.prototype, name, {
        configurable: true,
        get() {
          return (this.#resources[name] ??= grow(node, this.#settings));
        },
      });
    }
  }

  static fromEnv(env = globalThis.process?.env, options) {
    let found;
    try {
      // A variable that is set to nothing is as good as unset.
      const management = env.KINDE_MANAGEMENT_CLIENT_ID;
      found = {
        domain: env.KINDE_DOMAIN,
        clientId: management || env.KINDE_CLIENT_ID || undefined,
        clientSecret:
          (management ? env.KINDE_MANAGEMENT_CLIENT_SECRET : env.KINDE_CLIENT_SECRET) || undefined,
        audience: env.KINDE_AUDIENCE || undefined,
        ...options,
      };
    } catch (cause) {
      throw new KindeError("fromEnv needs an object with the environment's variables", {
        code: "configuration",
        errors: [],
        attempts: 0,
        cause,
      });
    }
    return new Kinde(found);
  }

  call(operationId, args, options) {
    return call((sink) => run_by_id(this.#settings, operationId, args, options, sink));
  }

  request(method, path, init) {
    return call((sink) => run_request(this.#settings, method, path, init, sink));
  }
}

Object.defineProperty(Kinde, "name", { value: "Kinde" });
