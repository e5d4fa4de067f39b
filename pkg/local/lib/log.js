// What was asked for and what came of it.
import { textOf } from "./base64url.js";

/** More than this is forgotten, the oldest first. */
const MOST = 10_000;
const LONGEST_BODY = 100_000;

/** Paths of local Kinde's own pages: nobody's requests. */
const isOwn = (path) => path === "/" || path.startsWith("/local/") || path === "/favicon.ico";

export class Log {
  entries = [];
  #count = 0;

  /**
   * `line` gets a line for each request, `onRequest` the request, when it has come.
   * @param {{ clock: any, line?: (text: string, entry: object) => void, onRequest?: (request: any) => void }} given
   */
  constructor({ clock, line = () => {}, onRequest = () => {} }) {
    this.clock = clock;
    this.line = line;
    this.onRequest = onRequest;
  }

  clear() {
    this.entries.length = 0;
  }

  /** Around everything that a request goes through. */
  async record(context, next) {
    const { method, url } = context.req;
    const { pathname, search } = new URL(url);
    const notes = [];
    context.set("notes", notes);
    if (method === "OPTIONS" || isOwn(pathname)) return next();
    const start = performance.now();
    /** @type {any} */
    const entry = { id: ++this.#count, at: this.clock.text(), method, path: pathname, url: pathname + search, notes };
    this.entries.push(entry);
    if (this.entries.length > MOST) this.entries.shift();
    let reset = false;
    try {
      await next();
    } catch (error) {
      reset = true;
      throw error;
    } finally {
      const given = context.get("given");
      entry.headers = given?.headers ?? Object.fromEntries(context.req.raw.headers);
      entry.query = Object.fromEntries(new URLSearchParams(search));
      entry.body = bodyOf(given);
      entry.operation = context.get("operation")?.operationId;
      entry.status = reset ? undefined : context.res.status;
      entry.milliseconds = Math.round(performance.now() - start);
      const outcome = entry.status ?? "broken off";
      this.line([`${method} ${entry.url} -> ${outcome} (${entry.milliseconds} ms)`, ...notes].join("\n    "), entry);
    }
  }

  /** Those that `wanted` names: an operation id, `METHOD /path`, a path, or a function of an entry. */
  select(wanted) {
    const done = this.entries.filter(({ milliseconds }) => milliseconds !== undefined);
    if (wanted === undefined) return [...done];
    if (typeof wanted === "function") return done.filter(wanted);
    return done.filter(
      ({ operation, method, path }) => operation === wanted || path === wanted || `${method} ${path}` === wanted,
    );
  }
}

/** JSON and forms as objects, other bodies as texts, none as nothing. */
function bodyOf(given) {
  const { bytes, headers } = given ?? {};
  if (!bytes?.length) return undefined;
  const text = textOf(bytes.subarray(0, LONGEST_BODY));
  const [type] = (headers["content-type"] ?? "").split(";");
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
