// For tests of programs that use the package: answers in place of the service, tokens and webhooks in its place.

/** @import * as declared from "../types/testing.js" */

/** Answers one after another; a class, so that it is no JSON that a service could have sent. */
class Sequence {
  /** @param {unknown[]} answers */
  constructor(answers) {
    this.answers = answers;
  }
}

/** @type {typeof declared.sequence} */
export function sequence(...answers) {
  if (answers.length === 0) throw new TypeError("sequence: expected at least one answer, got none");
  return /** @type {any} */ (new Sequence(answers));
}

/** @type {typeof declared.fakeFetch} */
export function fakeFetch(script, { otherwise } = {}) {
  /** @type {declared.FakeRequest[]} */
  const requests = [];
  const left = new Map(Object.entries(script).map(([call, answers]) => [call, answersOf(answers)]));
  /** @type {declared.Fetch} */
  const fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.clone().text();
    const { method } = request;
    const known = {
      method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body: parsed(text),
    };
    requests.push(known);
    const answers = left.get(`${method} ${pathname}`);
    if (!answers) {
      if (otherwise) return otherwise(request);
      if (pathname === "/oauth2/token")
        return Response.json({ access_token: "a-token", token_type: "bearer", expires_in: 3600 });
      throw new Error(
        `fakeFetch has no answer to ${method} ${pathname}; it has: ${[...left.keys()].join(", ") || "none"}`,
      );
    }
    // The last one stays.
    const next = answers.length > 1 ? answers.shift() : answers[0];
    const made = typeof next === "function" ? await next(known) : next;
    return made instanceof Response
      ? made.clone()
      : made === undefined
        ? new Response(null, { status: 204 })
        : Response.json(made);
  };
  return { fetch, requests };
}

/**
 * A copy, of which those that were given are taken away.
 * @param {unknown} given
 */
const answersOf = (given) => (given instanceof Sequence ? [...given.answers] : [given]);

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text || undefined;
  }
}

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** @type {typeof declared.fakeIssuer} */
export async function fakeIssuer({ domain = "https://fake.kinde.com" } = {}) {
  const origin = new URL(/^https?:/.test(domain) ? domain : `https://${domain}`).origin;
  const made = { ...RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await crypto.subtle.generateKey(made, true, ["sign", "verify"]);
  const { kty = "", n = "", e = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const kid = crypto.randomUUID();
  const keys = { keys: [{ kty, n, e, kid, alg: "RS256", use: "sig" }] };
  /** @param {object} claims */
  const sign = async (claims) => {
    const signed = `${encoded({ alg: "RS256", typ: "JWT", kid })}.${encoded(claims)}`;
    const signature = await crypto.subtle.sign(RSA.name, pair.privateKey, new TextEncoder().encode(signed));
    return `${signed}.${base64url(new Uint8Array(signature))}`;
  };
  const now = () => Math.floor(Date.now() / 1000);
  return {
    domain: origin,
    keys,
    script: { "GET /.well-known/jwks.json": keys },
    signToken: ({ expiresIn = 3600, ...claims } = {}) =>
      sign({
        iss: origin,
        sub: "kp_fake",
        aud: [],
        iat: now(),
        exp: now() + expiresIn,
        jti: crypto.randomUUID(),
        ...claims,
      }),
    signWebhook: (type, data = {}, more = {}) => {
      const time = new Date().toISOString();
      const event = {
        type,
        data,
        event_id: `event_${crypto.randomUUID()}`,
        event_timestamp: time,
        timestamp: time,
        source: "api",
      };
      return sign({ ...event, ...more });
    },
  };
}

/** @param {object} value */
const encoded = (value) => base64url(new TextEncoder().encode(JSON.stringify(value)));

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
