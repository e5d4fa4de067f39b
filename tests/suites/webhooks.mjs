// Which webhooks are genuine and new, in whatever form their body comes.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { rejection } from "../lib/double.mjs";
import { hostile } from "../lib/hostile.mjs";
import { makeIssuer, makeKey, part } from "../lib/issuer.mjs";

export const cases = () => [...bodies, ...times, ...forged, ...replays, ...limits, ...wrongOptions];

const event = (more) => ({
  type: "user.created",
  event_id: "event_1",
  event_timestamp: new Date().toISOString(),
  timestamp: new Date().toISOString(),
  source: "admin",
  data: {
    user: { id: "kp_1", email: "ada@example.com", organizations: [{ code: "org_1", roles: null, permissions: null }] },
  },
  ...more,
});

const WAYS = {
  "a text": (body) => body,
  "a Request": (body) =>
    new Request("https://hooks.example.com", { method: "POST", body, headers: { "content-type": "application/jwt" } }),
  "a Response": (body) => new Response(body),
  "an ArrayBuffer": (body) => new TextEncoder().encode(body).buffer,
  "a Uint8Array": (body) => new TextEncoder().encode(body),
  "a part of a buffer": (body) => new TextEncoder().encode(`__${body}__`).subarray(2, body.length + 2),
  "a DataView": (body) => new DataView(new TextEncoder().encode(body).buffer),
  "a stand-in for a request": (body) => ({ text: async () => body }),
  "a body in many pieces": (body) =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const char of body) controller.enqueue(new TextEncoder().encode(char));
          controller.close();
        },
      }),
    ),
};

const bodies = [
  ...Object.entries(WAYS).map(([name, make]) => ({
    name: `${name} for a body`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const sent = event();
      deepEqual(await issuer.kinde.webhooks.verify(make(await issuer.sign(sent))), sent, "event");
      deepEqual(
        issuer.calls.map(({ url, init }) => [url, init.headers]),
        [[`${issuer.domain}/.well-known/jwks.json`, { accept: "application/json" }]],
        "requests",
      );
    },
  })),
  {
    name: "the operations on webhooks are beside it",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { webhooks } = issuer.kinde;
      equal(webhooks, issuer.kinde.webhooks, "webhooks");
      for (const name of ["list", "create", "verify"]) equal(typeof webhooks[name], "function", name);
      equal(webhooks.verify.name, "verify", "name");
    },
  },
  {
    name: "an unknown type",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const sent = event({ type: "planet.discovered", data: [1] });
      deepEqual(await issuer.kinde.webhooks.verify(await issuer.sign(sent)), sent, "event");
    },
  },
  {
    name: "a body of 900 KB",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const sent = event({ data: { filler: "x".repeat(680_000) } });
      const body = await issuer.sign(sent);
      ok(body.length > 900_000 && body.length < 1 << 20, `${body.length} characters`);
      equal((await issuer.kinde.webhooks.verify(new Response(body))).data.filler.length, 680_000, "length");
    },
  },
  ...["a text", "a Uint8Array", "a Request", "a stand-in for a request"].map((way) => ({
    name: `${way} of 5 MB is not looked at`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const [header, claims, signature] = (await issuer.sign(event())).split(".");
      const body = WAYS[way](`${header}.${claims}${"A".repeat(5_000_000)}.${signature}`);
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(body));
      deepEqual([error.code, error.reason, issuer.calls.length], ["invalid_token", "malformed", 0], "error");
    },
  })),
  {
    name: "a body without end is given up",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      let cancelled = false;
      const piece = new Uint8Array(65_536).fill(65);
      const body = new ReadableStream({
        pull: (controller) => controller.enqueue(piece),
        cancel: () => void (cancelled = true),
      });
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(new Response(body)));
      deepEqual([error.code, error.reason], ["invalid_token", "malformed"], "error");
      ok(cancelled, "it was not cancelled");
    },
  },
  {
    name: "a request that has been read",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const request = WAYS["a Request"](await issuer.sign(event()));
      await request.text();
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(request));
      // In Workers of an older compatibility date a Request is an object with properties.
      match(
        error.message,
        /^the body of the webhook cannot be read: expected a request that nothing has read before, or its body as text or bytes, got an object( of class Request)?$/,
        "message",
      );
      deepEqual([error.code, error.attempts], ["invalid_request", 0], "error");
      ok(error.cause instanceof Error, "no cause");
    },
  },
  {
    name: "a body that breaks off",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const cause = new Error("reset");
      const body = new Response(new ReadableStream({ pull: (controller) => controller.error(cause) }));
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(body));
      equal(error.code, "invalid_request", "code");
    },
  },
  ...Object.entries({
    "an empty body": "",
    JSON: JSON.stringify(event()),
    "a newline behind": "\n",
    "a BOM in front": "\ufeff",
  }).map(([name, what]) => ({
    name: `${name} is no webhook`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign(event());
      const body = what === "\n" ? token + what : what === "\ufeff" ? what + token : what;
      for (const way of Object.keys(WAYS)) {
        const given = WAYS[way](body);
        // Firefox hands the body of a Request out as text only, and takes the mark away by itself.
        if (what === "\ufeff" && given instanceof Request && given.body === undefined) continue;
        const error = await rejection(sdk, issuer.kinde.webhooks.verify(given));
        deepEqual([error.code, error.reason], ["invalid_token", "malformed"], `error for ${way}`);
      }
    },
  })),
  ...Object.entries(hostile)
    .filter(([, make]) => typeof make() !== "string")
    .map(([name, make]) => ({
      name: `${name} for a body`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const error = await rejection(sdk, issuer.kinde.webhooks.verify(make()));
        ok(["invalid_request", "invalid_token"].includes(error.code), error.code);
        equal(issuer.calls.length, 0, "requests");
      },
    })),
];

