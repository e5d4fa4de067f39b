// WebCrypto and what goes into it, a step of ours at a time: where one promise follows another,
// WebAssembly waits once. A promise from here rejects if there is no WebCrypto: pages have it with
// HTTPS only.

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);

/**
 * SHA-256 of a text.
 * @param {string} text
 */
export const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));

/** How deep objects and arrays may nest. */
const DEEPEST = 32;

/**
 * The object in the JSON of a token, as strictly as two readers need to agree on it (RFC 8725,
 * section 2.4): UTF-8, an object, no name twice, no deep nesting. A number says what is wrong.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {object | number}
 */
export function object(bytes) {
  let fault = NOT_UTF8;
  try {
    const text = decoder.decode(bytes);
    fault = NOT_JSON;
    const { members, depth } = shape(text);
    if (depth > DEEPEST) return TOO_DEEP;
    const value = JSON.parse(text);
    if (typeof value !== "object" || !value || Array.isArray(value)) return NO_OBJECT;
    // `JSON.parse` keeps the last of several members with one name.
    return shape(JSON.stringify(value)).members === members ? value : TWICE;
  } catch {
    return fault;
  }
}

/** What is wrong. `jwt/mod.rs` knows it by these numbers. */
const NOT_UTF8 = 0;
const NOT_JSON = 1;
const TOO_DEEP = 2;
const NO_OBJECT = 3;
const TWICE = 4;

/** A byte order mark is no JSON. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * How many members the objects of a JSON text have, and how deep they nest.
 * @param {string} json
 */
function shape(json) {
  let members = 0;
  let depth = 0;
  let nested = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (c === '"') quoted = !quoted;
    else if (quoted) {
      if (c === "\\") i++;
    } else if (c === ":") members++;
    else if (c === "[" || c === "{") depth = Math.max(depth, ++nested);
    else if (c === "]" || c === "}") nested--;
  }
  return { members, depth };
}

/**
 * The functions that keys came by, and a number for each.
 * @type {WeakMap<Function, number>}
 */
const sources = new WeakMap();
let lastSource = 0;

/**
 * A number for a client's own `fetch`, 0 for that of the runtime.
 * @param {unknown} fetch
 */
export function source(fetch) {
  if (typeof fetch !== "function") return 0;
  const number = sources.get(fetch) ?? ++lastSource;
  sources.set(fetch, number);
  return number;
}

/** @typedef {JsonWebKey & { kid?: unknown }} Key As a set of keys has it: from elsewhere, so anything may be in it */

/** What `choose` gives if there is no such key, or more than one; and if it is for something else. */
const UNKNOWN = -1;
const UNSUITABLE = -2;

/**
 * The number of the key with this id in a set; without an id, of the one key that fits.
 * @param {(Key | null)[]} set
 * @param {string | undefined} id
 * @param {string} algorithm
 */
export function choose(set, id, algorithm) {
  let chosen = UNKNOWN;
  for (const [index, key] of set.entries()) {
    if (id !== undefined && key?.kid !== id) continue;
    if (!fits(algorithm, key ?? {})) {
      if (id !== undefined && chosen < 0) chosen = UNSUITABLE;
    } else if (chosen < 0) chosen = index;
    else return UNKNOWN;
  }
  return chosen;
}

/**
 * Whether a key is for this algorithm, by all that it says (RFC 7517, section 4).
 * @type {(algorithm: string, key: Key) => boolean}
 */
const fits = (algorithm, { kty, crv, alg = algorithm, use = "sig", key_ops: uses = ["verify"] }) =>
  (algorithm === "ES256" ? kty === "EC" && crv === CURVE : kty === "RSA") &&
  alg === algorithm &&
  use === "sig" &&
  Array.isArray(uses) &&
  uses.includes("verify");

/** The curve of ES256. */
const CURVE = "P-256";

/** The shortest RSA key, in bits (RFC 7518, section 3.3). */
const FEWEST_BITS = 2048;

/**
 * Whether a key that was imported is one to believe (`publicExponent` and `modulusLength` are those of
 * an RSA key). With the exponent 1, anybody's text is a signature, and an even one belongs to no key
 * (RFC 8017, section 3.1); Node takes both.
 * @param {{ modulusLength?: number, publicExponent?: ArrayLike<number> & Iterable<number> }} algorithm
 */
