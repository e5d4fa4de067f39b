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
  const end = limit(milliseconds, signal, settle, slot, stop);
  if (promise) {
    follow(
      promise,
      (value) => end(RESOLVED, value),
      (cause) => end(REJECTED, cause),
    );
  }
  return end;
}

/**
 * The same for what tells itself that it came to its end. `controlled` has the timer, if it may serve others too.
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @param {Settle | undefined} settle
 * @param {number} slot
 * @param {(() => void) | undefined} stop
 * @param {Controlled} [controlled]
 * @returns {End}
 */
function limit(milliseconds, signal, settle, slot, stop, controlled) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {End} */
  const end = (outcome, value) => {
    if (!settle) return;
    const tell = settle;
    settle = undefined;
    if (controlled) rest(controlled, outcome === RESOLVED);
    else clearTimeout(timer);
    try {
      if (signal) unlisten(signal, ring);
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
    if (milliseconds > LONGEST) controlled = undefined;
    else if (controlled) wind(controlled, milliseconds, ring);
    else timer = setTimeout(ring, milliseconds);
  } catch {
    // Where timers are forbidden, so is all that takes time.
  }
  try {
    if (signal) listen(signal, ring);
    if (signal?.aborted) ring();
  } catch {
    ring();
  }
  return end;
}

/**
 * Who waits for a signal, and the one listener for all of them: Node warns of more than ten.
 * @type {WeakMap<AbortSignal, { rings: Set<() => void>, all: () => void }>}
 */
const listening = new WeakMap();

/** @type {(signal: AbortSignal, ring: () => void) => void} */
function listen(signal, ring) {
  let entry = listening.get(signal);
  if (!entry) {
    /** @type {Set<() => void>} */
    const rings = new Set();
    entry = { rings, all: () => rings.forEach((ring) => ring()) };
    signal.addEventListener("abort", entry.all);
    listening.set(signal, entry);
  }
  entry.rings.add(ring);
}

/** @type {(signal: AbortSignal, ring: () => void) => void} */
function unlisten(signal, ring) {
  const entry = listening.get(signal);
  if (!entry?.rings.delete(ring) || entry.rings.size > 0) return;
  listening.delete(signal);
  signal.removeEventListener("abort", entry.all);
}

/**
 * What `await` does, by callbacks: a promise's own `then`, which may throw, call back twice or never, is not asked.
 * @param {unknown} promise
 * @param {(value: any) => void} done
 * @param {(cause: unknown) => void} failed
 */
function follow(promise, done, failed) {
  try {
    Promise.prototype.then.call(Promise.resolve(promise), done, failed);
  } catch (cause) {
    // Of a promise that says something else each time it is asked what it is.
    failed(cause);
  }
}

/**
 * Reads a webhook's body, or a little more of it than may be, and waits for it as `watch` does.
 * @param {any} input
 * @param {number} longest In bytes
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @param {Settle} settle
 * @param {number} slot
 */
export function receive(input, longest, milliseconds, signal, settle, slot) {
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  let reader;
  const read = async () => {
    if (input instanceof ArrayBuffer) return decode([new Uint8Array(input)], longest);
    if (ArrayBuffer.isView(input)) {
      return decode([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)], longest);
    }
    reader = input.body?.getReader?.();
    // A stand-in for a request may have its text only, all of it at once.
    if (!reader) return input.headers?.get?.("content-length") > longest ? "".padEnd(longest + 1) : input.text();
    /** @type {Uint8Array[]} */
    const chunks = [];
    for (let length = 0; length <= longest; ) {
      const { done, value } = await reader.read();
      if (done) return decode(chunks, longest);
      chunks.push(value);
      length += value.byteLength;
    }
    cancel();
    return decode(chunks, longest);
  };
  const cancel = async () => {
    try {
      await reader?.cancel();
    } catch {
      // There is nothing left to read.
    }
  };
  return watch(read(), milliseconds, signal, settle, slot, cancel);
}

/**
 * A text of bytes, whole up to the longest that may be.
 * @param {Uint8Array[]} chunks
 * @param {number} longest
 */
