/** How local Kinde is to be. Everything has a default. */
export interface LocalKindeOptions {
  /**
   * Node only: the port to listen on, on this machine (127.0.0.1); 0 for any free one. Without it nothing listens, and
   * {@link LocalKinde.fetch} is how to call. If the port is taken, starting fails with the code `EADDRINUSE`.
   */
  port?: number;
  /** Node only: a file to keep the tenant in. It is written at the start, after each change, and as a whole. */
  data?: string;
  /** Node only: folders whose files are handed out, by the path that they get: `{ "/app/": "./dist" }`. */
  folders?: Record<string, string>;
  /** A whole number that fixes what is made up, ids and secrets included. Without it, secrets are new at each start. */
  seed?: number;
  /** Answer as the API's document says: no fields, nulls or statuses beyond it. Default: false. */
  strict?: boolean;
  /** Refuse (429) what goes beyond so many requests a second. Default: no limit. */
  rateLimit?: number;
  /** The share of the requests, from 0 to 1, that fails (500, 503, connection reset) or takes long. Default: 0. */
  faults?: number;
  /** How long those take that take long, in milliseconds. Default: 3000. */
  slowness?: number;
  /** How long every answer takes, in milliseconds. Default: 0. */
  latency?: number;
  /** How webhooks are delivered. */
  webhooks?: WebhookOptions;
  /** The issuer's address, an origin. Default: that of the port, or one of its own under `.test`. */
  url?: string;
  /** Is given a line for each request that was answered, and the request itself. */
  log?: (line: string, request: SentRequest) => void;
  /** Is called with each request when it has been read, before it is answered. */
  onRequest?: (request: { method: string; url: URL; headers: Record<string, string>; bytes: Uint8Array }) => void;
}

/** How webhooks are delivered. */
export interface WebhookOptions {
  /** Sends them: `SELF.fetch` in Vitest's pool for Workers, a handler of one's own. Default: the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How long to wait before each further attempt, in milliseconds. Default: 5 s, 30 s, 2 min, 10 min. */
  waits?: number[];
  /** Also to other machines than this one. Default: false, unless `fetch` is given. */
  everywhere?: boolean;
}

/** A program or an application that the tenant knows. */
export interface LocalClient {
  id: string;
  secret: string;
}

/** A request that local Kinde got. */
export interface SentRequest {
  id: number;
  /** When it came, by local Kinde's clock (RFC 3339). */
  at: string;
  method: string;
  path: string;
  /** The path with the query. */
  url: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  /** JSON and forms as objects, other bodies as texts. */
  body?: unknown;
  /** The operation of the API that it is for. */
  operation?: string;
  /** The status of the answer; none if the connection was reset. */
  status?: number;
  milliseconds: number;
  /** What was wrong with it, and what is worth knowing. */
  notes: string[];
}

/** What is to go wrong, and for which requests: all of those that fit. One of `status`, `delay` and `reset` is needed. */
export interface Fault {
  /** Requests for this operation of the API, by its id: `createUser`. */
  operation?: string;
  method?: string;
  /** Requests for this path; `*` stands for anything. */
  path?: string;
  /** For how many requests. Default: 1. `Infinity` for all to come. */
  times?: number;
  /** Only for a share of them, from 0 to 1. */
  share?: number;
  /** Answer with this status, from 400 to 599. */
  status?: number;
  headers?: Record<string, string>;
  /** The body of that answer; `null` for none. Default: an error as the API has them. */
  body?: unknown;
  /** Answer after so many milliseconds. */
  delay?: number;
  /** Break the connection off. */
  reset?: boolean;
}

/** The settings that may change while it runs. */
export interface Trouble {
  rateLimit?: number | null;
  faults?: number;
  slowness?: number;
  latency?: number;
}

/** What a token is to say. */
export interface TokenOptions {
  /** A machine-to-machine application's token: its client id. Without it, a person's. */
  client?: string;
  /** Who has signed in: an id or an e-mail address. Default: the first user. */
  user?: string;
  /** In which organization. Default: the first that the person belongs to. */
  orgCode?: string;
  /** To which application. Default: "Shop". */
  application?: string;
  /** For which API. Default: the Management API for a program, none for a person. */
  audience?: string;
  /** Default: what the application or the person was given. */
  scopes?: string[];
  /** Default: those that the person has in the organization. */
  permissions?: string[];
  /** How long it is good, in seconds; in the past if negative. Default: what the application says, else a day. */
  lifetime?: number;
  /** An access token, or the id token. Default: `access`. */
  kind?: "access" | "id";
  /** What else it says, or says otherwise: any claim. */
  claims?: Record<string, unknown>;
}

