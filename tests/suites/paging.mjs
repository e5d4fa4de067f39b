// Lists: the first page to await, all of them to iterate.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, rejection } from "../lib/double.mjs";
import { methodOf } from "../lib/resources.mjs";
import { callOf } from "../lib/values.mjs";

export const cases = (operations) => [
  {
    name: "a list is what operations.json says is one",
    run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => new Response(null, { status: 404 }));
      for (const operation of operations) {
        const call = methodOf(kinde, operation)(...callOf(operation, { everything: false }).args);
        call.catch(() => {});
        const isList = Symbol.asyncIterator in call && "pages" in call;
        equal(isList, operation.paging !== undefined, `${operation.operationId} as a list`);
      }
      ok(operations.filter(({ paging }) => paging).length > 30, "there are hardly any lists");
    },
  },
  ...operations
    .filter(({ paging }) => paging)
    .map((operation) => ({
      name: `${operation.operationId}: every item of every page`,
      run: (host) => checkList(host, operation),
    })),
  ...behaviour,
];

const collect = async (list) => {
  const items = [];
  await into(items, list);
  return items;
};

const into = async (items, list) => {
  for await (const item of list) items.push(item);
};

/** Sets a property, or one inside another: `data.items`. */
function put(whole, path, value) {
  const names = path.split(".");
  const last = names.pop();
  names.reduce((part, name) => (part[name] ??= {}), whole)[last] = value;
}

/** Three pages, or one where there is no cursor; each is asked for as the first was. */
async function checkList({ sdk }, operation) {
  const { cursor, items, next } = operation.paging;
  const page = (...ids) => ids.map((id) => ({ id, more: null }));
  const answer = (found, following, more) => {
    const whole = { code: "OK" };
    put(whole, items, found);
    put(whole, next ?? "has_more", next ? following : more);
    return whole;
  };
  const answers = [
    answer(page("a", "b"), "cursor 2&=", true),
    answer(page("c", "d"), "cursor 3", true),
    answer(page("e"), null, false),
  ];
  const { kinde, calls } = clientOn(sdk, {}, () => Response.json(answers[calls.length - 1]));
  const { args } = callOf(operation, { everything: true });
  const params = { ...args.at(-1) };
  delete params[cursor];
  delete params[operation.paging.back];
  const given = cursor ? args.with(-1, params) : args;

  const found = await collect(methodOf(kinde, operation)(...given, ...(cursor ? [{ headers: { "x-a": "1" } }] : [])));
  deepEqual(found, cursor ? page("a", "b", "c", "d", "e") : page("a", "b"), "items");
  equal(calls.length, cursor ? 3 : 1, "requests");
  const [first, ...others] = calls.map(({ url }) => new URL(url));
  equal(first.searchParams.has(cursor), false, "the cursor of the first request");
  const expected = next ? ["cursor 2&=", "cursor 3"] : ["b", "d"];
  deepEqual(
    others.map(({ searchParams }) => searchParams.get(cursor)),
    cursor ? expected : [],
    "cursors",
  );
  for (const url of others) {
    url.searchParams.delete(cursor);
    equal(url.pathname, first.pathname, "path");
    deepEqual([...url.searchParams].sort(), [...first.searchParams].sort(), "the other parameters");
  }
  for (const { init } of calls) equal(init.headers["x-a"], cursor && "1", "header");
}

/** A client whose users come in these pages. */
function pages(sdk, ...answers) {
  const client = clientOn(sdk, {}, () => {
    const answer = answers[client.calls.length - 1];
    return answer instanceof Response ? answer : Response.json(answer);
  });
  return client;
}

/** A client of a service that has so many users, gives 10 of them a page unless told otherwise, and 500 at most. */
function crowd(sdk, count) {
  return clientOn(sdk, {}, (url) => {
    const params = new URL(url).searchParams;
    const [start, size] = [Number(params.get("next_token") ?? 0), Number(params.get("page_size") ?? 10)];
    if (size > 500) return new Response(null, { status: 400 });
    const users = Array.from({ length: Math.min(size, count - start) }, (_, index) => start + index);
    return Response.json({ users, next_token: start + size < count ? String(start + size) : null });
  });
}

const targets = (calls) => calls.map(({ url }) => url.split("/users").at(-1));

