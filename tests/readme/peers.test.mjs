// "How it compares" in pkg/UPGRADING.md: each row is run with this package and with Kinde's.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { test } from "node:test";

import * as jose from "jose";

import { committed } from "../../xtask/js/peer.mjs";
import { run } from "../../xtask/js/project.mjs";
import { makeProject } from "../support/project.mjs";
import { read } from "./markdown.mjs";
import { linkPackages, startWorker, typecheck } from "./programs.mjs";

const require = createRequire(import.meta.url);

const PEERS = ["@kinde/management-api-js", "@kinde/jwt-validator", "@kinde/webhooks"];
const DOMAIN = "https://acme.kinde.com";
const KEYS = "/.well-known/jwks.json";
const TOKEN_CALL = "POST /oauth2/token";
const USERS = "GET /api/v1/users";
const NOW = Math.floor(Date.now() / 1000);

const { privateKey, publicKey } = await jose.generateKeyPair("RS256");
const HEADER = { alg: "RS256", kid: "key-1" };
const JWKS = { keys: [{ ...(await jose.exportJWK(publicKey)), ...HEADER, use: "sig" }] };
const sign = (claims) => new jose.SignJWT(claims).setProtectedHeader(HEADER).sign(privateKey);

/** A Kinde: hands out good tokens, answers as `answers` says (`METHOD /path`), else with nothing. */
async function startService(t, answers = {}) {
  const calls = [];
  const token = await sign({ iss: DOMAIN, aud: [`${DOMAIN}/api`], exp: NOW + 3600, jti: "first" });
  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url}`;
    calls.push({ call, authorization: request.headers.authorization });
    for await (const _ of request);
    const answer = answers[call] ?? (call === TOKEN_CALL ? { body: { access_token: token, expires_in: 3600 } } : {});
    const nobody = request.url.startsWith("/api/v1/users") ? { users: [] } : {};
    const { status = 200, body = nobody, headers = {}, never } = typeof answer === "function" ? answer(calls) : answer;
    if (never) return;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.close(), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${server.address().port}`, calls };
}

const BEFORE = `
  const real = globalThis.fetch;
  globalThis.fetch = (url, init) => {
    const { origin, pathname, search } = new URL(url);
    (globalThis.origins ??= []).push(origin);
    return real(process.env.SERVER + pathname + search, init);
  };
  const settled = (promise) => promise.then((value) => ({ value }), ({ name, message, code, status, errors, requiredScope, tokenScopes, reason, request }) =>
    ({ error: { name, message, code, status, errors, requiredScope, tokenScopes, reason, request } }));
  const given = { clientId: "the-client", clientSecret: "the-secret" };
  const print = (value) => (console.log("= " + JSON.stringify(value)), process.exit());\n`;

const OURS = `${BEFORE}
  const { Kinde } = await import("kinde-edge");
  const kinde = new Kinde({ domain: "${DOMAIN}", ...given });\n`;
const THEIRS = `${BEFORE}
  delete process.env.KINDE_DOMAIN;
  const { init, ...api } = await import("@kinde/management-api-js");
  init({ kindeDomain: "${DOMAIN}", ...given });\n`;
const VALIDATOR = `${BEFORE} const { validateToken } = await import("@kinde/jwt-validator");\n`;
const WEBHOOKS = `${BEFORE} const { decodeWebhook } = await import("@kinde/webhooks");\n`;

/** Runs a program that prints what it found; resolves to that and to the calls it made. */
async function program(t, code, answers, env = {}) {
  const service = await startService(t, answers);
  const folder = await makeProject(t, { "main.mjs": code });
  await linkPackages(folder, ["@kinde"]);
  const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: folder, env: { SERVER: service.url, ...env } });
  const [, found] = /^= (.*)$/m.exec(stdout);
  return { found: JSON.parse(found), calls: service.calls.map(({ call }) => call), sent: service.calls };
}

const count = (calls, wanted) => calls.filter((call) => call === wanted).length;

/** Both packages at the same work. */
const both = async (t, ours, theirs, { answers, env } = {}) => {
  const results = [];
  for (const code of [OURS + ours, THEIRS + theirs]) results.push(await program(t, code, answers?.(), env));
  return results;
};

