// Places to keep tokens in, for the option `tokenStore`. Plain JavaScript: nothing here needs the
// WebAssembly, and nothing is done or looked up until a store is asked.

import { kind } from "./kind.js";

/** @import * as declared from "../types/stores.js" */

/**
 * In the memory of one program.
 * @type {typeof declared.memoryStore}
 */
export function memoryStore({ max = 1_000 } = {}) {
  check(typeof max === "number" && max >= 1, "memoryStore: max must be a number from 1");
  // In the order in which they came: the oldest goes first.
  const kept = new Map();
  return {
    get(key) {
      const { value, ends } = kept.get(key) ?? {};
      if (ends <= Date.now()) kept.delete(key);
      return kept.has(key) ? value : undefined;
    },
    set(key, value, seconds) {
      kept.delete(key);
      kept.set(key, { value, ends: Date.now() + seconds * 1000 });
      if (kept.size > max) kept.delete(kept.keys().next().value);
    },
    delete(key) {
      kept.delete(key);
    },
  };
}

/** The shortest life that KV gives a value, in seconds. */
const SHORTEST = 60;
/** The longest name that it takes, and the longest prefix that leaves room for a hash, in bytes. */
const LONGEST_NAME = 512;
const LONGEST_PREFIX = 256;

/**
 * In Workers KV.
 * @type {typeof declared.kvStore}
 */
export function kvStore(namespace, { prefix = "" } = {}) {
  check(
    has(namespace, "get", "put", "delete"),
    `kvStore: expected a KV namespace, got ${kind(namespace)}: is the binding set up?`,
  );
  check(typeof prefix === "string", "kvStore: prefix must be a string");
  check(bytesOf(prefix).length <= LONGEST_PREFIX, `kvStore: prefix must have ${LONGEST_PREFIX} bytes at most`);
  /** @param {string} key */
  const nameOf = async (key) => {
    const name = prefix + key;
    return bytesOf(name).length <= LONGEST_NAME ? name : `${prefix}sha256:${await hash(key)}`;
  };
  return {
    async get(key) {
      return namespace.get(await nameOf(key));
    },
    async set(key, value, seconds) {
      // KV refuses it, and by the time that another place sees it, it is over.
      if (seconds < SHORTEST) return;
      await namespace.put(await nameOf(key), value, { expirationTtl: Math.floor(seconds) });
    },
    async delete(key) {
      await namespace.delete(await nameOf(key));
    },
  };
}

/** A host that cannot exist (RFC 6761, section 6.4): no request finds what is kept there. */
const ADDRESS = "https://kinde-edge.invalid/token/";
/** Browsers keep an answer for ever, whatever its `Cache-Control` says. */
const ENDS = "kinde-edge-ends";

/**
 * In the Cache API.
 * @type {typeof declared.cacheStore}
 */
export function cacheStore({ name, cache } = {}) {
  check(cache === undefined || has(cache, "match", "put", "delete"), "cacheStore: cache must be a Cache");
  check(name === undefined || typeof name === "string", "cacheStore: name must be a string");
  // Anew each time: a Worker may not wait for what another request opened.
  const open = () => cache ?? ((name === undefined && caches.default) || caches.open(name ?? "kinde-edge"));
  /** @param {string} key */
  const addressOf = async (key) => ADDRESS + (await hash(key));
  return {
    async get(key) {
      const [opened, address] = [await open(), await addressOf(key)];
      const found = await opened.match(address);
      if (!found) return undefined;
      if (Number(found.headers.get(ENDS)) > Date.now()) return found.text();
      await opened.delete(address);
      return undefined;
    },
    async set(key, value, seconds) {
      const life = Math.floor(seconds);
      const headers = { "cache-control": `max-age=${life}`, [ENDS]: String(Date.now() + life * 1000) };
      await (await open()).put(await addressOf(key), new Response(value, { headers }));
    },
    async delete(key) {
      await (await open()).delete(await addressOf(key));
    },
  };
}

/** Anything shorter can be guessed, in bytes. */
const SHORTEST_SECRET = 16;
/** What NIST SP 800-38D recommends, section 8.2, in bytes. */
const IV = 12;

/**
 * Any store, with values that are useless without the secret: AES-GCM by a key derived with HKDF (RFC 5869).
 * @type {typeof declared.encrypted}
 */
export function encrypted(store, secret) {
  check(has(store, "get", "set", "delete"), "encrypted: the first argument must be a store");
  const material = typeof secret === "string" ? bytesOf(secret) : secret;
  check(ArrayBuffer.isView(material), "encrypted: the secret must be a string or bytes: is the variable set?");
  check(material.byteLength >= SHORTEST_SECRET, `encrypted: the secret must have ${SHORTEST_SECRET} bytes at least`);
  // The key itself is kept and not its promise, which another request of a Worker may not wait for.
  let made;
  const key = async () => (made ??= await derive(/** @type {BufferSource} */ (material)));
  // A value that was kept under another name is no good: nobody can move one about.
  /**
   * @param {Uint8Array<ArrayBuffer>} iv
   * @param {string} name
   */
  const algorithm = (iv, name) => ({ name: "AES-GCM", iv, additionalData: bytesOf(name) });
  return {
    async get(name) {
      const text = await store.get(name);
      if (typeof text !== "string") return undefined;
      const secretKey = await key();
      try {
        const sealed = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
        const [iv, rest] = [sealed.subarray(0, IV), sealed.subarray(IV)];
        const opened = await crypto.subtle.decrypt(algorithm(iv, name), secretKey, rest);
        return new TextDecoder().decode(opened);
      } catch {
        // Of another secret, or tampered with: the next value takes its place.
        return undefined;
      }
    },
    async set(name, value, seconds) {
      const iv = crypto.getRandomValues(new Uint8Array(IV));
      const sealed = await crypto.subtle.encrypt(algorithm(iv, name), await key(), bytesOf(value));
      const bytes = [...iv, ...new Uint8Array(sealed)];
      await store.set(name, btoa(bytes.map((byte) => String.fromCharCode(byte)).join("")), seconds);
    },
    async delete(name) {
      await store.delete(name);
    },
  };
}

/** @param {BufferSource} material */
async function derive(material) {
  const base = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytesOf("kinde-edge token store") };
  return crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/**
 * SHA-256, in hexadecimal.
 * @param {string} text
 */
async function hash(text) {
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text);

/** @type {(object: any, ...methods: string[]) => boolean} */
const has = (object, ...methods) => methods.every((method) => typeof object?.[method] === "function");

/**
 * @param {unknown} holds
 * @param {string} message
 * @returns {asserts holds}
 */
function check(holds, message) {
  if (!holds) throw new TypeError(`kinde-edge: ${message}`);
}