function isSound({ modulusLength = FEWEST_BITS, publicExponent = [3] }) {
  const bytes = [...publicExponent];
  const exponent = bytes.reduce((number, byte) => number * 256 + byte, 0);
  const isOdd = bytes[bytes.length - 1] % 2 === 1;
  return modulusLength >= FEWEST_BITS && exponent > 1 && isOdd;
}

/**
 * Of a key, the public part and nothing else: what it is for has been looked at.
 * @type {(key: Key) => JsonWebKey}
 */
const publicPart = ({ kty, n, e, crv, x, y }) => ({ kty, n, e, crv, x, y });

/**
 * Whether the key at `index` of a set made a signature, by an algorithm of RFC 7518, section 3.1;
 * `undefined` if the key is none, or too weak. `imported` keeps what WebCrypto makes of the keys.
 * @param {[set: Key[], imported: Record<string, CryptoKey>]} keys
 * @param {number} index
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {Uint8Array<ArrayBuffer>} data
 */
export async function verify([set, imported], index, name, signature, data) {
  const bits = Number(name.slice(2));
  const algorithm = {
    name: FAMILIES[name[0]],
    hash: `SHA-${bits}`,
    saltLength: bits / 8,
    namedCurve: CURVE,
  };
  const { subtle } = crypto;
  const place = index + name;
  /** @type {CryptoKey | undefined} */
  let key = imported[place];
  if (!key) {
    const importing = subtle.importKey("jwk", publicPart(set[index]), algorithm, false, ["verify"]);
    key = await importing.catch(() => undefined);
    if (!key || !isSound(/** @type {RsaHashedKeyAlgorithm} */ (key.algorithm))) return undefined;
    imported[place] = key;
  }
  // As long as the modulus (RFC 8017, section 8.2.2): WebKit takes one with zeros in front, too.
  const { modulusLength } = /** @type {RsaHashedKeyAlgorithm} */ (key.algorithm);
  if (modulusLength && signature.length !== Math.ceil(modulusLength / 8)) return false;
  return subtle.verify(algorithm, key, signature, data).catch(() => false);
}

/**
 * HMAC with SHA-256 of a text (RFC 2104).
 * @param {string} secret
 * @param {string} text
 */
export async function hmac(secret, text) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(text)));
}

/** @type {Record<string, string>} */
const FAMILIES = { E: "ECDSA", P: "RSA-PSS", R: "RSASSA-PKCS1-v1_5" };

/** What the keys of cookies are for (RFC 5869, section 3.2). */
const INFO = "kinde-edge session cookie, version 1";

/** The size of a nonce, in bytes. */
const NONCE = 12;

/** @type {(nonce: Uint8Array<ArrayBuffer>, bound: string) => AesGcmParams} */
const parameters = (nonce, bound) => ({ name: "AES-GCM", iv: nonce, additionalData: utf8(bound) });

/**
 * The key of a secret, made when it is first needed.
 * @param {string[]} secrets
 * @param {CryptoKey[]} keys
 * @param {number} index
 */
async function key(secrets, keys, index) {
  if (!keys[index]) {
    const { subtle } = crypto;
    const secret = await subtle.importKey("raw", utf8(secrets[index]), "HKDF", false, ["deriveKey"]);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(INFO) };
    const aes = { name: "AES-GCM", length: 256 };
    keys[index] = await subtle.deriveKey(hkdf, secret, aes, false, ["encrypt", "decrypt"]);
  }
  return keys[index];
}

/**
 * Nonce and ciphertext of a text, under the newest secret.
 * @param {string[]} secrets
 * @param {CryptoKey[]} keys
 * @param {string} bound
 * @param {string} text
 */
export async function seal(secrets, keys, bound, text) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const newest = await key(secrets, keys, 0);
  const sealed = await crypto.subtle.encrypt(parameters(nonce, bound), newest, utf8(text));
  const whole = new Uint8Array(NONCE + sealed.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(sealed), NONCE);
  return whole;
}

/**
 * The text of what `seal` made, under whichever of the secrets; `undefined` for anything else.
 * @param {string[]} secrets
 * @param {CryptoKey[]} keys
 * @param {string} bound
 * @param {Uint8Array<ArrayBuffer>} whole
 */
export async function open(secrets, keys, bound, whole) {
  const nonce = whole.slice(0, NONCE);
  const sealed = whole.slice(NONCE);
  for (const index of secrets.keys()) {
    const opening = crypto.subtle.decrypt(parameters(nonce, bound), await key(secrets, keys, index), sealed);
    const text = await opening.catch(() => undefined);
    if (text) return decoder.decode(text);
  }
  return undefined;
}
