// Doubles, spies, proxies and older JavaScript: the packed package beside the libraries with which people do it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { run } from "../../xtask/js/project.mjs";
import { besideTools, makeProject } from "../support/project.mjs";

const programOf = (name, file) => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);

const OPTIONS = `{ domain: "acme.kinde.com", accessToken: "t", fetch: async () => Response.json({ users: [{ id: "kp_1" }] }) }`;

/** With `spy(object, name)` and `stub(object, name, answer)` of a library. */
const SPIES = `
  test("a spy sees the call, and it is made", async () => {
    const kinde = new Kinde(${OPTIONS});
    const calls = spy(kinde.users, "list");
    same((await kinde.users.list({ page_size: 1 })).users.length, 1);
    same(calls().length, 1);
    same(calls()[0][0], { page_size: 1 });
  });
  test("a stub answers in its place: of a resource, one inside of another, and the client itself", async () => {
    const kinde = new Kinde(${OPTIONS});
    for (const [object, name] of [
      [kinde.users, "list"],
      [kinde.organizations.users, "list"],
      [kinde.tokens, "verify"],
      [kinde.webhooks, "verify"],
      [kinde.oauth, "refresh"],
      [kinde, "call"],
      [kinde, "request"],
    ]) {
      stub(object, name, "a double");
      same(await object[name](), "a double");
    }
  });`;

/** Without any client: what a mock of the whole module has. */
const AUTOMOCK = `
  test("a mock of the module has the resources, and they answer what they are told", async () => {
    const kinde = new Kinde({ domain: "acme.kinde.com", accessToken: "t" });
    expect(typeof kinde.users.list).toBe("function");
    kinde.users.list.mockResolvedValue({ users: ["a double"] });
    expect(await kinde.users.list()).toEqual({ users: ["a double"] });
    expect(kinde.users.get("kp_1")).toBe(undefined);
    kinde.organizations.users.add.mockReturnValue(5);
    expect(kinde.organizations.users.add()).toBe(5);
    kinde.call.mockReturnValue(6);
    expect(kinde.call("getUsers")).toBe(6);
  });`;

test("Vitest: spies, stubs and a mock of the module", async (t) => {
  const folder = await makeProject(
    t,
    {
      "spies.test.js": `
        import { expect, test, vi } from "vitest";
        import { Kinde } from "kinde-edge";
        const same = (one, other) => expect(one).toEqual(other);
        const spy = (object, name) => { const made = vi.spyOn(object, name); return () => made.mock.calls; };
        const stub = (object, name, answer) => vi.spyOn(object, name).mockResolvedValue(answer);
        ${SPIES}`,
      "automock.test.js": `
        import { expect, test, vi } from "vitest";
        import { Kinde } from "kinde-edge";
        vi.mock("kinde-edge");
        ${AUTOMOCK}`,
    },
    besideTools,
  );
  await passes(folder, "vitest", "vitest.mjs", ["run", "--reporter=json", "--outputFile=report.json"], 3);
});

test("Jest: spies, stubs and a mock of the module, in Node and in jsdom", async (t) => {
  const environments = { node: "", jsdom: "/** @jest-environment jsdom */" };
  const files = Object.entries(environments).flatMap(([name, comment]) => [
    [
      `spies.${name}.test.js`,
      `${comment}
      // jsdom brings no fetch.
      globalThis.Response ??= { json: (data) => ({ status: 200, headers: { get: () => null }, text: async () => JSON.stringify(data) }) };
      const { Kinde } = require("kinde-edge");
      const same = (one, other) => expect(one).toEqual(other);
      const spy = (object, name) => { const made = jest.spyOn(object, name); return () => made.mock.calls; };
      const stub = (object, name, answer) => jest.spyOn(object, name).mockResolvedValue(answer);
      ${SPIES}`,
    ],
    [
      `automock.${name}.test.js`,
      `${comment}
      jest.mock("kinde-edge");
      const { Kinde } = require("kinde-edge");
      ${AUTOMOCK}`,
    ],
  ]);
  const folder = await makeProject(
    t,
    {
      "package.json": { name: "a-project", private: true, type: "commonjs", jest: { testEnvironment: "node" } },
      ...Object.fromEntries(files),
    },
    besideTools,
  );
  await passes(folder, "jest", "bin/jest.js", ["--json", "--outputFile=report.json", "--watchman=false"], 6);
});

test("Sinon: spies and stubs, and a stub of the class", async (t) => {
  const folder = await makeProject(
    t,
    {
      "sinon.test.mjs": `
        import { deepEqual as same, equal } from "node:assert/strict";
        import { test } from "node:test";
        import sinon from "sinon";
        import { Kinde } from "kinde-edge";
        const spy = (object, name) => { const made = sinon.spy(object, name); return () => made.args; };
        const stub = (object, name, answer) => sinon.stub(object, name).resolves(answer);
        ${SPIES}
        test("values, getters and the prototype", async () => {
          const kinde = new Kinde(${OPTIONS});
          sinon.stub(kinde, "users").value({ list: async () => 1 });
          equal(await kinde.users.list(), 1);
          sinon.restore();
          sinon.stub(Kinde.prototype, "users").get(() => ({ list: async () => 2 }));
          equal(await new Kinde(${OPTIONS}).users.list(), 2);
          sinon.restore();
          equal((await new Kinde(${OPTIONS}).users.list()).users.length, 1);
          equal(typeof sinon.createStubInstance(Kinde).users.list, "function");
        });`,
    },
    besideTools,
  );
  await inNode(folder, "sinon.test.mjs", 3);
});

test("node:test: mocks", async (t) => {
  const folder = await makeProject(t, {
    "all.test.mjs": `
      import { deepEqual as same } from "node:assert/strict";
      import { mock, test } from "node:test";
      import { Kinde } from "kinde-edge";
      const spy = (object, name) => { const made = mock.method(object, name); return () => made.mock.calls.map((call) => call.arguments); };
      const stub = (object, name, answer) => mock.method(object, name, async () => answer);
      ${SPIES}`,
  });
  await inNode(folder, "all.test.mjs", 2);
});

test("Vue: a client in reactive state", async (t) => {
  const folder = await makeProject(
    t,
    {
      "vue.test.mjs": `
        import { deepEqual, equal } from "node:assert/strict";
        import { test } from "node:test";
        import { isProxy, reactive, ref } from "vue";
        import { Kinde } from "kinde-edge";
        test("reactive and ref", async () => {
          const kinde = new Kinde(${OPTIONS});
          const state = reactive({ kinde });
          equal(isProxy(state.kinde), true);
          for (const one of [state.kinde, ref(kinde).value]) {
            equal((await one.users.list()).users[0].id, "kp_1");
            deepEqual(await one.users.list().toArray(), [{ id: "kp_1" }]);
            equal((await one.call("getUsers")).users.length, 1);
            equal(typeof one.guard(), "function");
          }
        });`,
    },
    besideTools,
  );
  await inNode(folder, "vue.test.mjs", 1);
});

/** @param {string} name */
async function passes(folder, name, file, args, expected) {
  await run(process.execPath, [programOf(name, file), ...args], { cwd: folder });
  const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
  assert.deepEqual([report.numPassedTests, report.numTotalTests], [expected, expected]);
}

async function inNode(folder, file, expected) {
  // A test that runs tests has said so to its children.
  const env = { NODE_TEST_CONTEXT: undefined };
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", file], { cwd: folder, env });
  assert.match(stdout, new RegExp(`^# pass ${expected}$`, "m"));
}