/** Workers have no clock before the first request, so that each case asks for its time itself. */
const ago = (time) => new Date(Date.now() - time * 1000);

const times = [
  ...Object.entries({
    "290 seconds ago": [() => ({ timestamp: ago(290).toISOString() })],
    "290 seconds ahead": [() => ({ timestamp: ago(-290).toISOString() })],
    "with an offset": [() => ({ timestamp: ago(0).toISOString().replace("Z", "+00:00") })],
    "in seconds": [() => ({ timestamp: ago(100).getTime() / 1000 })],
    "in milliseconds": [() => ({ timestamp: ago(100).getTime() })],
    "as event_timestamp alone": [() => ({ timestamp: undefined })],
    "an hour ago, if that may be": [() => ({ timestamp: ago(3600).toISOString() }), { tolerance: 4000 }],
    "an event of an hour ago, sent now": [() => ({ event_timestamp: ago(3600).toISOString() })],
  }).map(([name, [more, options]]) => ({
    name: `a time ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      equal((await issuer.kinde.webhooks.verify(await issuer.sign(event(more())), options)).event_id, "event_1", "id");
    },
  })),
  ...Object.entries({
    "310 seconds ago": [() => ({ timestamp: ago(310).toISOString() }), "expired"],
    "310 seconds ahead": [() => ({ timestamp: ago(-310).toISOString() }), "not_yet_valid"],
    "in seconds, too long ago": [() => ({ timestamp: ago(310).getTime() / 1000 }), "expired"],
    "in milliseconds, too long ago": [() => ({ timestamp: ago(310).getTime() }), "expired"],
    "too long ago for what is asked": [() => ({ timestamp: ago(20).toISOString() }), "expired", { tolerance: 10 }],
    "that is now, with a timestamp too long ago": [
      () => ({ timestamp: ago(310).toISOString(), event_timestamp: ago(0).toISOString() }),
      "expired",
    ],
    "that is none": [() => ({ timestamp: "yesterday", event_timestamp: "soon" }), "malformed"],
    "that is missing": [() => ({ timestamp: undefined, event_timestamp: undefined }), "malformed"],
    "of another type": [() => ({ timestamp: {}, event_timestamp: null }), "malformed"],
  }).map(([name, [more, reason, options]]) => ({
    name: `a time ${name}: ${reason}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(await issuer.sign(event(more())), options));
      deepEqual([error.code, error.reason], ["invalid_token", reason], "error");
    },
  })),
  ...[
    [{ exp: 1 }, "expired"],
    [{ exp: "soon" }, "malformed"],
    [{ type: undefined }, "malformed"],
    [{ type: "" }, "malformed"],
    [{ type: 1 }, "malformed"],
    [{ event_id: undefined }, "malformed"],
    [{ event_id: ["event_1"] }, "malformed"],
  ].map(([more, reason]) => ({
    name: `${JSON.stringify(more)}: ${reason}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(await issuer.sign(event(more))));
      deepEqual([error.code, error.reason], ["invalid_token", reason], "error");
    },
  })),
];

const forged = [
  ...Object.entries({
    "another key": [async (issuer) => issuer.sign(event(), {}, (await makeKey()).privateKey), "bad_signature"],
    "no algorithm": [(issuer) => `${part({ alg: "none", kid: issuer.kid })}.${part(event())}.`, "algorithm"],
    "another algorithm": [(issuer) => `${part({ alg: "HS256", kid: issuer.kid })}.${part(event())}.AAAA`, "algorithm"],
    "an unknown key": [(issuer) => issuer.sign(event(), { kid: "other" }), "unknown_key"],
    "other data": [
      async (issuer) => {
        const [header, , signature] = (await issuer.sign(event())).split(".");
        return `${header}.${part(event({ type: "user.deleted" }))}.${signature}`;
      },
      "bad_signature",
    ],
    "an access token": [(issuer) => issuer.sign(), "malformed"],
  }).map(([name, [make, reason]]) => ({
    name: `forged with ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      let asked = 0;
      const options = { seen: () => asked++ > 0 };
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(await make(issuer), options));
      deepEqual([error.code, error.reason, asked], ["invalid_token", reason, 0], "error");
    },
  })),
  {
    name: "forged with 1 MB of claims, which are not read",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const [header, , signature] = (await issuer.sign(event())).split(".");
      for (const claims of [part(event({ data: { filler: "x".repeat(700_000) } })), part("[".repeat(700_000))]) {
        const error = await rejection(sdk, issuer.kinde.webhooks.verify(`${header}.${claims}.${signature}`));
        equal(error.reason, "bad_signature", "reason");
      }
      const long = part({ alg: "RS256", kid: issuer.kid, filler: "x".repeat(700_000) });
      equal(
        (await rejection(sdk, issuer.kinde.webhooks.verify(`${long}.${part(event())}.${signature}`))).reason,
        "malformed",
        "reason for a long header",
      );
    },
  },
  {
    name: "a webhook is no access token",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(event())));
      equal(error.reason, "malformed", "reason");
    },
  },
  {
    name: "keys that cannot be had",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () => new Response("", { status: 503 });
      equal((await rejection(sdk, issuer.kinde.webhooks.verify(await issuer.sign(event())))).code, "server", "code");
    },
  },
  {
    name: "jwksUri, signal and timeout",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign(event());
      await issuer.kinde.webhooks.verify(token, { jwksUri: `${issuer.domain}/keys` });
      equal(issuer.calls[0].url, `${issuer.domain}/keys`, "address");
      const aborted = await rejection(
        sdk,
        issuer.kinde.webhooks.verify(token, { signal: AbortSignal.abort("enough") }),
      );
      deepEqual([aborted.code, aborted.cause], ["aborted", "enough"], "error");
      issuer.serve = () => new Promise(() => {});
      equal((await rejection(sdk, issuer.kinde.webhooks.verify(token, { timeout: 50 }))).code, "timeout", "code");
    },
  },
];