/** Something that happened, as webhooks tell it. */
export interface LocalEvent {
  type: string;
  event_id: string;
  event_timestamp: string;
  source: string;
  data: unknown;
}

/** An event on its way to a webhook. */
export interface Delivery {
  id: number;
  event: string;
  type: string;
  webhook: string;
  endpoint: string;
  /** `delivered`, `given up`, `pending`, `waiting to be tried again`, or why it is not sent. */
  status: string;
  attempts: { at: string; status?: number; error?: string; milliseconds: number }[];
}

/** The time that local Kinde goes by: tokens, codes, sessions and whatever has a date. Limits go by real time. */
export interface LocalClock {
  now(): Date;
  /** On by so many milliseconds. */
  advance(milliseconds: number): void;
  /** To a time, from where it goes on. */
  set(time: Date | number | string): void;
  /** Stop it, now or at a time. */
  freeze(time?: Date | number | string): void;
  /** Let it go on after {@link freeze}. */
  run(): void;
  /** Back to the machine's time. */
  reset(): void;
}

/** A local Kinde that runs. */
export interface LocalKinde {
  /** Its address: the domain of the business, and the issuer of its tokens. */
  readonly url: string;
  /** `KINDE_DOMAIN`, `KINDE_CLIENT_ID` and `KINDE_CLIENT_SECRET` of a program that may do everything. */
  readonly env: { KINDE_DOMAIN: string; KINDE_CLIENT_ID: string; KINDE_CLIENT_SECRET: string };
  /** The same as options of a client, `new Kinde(local.credentials)`: with `fetch` where nothing listens. */
  readonly credentials: { domain: string; clientId: string; clientSecret: string; fetch?: typeof fetch };
  /** What may do everything, what may only read, and what people sign in to. */
  readonly clients: { full: LocalClient; readOnly: LocalClient; web: LocalClient };
  readonly clock: LocalClock;
  /** Calls it, without a connection. A redirect is given, not followed. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Everything as it was at first; ids, secrets and keys stay what they are. */
  reset(): void;
  /** Let something go wrong; calling what it gives ends that. */
  fault(fault: Fault): () => void;
  /** Change how much goes wrong. */
  trouble(changes: Trouble): void;
  /**
   * The requests that came, oldest first: all, or those for an operation id, a path, `METHOD /path`, or those that a
   * function picks.
   */
  sent(wanted?: string | ((request: SentRequest) => boolean)): SentRequest[];
  /** A token that it has signed. */
  signToken(options?: TokenOptions): Promise<string>;
  /**
   * The body of a webhook, for a handler under test: a JWT. Without `data`, the event is about the first user,
   * organization and so on; `more` replaces `event_id`, `source`, `timestamp` or `event_timestamp`.
   */
  signWebhook(type: string, data?: unknown, more?: Record<string, unknown>): Promise<string>;
  /** Let something happen that no call makes happen, as a payment that fails: webhooks are told. */
  emit(type: string, data?: unknown, options?: { source?: string }): LocalEvent;
  /** What was delivered to webhooks, once no attempt is under way. */
  deliveries(): Promise<Delivery[]>;
  /** Sign with a new key from now on; the one before stays published. Resolves to the new one's `kid`. */
  rotateKeys(): Promise<string>;
  /** End it; with `data`, the file is written first. */
  stop(): Promise<void>;
}

/**
 * Start a Kinde tenant of made-up people and companies, for tests and development. Several may run in one process.
 *
 * ```ts
 * const local = await startLocalKinde();
 * const kinde = new Kinde(local.credentials);
 * await kinde.users.create({ profile: { given_name: "Ada" } });
 * local.sent("createUser")[0].body;    // { profile: { given_name: "Ada" } }
 * await local.stop();
 * ```
 *
 * @throws if an option is unknown or wrong, the port is taken, or the file cannot be written.
 */
export function startLocalKinde(options?: LocalKindeOptions): Promise<LocalKinde>;