function decode(chunks, longest) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const texts = chunks.map((chunk) => decoder.decode(chunk.subarray(0, longest + 1), { stream: true }));
  return texts.join("") + decoder.decode();
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
export const ignore = (promise) => follow(promise, nothing, nothing);

const nothing = () => {};

/**
 * The parts of an address, which may be relative to another; `undefined` if it is none.
 * @param {string} url
 * @param {string} [base]
 */
export function address(url, base) {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

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
 * The class of an object of the runtime's that keeps what it holds elsewhere: a Map, an AbortSignal, which in Workers
 * has properties all the same. `undefined` of a record. Throws what a proxy throws.
 * @param {object} value
 */
export function classOf(value) {
  if (value instanceof AbortSignal) return "AbortSignal";
  if (Object.keys(value).length > 0) return undefined;
  const name = Object.prototype.toString.call(value).slice(8, -1);
  return name === "Object" ? undefined : name;
}

/**
 * Whether a value is a record: an object that is neither null, an array nor a function, nor of such a class.
 * @param {unknown} value
 */
export function isRecord(value) {
  if (typeof value !== "object" || value === null || isArray(value)) return false;
  try {
    return classOf(value) === undefined;
  } catch {
    // Reading it says what it throws.
    return true;
  }
}

/**
 * An object's own enumerable properties, without what every object inherits. Throws what the
 * caller's own getter or proxy throws.
 * @param {object} source
 */
export const own = (source) => Object.assign(Object.create(null), source);

/** The longest chain of prototypes that is gone through: a proxy can make one without an end. */
const DEEPEST = 100;

/**
 * `Object.prototype`, of whatever realm: what somebody put there is nobody's option.
 * @param {object} object
 * @param {object | null} above Its prototype
 */
const isRoot = (object, above) => above === null && Object.hasOwn(object, "isPrototypeOf");

/**
 * Options, each read once by its name: inherited ones and those of getters too, lists copied. `known`
 * has the names, separated by spaces; one with a `!` must not be there without a value.
 *
 * Gives the options, the name of one that is wrong, if there is one, and whether it has no value
 * (else it is not known). Throws what the caller's own getter or proxy throws.
 * @param {any} source
 * @param {string} known
 */
export function options(source, known) {
  /** @type {Set<string>} */
  const strict = new Set();
  const names = known.split(" ").map((name) => {
    const bare = name.replace("!", "");
    if (bare !== name) strict.add(bare);
    return bare;
  });
  /** @type {Set<string>} */
  const there = new Set();
  for (let level = source, depth = 0; level && depth <= DEEPEST; depth++) {
    const above = Object.getPrototypeOf(level);
    if (depth > 0 && isRoot(level, above)) break;
    for (const name of Object.getOwnPropertyNames(level)) {
      const { enumerable, value } = Object.getOwnPropertyDescriptor(level, name) ?? {};
      if (names.includes(name)) there.add(name);
      // The methods of a class are no options; its getters are.
      else if (depth === 0 || enumerable || typeof value !== "function") return [undefined, name, false];
    }
    level = above;
  }
  const found = Object.create(null);
  for (const name of names) {
    if (!there.has(name) && name in Object.prototype) continue;
    const value = source[name];
    if (value !== undefined) found[name] = isArray(value) ? Array.from(value) : value;
    // A proxy can have what it does not list.
    else if (!(there.has(name) || name in source)) continue;
    else if (strict.has(name)) return [undefined, name, true];
    else found[name] = undefined;
  }
  return [found, undefined, false];
}

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
 * Whether it was thrown to steer the caller's framework and not to tell of a failure: a Response (React
 * Router), a thenable (React), a string `digest` (Next.js), a redirect or SvelteKit's `{ status, body }`.
 * @param {any} value
 */
export function steers(value) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    const { status, location, body } = value;
    return (
      isA(value, "Response") ||
      typeof value.then === "function" ||
      typeof value.digest === "string" ||
      (status >= 300 && status < 400 && location !== undefined) ||
      (status >= 400 && status < 600 && typeof body?.message === "string" && !(value instanceof Error))
    );
  } catch {
    return false;
  }
}