const replays = [
  {
    name: "an event that has been seen",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const store = new Map();
      const seen = async (id, time) => {
        if (store.has(id)) return true;
        store.set(id, time);
        return false;
      };
      const body = await issuer.sign(event({ timestamp: ago(100).toISOString() }));
      equal((await issuer.kinde.webhooks.verify(body, { seen })).event_id, "event_1", "id");
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(body, { seen }));
      deepEqual(
        [error.code, error.reason, error.message, error.attempts],
        ["invalid_token", "replayed", "the token is not valid (replayed): its event has been seen", 0],
        "error",
      );
      const other = await issuer.sign(event({ event_id: "event_2", timestamp: ago(-100).toISOString() }));
      await issuer.kinde.webhooks.verify(other, { seen, tolerance: 600 });
      const kept = [...store];
      deepEqual(
        kept.map(([id]) => id),
        ["event_1", "event_2"],
        "ids",
      );
      // For as long as the same body would pass.
      ok(kept[0][1] >= 195 && kept[0][1] <= 200 && Number.isInteger(kept[0][1]), `${kept[0][1]} s`);
      ok(kept[1][1] >= 695 && kept[1][1] <= 700, `${kept[1][1]} s`);
    },
  },
  {
    name: "an event of a time that is wrong is not noted",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      let asked = 0;
      const body = await issuer.sign(event({ timestamp: ago(1000).toISOString() }));
      await rejection(sdk, issuer.kinde.webhooks.verify(body, { seen: () => asked++ > 0 }));
      equal(asked, 0, "questions");
    },
  },
  ...[() => false, async () => false].map((seen, index) => ({
    name: `an event that is new, said ${["at once", "later"][index]}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      equal((await issuer.kinde.webhooks.verify(await issuer.sign(event()), { seen })).event_id, "event_1", "id");
    },
  })),
  ...[undefined, null, 0, "", {}].map((answer) => ({
    name: `a store that says ${JSON.stringify(answer)}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(
        sdk,
        issuer.kinde.webhooks.verify(await issuer.sign(event()), { seen: () => answer }),
      );
      deepEqual([error.code, error.message], ["configuration", "seen() must give true or false"], "error");
    },
  })),
  ...Object.entries({
    throws: () => {
      throw new RangeError("the store");
    },
    rejects: () => Promise.reject(new RangeError("the store")),
  }).map(([how, seen]) => ({
    name: `a store that ${how}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(await issuer.sign(event()), { seen }));
      deepEqual(
        [error.code, error.message, error.cause?.message],
        ["connection", "seen() failed", "the store"],
        "error",
      );
    },
  })),
];

/** A body of which some comes, and then nothing. */
function endless() {
  const body = { cancelled: false };
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("e")),
    cancel: () => void (body.cancelled = true),
  });
  return Object.assign(body, { input: new Response(stream) });
}

const LIMITS = {
  deadline: [(milliseconds) => ({ deadline: milliseconds }), "timeout"],
  timeout: [(milliseconds) => ({ timeout: milliseconds }), "timeout"],
  signal: [(milliseconds) => ({ signal: AbortSignal.timeout(milliseconds) }), "aborted"],
};

const limits = [
  ...Object.entries(LIMITS).flatMap(([name, [make, code]]) => [
    {
      name: `${name} for a body of which one byte comes`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const body = endless();
        const error = await rejection(sdk, issuer.kinde.webhooks.verify(body.input, make(50)));
        deepEqual([error.code, issuer.calls.length, body.cancelled], [code, 0, true], "error");
      },
    },
    {
      name: `${name} for a store that does not answer`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const body = await issuer.sign(event());
        // The keys are there: all of the time is for the store.
        await issuer.kinde.webhooks.verify(body);
        const asked = [];
        const seen = (...args) => {
          asked.push(args);
          return new Promise(() => {});
        };
        const error = await rejection(sdk, issuer.kinde.webhooks.verify(body, { seen, ...make(1_000) }));
        deepEqual([error.code, asked.length, asked[0]?.[0]], [code, 1, "event_1"], "error");
      },
    },
  ]),
  {
    name: "the client's own limits",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk, { options: { timeout: 50 } });
      equal((await rejection(sdk, issuer.kinde.webhooks.verify(endless().input))).code, "timeout", "code");
    },
  },
  {
    name: "a signal that has been aborted: the body is not read",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const request = WAYS["a Request"](await issuer.sign(event()));
      const error = await rejection(
        sdk,
        issuer.kinde.webhooks.verify(request, { signal: AbortSignal.abort("enough") }),
      );
      deepEqual([error.code, error.cause, request.bodyUsed], ["aborted", "enough", false], "error");
    },
  },
  {
    name: "a stand-in that says that it is too long is not read",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      let read = 0;
      const input = { headers: new Headers({ "content-length": "1048577" }), text: async () => `${read++}` };
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(input));
      deepEqual([error.code, error.reason, read], ["invalid_token", "malformed", 0], "error");
    },
  },
  ...Object.entries({
    inherited: (seen) => Object.create({ seen }),
    "a getter of a class": (seen) =>
      new (class {
        get seen() {
          return seen;
        }
      })(),
  }).map(([how, make]) => ({
    name: `seen that is ${how}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const body = await issuer.sign(event());
      const error = await rejection(
        sdk,
        issuer.kinde.webhooks.verify(
          body,
          make(() => true),
        ),
      );
      equal(error.reason, "replayed", "reason");
    },
  })),
];

