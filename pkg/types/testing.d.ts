// Declarations of kinde-edge/testing, written by hand.

/** As the option `fetch` of a client takes it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A request that was made. */
export interface FakeRequest {
  method: string;
  /** The path, without the query. */
  path: string;
  query: Record<string, string>;
  headers: Headers;
  /** Parsed if it is JSON, otherwise the text; `undefined` for none. */
  body: any;
}

/** One answer: JSON for a 200 (an array, too), a `Response` for anything else, `undefined` for a 204, or what makes one of these. */
export type FakeAnswer = unknown | Response | ((request: FakeRequest) => unknown);

/** What {@link sequence} gives. */
export interface FakeSequence {
  readonly answers: readonly FakeAnswer[];
}

/**
 * Several answers to the same request, one after another; the last one stays.
 *
 * ```ts
 * fakeFetch({ "GET /api/v1/users": sequence(new Response(null, { status: 503 }), { users: [] }) });
 * ```
 */
export function sequence(...answers: [FakeAnswer, ...FakeAnswer[]]): FakeSequence;

/**
 * A `fetch` that answers from a script, and notes what was asked: `METHOD /path` to an answer, or to a {@link sequence} of
 * them. Tokens are given without a script. Any other request throws, and so fails the call
 * with `connection`.
 *
 * ```ts
 * const { fetch, requests } = fakeFetch({ "GET /api/v1/users": { users: [{ id: "kp_1" }] } });
 * const kinde = new Kinde({ domain: "acme.kinde.com", clientId: "id", clientSecret: "secret", fetch });
 * await kinde.users.list({ page_size: 1 });   // requests.at(-1).query: { page_size: "1" }
 * ```
 */
export function fakeFetch(
  script: Readonly<Record<string, FakeAnswer | FakeSequence>>,
  options?: {
    /** Answers what the script does not have. */
    otherwise?: (request: Request) => Promise<Response> | Response;
  },
): { fetch: Fetch; requests: FakeRequest[] };

/** Who signs tokens and webhooks in a test. */
export interface FakeIssuer {
  /** For the client's option `domain`. */
  domain: string;
  /** The key set, as the issuer publishes it (RFC 7517). */
  keys: { keys: { kty: string; n: string; e: string; kid: string; alg: string; use: string }[] };
  /** For {@link fakeFetch}: where the keys are asked for. */
  script: Record<string, unknown>;
  /** An access token with these claims beside the usual ones; `expiresIn` is in seconds, 3600 by default. */
  signToken(claims?: { expiresIn?: number; [claim: string]: unknown }): Promise<string>;
  /** The body of a webhook: a JWT, as the service sends it with `content-type: application/jwt`. */
  signWebhook(type: string, data?: unknown, more?: Record<string, unknown>): Promise<string>;
}

/**
 * An issuer with a key of its own.
 *
 * ```ts
 * const issuer = await fakeIssuer();
 * const { fetch } = fakeFetch(issuer.script);
 * const kinde = new Kinde({ domain: issuer.domain, clientId: "id", fetch });
 * const token = await issuer.signToken({ aud: ["my-api"], permissions: ["read:orders"] });
 * await kinde.tokens.verify(token, { audience: "my-api" });
 * ```
 *
 * @param options - `domain` is the issuer's, `https://fake.kinde.com` by default
 */
export function fakeIssuer(options?: { domain?: string }): Promise<FakeIssuer>;
