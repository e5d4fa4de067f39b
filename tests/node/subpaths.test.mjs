// kinde-edge/testing and kinde-edge/bulk.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { project } from "../lib/hosts.mjs";

const folder = await project({
  "all.mjs": `export * from "kinde-edge"; export * from "kinde-edge/testing"; export * from "kinde-edge/bulk";`,
});
const { Kinde, KindeError, bulk, fakeFetch, fakeIssuer, sequence } = await import(
  pathToFileURL(join(folder, "all.mjs")).href
);

describe("fakeFetch", () => {
  test("answers from its script, one after another, and notes what was asked", async () => {
    const { fetch, requests } = fakeFetch({
      "GET /api/v1/users": sequence(new Response(null, { status: 503 }), { users: [{ id: "kp_1" }] }),
      "POST /api/v1/user": ({ body }) => ({ id: `kp_${body.profile.given_name}` }),
      "DELETE /api/v1/user": undefined,
    });
    const kinde = new Kinde({ domain: "acme.kinde.com", clientId: "id", clientSecret: "secret", fetch });
    const { random } = Math;
    Math.random = () => 0;
    const { users } = await kinde.users.list({ page_size: 1 }).finally(() => (Math.random = random));
    assert.deepEqual(users, [{ id: "kp_1" }]);
    assert.equal((await kinde.users.create({ profile: { given_name: "Ada" } })).id, "kp_Ada");
    assert.equal(await kinde.users.delete("kp_1"), undefined);
    assert.deepEqual(
      requests.map(({ method, path }) => `${method} ${path}`),
      ["POST /oauth2/token", "GET /api/v1/users", "GET /api/v1/users", "POST /api/v1/user", "DELETE /api/v1/user"],
    );
    assert.deepEqual(requests[1].query, { page_size: "1" });
    assert.equal(requests[3].headers.get("authorization"), "Bearer a-token");
  });

  test("an array is an answer, which stays; a sequence serves several scripts", async () => {
    const answers = sequence([1], [[2, 3]]);
    for (const _ of "ab") {
      const { fetch } = fakeFetch({ "GET /all": [], "GET /turns": answers });
      const ask = async (path) => (await fetch(`https://acme.kinde.com${path}`)).json();
      assert.deepEqual([await ask("/all"), await ask("/all")], [[], []]);
      assert.deepEqual([await ask("/turns"), await ask("/turns"), await ask("/turns")], [[1], [[2, 3]], [[2, 3]]]);
    }
    assert.throws(() => sequence(), /at least one answer/);
  });

  test("what is not in the script fails the call, and says what is", async () => {
    const { fetch } = fakeFetch({ "GET /api/v1/users": {} });
    const kinde = new Kinde({ domain: "acme.kinde.com", accessToken: "t", fetch, maxRetries: 0 });
    const error = await kinde.roles.list().catch((error) => error);
    assert.ok(KindeError.is(error));
    assert.equal(error.cause.message, "fakeFetch has no answer to GET /api/v1/roles; it has: GET /api/v1/users");
  });
});

test("fakeIssuer signs tokens and webhooks that verify, and those of another do not", async () => {
  const [issuer, other] = await Promise.all([fakeIssuer(), fakeIssuer()]);
  const { fetch } = fakeFetch(issuer.script);
  const kinde = new Kinde({ domain: issuer.domain, clientId: "id", fetch });
  const claims = await kinde.tokens.verify(await issuer.signToken({ aud: ["api"], permissions: ["read:x"] }), {
    audience: "api",
  });
  assert.deepEqual([claims.iss, claims.sub], ["https://fake.kinde.com", "kp_fake"]);
  const event = await kinde.webhooks.verify(await issuer.signWebhook("user.created", { user: { id: "kp_1" } }));
  assert.deepEqual([event.type, event.data], ["user.created", { user: { id: "kp_1" } }]);
  const verify = (token) => kinde.tokens.verify(token, { audience: "api" }).catch((error) => error.reason);
  assert.equal(await verify(await issuer.signToken({ aud: ["api"], expiresIn: -120 })), "expired");
  assert.equal(await verify(await other.signToken({ aud: ["api"] })), "unknown_key");
});

describe("bulk", () => {
  const items = Array.from({ length: 25 }, (_, index) => index);

  test("makes so many calls at once, tells how far it is, and keeps what failed", async () => {
    let [underWay, most] = [0, 0];
    const told = [];
    const outcome = await bulk(
      items,
      async (item) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 1));
        underWay--;
        if (item % 10 === 0) throw new Error(`no ${item}`);
        return item * 2;
      },
      { concurrency: 4, onProgress: (progress) => told.push(progress) },
    );
    assert.deepEqual([most, outcome.succeeded, outcome.failed], [4, 22, 3]);
    assert.deepEqual(
      outcome.left.toSorted((one, other) => one - other),
      [0, 10, 20],
    );
    assert.equal(outcome.results.find(({ item }) => item === 7).value, 14);
    assert.equal(outcome.results.find(({ item }) => item === 10).error.message, "no 10");
    assert.equal(told.length, 25);
    const last = told.at(-1);
    assert.deepEqual([last.done, last.total, last.secondsLeft, last.rate > 0], [25, 25, 0, true]);
  });

  test("gives chunks, of what comes bit by bit too", async () => {
    async function* source() {
      yield* items;
    }
    const sizes = [];
    const outcome = await bulk(source(), (part) => void sizes.push(part.length), { chunk: 10, concurrency: 2 });
    assert.deepEqual([sizes, outcome.succeeded, outcome.left], [[10, 10, 5], 25, []]);
  });

  test("ends with its signal, and what is left can be resumed", async () => {
    const controller = new AbortController();
    const seen = [];
    const outcome = await bulk(
      items,
      async (item) => {
        seen.push(item);
        if (item === 5) controller.abort();
      },
      { concurrency: 1, signal: controller.signal },
    );
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(outcome.left, items.slice(6));
    const rest = await bulk(outcome.left, () => 1, { concurrency: 3 });
    assert.deepEqual([rest.succeeded, rest.left], [19, []]);
  });

  test("what has been done is told, though the items break off or who looks on throws", async () => {
    async function* source() {
      yield* [1, 2, 3];
      throw new Error("no next page");
    }
    const onProgress = () => {
      throw new Error("mine");
    };
    const outcome = await bulk(source(), (item) => item, { concurrency: 2, onProgress });
    assert.deepEqual([outcome.succeeded, outcome.error.message, outcome.results.length], [3, "no next page", 3]);
  });

  test("asks for no more of what comes bit by bit, once it is to end", async () => {
    const controller = new AbortController();
    let asked = 0;
    async function* endless() {
      for (;;) yield ++asked;
    }
    const act = (item) => item === 3 && controller.abort();
    const outcome = await bulk(endless(), act, { concurrency: 1, signal: controller.signal });
    assert.deepEqual([outcome.succeeded, outcome.left, asked], [3, [], 3]);
  });

  test("refuses what is no number of calls", async () => {
    await assert.rejects(
      bulk([], () => {}, { concurrency: 0 }),
      /concurrency must be a whole number above 0, got 0/,
    );
  });
});