const wrongOptions = [
  ...["tolerance", "seen", "jwksUri"].map((name) => ({
    name: `${name} that is undefined, as a variable that is not set`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const body = await issuer.sign(event());
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(body, { [name]: undefined }));
      deepEqual(
        [error.code, error.message],
        ["invalid_request", `options "${name}": is undefined: leave it out, or give it a value`],
        "error",
      );
    },
  })),
  ...[
    ["tolerance", -1],
    ["tolerance", "5m"],
    ["tolerance", Infinity],
    ["seen", true],
    ["seen", null],
    ["seen", new Map()],
    ["jwksUri", "http://evil.example"],
    ["audience", "a"],
    ["algorithms", ["RS256"]],
    ["headers", {}],
  ].map(([name, value]) => ({
    name: `${name} cannot be ${JSON.stringify(value)}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.webhooks.verify(await issuer.sign(event()), { [name]: value }));
      deepEqual([error.code, issuer.calls.length], ["invalid_request", 0], "error");
      match(error.message, new RegExp(`^options "${name}": `), "message");
    },
  })),
  ...Object.entries(hostile)
    .filter(([name]) => name !== "undefined")
    .map(([name, make]) => ({
      name: `${name} for the options`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const outcome = await issuer.kinde.webhooks.verify(await issuer.sign(event()), make()).then(
          () => "verified",
          (error) => (error instanceof sdk.KindeError ? error.code : String(error)),
        );
        ok(["verified", "invalid_request"].includes(outcome), outcome);
      },
    })),
];
