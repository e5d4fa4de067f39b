// The package made for older engines, as Babel's preset-env, SWC with es5 and React Native's preset do it: classes become
// functions.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import babel from "@babel/core";

import { makeProject, runNode } from "../support/project.mjs";

test("calls, lists, clients and errors work when classes are functions", { timeout: 120_000 }, async (t) => {
  const folder = await makeProject(t, {
    "main.cjs": `
      const assert = require("node:assert");
      const { Kinde, KindeError } = require("kinde-edge");
      const users = [{ id: "1" }, { id: "2" }];
      const fetch = async (url) => Response.json(url.includes("roles") ? null : { users, next_token: null }, { status: url.includes("roles") ? 404 : 200 });
      const kinde = new Kinde({ domain: "acme.kinde.com", accessToken: "t", fetch, maxRetries: 0 });
      (async () => {
        assert.deepEqual((await kinde.users.list()).users, users);
        assert.deepEqual(await kinde.users.list().toArray(), users);
        assert.equal((await kinde.users.list().withResponse()).response.status, 200);
        for await (const page of kinde.users.list().pages()) assert.equal(page.items.length, 2);
        const ids = [];
        for await (const { id } of kinde.users.list()) ids.push(id);
        assert.deepEqual(ids, ["1", "2"]);
        assert.ok(kinde.users.list() instanceof Promise);
        const error = await kinde.roles.list().catch((error) => error);
        assert.ok(error instanceof KindeError && error instanceof Error);
        assert.equal(error.code, "not_found");
        class Mine extends Kinde {}
        assert.equal((await new Mine({ domain: "acme.kinde.com", accessToken: "t", fetch }).users.list()).users.length, 2);
        console.log("done");
      })();`,
  });
  for (const file of ["main.cjs", "node_modules/kinde-edge/dist/inline.cjs"]) {
    const path = join(folder, file);
    const { code } = await babel.transformAsync(await readFile(path, "utf8"), {
      configFile: false,
      babelrc: false,
      sourceType: "script",
      compact: true,
      presets: [["@babel/preset-env", { targets: "ie 11" }]],
    });
    // The check can fail: nothing of it is left.
    assert.doesNotMatch(code, /\bclass \w* ?(extends|\{)/);
    await writeFile(path, code);
  }
  assert.equal((await runNode(folder, "main.cjs")).trim(), "done");
});
