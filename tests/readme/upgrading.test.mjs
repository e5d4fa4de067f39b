// The tables of pkg/UPGRADING.md: both columns have methods that are there, and none is missing.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as peer from "@kinde/management-api-js";

import { committed } from "../../xtask/js/peer.mjs";
import { read } from "./markdown.mjs";
import { print, runInNode } from "./programs.mjs";

const guide = await read("pkg/UPGRADING.md");
const rows = [...guide.matchAll(/^\| `([\w.]+)\(.*?\)` \| `{1,2} ?(kinde\.[\w.]+)\((.*)\) ?`{1,2} \|$/gm)];
const onlyHere = [...guide.matchAll(/^- `(kinde\.[\w.]+)\(.*\)` → /gm)].map(([, method]) => method);

const isMethod = (name) => name.split(".").reduce((value, key) => value?.[key], peer) instanceof Function;

test("every row of the tables is read", () => {
  const [, methods] = guide.split(/^## Methods$/m);
  const all = methods.split("\n").filter((line) => /^\| `/.test(line));
  assert.equal(rows.length, all.length);
  assert.equal(new Set(rows.map(([, theirs]) => theirs)).size, rows.length);
});

test("what stands left is in @kinde/management-api-js, and all of that stands left", async () => {
  const left = rows.map(([, theirs]) => theirs);
  assert.deepEqual(
    left.filter((name) => !isMethod(name)),
    [],
  );
  // Spellings that differ in case alone are one method.
  const listed = new Set(left.map((name) => name.toLowerCase()));
  const { methods } = JSON.parse(await committed());
  assert.deepEqual(
    methods.map(({ name }) => name).filter((name) => !listed.has(name.toLowerCase())),
    [],
  );
});

test("what stands right is in kinde-edge, and all of its operations stand there", async (t) => {
  const right = [...rows.map(([, , ours]) => ours), ...onlyHere];
  const program = `
    import { Kinde } from "kinde-edge";
    import operations from "kinde-edge/operations.json" with { type: "json" };
    const kinde = new Kinde({ domain: "acme.kinde.com" });
    const missing = ${JSON.stringify(right)}.filter((name) => {
      const method = name.split(".").slice(1).reduce((value, key) => value?.[key], kinde);
      return typeof method !== "function";
    });
    const names = operations.map(({ resource, name }) => "kinde." + resource + "." + name);`;
  const { stdout } = await runInNode(t, `${program}${print("{ missing, names }")}`);
  const { missing, names } = JSON.parse(stdout);
  assert.deepEqual(missing, []);
  assert.deepEqual(right.filter((name) => name !== "kinde.request").sort(), names.sort());
});

test("the update of a webhook names it, and the call of version 1 is ours alone", async () => {
  assert.ok(onlyHere.includes("kinde.webhooks.updateLatest"));
  const [, , ours] = rows.find(([, theirs]) => theirs === "Webhooks.updateWebHook");
  assert.equal(ours, "kinde.webhooks.update");
});

test("every method has a counterpart", () => {
  assert.deepEqual(
    rows.filter(([, , ours]) => ours === "kinde.request").map(([, theirs]) => theirs),
    [],
  );
});