/**
 * What an event has of the headers of an answer. They are not enumerable: a logger gets the event, too.
 * @param {any} event
 * @param {any} response
 */
export function addHeaders(event, response) {
  try {
    const { headers } = response;
    Object.defineProperty(event, "headers", { value: headers });
    /** @type {Record<string, number>} */
    const rateLimit = {};
    for (const name of ["limit", "remaining", "reset"]) {
      const figure = Number.parseFloat(headers.get(`ratelimit-${name}`) ?? headers.get(`x-ratelimit-${name}`));
      if (figure >= 0) rateLimit[name] = figure;
    }
    if (Object.keys(rateLimit).length > 0) event.rateLimit = rateLimit;
  } catch {
    // A double may have no headers, or others.
  }
}

/**
 * What tells the service who calls, as name, value, name, value … A page sends none of it: its browser would have to ask
 * first (CORS), and has a `User-Agent` of its own.
 * @param {string} version
 */
export const introduction = (version) => {
  const { document, importScripts } = /** @type {any} */ (globalThis);
  const name = `kinde-edge/${version}`;
  return document || importScripts ? [] : ["kinde-sdk", name, "user-agent", name];
};

/** Where `settings.rs` has what is needed here. */
const ORIGIN = 0;
const FETCH = 6;
const HEADERS = 8;
const NUMBERS = 9;
const LOGGER = 13;
/** In the numbers. */
const LOG_LEVEL = 5;

/** The number of the level `warn`. */
const WARN = 2;

/**
 * Warns of a sign-in that begins where its cookie does not come back from: the callback would find none, and the user would
 * go in circles. No more than that: behind a proxy that tells nothing, an address may be another than the browser's.
 * @param {any[]} settings
 * @param {string} redirectUri
 * @param {any} request
 */
export function warnOfStray(settings, redirectUri, request) {
  try {
    const told = (/** @type {string} */ name) => request.headers.get(name)?.split(",")[0].trim();
    const [here, back] = [new URL(request.url), new URL(redirectUri)];
    // Cookies are for a host, whatever the port (RFC 6265, section 8.5).
    const hosts = [here.host, told("x-forwarded-host"), told("host")].map(
      (host) => host && new URL(`http://${host}`).hostname,
    );
    const isPlain = (told("x-forwarded-proto") || here.protocol.slice(0, -1)) === "http";
    let why;
    if (!hosts.includes(back.hostname)) {
      why = `${hosts[0]}, and redirectUri is at ${back.hostname}: a browser does not bring the cookie of one to the other, so that it cannot end. Open the application at ${back.origin}, or let the proxy in front of it send X-Forwarded-Host`;
    } else if (isPlain && !/^(127\..*|\[::1\]|(.*\.)?localhost)$/.test(back.hostname)) {
      why = `http://${back.hostname}: browsers keep the cookies of a session with https:// only, or at localhost, so that it cannot end. Open the application with https://, or let the proxy in front of it send X-Forwarded-Proto`;
    } else return;
    const line = `kinde-edge: session.signIn: this sign-in begins at ${why}`;
    const logger = settings[LOGGER];
    // Who has set up no logger is who needs to know.
    if (!logger) console.warn(line);
    else if (settings[NUMBERS][LOG_LEVEL] <= WARN) {
      const call = { call: 0, name: "session.signIn", method: "GET", path: "/oauth2/auth", attempt: 0 };
      logger.warn(line, { ...call, domain: settings[ORIGIN] });
    }
  } catch {
    // Neither an address that is none nor a logger that throws is this sign-in's business.
  }
}

/** Bits of the facts of an answer, beside its status: `fetch.rs`. */
const READABLE = 65536;
const TOO_LONG = 131072;

/**
 * Copies the numbers of settings.
 * @param {any[]} settings
 * @param {Float64Array} numbers
 */
export const numbers = (settings, numbers) => numbers.set(settings[NUMBERS]);

