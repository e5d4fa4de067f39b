// WebCrypto, a step of ours at a time: where one follows another, WebAssembly waits once. What
// rejects here says that there is no WebCrypto, which pages have with HTTPS only.

const utf8 = (text) => new TextEncoder().encode(text);

/** SHA-256 of a text. */
export const sha256 = (text) => digest(utf8(text));

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** What `choose` gives if there is no such key, or more than one; and if it is for something else. */
const UNKNOWN = -1;
const UNSUITABLE = -2;

/** The number of the key with this id in a set; without an id, of the one key that fits. */
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

/** Whether a key is for this algorithm, by all that it says (RFC 7517, section 4). */
const fits = (algorithm, { kty, crv, alg = algorithm, use = "sig", key_ops: uses }) =>
  (algorithm === "ES256" ? kty === "EC" && crv === CURVE : kty === "RSA") &&
  alg === algorithm &&
  use === "sig" &&
  (!Array.isArray(uses) || uses.includes("verify"));

/** The curve of ES256. */
const CURVE = "P-256";

/** The shortest RSA key, in bits (RFC 7518, section 3.3). */
const FEWEST_BITS = 2048;

/** Of a key, the public part and nothing else: what it is for has been looked at. */
const publicPart = ({ kty, n, e, crv, x, y }) => ({ kty, n, e, crv, x, y });

/**
 * Whether the key at `index` of a set made a signature, by an algorithm of RFC 7518, section 3.1;
 * `undefined` if the key is none, or too short. `imported` keeps what WebCrypto makes of the keys.
 */
export async function verify([set, imported], index, name, signature, data) {
  const bits = name.slice(2);
  const algorithm = {
    name: { E: "ECDSA", P: "RSA-PSS", R: "RSASSA-PKCS1-v1_5" }[name[0]],
    hash: `SHA-${bits}`,
    saltLength: bits / 8,
    namedCurve: CURVE,
  };
  const { subtle } = crypto;
  const place = index + name;
  let key = imported[place];
  if (!key) {
    const importing = subtle.importKey("jwk", publicPart(set[index]), algorithm, false, ["verify"]);
    key = await importing.catch(() => {});
    if (!key || key.algorithm.modulusLength < FEWEST_BITS) return undefined;
    imported[place] = key;
  }
  return subtle.verify(algorithm, key, signature, data).catch(() => false);
}

/** What the keys of cookies are for (RFC 5869, section 3.2). */
const INFO = "kinde-edge session cookie, version 1";

/** The size of a nonce, in bytes. */
const NONCE = 12;

const parameters = (nonce, bound) => ({ name: "AES-GCM", iv: nonce, additionalData: utf8(bound) });

/** The key of a secret, made when it is first needed. */
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

/** Nonce and ciphertext of a text, under the newest secret. */
export async function seal(secrets, keys, bound, text) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const newest = await key(secrets, keys, 0);
  const sealed = await crypto.subtle.encrypt(parameters(nonce, bound), newest, utf8(text));
  const whole = new Uint8Array(NONCE + sealed.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(sealed), NONCE);
  return whole;
}

/** The text of what `seal` made, under whichever of the secrets; `undefined` for anything else. */
export async function open(secrets, keys, bound, whole) {
  const nonce = whole.slice(0, NONCE);
  const sealed = whole.slice(NONCE);
  for (const index of secrets.keys()) {
    const opening = crypto.subtle.decrypt(
      parameters(nonce, bound),
      await key(secrets, keys, index),
      sealed,
    );
    const text = await opening.catch(() => {});
    if (text) return new TextDecoder().decode(text);
  }
  return undefined;
}
