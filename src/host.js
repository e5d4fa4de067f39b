// What only JavaScript can do, or does in one step where WebAssembly would cross over twenty times:
// waiting for a promise, and sending a request. What is sent, and what an answer means, is decided
// in Rust. Nothing here throws, unless it says so.

/** What a wait came to. `watch.rs` knows them by these numbers. */
const RESOLVED = 0;
const REJECTED = 1;
const LATE = 2;
const ABORTED = 3;

/** @typedef {(outcome?: number, value?: unknown) => void} End What ends a wait; without an outcome, nobody is told */
/** @typedef {(slot: number, outcome: number, value: unknown) => void} Settle */

/** The longest time that timers understand, in milliseconds; they fire at once for more. */
const LONGEST = 2_147_483_647;

/**
 * Waits for a promise (`undefined` is one that never settles), for no longer than `milliseconds`
 * and until the caller's signal is aborted, and then calls `settle(slot, outcome, value)`, once.
 * `stop` is called if the promise is not waited for to its end, or rejects.
 *
 * Gives what ends the wait without a word.
 * @param {unknown} promise
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @param {Settle | undefined} settle
 * @param {number} slot
 * @param {(() => void) | undefined} stop
 * @returns {End}
 */
export function watch(promise, milliseconds, signal, settle, slot, stop) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {End} */
  const end = (outcome, value) => {
    if (!settle) return;
    const tell = settle;
    settle = undefined;
    clearTimeout(timer);
    try {
      signal?.removeEventListener("abort", ring);
    } catch {
      // The signal is the caller's: there is nobody left to tell.
    }
    if (outcome !== RESOLVED) stop?.();
    if (outcome !== undefined) tell(slot, outcome, value);
  };
  const ring = () => {
    let aborted;
    let reason;
    try {
      ({ aborted, reason } = signal ?? {});
    } catch {
      // One that throws says nothing: the time is up.
    }
    if (aborted) end(ABORTED, reason);
    else end(LATE);
  };
  try {
    if (milliseconds <= LONGEST) timer = setTimeout(ring, milliseconds);
  } catch {
    // Where timers are forbidden, so is all that takes time.
  }
  try {
    signal?.addEventListener("abort", ring);
    if (signal?.aborted) ring();
  } catch {
    ring();
  }
  if (promise) arrive(promise, end);
  return end;
}

/**
 * `await` takes no `then` of a caller's promise at its word: it may call back twice.
 * @param {unknown} promise
 * @param {End} end
 */
async function arrive(promise, end) {
  let value;
  try {
    value = await promise;
  } catch (cause) {
    return end(REJECTED, cause);
  }
  end(RESOLVED, value);
}

/**
 * Ends a wait that nobody is interested in any more.
 * @param {End} end
 */
export const leave = (end) => end();

/**
 * Lets a promise be that nobody waits for.
 * @param {unknown} promise
 */
export const ignore = (promise) => void arrive(promise, () => {});

/**
 * The value of a JSON text; `undefined` if it is none.
 * @param {string} text
 * @returns {unknown}
 */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A property of anything: `undefined` of a value that can have none. Throws what the caller's own
 * getter or proxy throws.
 * @param {any} target
 * @param {PropertyKey} key
 * @returns {unknown}
 */
export const get = (target, key) =>
  (typeof target === "object" && target) || typeof target === "function" ? target[key] : undefined;

/**
 * `Array.isArray`, which throws on a revoked proxy.
 * @param {unknown} value
 */
