// Makes the package: node build.mjs. The API document becomes generated/document.js, with its checks compiled, so
// that nothing has to read or compile it at run time (Workers forbid `new Function`); then esbuild makes dist/.
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import Ajv from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { load } from "js-yaml";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const METHODS = ["get", "post", "put", "patch", "delete"];

await mkdir(at("generated"), { recursive: true });
await writeFile(at("generated/document.js"), compile(await readDocuments()));
await rm(at("dist"), { recursive: true, force: true });
await bundle();

/** The operations of all documents of spec/; the first that has one wins. */
async function readDocuments() {
  const whole = at("../../spec/kinde.json");
  const files = existsSync(whole)
    ? ["kinde.json"]
    : (await readdir(at("../../spec"))).filter((name) => name.endsWith(".yaml")).sort(oldestFirst);
  const operations = new Map();
  for (const file of files) {
    const document = load(await readFile(at(`../../spec/${file}`), "utf8"));
    // An overlay names operations and has none.
    if (!document.openapi) continue;
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of METHODS.filter((method) => item[method])) {
        const key = `${method} ${path}`;
        if (!operations.has(key)) operations.set(key, readOperation(document, method, path, item));
      }
    }
  }
  return [...operations.values()];
}

/** The document of Kinde's comes before those of the project's own. */
function oldestFirst(one, other) {
  return Number(other.startsWith("kinde")) - Number(one.startsWith("kinde"));
}

function readOperation(document, method, path, item) {
  const operation = inline(document, item[method]);
  const inherited = inline(document, item.parameters ?? []);
  const own = new Set((operation.parameters ?? []).map(({ name, in: place }) => `${place} ${name}`));
  const parameters = [
    ...(operation.parameters ?? []),
    ...inherited.filter(({ name, in: place }) => !own.has(`${place} ${name}`)),
  ];
  const responses = Object.entries(operation.responses);
  const [status, { content = {} }] = responses.find(([code]) => code.startsWith("2"));
  return {
    operationId: operation.operationId,
    method: method.toUpperCase(),
    path,
    scope: operation["x-kinde-scope"],
    parameters,
    body: operation.requestBody,
    statuses: responses.map(([code]) => Number(code)),
    status: Number(status),
    schema: Object.values(content)[0]?.schema,
  };
}

/** A part of the document with what it refers to in its place; nothing in it refers to itself. */
function inline(document, node) {
  if (Array.isArray(node)) return node.map((item) => inline(document, item));
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") {
    const names = node.$ref.split("/").slice(1);
    return inline(
      document,
      names.reduce((part, name) => part[name], document),
    );
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, inline(document, value)]));
}

/** The operations as a module. Schemas of requests become functions, named by what is in them: equal ones are one. */
function compile(operations) {
  const schemas = new Map();
  const check = (schema = {}) => {
    const text = JSON.stringify(lenient(schema));
    if (!schemas.has(text)) schemas.set(text, `c${schemas.size}`);
    return schemas.get(text);
  };
  const compiled = operations.map(({ parameters, body, schema, ...operation }) => ({
    ...operation,
    parameters: parameters.map(({ name, in: place, required, style, schema: own }) => ({
      name,
      in: place,
      required,
      style,
      type: own?.type,
      check: check(own),
    })),
    body: body && {
      required: body.required ?? false,
      content: Object.fromEntries(Object.entries(body.content).map(([type, { schema: own }]) => [type, check(own)])),
    },
    schema: schema && plain(schema),
  }));
  // `unicode: false`: lengths are counted without a function of ajv's own. No format is looked at but by handlers.
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicode: false,
    validateFormats: false,
    // It says that `unicode` may go one day.
    logger: false,
    code: { source: true, esm: true, lines: true },
  });
  for (const [text, name] of schemas) ajv.addSchema({ $id: name, ...JSON.parse(text) });
  const names = [...schemas.values()];
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  const scopes = [...new Set(operations.flatMap(({ scope }) => scope ?? []))].sort();
  return [
    "// Generated by build.mjs from spec/: do not edit.",
    code.replace(/^"use strict";/, ""),
    `export const checks = { ${names.join(", ")} };`,
    `export const scopes = ${JSON.stringify(scopes)};`,
    `export const operations = ${JSON.stringify(compiled)};`,
    "",
  ].join("\n");
}

