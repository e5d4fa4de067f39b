/**
 * Stores for a client's `tokenStore`: they keep its tokens for other isolates and for later.
 *
 * @module kinde-edge/stores
 */

import type { TokenStore } from "./index.js";

/** What {@link kvStore} needs of a Workers KV namespace. */
export interface KVNamespaceLike {
  /** The value of a key; null if there is none. */
  get(key: string): Promise<string | null>;
  /** Keeps a value, for `expirationTtl` seconds. */
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<unknown>;
  /** Drops a value. */
  delete(key: string): Promise<unknown>;
}

/** What {@link cacheStore} needs of a `Cache`. */
export interface CacheLike {
  /** What is kept for an address, unless it is too old. */
  match(address: string): Promise<Response | undefined>;
  /** Keeps a response, for as long as its `cache-control` says. */
  put(address: string, response: Response): Promise<unknown>;
  /** Drops what is kept. */
  delete(address: string): Promise<unknown>;
}

/**
 * Keeps tokens in memory: for tests, and for what shares them on purpose. Clients of one program that
 * have the same credentials share their token without it.
 *
 * @param options.max - How many values are kept; the oldest goes first. Default: 1,000
 * @throws TypeError if `max` is no number from 1
 * @example
 * ```ts
 * const tokenStore = memoryStore();
 * const kinde = new Kinde({ domain, clientId, clientSecret, tokenStore });
 * ```
 */
export function memoryStore(options?: { max?: number | undefined }): TokenStore;

/**
 * Keeps tokens in Workers KV, for all isolates everywhere.
 *
 * KV keeps nothing for less than 60 seconds: a token with less life is not put there. What is put may
 * take 60 seconds and more to be seen in other places, which fetch a token of their own till then. A key
 * of more than 512 bytes, which is KV's limit, goes by its SHA-256.
 *
 * Whoever can read the namespace can use the tokens in it, unless they are {@link encrypted}.
 *
 * @param namespace - The binding: `env.TOKENS`
 * @param options.prefix - Put before each key, 256 bytes at most. Default: none
 * @throws TypeError if there is no such namespace, or the prefix is too long
 * @example
 * ```ts
 * const kinde = Kinde.fromEnv(env, { tokenStore: kvStore(env.TOKENS) });
 * ```
 */
export function kvStore(namespace: KVNamespaceLike, options?: { prefix?: string | undefined }): TokenStore;

/**
 * Keeps tokens in the Cache API: in Workers for all isolates of one data center, in a browser for all
 * pages of the origin. It costs nothing and has no limit on writes.
 *
 * In Workers, `caches.default` is taken, which works on custom domains only and not on `workers.dev`.
 * Elsewhere, and if there is a name, `caches.open(name)`. Node has no Cache API: give a `cache`, or calls
 * go on as without a store. Lifetimes are whole seconds.
 *
 * Every Worker of the zone reads the same cache: see {@link encrypted}.
 *
 * @param options.name - The cache to open. Default: `caches.default` where there is one, else `"kinde-edge"`
 * @param options.cache - A `Cache` to use instead
 * @throws TypeError if `cache` is none, or the name no string
 * @example
 * ```ts
 * const kinde = Kinde.fromEnv(env, { tokenStore: cacheStore() });
 * ```
 */
export function cacheStore(options?: { name?: string | undefined; cache?: CacheLike | undefined }): TokenStore;

/**
 * Encrypts what any store keeps: without the secret, the values are of no use. Keys are not encrypted.
 *
 * AES-256-GCM with a random IV, by a key that HKDF (RFC 5869) derives from the secret. A value is bound
 * to its key in the store. One that cannot be decrypted is as good as none: after a change of the
 * secret, the next call fetches a new token.
 *
 * @param store - Where the values go: any `tokenStore`
 * @param secret - At least 16 bytes that nobody can guess, no password: `openssl rand -base64 32`
 * @throws TypeError if the store lacks a function, or the secret is too short
 * @example
 * ```ts
 * const tokenStore = encrypted(kvStore(env.TOKENS), env.TOKEN_SECRET);
 * const kinde = Kinde.fromEnv(env, { tokenStore });
 * ```
 */
export function encrypted(store: TokenStore, secret: string | ArrayBufferView): TokenStore;
