// The API document: its operations, and which of them a request is for.
import { readFile } from "node:fs/promises";

import { load } from "js-yaml";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Read it; `operations` by their ids, and `match` a request to one. */
export async function readDocument(file) {
  const document = load(await readFile(file, "utf8"));
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => readOperation(document, method, path, item)),
  );
  const routes = operations.map((operation) => ({ operation, ...routeOf(operation.path) }));
  // A word of the path goes before a placeholder for any.
  routes.sort((one, other) => one.placeholders.length - other.placeholders.length);
  return {
    document,
    operations: new Map(operations.map((operation) => [operation.operationId, operation])),
    scopes: [...new Set(operations.flatMap(({ scope }) => scope ?? []))].sort(),
    match: (method, path) => match(routes, method, path),
  };
}

function readOperation(document, method, path, item) {
  const {
    operationId,
    parameters = [],
    requestBody,
    responses,
    "x-kinde-scope": scope,
  } = inline(document, item[method]);
  const inherited = inline(document, item.parameters ?? []);
  const own = new Set(parameters.map(({ name, in: place }) => `${place} ${name}`));
  return {
    operationId,
    method: method.toUpperCase(),
    path,
    scope,
    parameters: [...parameters, ...inherited.filter(({ name, in: place }) => !own.has(`${place} ${name}`))],
    body: requestBody,
    responses,
  };
}

/** A part of the document with what it refers to in its place; nothing in it refers to itself. */
function inline(document, node) {
  if (Array.isArray(node)) return node.map((item) => inline(document, item));
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") {
    const target = node.$ref.split("/").slice(1);
    return inline(
      document,
      target.reduce((part, name) => part[name], document),
    );
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, inline(document, value)]));
}

function routeOf(path) {
  const placeholders = [];
  const pattern = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{([^}]+)\}/g, (_, name) => {
    placeholders.push(name);
    return "([^/]+)";
  });
  return { placeholders, pattern: new RegExp(`^${pattern}$`) };
}

/** `{ operation, values }`, or the `methods` that the path has instead: none for an unknown path. */
function match(routes, method, path) {
  const methods = [];
  for (const { operation, placeholders, pattern } of routes) {
    const found = pattern.exec(path);
    if (!found) continue;
    if (operation.method !== method) {
      methods.push(operation.method);
      continue;
    }
    const values = found.slice(1).map(decode);
    return { operation, values: Object.fromEntries(placeholders.map((name, index) => [name, values[index]])) };
  }
  return { methods };
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The successful answer that the document has first, as `{ status, schema }`. */
export function successOf({ responses }) {
  const [status, { content = {} }] = Object.entries(responses).find(([status]) => status.startsWith("2"));
  return { status: Number(status), schema: Object.values(content)[0]?.schema };
}

/** A value cut to what its schema knows: no other fields, and no null where none is foreseen. */
export function cut(schema, value) {
  if (!schema || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => cut(schema.items, item));
  const { properties = {}, additionalProperties } = schema;
  const kept = {};
  for (const [name, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const isBare = schema.type === "object" && !schema.properties && !additionalProperties;
    if (!known && !isBare) continue;
    if (inner === undefined || (inner === null && known && !known.nullable)) continue;
    kept[name] = known ? cut(known, inner) : inner;
  }
  return kept;
}