/**
 * Sends a request and waits for its answer, as `watch` does: `{ response, body, facts }`. Of one that is longer than `longest` bytes, if that is not 0, a refusal has the beginning of it for a body,
 * and all else no body. Whoever stops waiting, by a limit or by dropping the call, ends the request.
 * @param {any[]} settings
 * @param {boolean} foreign
 * @param {string} url
 * @param {string} method
 * @param {string | undefined} authorization
 * @param {string | undefined} contentType
 * @param {string[] | undefined} headers
 * @param {string[] | undefined} ofHooks
 * @param {string[] | undefined} ofCall
 * @param {BodyInit | undefined} body
 * @param {boolean} stream
 * @param {number} longest
 * @param {(string | undefined)[] | undefined} secrets
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @param {Settle} settle
 * @param {number} slot
 */
export function exchange(
  settings,
  foreign,
  url,
  method,
  authorization,
  contentType,
  headers,
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
  // Looked up at each call: tests and instrumentation replace it.
  const own = settings[FETCH];
  if (url[0] === "/") url = settings[ORIGIN] + url;
  /** @type {Controlled | undefined} */
  let controlled = (!own && spare.pop()) || { controller: new AbortController(), left: REQUESTS };
  const { controller } = controlled;
  /** @type {Record<string, string>} */
  const record = { accept: "application/json" };
  if (authorization) record.authorization = authorization;
  if (contentType) record["content-type"] = contentType;
  // Name, value, name, value …; the later ones win.
  for (const flat of [foreign ? undefined : settings[HEADERS], headers, ofHooks, ofCall]) {
    for (let i = 0; flat && i < flat.length; i += 2) record[flat[i]] = flat[i + 1];
  }
  // Nothing else: some runtimes throw at other fields. Workers take the token along to another
  // origin, and every runtime a form with a secret, so no redirect is followed.
  /** @type {RequestInit & { duplex?: "half" }} */
  const init = { method, headers: record, signal: controller.signal, redirect: "manual" };
  if (body !== undefined) init.body = body;
  // One field more that `fetch` insists on.
  if (stream) init.duplex = "half";

  const end = limit(milliseconds, signal, settle, slot, () => controller.abort(), isReused ? controlled : undefined);
  /** @param {unknown} cause */
  const failed = (cause) => end(REJECTED, cause);
  /** @type {(response: any, text: string, tooLong?: boolean) => void} */
  const arrived = (response, text, tooLong) => {
    let received;
    try {
      received = answer(response, text, tooLong, () => [
        ...(secrets ?? []),
        ...secretsIn(record),
        ...secretsOf(url, body),
      ]);
    } catch (cause) {
      return failed(cause);
    }
    if (controlled && isReused && !own && !longest && !controller.signal.aborted && controlled.left > 1) {
      controlled.left--;
      spare.push(controlled);
    } else if (controlled) controlled.left = 0;
    controlled = undefined;
    end(RESOLVED, received);
  };
  // Callbacks: each async function on the way of a call would cost it a twentieth of a bare one.
  /** @param {any} response */
  const begun = (response) => {
    try {
      // A browser shows nothing else of it.
      if (response?.type === "opaqueredirect") throw "a redirect, which is not followed";
      if (longest) read(response, longest).then(({ text, tooLong }) => arrived(response, text, tooLong), failed);
      else follow(response.text(), (text) => arrived(response, text), failed);
    } catch (cause) {
      failed(cause);
    }
  };
  const start = () => {
    try {
      follow((own ?? fetch)(url, init), begun, failed);
    } catch (cause) {
      failed(cause);
    }
  };
  if (own && own !== globalThis.fetch && globalThis.Response && isA(body, "FormData")) {
    // Another implementation of fetch has a FormData of its own, and would send this one as "[object FormData]".
    const written = new Response(body);
    record["content-type"] = /** @type {string} */ (written.headers.get("content-type"));
    /** @param {ArrayBuffer} bytes */
    const send = (bytes) => {
      init.body = new Uint8Array(bytes);
      if (!controller.signal.aborted) start();
    };
    follow(written.arrayBuffer(), send, failed);
  } else start();
  return end;
}

