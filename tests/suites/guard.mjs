// Who gets past a guard, and what the others are told (RFC 6750, section 3).

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { rejection } from "../lib/double.mjs";
import { hostile } from "../lib/hostile.mjs";
import { makeIssuer } from "../lib/issuer.mjs";

export const cases = () => [
  ...admitted,
  ...challenged,
  ...lacking,
  ...unavailable,
  ...handlers,
  ...shapes,
  ...wrongRules,
];

const request = (authorization) =>
  new Request("https://api.example.com/things", authorization === undefined ? {} : { headers: { authorization } });

/** What a response says: status, the headers that matter, and the body. */
async function told(response) {
  const names = ["www-authenticate", "retry-after", "cache-control", "content-type"];
  const headers = names.map((name) => response.headers.get(name));
  return [response.status, ...headers, await response.json()];
}

const admitted = [
  ...["Bearer", "bearer", "BEARER", "Bearer  "].map((scheme) => ({
    name: `scheme ${JSON.stringify(scheme)}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign();
      const result = await issuer.kinde.guard().check(request(`${scheme} ${token}`));
      deepEqual(
        result,
        { claims: JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))), token },
        "result",
      );
    },
  })),
  ...[
    [{ permissions: "read:things" }, { permissions: ["read:things", "b"] }],
    [{ permissions: ["read:things", "b"] }, { permissions: ["b", "a", "read:things"] }],
    [{ permissions: ["a"] }, { "x-hasura-permissions": ["a"] }],
    [{ permissions: ["a"] }, { permissions: null, "https://hasura.io/jwt/claims": { "x-hasura-permissions": ["a"] } }],
    [{ roles: ["admin"] }, { roles: [{ id: "1", key: "admin", name: "Admin" }] }],
    [{ roles: ["admin"] }, { roles: ["owner", "admin"] }],
    [{ roles: ["admin"] }, { "x-hasura-roles": [{ key: "admin" }] }],
    [{ scopes: ["a", "b"] }, { scope: "b a" }],
    [{ scopes: ["a", "b"] }, { scp: ["a", "b"] }],
    [{ scopes: ["a"] }, { scp: "b a" }],
    [
      { permissions: ["p"], roles: ["r"], scopes: ["s"] },
      { permissions: ["p"], roles: ["r"], scp: ["s"] },
    ],
    [{ audience: "the-api", type: "at+jwt" }, {}],
    [{ audience: ["x", "the-api"], clockTolerance: 1e10 }, { exp: 1 }],
    [{ issuer: "https://other" }, { iss: "https://other" }],
  ].map(([rules, claims]) => ({
    name: `${JSON.stringify(rules)} with ${JSON.stringify(claims)}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign(issuer.claims(claims), { typ: "at+jwt" });
      const result = await issuer.kinde.guard(rules).check(request(`Bearer ${token}`));
      equal(result.claims?.sub, "kp_1", "subject");
      equal("response" in result, false, "a response");
    },
  })),
];