/** What becomes of a token, or of a webhook. */
async function verified(t, method, peer, token, times = 1) {
  const repeat = (call) =>
    `const all = []; for (let i = 0; i < ${times}; i++) all.push(await settled(${call})); print(all[0]);`;
  const answers = { [`GET ${KEYS}`]: { body: JWKS } };
  const ours = await program(t, `${OURS} ${repeat(`kinde.${method}(process.env.TOKEN)`)}`, answers, { TOKEN: token });
  const theirs = await program(t, peer.before + repeat(peer.call), answers, { TOKEN: token });
  return [ours, theirs];
}
const validator = { before: VALIDATOR, call: `validateToken({ token: process.env.TOKEN, domain: "${DOMAIN}" })` };
const webhooks = { before: WEBHOOKS, call: `decodeWebhook(process.env.TOKEN, "${DOMAIN}")` };

const webhook = (more) =>
  sign({ type: "user.created", event_id: "event_1", timestamp: new Date().toISOString(), data: {}, ...more });

const ROWS = {
  async "Methods for calls of the API"(_, ours, theirs) {
    const { methods } = JSON.parse(await committed());
    const operations = require("../../pkg/operations.json");
    const anonymous = (call) => call.replace(/\{\w+\}/g, "{}");
    const here = new Set(operations.map(({ method, path }) => anonymous(`${method} ${path}`)));
    const spelled = new Map(methods.map((method) => [method.name.toLowerCase(), method]));
    const newer = [...spelled.values()].filter(({ call }) => !here.has(anonymous(call)));
    assert.equal(ours, `${operations.length}`);
    const more = newer.length > 0 ? `, of which ${newer.length} are newer than the document used here` : "";
    assert.equal(theirs, `${spelled.size}${more}`);
  },

  async "Packages that come with it"(_, ours, theirs) {
    assert.equal(require("../../pkg/package.json").dependencies, undefined);
    const { packages } = require("../../package-lock.json");
    assert.equal(ours, "none");
    assert.equal(theirs, String(Object.keys(packages["node_modules/@kinde/management-api-js"].dependencies).length));
  },

  async "Types where TypeScript resolves as Node does (`nodenext`)"(t) {
    const folder = await makeProject(t);
    await linkPackages(folder, ["@kinde"]);
    const options = { module: "nodenext", skipLibCheck: true };
    await typecheck(
      folder,
      `import { Kinde } from "kinde-edge"; export type User = Awaited<ReturnType<Kinde["users"]["get"]>>;`,
      options,
    );
    await assert.rejects(
      typecheck(folder, `import { Users } from "@kinde/management-api-js"; Users;`, options),
      /no exported member 'Users'/,
    );
  },

  async "Two businesses in one program"(t) {
    const [ours, theirs] = await both(
      t,
      `const other = new Kinde({ domain: "https://other.kinde.com", ...given });
       await kinde.users.list();
       print(globalThis.origins);`,
      `init({ kindeDomain: "https://other.kinde.com", ...given });
       await api.Users.getUsers();
       print(globalThis.origins);`,
    );
    assert.deepEqual([...new Set(ours.found)], [DOMAIN]);
    assert.deepEqual([...new Set(theirs.found)], ["https://other.kinde.com"]);
  },

  async "In a Worker, without a compatibility flag"(t, _, theirs) {
    const handler = (body) => `
      export default {
        async fetch(request, env) {
          try { return new Response(JSON.stringify(await (${body}))); } catch (error) { return new Response(error.message); }
        },
      };`;
    const answer = { access_token: "token", expires_in: 3600, users: [] };
    const outboundService = () => Response.json(answer);
    const ask = async (code, packages) => {
      const worker = await startWorker(t, code, {}, { packages, outboundService });
      return (await worker.dispatchFetch("http://worker/")).text();
    };
    const given = `"${DOMAIN}", clientId: "a", clientSecret: "b"`;
    const ours = `import { Kinde } from "kinde-edge"; ${handler(`new Kinde({ domain: ${given} }).users.list()`)}`;
    assert.equal(await ask(ours, []), JSON.stringify(answer));
    const peer = `import { init, Users } from "@kinde/management-api-js"; ${handler(`(init({ kindeDomain: ${given} }), Users.getUsers())`)}`;
    assert.equal(`\`${await ask(peer, ["@kinde"])}\``, theirs);
  },

  async "Ten calls that start without a token"(t) {
    const ten = (call) => `await Promise.all(Array.from({ length: 10 }, () => ${call})); print(null);`;
    const [ours, theirs] = await both(t, ten("kinde.users.list()"), ten("api.Users.getUsers()"));
    assert.deepEqual(
      [ours, theirs].map(({ calls }) => count(calls, USERS)),
      [10, 10],
    );
    assert.deepEqual(
      [ours, theirs].map(({ calls }) => count(calls, TOKEN_CALL)),
      [1, 10],
    );
  },

  async "A token that the service refuses (401)"(t) {
    const answers = () => ({
      [USERS]: (calls) => ({
        status:
          count(
            calls.map(({ call }) => call),
            USERS,
          ) === 1
            ? 401
            : 200,
      }),
    });
    const [ours, theirs] = await both(
      t,
      "print(await settled(kinde.users.list()));",
      "print(await settled(api.Users.getUsers()));",
      { answers },
    );
    assert.deepEqual([ours.found, ours.calls], [{ value: { users: [] } }, [TOKEN_CALL, USERS, TOKEN_CALL, USERS]]);
    assert.deepEqual([theirs.found.error.status, theirs.calls], [401, [TOKEN_CALL, USERS]]);
  },

  async "Wrong credentials"(t) {
    const answers = () => ({
      [TOKEN_CALL]: { status: 401, body: { error: "invalid_client" } },
      [USERS]: { status: 403 },
    });
    const [ours, theirs] = await both(
      t,
      "print(await settled(kinde.users.list()));",
      "print(await settled(api.Users.getUsers()));",
      { answers },
    );
    assert.deepEqual(
      [ours.found.error.code, ours.found.error.errors[0].code, ours.calls],
      ["authentication", "invalid_client", [TOKEN_CALL]],
    );
    assert.deepEqual(theirs.sent[1], { call: USERS, authorization: undefined });
  },

  async "429 to a GET"(t) {
    const refused = { status: 429, headers: { "retry-after": "1" } };
    const answers = () => ({
      [USERS]: (calls) =>
        count(
          calls.map(({ call }) => call),
          USERS,
        ) === 1
          ? refused
          : {},
    });
    const timed = (call) =>
      `const start = performance.now(); const result = await settled(${call}); print([result, performance.now() - start]);`;
    const [ours, theirs] = await both(t, timed("kinde.users.list()"), timed("api.Users.getUsers()"), { answers });
    assert.deepEqual(ours.found[0], { value: { users: [] } });
    assert.ok(ours.found[1] >= 1_000);
    assert.deepEqual([theirs.found[0].error.status, count(theirs.calls, USERS)], [429, 1]);
  },

  async "No answer"(t) {
    const answers = () => ({ [USERS]: { never: true } });
    const [ours, theirs] = await both(
      t,
      "print(await settled(kinde.users.list({}, { timeout: 100, maxRetries: 0 })));",
      `const call = api.Users.getUsers();
       const ended = settled(call);
       const late = new Promise((resolve) => setTimeout(resolve, 2_000, "waits"));
       const first = await Promise.race([ended, late]);
       call.cancel();
       print([first, (await ended).error.name]);`,
      { answers },
    );
    assert.equal(ours.found.error.code, "timeout");
    assert.deepEqual(theirs.found, ["waits", "CancelError"]);
  },

  async "More than one page"(t) {
    const page = (id, next_token) => ({ body: { users: [{ id }], next_token } });
    const answers = () => ({
      [USERS]: page("kp_1", "two"),
      [`${USERS}?page_size=500`]: page("kp_1", "two"),
      [`${USERS}?next_token=two&page_size=500`]: page("kp_2", null),
    });
    const [ours, theirs] = await both(
      t,
      "const ids = []; for await (const { id } of kinde.users.list()) ids.push(id); print(ids);",
      "const call = api.Users.getUsers(); print([Symbol.asyncIterator in call, (await call).users.map(({ id }) => id)]);",
      { answers },
    );
    assert.deepEqual(ours.found, ["kp_1", "kp_2"]);
    assert.deepEqual(theirs.found, [false, ["kp_1"]]);
  },

  async "A scope that is missing (403)"(t, _, cell) {
    const access_token = await sign({ iss: DOMAIN, aud: [`${DOMAIN}/api`], exp: NOW + 3600, scp: ["read:roles"] });
    const answers = () => ({ [TOKEN_CALL]: { body: { access_token, expires_in: 3600 } }, [USERS]: { status: 403 } });
    const [ours, theirs] = await both(
      t,
      "print(await settled(kinde.users.list()));",
      "print(await settled(api.Users.getUsers()));",
      { answers },
    );
    assert.deepEqual([ours.found.error.requiredScope, ours.found.error.tokenScopes], ["read:users", ["read:roles"]]);
    assert.equal(`\`${theirs.found.error.message}\``, cell);
  },

  async "An error holds"(t) {
    const answers = () => ({
      "POST /api/v1/user": { status: 400, body: { errors: [{ code: "BAD", message: "no" }] } },
    });
    const [ours, theirs] = await both(
      t,
      `print((await settled(kinde.users.create({ profile: { given_name: "Ada" } }))).error);`,
      `print((await settled(api.Users.createUser({ requestBody: { profile: { given_name: "Ada" } } }))).error);`,
      { answers },
    );
    assert.deepEqual(
      [ours.found.errors, JSON.stringify(ours.found).includes("Ada")],
      [[{ code: "BAD", message: "no" }], false],
    );
    assert.deepEqual(theirs.found.request.body, { profile: { given_name: "Ada" } });
  },

  async "An id such as `../user?id=kp_1`"(t) {
    const [ours, theirs] = await both(
      t,
      `print(await settled(kinde.organizations.delete("../user?id=kp_1")));`,
      `print(await settled(api.Organizations.deleteOrganization({ orgCode: "../user?id=kp_1" })));`,
    );
    assert.deepEqual(ours.calls, [TOKEN_CALL, "DELETE /api/v1/organization/..%2Fuser%3Fid%3Dkp_1"]);
    assert.deepEqual(theirs.calls, [TOKEN_CALL, "DELETE /api/v1/user?id=kp_1"]);
  },

  async "A token that has expired"(t) {
    const [ours, theirs] = await verified(t, "tokens.verify", validator, await sign({ iss: DOMAIN, exp: NOW - 60 }));
    assert.equal(ours.found.error.reason, "expired");
    assert.equal(theirs.found.value.valid, true);
  },

  async "A token of another issuer"(t) {
    const [ours, theirs] = await verified(
      t,
      "tokens.verify",
      validator,
      await sign({ iss: "https://other.kinde.com", exp: NOW + 3600 }),
    );
    assert.equal(ours.found.error.reason, "wrong_issuer");
    assert.equal(theirs.found.value.valid, true);
  },

  async "A webhook recorded a year ago"(t) {
    const timestamp = new Date(Date.now() - 365 * 86_400_000).toISOString();
    const [ours, theirs] = await verified(t, "webhooks.verify", webhooks, await webhook({ timestamp }));
    assert.equal(ours.found.error.reason, "expired");
    assert.equal(theirs.found.value.timestamp, timestamp);
  },

  async "An access token sent as a webhook"(t) {
    const [ours, theirs] = await verified(
      t,
      "webhooks.verify",
      webhooks,
      await sign({ iss: DOMAIN, exp: NOW + 3600, sub: "kp_1" }),
    );
    assert.equal(ours.found.error.code, "invalid_token");
    assert.equal(theirs.found.value.sub, "kp_1");
  },

  async "Keys for ten webhooks"(t) {
    const [ours, theirs] = await verified(t, "webhooks.verify", webhooks, await webhook(), 10);
    assert.deepEqual(
      [ours, theirs].map(({ found }) => found.value.type),
      ["user.created", "user.created"],
    );
    assert.deepEqual(
      [ours, theirs].map(({ calls }) => count(calls, `GET ${KEYS}`)),
      [1, 10],
    );
  },
};