/**
 * An `AbortController` whose requests so far came to their end, and how many it may still serve. In Node with a timer,
 * for so many milliseconds, and what it rings.
 * @typedef {{
 *   controller: AbortController,
 *   left: number,
 *   timer?: any,
 *   milliseconds?: number,
 *   made?: typeof setTimeout,
 *   ring?: (value?: unknown) => void,
 * }} Controlled
 */

/** The requests of one controller: those in Node leave a listener each, and warn of more than ten. */
const REQUESTS = 8;
/** @type {Controlled[]} */
const spare = [];
let isReused = false;

/**
 * Lets controllers serve more than one request: making one costs a fifth of a bare `fetch`. For Node and browsers. In
 * Workers a signal belongs to the request that it was made in.
 */
export function reuseControllers() {
  isReused = true;
}

/**
 * Starts the timer. To start Node's again takes a tenth of what a new one takes.
 * @param {Controlled} controlled
 * @param {number} milliseconds
 * @param {() => void} ring
 */
function wind(controlled, milliseconds, ring) {
  // It runs in the context of the call that made it, the callback of a promise in that of its own.
  new Promise((resolve) => (controlled.ring = resolve)).then(ring);
  // Tests put timers of their own in place of these.
  if (controlled.timer?.refresh && controlled.milliseconds === milliseconds && controlled.made === setTimeout) {
    controlled.timer.refresh().ref();
    return;
  }
  clearTimeout(controlled.timer);
  controlled.timer = setTimeout(() => controlled.ring?.(), milliseconds);
  controlled.milliseconds = milliseconds;
  controlled.made = setTimeout;
}

/**
 * Stops the timer; one that is to serve another request runs on without a word, and no program waits for it.
 * @param {Controlled} controlled
 * @param {boolean} isGood Whether the request came to its end
 */
function rest(controlled, isGood) {
  const { timer } = controlled;
  controlled.ring = undefined;
  if (timer?.refresh && isGood && controlled.left > 0) timer.unref();
  else clearTimeout(timer);
}

/** Whether calls may have to wait for a turn: one was refused for the number of requests (429), and Rust knows of it. */
export const crowd = { waits: false };

/**
 * What is told of an answer whose body has arrived.
 * @param {any} response
 * @param {string} text
 * @param {boolean | undefined} tooLong
 * @param {() => (string | undefined)[]} secrets
 */
function answer(response, text, tooLong, secrets) {
  // A double may answer with anything.
  const status = typeof response.status === "number" ? Math.min(Math.max(response.status, 0), 0xffff) : 0;
  const isGood = status >= 200 && status < 300;
  if (isGood && tooLong) return { response, body: undefined, facts: status | TOO_LONG };
  const value = text ? parse(text) : undefined;
  const readable = !text || value !== undefined;
  const said = readable ? value : text;
  if (isGood && readable) return { response, body: said, facts: status | READABLE };
  if (status === 429) crowd.waits = true;
  // It becomes an error, and errors are logged.
  const { hide, inHeaders, longestOf } = hider(secrets());
  const shown = hide(text) === text ? said : hide(said);
  // One that has lost its end may end in the beginning of a secret.
  const whole = tooLong && typeof shown === "string" ? shown.slice(0, -longestOf() || undefined) : shown;
  return { response: { headers: inHeaders(response) }, body: whole, facts: status | (readable ? READABLE : 0) };
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

/** Names of fields and headers whose values are secrets; what only tells of one is none. */
const SECRET =
  /^(?!.*(type|hint|method|position|next|ur[il])).*(secret|token|passw|authorization|cookie|credential|assertion|(api|private)[-_]?key|verifier|^salt$)/i;
/** Anything shorter is no secret, but would be found everywhere. */
const SHORTEST_SECRET = 4;
/** How deep an answer is looked through. */
const DEEPEST_ANSWER = 100;
const REDACTED = "[redacted]";

/**
 * The secrets among the fields of a record, or of what else is made of names and values, at any depth.
 * @param {any} value
 * @param {number} [depth]
 * @param {boolean} [named] Whether the name of what it is in says that it is secret
 * @returns {string[]}
 */
function secretsIn(value, depth = 0, named = false) {
  if (typeof value === "string") return named ? [value.replace(/^(Bearer|Basic) /i, "")] : [];
  if (typeof value !== "object" || !value || depth > DEEPEST_ANSWER) return [];
  const found = [];
  for (const [name, inner] of isA(value, "FormData") ? value : Object.entries(value)) {
    found.push(...secretsIn(inner, depth + 1, named || SECRET.test(name)));
  }
  return found;
}

/**
 * The secrets in an address and a body: a form, JSON, or what has parts.
 * @param {string} url
 * @param {any} body
 */
function secretsOf(url, body) {
  try {
    const isForm = isA(body, "URLSearchParams");
    const value = typeof body === "string" || isForm ? (parse(body) ?? form(body)) : isA(body, "FormData") && body;
    return secretsIn([form(new URL(url).search), value]);
  } catch {
    return [];
  }
}

/**
 * The fields of a form; a name that comes twice has its values in a list.
 * @param {string | URLSearchParams} text
 * @returns {Record<string, string[]>}
 */
function form(text) {
  const fields = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) (fields[name] ??= []).push(value);
  return fields;
}

