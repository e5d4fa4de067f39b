// The examples in the hand-written declarations compile; the generated ones are in tests/types/calls.ts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { makeProject } from "../support/project.mjs";
import { read } from "./markdown.mjs";
import { typecheck } from "./programs.mjs";

const FILES = ["index", "oauth", "tokens", "stores", "claims"];

/** What an example may use without saying where it comes from. */
const GIVEN = `
  import { Kinde } from "kinde-edge";
  import { cacheStore, encrypted, kvStore, memoryStore, type KVNamespaceLike } from "kinde-edge/stores";
  import { featureFlag } from "kinde-edge/claims";
  declare const kinde: Kinde;
  declare const claims: object;
  declare const request: Request;
  declare const env: { TOKENS: KVNamespaceLike; TOKEN_SECRET: string; SESSION_SECRET: string };
  declare const domain: string, clientId: string, clientSecret: string, token: string, id: string;\n`;

for (const file of FILES) {
  test(`pkg/types/${file}.d.ts: its examples compile`, async (t) => {
    const text = await read(`pkg/types/${file}.d.ts`);
    const tags = text.match(/@example/g).length;
    const examples = [...text.matchAll(/@example\n *\* ```ts\n([\s\S]*?)\n *\* ```/g)].map(([, example]) =>
      example.replace(/^ *\* ?/gm, ""),
    );
    assert.equal(examples.length, tags);
    // Each in a function of its own, which gives what a module would.
    const bodies = examples.map(
      (example) => `void (async () => {\n${example.replace(/^export default /m, "return ")}\n});\n`,
    );
    await typecheck(await makeProject(t), GIVEN + bodies.join(""), { module: "nodenext" });
  });
}