const [, section] = /^## How it compares\n([\s\S]*?)^## /m.exec(await read("pkg/UPGRADING.md"));
const table = [...section.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row.split(" | "));
// Below the head and the line under it. Who makes the packages is no matter of tests.
const [[maker], ...rows] = table.slice(-Object.keys(ROWS).length - 1);

test("each row of the comparison has a test, and the versions are those that it runs", () => {
  assert.equal(maker, "Made and supported by Kinde");
  assert.deepEqual(
    rows.map(([first]) => first),
    Object.keys(ROWS),
  );
  const { packages } = require("../../package-lock.json");
  for (const name of PEERS)
    assert.ok(section.includes(`\`${name}\` ${packages[`node_modules/${name}`].version}`), name);
});

for (const [first, ours, theirs] of rows) {
  if (ROWS[first]) test(first, (t) => ROWS[first](t, ours, theirs));
}

test("the rows of README.md are among them", async () => {
  const [, short] = /^## What it has that others have not\n([\s\S]*?)^## /m.exec(await read("README.md"));
  const shown = [...short.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row).filter((row) => !row.startsWith("---"));
  const all = rows.map((row) => row.join(" | "));
  const own = shown.filter((row) => !row.startsWith("| "));
  assert.equal(own.length, 5);
  for (const row of own) assert.ok(all.includes(row), row);
});