/**
 * What takes secrets out of an answer that echoes them: as they are, as forms and JSON write them; of
 * a text that has them in any other way, with escapes in escapes for instance, nothing is left.
 * @param {unknown[]} secrets
 */
function hider(secrets) {
  /** @type {Set<string>} */
  const spellings = new Set();
  /** @type {Set<string>} */
  const cores = new Set();
  for (const secret of secrets) {
    if (typeof secret !== "string" || secret.length < SHORTEST_SECRET) continue;
    const json = JSON.stringify(secret).slice(1, -1);
    for (const spelling of [secret, json, `${new URLSearchParams([["", secret]])}`.slice(1)]) spellings.add(spelling);
    try {
      spellings.add(encodeURIComponent(secret));
    } catch {
      // Half a character has no place in an address.
    }
    const core = coreOf(secret);
    if (core.length >= 2 * SHORTEST_SECRET) cores.add(core);
  }
  const inText = (/** @type {string} */ text) => {
    for (const spelling of spellings) text = text.replaceAll(spelling, REDACTED);
    if (cores.size === 0) return text;
    const core = coreOf(text);
    return [...cores].some((secret) => core.includes(secret)) ? REDACTED : text;
  };
  /** @type {(value: any, depth?: number) => any} */
  const hide = (value, depth = 0) => {
    if (typeof value === "string") return inText(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > DEEPEST_ANSWER) return REDACTED;
    if (Array.isArray(value)) return value.map((inner) => hide(inner, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [inText(name), hide(inner, depth + 1)]));
  };
  /** The headers of a response, which a double may have in any form. */
  const inHeaders = (/** @type {any} */ response) => {
    /** @type {any} */
    let headers;
    try {
      ({ headers } = response);
      const found = [...headers];
      const clean = hide(found);
      return JSON.stringify(found) === JSON.stringify(clean) ? headers : new Headers(clean);
    } catch {
      if (typeof headers?.get !== "function") return undefined;
      return { get: (/** @type {string} */ name) => hide(headers.get(name)) };
    }
  };
  const longestOf = () => Math.max(0, ...Array.from(spellings, ({ length }) => length));
  return { hide, inHeaders, longestOf };
}

/**
 * What is left of a text when it does not matter how its characters are written.
 * @param {string} text
 */
function coreOf(text) {
  // Twice: escapes may be escaped.
  for (let round = 0; round < 2; round++) {
    text = text.replace(ESCAPES, (_, ...codes) => {
      const [json, percent, hex, decimal] = codes;
      return String.fromCharCode(decimal === undefined ? Number.parseInt(json ?? percent ?? hex, 16) : Number(decimal));
    });
  }
  return text.replace(/&(amp|lt|gt|quot|apos);|[^!-~]|["&'+<>\\]/g, "");
}

/** Characters as JSON, addresses and pages write them. */
const ESCAPES = /\\u([\da-f]{4})|%([\da-f]{2})|&#x([\da-f]{1,6});|&#(\d{1,7});/gi;
