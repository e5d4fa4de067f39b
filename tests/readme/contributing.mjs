// What CONTRIBUTING.md says one can do.
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { committed, format, record } from "../../xtask/js/peer.mjs";
import { run, writeFiles } from "../../xtask/js/project.mjs";
import { makeFolder } from "../support/project.mjs";
import { commands } from "./commands.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Each block of code by its name. */
export const CONTRIBUTING = {
  "Contributing, sh 1": commands,
  "How a call flows, text 1": flow,
  "A new version of the API document, sh 1": newerDocument,
  "A new version of the API document, sh 2": newerPeer,
  "A release, sh 1": commands,
};

/** The files of the diagram are there, a line each. */
async function flow(_, diagram) {
  for (const line of diagram.trim().split("\n")) {
    const [, file] = /^ *(\S+) {2,}\S/.exec(line);
    await access(join(ROOT, file));
  }
}

const PLANETS = `
  /api/v1/planets:
    get:
      tags: [Planets]
      operationId: GetPlanets
      summary: Get planets
      responses: { '200': { description: ok } }
`;
const MOONS = `
  /api/v1/planets/{planet_id}/moons:
    post:
      tags: [Planets]
      operationId: CreateMoon
      summary: Create moon
      parameters: [{ name: planet_id, in: path, required: true, schema: { type: string } }]
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string } } } } }
      responses: { '201': { description: ok } }
`;
const small = (paths) => `openapi: 3.0.0\ninfo: { title: Small API, version: '1' }\npaths:${paths}`;

/** The same steps with a small document that gets an operation. */
async function newerDocument(t, code) {
  await commands(t, code.replace(/^cp .*\n/m, ""));
  const folder = await makeFolder(t, {
    "older.yaml": small(PLANETS),
    "newer.yaml": small(PLANETS + MOONS),
    "overlay.yaml": "operations:\n  GetPlanets: { call: planets.list }\n",
  });
  const xtask = async (...args) => (await run("cargo", ["xtask", ...args], { cwd: ROOT })).stderr;
  const codegen = (spec, ...more) =>
    xtask(
      "codegen",
      "--spec",
      join(folder, spec),
      "--overlay",
      join(folder, "overlay.yaml"),
      "--out",
      join(folder, "out"),
      ...more,
    );
  const methods = async () => (await readFile(join(folder, "out/pkg/api.md"), "utf8")).match(/`kinde\.[^`]*`/g);

  await codegen("older.yaml");
  assert.deepEqual(await methods(), ["`kinde.planets.list()`"]);
  await assert.rejects(codegen("newer.yaml", "--check"), /not what `cargo xtask codegen` writes: .*pkg\/api\.md/);

  const notes = await codegen("newer.yaml");
  assert.deepEqual(await methods(), ["`kinde.planets.list()`", "`kinde.planets.moons.create(planetId, { name })`"]);
  const [, line] = /`(CreateMoon: .*)` would pin its name/.exec(notes);
  assert.equal(line, "CreateMoon: { call: planets.moons.create }");

  await writeFiles(folder, { "overlay.yaml": `operations:\n  GetPlanets: { call: planets.list }\n  ${line}\n` });
  assert.equal(await codegen("newer.yaml", "--check"), "");
  // Of another document than the project's own, what does not apply is a note.
  assert.match(await codegen("older.yaml"), /CreateMoon/);
}

/** The methods of the other package are those of its installed version. */
async function newerPeer(t, code) {
  await commands(t, code);
  assert.equal(await committed(), format(await record()));
}