const behaviour = [
  {
    name: "1,203 users take three requests",
    async run({ sdk }) {
      for (const read of [collect, (list) => list.toArray()]) {
        const { kinde, calls } = crowd(sdk, 1_203);
        const found = await read(kinde.users.list());
        deepEqual([found.length, found.at(-1)], [1_203, 1_202], "users");
        const expected = ["?page_size=500", "?next_token=500&page_size=500", "?next_token=1000&page_size=500"];
        deepEqual(targets(calls), expected, "requests");
      }
    },
  },
  ...[
    ["awaited", async (list) => (await list).users.length, 10, [""]],
    [
      "a page size of one's own",
      (list) => collect(list({ page_size: 20 })),
      25,
      ["?page_size=20", "?page_size=20&next_token=20"],
    ],
    ["a limit", (list) => collect(list({}, { limit: 12 })), 12, ["?page_size=12"]],
    ["a limit of the array", (list) => list().toArray({ limit: 13 }), 13, ["?page_size=13"]],
    [
      "a limit of the array beside that of the list",
      (list) => list({}, { limit: 3 }).toArray({ limit: 14 }),
      14,
      ["?page_size=14"],
    ],
    ["a limit of nothing", (list) => list().toArray({ limit: 0 }), 0, ["?page_size=1"]],
    ["a limit above a page", (list) => collect(list({}, { limit: 700 })), 25, ["?page_size=500"]],
    ["a page size that is null", (list) => collect(list({ page_size: null })), 25, ["?page_size=500"]],
  ].map(([name, read, count, expected]) => ({
    name: `pages as full as they are wanted: ${name}`,
    async run({ sdk }) {
      const { kinde, calls } = crowd(sdk, 25);
      const list = name === "awaited" ? kinde.users.list() : kinde.users.list;
      const found = await read(list);
      equal(found.length ?? found, count, "users");
      deepEqual(targets(calls), expected, "requests");
    },
  })),
  {
    name: "pages of a list that nobody can ask for a size of are as they are",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { identities: [{ id: "a" }], has_more: false });
      await collect(kinde.users.identities.list("kp_1"));
      equal(new URL(calls[0].url).search, "", "query");
    },
  },
  {
    name: "who iterates later goes on as it began",
    async run({ sdk }) {
      const { kinde, calls } = crowd(sdk, 25);
      const list = kinde.users.list();
      await list;
      equal((await collect(list)).length, 25, "users");
      deepEqual(targets(calls), ["", "?next_token=10", "?next_token=20"], "requests");
    },
  },
  {
    name: "from the cursor of a page on",
    async run({ sdk }) {
      const { kinde, calls } = crowd(sdk, 25);
      const [{ value: page }] = [await kinde.users.list({ page_size: 10 }).pages().next()];
      calls.length = 0;
      const found = await collect(kinde.users.list({ page_size: 10 }, { cursor: page.cursor }));
      deepEqual([found.length, found[0]], [15, 10], "users");
      const expected = ["?page_size=10&next_token=10", "?page_size=10&next_token=20"];
      deepEqual(targets(calls), expected, "requests");
      equal((await kinde.users.list({}, { cursor: page.cursor })).users[0], 10, "awaited");
    },
  },
  ...[
    [{}, "starting_after=m"],
    [{ starting_after: "b" }, "starting_after=m"],
    [{ ending_before: "z" }, "ending_before=m"],
  ].map(([params, expected]) => ({
    name: `the cursor of a list by ids, with ${JSON.stringify(params)}`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { properties: [], has_more: false });
      await kinde.properties.list(params, { cursor: "m" });
      equal(new URL(calls[0].url).search, `?${expected}`, "query");
    },
  })),
  ...[
    ["a cursor of a list of one page", (kinde) => kinde.apis.list({}, { cursor: "a" })],
    ["an empty cursor", (kinde) => kinde.users.list({}, { cursor: "" })],
    ["a cursor that is a number", (kinde) => kinde.users.list({}, { cursor: 5 })],
    ["a cursor of what is no list", (kinde) => kinde.business.get({ cursor: "a" })],
    ["an array of a limit that is none", (kinde) => kinde.users.list().toArray({ limit: "10" })],
    ["an array of less than nothing", (kinde) => kinde.users.list().toArray({ limit: -1 })],
    ["an array of NaN", (kinde) => kinde.users.list().toArray({ limit: NaN })],
  ].map(([name, call]) => ({
    name: `refused: ${name}`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1] });
      equal((await rejection(sdk, call(kinde))).code, "invalid_request", "code");
      equal(calls.length, 0, "requests");
    },
  })),
  {
    name: "a limit that is none is refused also once the list is there",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1], next_token: "n" }, { users: [2] });
      const list = kinde.users.list();
      await list;
      equal((await rejection(sdk, list.toArray({ limit: "10" }))).code, "invalid_request", "code");
      deepEqual(await list.toArray({ limit: 2 }), [1, 2], "users");
      equal(calls.length, 2, "requests");
    },
  },
  {
    name: "awaiting a list makes one request, and iterating it then goes on from there",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1], next_token: "n" }, { users: [2] });
      const list = kinde.users.list();
      deepEqual(await list, { users: [1], next_token: "n" }, "first page");
      equal(calls.length, 1, "requests");
      deepEqual(await collect(list), [1, 2], "items");
      equal(calls.length, 2, "requests");
    },
  },
  ...[null, "", undefined].map((next_token) => ({
    name: `${JSON.stringify(next_token)} in place of a cursor is the end`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1], next_token });
      deepEqual(await collect(kinde.users.list()), [1], "items");
      equal(calls.length, 1, "requests");
    },
  })),
  {
    name: "an empty page with a cursor is not the end",
    async run({ sdk }) {
      const { kinde } = pages(sdk, { users: [], next_token: "n" }, { users: [1] });
      deepEqual(await collect(kinde.users.list()), [1], "items");
    },
  },
  {
    name: "a list that says nothing of more ends with a page that is not full",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { results: [{ id: 1 }, { id: "2" }] }, { results: [{ id: "3" }] });
      deepEqual(await collect(kinde.users.search({ page_size: 2 })), [{ id: 1 }, { id: "2" }, { id: "3" }], "items");
      equal(calls.length, 2, "requests");
    },
  },
  {
    name: "connections in envelopes and without",
    async run({ sdk }) {
      const connections = [
        { connections: [{ connection: { id: "a" } }], has_more: true },
        { connections: [{ id: "b" }], has_more: false },
      ];
      const { kinde, calls } = pages(sdk, ...connections);
      deepEqual(await collect(kinde.connections.list()), [{ connection: { id: "a" } }, { id: "b" }], "items");
      equal(new URL(calls[1].url).searchParams.get("starting_after"), "a", "cursor");
    },
  },
  ...["", "null", "[]", "7", `"users"`, "{}", `{"users":{"a":1}}`, `{"users":"ab"}`, `{"next_token":"n"}`].map(
    (body) => ({
      name: `${body || "nothing"} in place of a page is no list`,
      async run({ sdk }) {
        const answer = () => new Response(body, { headers: { "content-type": "application/json" } });
        const { kinde, calls } = clientOn(sdk, {}, answer);
        for (const call of [() => kinde.users.list(), () => kinde.call("getUsers")]) {
          const error = await rejection(sdk, call());
          deepEqual([error.code, error.status, error.operation], ["decode", 200, "getUsers"], "error");
          deepEqual(error.body, body ? JSON.parse(body) : undefined, "body");
        }
        equal((await rejection(sdk, collect(kinde.users.list()))).code, "decode", "iterated");
        equal(calls.length, 3, "requests");
        const later = pages(sdk, { users: [1, 2], next_token: "n" }, answer());
        const items = [];
        const error = await rejection(sdk, into(items, later.kinde.users.list()));
        deepEqual([items, error.code], [[1, 2], "decode"], "the second page");
      },
    }),
  ),
  {
    name: "a list that is null is one without items",
    async run({ sdk }) {
      const { kinde } = pages(sdk, { code: null, users: null, next_token: "n" }, { users: [1] });
      const list = kinde.users.list();
      deepEqual(await list, { code: null, users: [], next_token: "n" }, "answer");
      deepEqual(await collect(list), [1], "items");
      deepEqual(await pages(sdk, { users: null }).kinde.call("getUsers"), { users: [] }, "by id");
    },
  },
  {
    name: "204 is no answer, and the end",
    async run({ sdk }) {
      const none = () => new Response(null, { status: 204 });
      equal(await pages(sdk, none()).kinde.users.list(), undefined, "answer");
      deepEqual(await collect(pages(sdk, none()).kinde.users.list()), [], "items");
      const { kinde } = pages(sdk, { users: [1], next_token: "n" }, none());
      deepEqual(await collect(kinde.users.list()), [1], "items");
    },
  },
  ...[
    [{ users: [1], next_token: 5 }, (kinde) => kinde.users.list()],
    [{ users: [1], next_token: {} }, (kinde) => kinde.users.list()],
    [{ users: [1], next_token: null, has_more: true }, (kinde) => kinde.users.list()],
    [{ properties: [], has_more: true }, (kinde) => kinde.properties.list()],
    [{ properties: null, has_more: true }, (kinde) => kinde.properties.list()],
    [{ properties: [{ name: "a" }], has_more: true }, (kinde) => kinde.properties.list()],
    [{ properties: [{ id: 7 }], has_more: true }, (kinde) => kinde.properties.list()],
    [{ properties: ["a"], has_more: true }, (kinde) => kinde.properties.list({ ending_before: "b" })],
    [{ results: [{ id: 7 }] }, (kinde) => kinde.users.search({ query: "a" })],
  ].map(([answer, list]) => ({
    name: `${JSON.stringify(answer)}: more pages, and no way on`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, answer);
      const page = await list(kinde);
      deepEqual(page, { ...answer, ...(answer.properties === null && { properties: [] }) }, "the page");
      calls.length = 0;
      const error = await rejection(sdk, collect(list(kinde)));
      equal(error.code, "decode", "code");
      equal(calls.length, 1, "requests");
    },
  })),
  ...[
    ["properties", (kinde, params) => kinde.properties.list(params)],
    ["connections", (kinde, params) => kinde.connections.list(params)],
    ["categories", (kinde, params) => kinde.propertyCategories.list(params)],
    ["identities", (kinde, params) => kinde.users.identities.list("kp_1", params)],
    ["results", (kinde, params) => kinde.users.search(params)],
  ].map(([name, list]) => ({
    name: `${name} that come before an item, the nearest first`,
    async run({ sdk }) {
      const page = (ids, has_more) => ({ [name]: [...ids].map((id) => ({ id })), has_more });
      const answers = [page("cd", true), page("ab", false)];
      const { kinde, calls } = pages(sdk, ...answers);
      const found = [];
      for await (const { items, data, cursor } of list(kinde, { ending_before: "e" }).pages()) {
        found.push([items.map(({ id }) => id).join(""), data, cursor]);
      }
      deepEqual(
        found,
        [
          ["dc", answers[0], "c"],
          ["ba", answers[1], undefined],
        ],
        "pages",
      );
      deepEqual(
        calls.map(({ url }) => [...new URL(url).searchParams].filter(([key]) => /after|before/.test(key)).join()),
        ["ending_before,e", "ending_before,c"],
        "cursors",
      );
    },
  })),
  {
    name: "a limit counts from an item back",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { properties: [{ id: "a" }, { id: "b" }], has_more: true });
      deepEqual(await collect(kinde.properties.list({ ending_before: "c" }, { limit: 1 })), [{ id: "b" }], "items");
      equal(calls.length, 1, "requests");
    },
  },
  {
    name: "a service that goes back round",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk, {}, () => Response.json({ properties: [{ id: "a" }], has_more: true }));
      equal((await rejection(sdk, collect(kinde.properties.list({ ending_before: "b" })))).code, "decode", "code");
    },
  },
  {
    name: "page by page",
    async run({ sdk }) {
      const answers = [{ users: [1, 2], next_token: "n" }, { users: [3] }];
      const { kinde } = pages(sdk, ...answers);
      const found = [];
      for await (const page of kinde.users.list().pages()) found.push(page);
      deepEqual(
        found.map(({ items, data, cursor }) => ({ items, data, cursor })),
        [
          { items: [1, 2], data: answers[0], cursor: "n" },
          { items: [3], data: answers[1], cursor: undefined },
        ],
        "pages",
      );
      for (const { response } of found) equal(response.status, 200, "status");
    },
  },
  ...[
    [1, [1], 1],
    [2, [1, 2], 1],
    [3, [1, 2, 3], 2],
    [100, [1, 2, 3, 4], 2],
  ].map(([limit, items, requests]) => ({
    name: `no more than ${limit}`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1, 2], next_token: "n" }, { users: [3, 4] });
      deepEqual(await collect(kinde.users.list({}, { limit })), items, "items");
      equal(calls.length, requests, "requests");
    },
  })),
  {
    name: "a limit leaves the answer as it is",
    async run({ sdk }) {
      const { kinde } = pages(sdk, { users: [1, 2] });
      const list = kinde.users.list({}, { limit: 1 });
      deepEqual(await collect(list), [1], "items");
      deepEqual(await list, { users: [1, 2] }, "answer");
    },
  },
  {
    name: "who stops asks for no more",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1, 2], next_token: "n" });
      for await (const item of kinde.users.list()) if (item === 2) break;
      equal(calls.length, 1, "requests");
    },
  },
  {
    name: "a page is asked for when it is needed",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1], next_token: "n" }, { users: [2] });
      const iterator = kinde.users.list()[Symbol.asyncIterator]();
      deepEqual(await iterator.next(), { value: 1, done: false }, "first");
      equal(calls.length, 1, "requests");
      deepEqual(await iterator.next(), { value: 2, done: false }, "second");
      equal(calls.length, 2, "requests");
      deepEqual(await iterator.next(), { value: undefined, done: true }, "end");
    },
  },
  {
    name: "what fails in the middle comes after what came before",
    async run({ sdk }) {
      const { kinde } = pages(sdk, { users: [1], next_token: "n" }, new Response(null, { status: 403 }));
      const items = [];
      const error = await rejection(
        sdk,
        (async () => {
          for await (const item of kinde.users.list()) items.push(item);
        })(),
      );
      deepEqual([items, error.code, error.operation], [[1], "permission_denied", "getUsers"], "items and error");
    },
  },
  {
    name: "a first page that fails",
    async run({ sdk }) {
      const { kinde } = pages(sdk, new Response(null, { status: 401 }));
      equal((await rejection(sdk, collect(kinde.users.list()))).code, "authentication", "code");
      equal((await rejection(sdk, collect(kinde.users.list({ page_size: "x" })))).code, "invalid_request", "code");
    },
  },
  ...[["n"], ["n", "m"]].map((cursors) => ({
    name: `a service that goes round in ${cursors.length}`,
    async run({ sdk }) {
      const client = clientOn(sdk, {}, () =>
        Response.json({ users: [1], next_token: cursors[client.calls.length % cursors.length] }),
      );
      const error = await rejection(sdk, collect(client.kinde.users.list()));
      equal(error.code, "decode", "code");
      ok(client.calls.length <= 4, `${client.calls.length} requests`);
    },
  })),
  {
    name: "from a cursor on",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [3], next_token: "4" }, { users: [4] });
      deepEqual(await collect(kinde.users.list({ next_token: "3" })), [3, 4], "items");
      deepEqual(
        calls.map(({ url }) => new URL(url).searchParams.get("next_token")),
        ["3", "4"],
        "cursors",
      );
    },
  },
  {
    name: "aborted between two pages",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1], next_token: "n" }, { users: [2] });
      const controller = new AbortController();
      const iterator = kinde.users.list({}, { signal: controller.signal })[Symbol.asyncIterator]();
      await iterator.next();
      controller.abort("enough");
      const error = await rejection(sdk, iterator.next());
      deepEqual([error.code, error.cause, calls.length], ["aborted", "enough", 1], "error");
    },
  },
  {
    name: "params may change once the list is asked for",
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1], next_token: "n" }, { users: [2] });
      const params = { page_size: 1 };
      const list = kinde.users.list(params);
      params.page_size = 500;
      await collect(list);
      deepEqual(
        calls.map(({ url }) => new URL(url).searchParams.get("page_size")),
        ["1", "1"],
        "page_size",
      );
      deepEqual(params, { page_size: 500 }, "params");
    },
  },
  ...[
    // A page is asked for before it is known that none is wanted.
    [0, [], 1],
    [1, [1], 1],
    [2, [1, 2], 1],
    [3, [1, 2, 3], 2],
    [4, [1, 2, 3, 4], 2],
    [Infinity, [1, 2, 3, 4], 2],
    [null, [1, 2, 3, 4], 2],
    [undefined, [1, 2, 3, 4], 2],
  ].map(([limit, items, requests]) => ({
    name: `a limit of ${limit} gives ${items.length} items`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1, 2], next_token: "n" }, { users: [3, 4] });
      deepEqual(await collect(kinde.users.list({}, { limit })), items, "items");
      equal(calls.length, requests, "requests");
    },
  })),
  ...[
    [-1, "a number"],
    [1.5, "a fraction"],
    [NaN, "NaN"],
    ["10", "a string"],
    [{}, "an object"],
  ].map(([limit, got]) => ({
    name: `a limit that is ${limit === -1 ? "negative" : got} is refused`,
    async run({ sdk }) {
      const { kinde, calls } = pages(sdk, { users: [1] });
      const error = await rejection(sdk, collect(kinde.users.list({}, { limit })));
      equal(error.code, "invalid_request", "code");
      match(error.message, /"limit": expected a whole number from 0/, "message");
      equal(calls.length, 0, "requests");
    },
  })),
];