export function isArray(value) {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Whether a value is an object that is neither null, an array nor a function.
 * @param {unknown} value
 */
export const isRecord = (value) => typeof value === "object" && value !== null && !isArray(value);

/**
 * An object's own enumerable properties, without what every object inherits. Throws what the
 * caller's own getter or proxy throws.
 * @param {object} source
 */
export const own = (source) => Object.assign(Object.create(null), source);

/**
 * What an object lists, else its own properties, as pairs. Throws what the caller's code throws.
 * @param {any} source
 * @returns {unknown[]}
 */
export const pairs = (source) =>
  Array.from(typeof source[Symbol.iterator] === "function" ? source : Object.entries(source));

/**
 * Whether a value is of a class of the runtime's. `[object Blob]` tells across realms, where
 * `instanceof` does not; Workers before 2024-09-26 have it the other way round.
 * @param {unknown} value
 * @param {string} name
 */
export function isA(value, name) {
  try {
    const tag = Object.prototype.toString.call(value);
    return tag === `[object ${name}]` || value instanceof /** @type {any} */ (globalThis)[name];
  } catch {
    return false;
  }
}

/**
 * Sends a request and waits for its answer, as `watch` does: `{ response, status, body, readable }`. Of
 * one that is longer than `longest` bytes, if that is not 0, a refusal has the beginning of it for a body,
 * and all else no body and `tooLong`. Whoever stops waiting, by a limit or by dropping the call, ends the request.
 * @param {typeof fetch | undefined} call
 * @param {string} url
 * @param {string} method
 * @param {string | undefined} authorization
 * @param {string | undefined} contentType
 * @param {string[] | undefined} headers
 * @param {string[] | undefined} moreHeaders
 * @param {string[] | undefined} ofHooks
 * @param {string[] | undefined} ofCall
 * @param {BodyInit | undefined} body
 * @param {boolean} stream
 * @param {number} longest
 * @param {(string | undefined)[]} secrets
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @param {Settle} settle
 * @param {number} slot
 */
export function exchange(
  call,
  url,
  method,
  authorization,
  contentType,
  headers,
  moreHeaders,
  ofHooks,
  ofCall,
  body,
  stream,
  longest,
  secrets,
  milliseconds,
  signal,
  settle,
  slot,
) {
  /** @type {AbortController | undefined} */
  let controller;
  const send = async () => {
    controller = new AbortController();
    /** @type {Record<string, string>} */
    const record = { accept: "application/json" };
    if (authorization) record.authorization = authorization;
    if (contentType) record["content-type"] = contentType;
    // Name, value, name, value …; the later ones win.
    for (const flat of [headers, moreHeaders, ofHooks, ofCall]) {
      for (let i = 0; flat && i < flat.length; i += 2) record[flat[i]] = flat[i + 1];
    }
    // Nothing else: some runtimes throw at other fields. Workers take the token along to another
    // origin, and every runtime a form with a secret, so no redirect is followed.
    /** @type {RequestInit & { duplex?: "half" }} */
    const init = { method, headers: record, signal: controller.signal, redirect: "manual" };
    if (body !== undefined) init.body = body;
    // One field more that `fetch` insists on.
    if (stream) init.duplex = "half";
    // Looked up at each call: tests and instrumentation replace it.
    const response = await (call ?? fetch)(url, init);
    // A browser shows nothing else of it.
    if (response?.type === "opaqueredirect") throw "a redirect, which is not followed";
    // A double may answer with anything.
    const status = typeof response.status === "number" ? response.status : 0;
    /** @type {{ text: string, tooLong?: boolean }} */
    const whole = longest ? await read(response, longest) : { text: await response.text() };
    let { text } = whole;
    if (!text) return { response, status, readable: true };
    if (!(status >= 200 && status < 300)) text = redact(text, [authorization, ...secrets], whole.tooLong);
    else if (whole.tooLong) return { response, status, readable: false, tooLong: true };
    const value = parse(text);
    const readable = value !== undefined;
    return { response, status, body: readable ? value : text, readable };
  };
  return watch(send(), milliseconds, signal, settle, slot, () => controller?.abort());
}

/**
 * The text of a response up to so many bytes, and whether there is more.
 * @param {Response} response
 * @param {number} longest
 */
async function read(response, longest) {
  const reader = response.body?.getReader?.();
  // A double may have its text only.
  if (!reader) {
    const text = await response.text();
    return typeof text === "string" ? { text: text.slice(0, longest), tooLong: text.length > longest } : { text };
  }
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), tooLong: false };
    size += value.byteLength;
    text += decoder.decode(value.subarray(0, value.byteLength - Math.max(size - longest, 0)), { stream: true });
    if (size > longest) {
      reader.cancel().catch(() => {});
      return { text, tooLong: true };
    }
  }
}

/** Anything shorter is no secret, but would be found everywhere. */
const SHORTEST_SECRET = 4;

/**
 * Takes secrets out of a refusal that echoes them: as they are, in a form, or in a JSON string.
 * @param {string} text
 * @param {(string | undefined)[]} secrets
 * @param {boolean} [isCut] whether it has lost its end, and may end in the beginning of a secret
 */
function redact(text, secrets, isCut) {
  if (typeof text !== "string") return text;
  let tail = 0;
  for (const value of secrets) {
    const secret = value?.replace(/^Bearer /, "");
    if (!secret || secret.length < SHORTEST_SECRET || secret.length > text.length) continue;
    for (const spell of [
      String,
      (/** @type {string} */ secret) => JSON.stringify(secret).slice(1, -1),
      encodeURIComponent,
    ]) {
      try {
        const spelt = spell(secret);
        text = text.replaceAll(spelt, "[redacted]");
        if (isCut) tail = Math.max(tail, spelt.length);
      } catch {
        // Half a character has no place in a form.
      }
    }
  }
  return text.slice(0, Math.max(text.length - tail, 0));
}
