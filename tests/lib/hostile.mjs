// Values that no caller should give, and every caller will.

const throwing = () => {
  throw new Error("hostile");
};

/** Every trap of a proxy throws. */
const TRAPS = ["get", "set", "has", "deleteProperty", "ownKeys", "getOwnPropertyDescriptor", "defineProperty"];
const MORE_TRAPS = ["getPrototypeOf", "setPrototypeOf", "isExtensible", "preventExtensions", "apply", "construct"];
const traps = Object.fromEntries([...TRAPS, ...MORE_TRAPS].map((trap) => [trap, throwing]));

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cyclic() {
  const object = { name: "cyclic" };
  object.self = object;
  object.list = [object];
  return object;
}

function deep() {
  let object = {};
  for (let level = 0; level < 10_000; level++) object = { inner: object };
  return object;
}

/** A list that is another one at each look. */
function fickle() {
  let looks = 0;
  const get = (target, key) =>
    typeof key === "string" && /^\d/.test(key) && looks++ > 1 ? Symbol("fickle") : target[key];
  return new Proxy(["a", "b"], { get });
}

class Instance {
  #hidden = 1;
  field = "x";
  get inherited() {
    return this.#hidden;
  }
}

const HUGE = "x".repeat(5_000_000);
/** More than any part of it takes at once: for the places of a kind of which one has been given the huge one. */
export const LARGE = HUGE.slice(0, 65_536);

/** Names to functions that make the value afresh: some values change when they are looked at. */
export const hostile = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  NaN: () => NaN,
  Infinity: () => Infinity,
  "-0": () => -0,
  "1n": () => 1n,
  "a symbol": () => Symbol("hostile"),
  "a function": () => function hostile() {},
  "a function that throws": () => throwing,
  "an empty array": () => [],
  "an empty object": () => ({}),
  "an empty string": () => "",
  "a dot": () => ".",
  "two dots": () => "..",
  "encoded dots": () => "%2e%2E",
  "half a character": () => "a\ud83d",
  "a zero character": () => "\0",
  "a huge string": () => HUGE,
  "a String object": () => new String("x"),
  "a proxy that throws": () => new Proxy({}, traps),
  "a proxy of an array that throws": () => new Proxy([], traps),
  "a proxy of a function that throws": () => new Proxy(() => {}, traps),
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of an array": () => revoked([]),
  "a revoked proxy of a function": () => revoked(() => {}),
  "a cyclic object": cyclic,
  "a cyclic array": () => {
    const array = [];
    array.push(array);
    return array;
  },
  "an object without a prototype": () => Object.create(null),
  "an object whose getters throw": () => Object.defineProperty({}, "id", { enumerable: true, get: throwing }),
  "an object whose prototype's getters throw": () => Object.create(new Proxy({}, { get: throwing, has: throwing })),
  "an object whose toJSON throws": () => ({ toJSON: throwing }),
  "an object whose toJSON gives nothing": () => ({ toJSON: () => undefined }),
  "an object whose toString throws": () => ({ toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }),
  "an object whose tag throws": () => Object.defineProperty({}, Symbol.toStringTag, { get: throwing }),
  "an object that says it is a Blob": () => ({ [Symbol.toStringTag]: "Blob" }),
  "an iterable that throws": () => ({ [Symbol.iterator]: throwing }),
  "a thenable": () => ({ then: (resolve) => resolve("x") }),
  "a thenable that throws": () => ({
    get then() {
      return throwing();
    },
  }),
  "a promise": () => Promise.resolve("x"),
  "a Date": () => new Date(0),
  "an invalid Date": () => new Date(NaN),
  "a Map": () => new Map([["id", "x"]]),
  "a Set": () => new Set(["x"]),
  "a RegExp": () => /x/,
  "an Error": () => new Error("x"),
  "a class instance": () => new Instance(),
  "a class": () => Instance,
  "an array with holes": () => [, "x", ,],
  "an array of anything": () => [undefined, null, Symbol("x"), 1n, () => {}, NaN, {}],
  "an array that changes": fickle,
  "a deep object": deep,
  "a frozen object": () => Object.freeze({ id: "x", inner: Object.freeze([]) }),
  "a typed array": () => new Uint8Array(8),
  "a detached buffer": () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  "an object with a __proto__ of its own": () => JSON.parse(`{"__proto__":{"id":"x"},"constructor":null}`),
  globalThis: () => globalThis,
};

/** Things in the place of an AbortSignal. */
export const signals = {
  "an empty signal": () => ({}),
  "a signal that cannot listen": () => ({ aborted: false }),
  "a signal whose listener throws": () => ({
    aborted: false,
    addEventListener: throwing,
    removeEventListener: throwing,
  }),
  "a signal that looks aborted": () => ({
    aborted: true,
    reason: Symbol("r"),
    addEventListener() {},
    removeEventListener() {},
  }),
  "a signal that rings at once": () => ({ addEventListener: (_, ring) => ring(), removeEventListener() {} }),
  "a signal that rings twice": () => ({ addEventListener: (_, ring) => (ring(), ring()), removeEventListener() {} }),
  "a signal whose reason throws": () => ({
    aborted: true,
    get reason() {
      return throwing();
    },
    addEventListener() {},
    removeEventListener() {},
  }),
  "a signal that can listen only once": () => {
    let looks = 0;
    return {
      aborted: false,
      get addEventListener() {
        return looks++ ? throwing() : () => {};
      },
    };
  },
  "an AbortController": () => new AbortController(),
  "an EventTarget": () => new EventTarget(),
};
