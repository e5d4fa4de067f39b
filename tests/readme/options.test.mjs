// The table of all options in pkg/guides/errors.md has the options of the declarations, with their types and defaults.
import assert from "node:assert/strict";
import { test } from "node:test";

import { codeSpans, read } from "./markdown.mjs";

const declarations = await read("pkg/types/index.d.ts");

/** The options of an interface: `{ name, type, says }`, those that it forbids left out. */
function optionsOf(name) {
  const [, body] = new RegExp(`^export interface ${name} (?:extends \\w+ )?\\{\\n([\\s\\S]*?)^\\}`, "m").exec(
    declarations,
  );
  const found = body.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s*)?^ {2}(\w+)\??: (.*);$/gm);
  return [...found]
    .map(([, comment = "", name, type]) => ({
      name,
      type: type.replace(" | undefined", ""),
      says: comment.replace(/^\s*\* ?/gm, "").replace(/\s+/g, " "),
    }))
    .filter(({ type }) => type !== "undefined");
}

const ofClients = [
  "ClientOptions",
  "ClientCredentialsOptions",
  "ManagementOptions",
  "AccessTokenOptions",
  "BareOptions",
].flatMap(optionsOf);
const ofCalls = optionsOf("RequestOptions");
const variables = optionsOf("KindeEnv").map(({ name }) => name);

const [, section] = /^## All options\n([\s\S]*)/m.exec(await read("pkg/guides/errors.md"));
const rows = [...section.matchAll(/^\| (`.+) \|$/gm)].map(([, row]) => {
  const [name, type, unit, standard, variable, about] = row.split(" | ").map((cell) => cell.trim());
  return { name: codeSpans(name)[0], type: codeSpans(type)[0], unit, standard, variables: codeSpans(variable), about };
});
const names = (options) => [...new Set(options.map(({ name }) => name))].sort();

test("the table has every option, and no other", () => {
  assert.deepEqual(names(rows), names([...ofClients, ...ofCalls]));
  assert.equal(rows.length, names(rows).length);
});

test("those that a call takes are marked", () => {
  assert.deepEqual(names(rows.filter(({ about }) => about.startsWith("✓"))), names(ofCalls));
});

for (const row of rows) {
  test(`${row.name}: its type, unit and default`, () => {
    const declared = [...ofClients, ...ofCalls].find(({ name, says }) => name === row.name && says);
    assert.equal(row.type, declared.type);
    assert.equal(row.unit === "milliseconds", declared.says.includes("in milliseconds"));
    // The first clause after "Default:".
    const [, standard] = /Default: (.+?)(?:[.,;](?: |$))/.exec(declared.says) ?? [];
    if (standard !== undefined || row.standard !== "none") assert.equal(row.standard, standard ?? "");
  });
}

test("the guide lists the writes that are retried like a GET", async () => {
  const table = await read("src/generated/operations.rs");
  const idempotent = [...table.matchAll(/= "(\S+) \S+ (?:POST|PATCH) .* ~(?: |";)/g)].map(([, name]) => name);
  assert.ok(idempotent.length > 5);
  const [, listed] = /that set single values or read: (.*?)\. `retryWrites`/.exec(await read("pkg/guides/errors.md"));
  assert.deepEqual(codeSpans(listed).sort(), idempotent.sort());
});

test("the variables are those that fromEnv reads", () => {
  assert.deepEqual(rows.flatMap((row) => row.variables).sort(), variables.sort());
});