const challenged = [
  ...[undefined, "Basic dXNlcjpwYXNz", "Digest a=b", "Token abc", "Bearerx abc", "basic", " ", "DPoP abc"].map(
    (header) => ({
      name: `no bearer token: ${header}`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const { response, error, ...rest } = await issuer.kinde.guard({ realm: "things" }).check(request(header));
        deepEqual(
          await told(response),
          [
            401,
            'Bearer realm="things"',
            null,
            "no-store",
            "application/json",
            { error: "unauthorized", error_description: "a bearer token is needed" },
          ],
          "answer",
        );
        deepEqual([error, rest, issuer.calls.length], [undefined, {}, 0], "the rest");
      },
    }),
  ),
  ...[
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer a, Bearer b",
    "Bearer a,b",
    "Bearer =",
    "Bearer é",
    'bearer "a"',
    "Bearer a=b",
  ].map((header) => ({
    name: `no one bearer token: ${header}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { response } = await issuer.kinde.guard({ realm: "things" }).check(request(header));
      const description = "the Authorization header is not one bearer token";
      deepEqual(
        await told(response),
        [
          400,
          `Bearer realm="things", error="invalid_request", error_description="${description}"`,
          null,
          "no-store",
          "application/json",
          { error: "invalid_request", error_description: description },
        ],
        "answer",
      );
      equal(issuer.calls.length, 0, "requests");
    },
  })),
  {
    name: "two Authorization headers",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const two = request(`Bearer ${await issuer.sign()}`);
      two.headers.append("authorization", `Bearer ${await issuer.sign()}`);
      equal((await issuer.kinde.guard().check(two)).response.status, 400, "status");
    },
  },
  ...Object.entries({
    "not a JWT": [() => "abc", "malformed", "it has not three parts"],
    expired: [(issuer) => issuer.sign(issuer.claims({ exp: 1 })), "expired", "it has expired"],
    "for another audience": [
      (issuer) => issuer.sign(issuer.claims({ aud: "b" })),
      "wrong_audience",
      "it is for another audience",
    ],
    forged: [
      async (issuer) => (await issuer.sign()).slice(0, -8) + "AAAAAAAA".slice(0, 8),
      "bad_signature",
      "its signature is wrong",
    ],
  }).map(([name, [make, reason, what]]) => ({
    name: `a token that is ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await make(issuer);
      const { response, error } = await issuer.kinde
        .guard({ audience: "the-api", permissions: "a" })
        .check(request(`Bearer ${token}`));
      const description = `the token is not valid (${reason}): ${what}`;
      deepEqual(
        await told(response),
        [
          401,
          `Bearer realm="${issuer.domain}", error="invalid_token", error_description="${description}"`,
          null,
          "no-store",
          "application/json",
          { error: "invalid_token", error_description: description },
        ],
        "answer",
      );
      ok(error instanceof sdk.KindeError, "no KindeError");
      deepEqual([error.code, error.reason], ["invalid_token", reason], "error");
    },
  })),
  {
    name: "a token elsewhere is no token (RFC 6750, section 2.3)",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign();
      const inQuery = new Request(`https://api.example.com/?access_token=${token}`, {
        method: "POST",
        body: new URLSearchParams({ access_token: token }),
      });
      equal((await issuer.kinde.guard().check(inQuery)).response.status, 401, "status");
    },
  },
  {
    name: "a realm with quotes",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { response } = await issuer.kinde.guard({ realm: 'the "best" \\ realm' }).check(request());
      equal(response.headers.get("www-authenticate"), 'Bearer realm="the \\"best\\" \\\\ realm"', "challenge");
    },
  },
];

