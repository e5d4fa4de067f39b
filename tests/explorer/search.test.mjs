// The search of the page: what people type finds what they mean.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";

import { indexOf, search } from "../../www/search.js";
import { phrases } from "./phrases.mjs";

const text = await readFile(new URL("../../www/operations.json", import.meta.url), "utf8");
const operations = JSON.parse(text).map((operation) => ({
  ...operation,
  call: `${operation.resource}.${operation.name}`,
}));
const index = indexOf(operations);
const found = (query) => search(index, query).map(({ call }) => call);
const has = (ids) => operations.some(({ operationId }) => ids.includes(operationId));

describe("the search", () => {
  test("what is named exactly is first: calls, operation ids and paths, however they are written", () => {
    for (const operation of operations) {
      const { call, operationId, path, method } = operation;
      for (const query of [
        call,
        call.toUpperCase(),
        `await kinde.${call}({ id })`,
        operationId,
        operationId.toLowerCase(),
        `${method} ${path}`,
      ]) {
        assert.equal(search(index, query)[0], operation, query);
      }
      assert.equal(search(index, path)[0].path, path);
    }
  });

  test("phrases that people type have what they mean on top, nine of ten at least", () => {
    const known = phrases.filter(([, ...ids]) => has(ids));
    assert.ok(known.length >= 40, `${known.length} phrases`);
    const wrong = known
      .map(([phrase, ...ids]) => [phrase, ids, search(index, phrase)])
      .filter(([, ids, [first]]) => !ids.includes(first?.operationId))
      .map(([phrase, ids, [first]]) => `${phrase}: ${first?.operationId}, not ${ids[0]}`);
    assert.ok(wrong.length <= known.length / 10, wrong.join("\n"));
  });

  test("the rest of them are among the first five", () => {
    for (const [phrase, ...ids] of phrases) {
      if (!has(ids)) continue;
      const first = search(index, phrase).slice(0, 5);
      assert.ok(
        first.some(({ operationId }) => ids.includes(operationId)),
        `${phrase}: ${first.map(({ call }) => call)}`,
      );
    }
  });

  test("one typing error in a word is forgiven: a letter other, missing, doubled or swapped", () => {
    for (const query of ["delete orgenization", "delete oganization", "delete orgganization", "delete ogranization"])
      assert.equal(found(query)[0], "organizations.delete", query);
  });

  test("parameters, scopes and parts of a path are found", () => {
    assert.ok(found("is_suspended").includes("users.update"));
    assert.ok(found("delete:webhooks").includes("webhooks.delete"));
    assert.equal(found("/{org_code}/handle").length, 1);
  });

  test("what means nothing finds nothing", () => {
    for (const query of ["no such thing", "xyzzy", "  ", "!!", "qqqq users wwww eeee"])
      assert.deepEqual(found(query), [], query);
  });

  test("it is fast enough to search with each key", () => {
    // Its own time, whatever else the machine does.
    const start = process.cpuUsage();
    for (const [phrase] of phrases) search(index, phrase);
    const each = process.cpuUsage(start).user / 1_000 / phrases.length;
    assert.ok(each < 25, `${each.toFixed(1)} ms for a search`);
  });
});
