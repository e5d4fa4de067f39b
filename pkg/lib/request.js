// Requests as servers have them: those of the Fetch standard, Node's (Express, Fastify, Koa, Next.js's pages, h3) and the
// events of AWS Lambda.

/** @typedef {{ url: string, headers: Headers }} Plain */

/**
 * A request as what the wasm reads of one; what is none, or cannot be read, is given back as it is, to be refused.
 * @param {any} given
 * @returns {any}
 */
export function requestOf(given) {
  try {
    // Koa's context, Fastify's request and h3's event have Node's inside.
    const request = given?.headers ? given : (given?.req ?? given?.node?.req ?? given?.raw ?? given);
    const headers = headersOf(request);
    if (!headers || (headers === request.headers && typeof request.url === "string")) return request;
    return { headers, url: addressOf(request, headers) };
  } catch {
    return given;
  }
}

/**
 * @param {any} request
 * @returns {Headers | undefined}
 */
function headersOf({ headers, rawHeaders, cookies }) {
  if (typeof headers?.get === "function") return headers;
  const isObject = headers !== null && typeof headers === "object";
  if (!isObject && !Array.isArray(rawHeaders)) return undefined;
  const read = new Headers();
  /** @type {(name: string, value: unknown) => void} */
  const add = (name, value) => {
    // Those of HTTP/2 that begin with a colon are no headers.
    if (typeof value === "string" && !name.startsWith(":")) read.append(name, value);
  };
  if (isObject) for (const [name, value] of Object.entries(headers)) for (const one of [value].flat()) add(name, one);
  else for (let i = 0; i < rawHeaders.length; i += 2) add(rawHeaders[i], rawHeaders[i + 1]);
  // Several of a name are one list, but for cookies (RFC 9113, section 8.2.3). Lambda has them apart.
  const crumbs = Array.isArray(cookies) ? cookies : [headers?.cookie].flat();
  if (crumbs.length > 1 || Array.isArray(cookies)) read.set("cookie", crumbs.join("; "));
  return read;
}

/**
 * The whole address: what Node has is the path, and Express cuts that where a router is mounted.
 * @param {any} request
 * @param {Headers} headers
 */
function addressOf(
  { originalUrl, url, path, rawPath, rawQueryString, queryStringParameters, protocol, socket },
  headers,
) {
  const query = rawQueryString ?? (queryStringParameters && String(new URLSearchParams(queryStringParameters)));
  const target = originalUrl ?? url ?? `${rawPath ?? path ?? "/"}${query ? `?${query}` : ""}`;
  const isPlain =
    (headers.get("x-forwarded-proto") ?? protocol ?? (socket?.encrypted === false ? "http" : "https")) === "http";
  const origin = `${isPlain ? "http" : "https"}://${headers.get("host") ?? "localhost"}`;
  return new URL(String(target), origin).href;
}

/**
 * What brings a webhook as what has its body: a body that has been read, or a stream of Node's as one of the Fetch standard.
 * @param {any} given
 * @returns {any}
 */
export function bodyOf(given) {
  try {
    if (given === null || typeof given !== "object" || typeof given.text === "function" || isBytes(given)) return given;
    for (const body of [given.rawBody, given.body]) {
      if (typeof body === "string") return given.isBase64Encoded ? atob(body) : body;
      if (isBytes(body)) return body;
    }
    const stream = [given, given.raw, given.req, given.node?.req].find((one) => one?.[Symbol.asyncIterator]);
    return stream && !stream.readableEnded ? new Response(streamOf(stream[Symbol.asyncIterator]())) : given;
  } catch {
    return given;
  }
}

/** @param {unknown} value */
const isBytes = (value) =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";

/** @param {AsyncIterator<Uint8Array>} chunks */
const streamOf = (chunks) =>
  new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