const lacking = [
  ...[
    [{ permissions: ["a", "b"] }, { permissions: ["a"] }, "permission b is needed", ""],
    [{ permissions: "a" }, {}, "permission a is needed", ""],
    [{ permissions: "a" }, { permissions: "a b" }, "permission a is needed", ""],
    [{ permissions: "a" }, { permissions: { a: true } }, "permission a is needed", ""],
    [{ permissions: "a" }, { permissions: ["A", "ab", " a"] }, "permission a is needed", ""],
    [{ roles: "admin" }, { roles: [{ id: "admin", key: "user", name: "admin" }] }, "role admin is needed", ""],
    [{ scopes: ["a", "b"] }, { scope: "a" }, "scope b is needed", ', scope="a b"'],
    [{ scopes: "a" }, { scp: ["b"], scope: "a" }, "scope a is needed", ', scope="a"'],
    [{ scopes: "a", permissions: "p" }, { scope: "a" }, "permission p is needed", ', scope="a"'],
    [{ permissions: 'lire "é"' }, {}, 'permission lire "é" is needed', "", 'permission lire \\"?\\" is needed'],
  ].map(([rules, claims, description, scope, quoted = description]) => ({
    name: `${JSON.stringify(rules)} with ${JSON.stringify(claims)}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign(issuer.claims(claims));
      const { response, error } = await issuer.kinde.guard({ ...rules, realm: "r" }).check(request(`Bearer ${token}`));
      deepEqual(
        await told(response),
        [
          403,
          `Bearer realm="r", error="insufficient_scope", error_description="${quoted}"${scope}`,
          null,
          "no-store",
          "application/json",
          { error: "insufficient_scope", error_description: description },
        ],
        "answer",
      );
      equal(error, undefined, "error");
    },
  })),
];

const unavailable = [
  ...[
    [() => new Response("", { status: 503 }), "30", "server"],
    [() => new Response("", { status: 503, headers: { "retry-after": "7" } }), "7", "server"],
    [() => new Response("", { status: 429, headers: { "retry-after": "0.2" } }), "1", "rate_limited"],
    [() => new Response("<html>"), "30", "decode"],
    [() => Promise.reject(new TypeError("offline")), "30", "connection"],
    [() => new Promise(() => {}), "30", "timeout"],
  ].map(([serve, retryAfter, code]) => ({
    name: `keys that cannot be had (${code}, ${retryAfter} s)`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = serve;
      const { response, error } = await issuer.kinde
        .guard({ timeout: 100 })
        .check(request(`Bearer ${await issuer.sign()}`));
      deepEqual(
        await told(response),
        [
          503,
          null,
          retryAfter,
          "no-store",
          "application/json",
          { error: "temporarily_unavailable", error_description: "tokens cannot be verified at the moment" },
        ],
        "answer",
      );
      equal(error.code, code, "code");
    },
  })),
];

const handlers = [
  {
    name: "a handler sees the request, the token, and what the runtime gives it",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const seen = [];
      const worker = {
        fetch: issuer.kinde.guard({ audience: "the-api" })(async (...args) => {
          seen.push(args);
          return new Response(`hello ${args[1].claims.sub}`);
        }),
      };
      const [env, ctx] = [{}, {}];
      const token = await issuer.sign();
      const good = request(`Bearer ${token}`);
      const response = await worker.fetch(good, env, ctx);
      equal(await response.text(), "hello kp_1", "body");
      equal(seen.length, 1, "calls");
      ok(seen[0][0] === good && seen[0][2] === env && seen[0][3] === ctx, "other arguments");
      deepEqual(
        [seen[0].length, Object.keys(seen[0][1]).sort(), seen[0][1].token],
        [4, ["claims", "token"], token],
        "the token",
      );
      equal((await worker.fetch(request(), env, ctx)).status, 401, "status without a token");
      equal(seen.length, 1, "calls without a token");
    },
  },
  {
    name: "a handler that fails fails",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const guarded = issuer.kinde.guard()(() => {
        throw new RangeError("the handler's own");
      });
      const error = await guarded(request(`Bearer ${await issuer.sign()}`)).catch((error) => error);
      ok(error instanceof RangeError, String(error));
    },
  },
  {
    name: "rules that change later change nothing",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const rules = { permissions: ["a"], audience: "other" };
      const guard = issuer.kinde.guard(rules);
      rules.permissions[0] = "b";
      rules.audience = "the-api";
      const token = await issuer.sign(issuer.claims({ permissions: ["b"] }));
      equal((await guard.check(request(`Bearer ${token}`))).response?.status, 401, "status for another audience");
      const other = await issuer.sign(issuer.claims({ permissions: ["b"], aud: "other" }));
      equal((await guard.check(request(`Bearer ${other}`))).response?.status, 403, "status without the permission");
    },
  },
  {
    name: "one guard for several handlers",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const guard = issuer.kinde.guard({ permissions: "a" });
      const [one, two] = [guard(() => new Response("1")), guard(() => new Response("2"))];
      const authorization = `Bearer ${await issuer.sign(issuer.claims({ permissions: ["a"] }))}`;
      deepEqual(
        [await (await one(request(authorization))).text(), await (await two(request(authorization))).text()],
        ["1", "2"],
        "bodies",
      );
      equal(issuer.calls.length, 1, "requests for keys");
    },
  },
];

/** Rules that all mean the same, in whatever object they come. */
const RULES = { audience: "the-api", permissions: ["admin"] };
class Rules {
  get audience() {
    return RULES.audience;
  }
  get permissions() {
    return RULES.permissions;
  }
  describe() {
    return "a method says nothing";
  }
}
const SHAPES = {
  "a class with getters": () => new Rules(),
  "a class of such a class": () => new (class extends Rules {})(),
  "an object that inherits them": () => Object.create(RULES),
  "an object without a prototype": () => Object.assign(Object.create(null), RULES),
  "an object that inherits them from one without a prototype": () =>
    Object.create(Object.assign(Object.create(null), RULES)),
  "properties that are not listed": () =>
    Object.defineProperties({}, { audience: { value: "the-api" }, permissions: { value: "admin" } }),
  "a proxy that lists nothing": () => new Proxy({}, { get: (_, name) => RULES[name] }),
  "a list that is another one at each look": () => {
    let looks = 0;
    const list = new Proxy(["admin"], {
      get: (target, name) => (name === "0" && looks++ > 0 ? "nothing" : Reflect.get(target, name)),
    });
    return { ...RULES, permissions: list };
  },
};

const shapes = [
  ...Object.entries(SHAPES).map(([name, make]) => ({
    name: `rules in ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const guard = issuer.kinde.guard(make());
      const status = async (claims) => {
        const { response } = await guard.check(request(`Bearer ${await issuer.sign(issuer.claims(claims))}`));
        return response?.status;
      };
      deepEqual(
        [await status({ permissions: ["admin"] }), await status({ permissions: [] })],
        [undefined, 403],
        "with the permission, and without",
      );
      equal(await status({ permissions: ["admin"], aud: "another-api" }), 401, "for another audience");
    },
  })),
  {
    name: "rules are read once, when the guard is made",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const looks = [];
      const rules = new Proxy(RULES, { get: (target, name) => (looks.push(name), target[name]) });
      const guard = issuer.kinde.guard(rules);
      const authorization = `Bearer ${await issuer.sign(issuer.claims({ permissions: ["admin"] }))}`;
      for (let i = 0; i < 2; i++) equal((await guard.check(request(authorization))).response, undefined, "response");
      const known = [...new Set(looks)];
      deepEqual(looks.sort(), known.sort(), "looks");
      ok(known.includes("permissions") && known.includes("audience"), String(known));
    },
  },
  {
    name: "what somebody put on Object.prototype is no rule",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const other = await makeIssuer(sdk);
      Object.prototype.issuer = other.domain;
      let guard;
      try {
        guard = issuer.kinde.guard({ audience: "the-api" });
      } finally {
        delete Object.prototype.issuer;
      }
      const authorization = `Bearer ${await issuer.sign(issuer.claims({ iss: other.domain }))}`;
      equal((await guard.check(request(authorization))).response?.status, 401, "status");
    },
  },
  ...["audience", "issuer", "algorithms", "type", "jwksUri", "clockTolerance"]
    .concat(["permissions", "roles", "scopes", "realm"])
    .map((name) => ({
      name: `${name} that is undefined, as a variable that is not set`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const makes = [() => ({ [name]: undefined }), () => Object.create({ [name]: undefined })];
        for (const make of makes) {
          const error = await rejection(sdk, (async () => issuer.kinde.guard(make()))());
          deepEqual(
            [error.code, error.message],
            ["invalid_request", `options "${name}": is undefined: leave it out, or give it a value`],
            "error",
          );
        }
      },
    })),
  ...Object.entries({
    inherited: () => Object.create({ permission: "admin" }),
    "not listed": () => Object.defineProperty({}, "permission", { value: "admin" }),
    "a getter of a class": () =>
      new (class {
        get permission() {
          return "admin";
        }
      })(),
  }).map(([how, make]) => ({
    name: `a misspelt rule that is ${how}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, (async () => issuer.kinde.guard(make()))());
      equal(error.message, 'options "permission": there is no such option; did you mean "permissions"?', "message");
    },
  })),
];

const wrongRules = [
  ...[
    ["permissions", []],
    ["permissions", [""]],
    ["roles", [1]],
    ["roles", null],
    ["scopes", ["a b"]],
    ["scopes", ['"']],
    ["scopes", "é"],
    ["realm", "\n"],
    ["realm", "é"],
    ["realm", ""],
    ["audience", []],
    ["permission", "a"],
    ["seen", () => true],
    ["tolerance", 5],
    ["jwksUri", "http://evil.example"],
    ["timeout", 0],
  ].map(([name, value]) => ({
    name: `${name} cannot be ${JSON.stringify(value) ?? value}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, (async () => issuer.kinde.guard({ [name]: value }))());
      equal(error.code, "invalid_request", "code");
      ok(error.message.startsWith(`options "${name}": `), error.message);
    },
  })),
  {
    name: "algorithms cannot be none",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, (async () => issuer.kinde.guard({ algorithms: ["none"] }))());
      equal(error.code, "configuration", "code");
      match(error.message, /^algorithms may be /, "message");
    },
  },
  ...Object.entries(hostile)
    .filter(([name]) => name !== "undefined")
    .map(([name, make]) => ({
      name: `${name} for the rules`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        let outcome;
        try {
          issuer.kinde.guard(make());
          outcome = "guarded";
        } catch (error) {
          outcome = error instanceof sdk.KindeError ? error.code : String(error);
        }
        ok(["guarded", "invalid_request"].includes(outcome), outcome);
      },
    })),
];