/**
 * `oneOf` wants exactly one alternative to fit. Those of the document name no field that has to be there, so
 * that any object fits all of them: here, one that fits is enough. What only people read is left out.
 */
function lenient(schema, isMap = false) {
  if (Array.isArray(schema)) return schema.map((item) => lenient(item));
  if (schema === null || typeof schema !== "object") return schema;
  const entries = Object.entries(schema).filter(
    ([name]) => isMap || !["description", "example", "title"].includes(name),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name === "oneOf" && !isMap ? "anyOf" : name,
      ["enum", "required", "default"].includes(name) && !isMap
        ? value
        : lenient(value, name === "properties" && !isMap),
    ]),
  );
}

/** A schema of an answer without what only people read. */
function plain(schema, isMap = false) {
  if (Array.isArray(schema)) return schema.map((item) => plain(item));
  if (schema === null || typeof schema !== "object") return schema;
  const entries = Object.entries(schema).filter(([name]) => isMap || !["description", "title"].includes(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      ["enum", "required", "example", "default"].includes(name) && !isMap
        ? value
        : plain(value, name === "properties" && !isMap),
    ]),
  );
}

/** dist/: what runs everywhere, what needs Node, the command; the first two for `require` as well. */
async function bundle() {
  const { version } = JSON.parse(await readFile(at("package.json"), "utf8"));
  const common = {
    absWorkingDir: at("."),
    bundle: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    define: { __VERSION__: JSON.stringify(version) },
    loader: { ".html": "text", ".css": "text", ".client.js": "text" },
  };
  for (const format of ["esm", "cjs"]) {
    const ending = format === "esm" ? "js" : "cjs";
    // What is a file of its own in dist/ stays one.
    const setup = ({ onResolve }) => onResolve({ filter: /^\.\/(core|node)\.js$/ }, (found) => beside(found, ending));
    const make = (name, platform, more) =>
      build({
        ...common,
        format,
        platform,
        entryPoints: [`lib/${name}.js`],
        outfile: `dist/${name}.${ending}`,
        plugins: [{ name: "beside", setup }],
        ...more,
      });
    await make("core", "neutral", { mainFields: ["module", "main"], conditions: ["import"] });
    await make("index", "neutral");
    await make("node", "node");
    if (format === "esm") await make("cli", "node");
  }
  for (const name of await readdir(at("dist"))) {
    // esbuild notes where each file is from, as seen from here.
    const text = await readFile(at(`dist/${name}`), "utf8");
    await writeFile(at(`dist/${name}`), text.replaceAll(/(\.\.\/)+node_modules\//g, "node_modules/"));
  }
  await writeFile(at("dist/NOTICES.txt"), await notices());
}

function beside({ kind, path, importer }, ending) {
  const isOwn = kind !== "entry-point" && importer.startsWith(at("lib"));
  return isOwn ? { path: path.replace(/js$/, ending), external: true } : undefined;
}

/** The licences of what is bundled. */
async function notices() {
  const require = createRequire(import.meta.url);
  const texts = await Promise.all(
    ["hono", "@hono/node-server"].map(async (name) => {
      const inside = require.resolve(name);
      const folder = inside.slice(0, inside.indexOf(join("node_modules", name)) + join("node_modules", name).length);
      return `${name}\n\n${(await readFile(join(folder, "LICENSE"), "utf8")).trim()}\n`;
    }),
  );
  return `The bundles of this package contain:\n\n${texts.join("\n\n")}`;
}
