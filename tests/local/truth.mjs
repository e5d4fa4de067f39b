// What the document, and with it the types, say against an answer of local Kinde.
import Ajv from "ajv";

import { readDocuments } from "./document.mjs";

const documented = await readDocuments();
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: { "date-time": (text) => !Number.isNaN(Date.parse(text)) },
});

/** What the document says against an answer; unless it is `open`, a field that it does not know is against it too. */
export function violations({ method, path }, status, text, { open = false } = {}) {
  const described = documented.get(`${method} ${path}`).responses[status];
  if (!described) return [`the document has no ${status}`];
  const schema = Object.values(described.content ?? {})[0]?.schema;
  if (!schema) return text === "" ? [] : ["the document has no content here"];
  const check = ajv.compile(open ? schema : closed(schema));
  return check(JSON.parse(text)) ? [] : check.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isObject = schema.type === "object" && schema.properties && !("additionalProperties" in schema);
  return isObject ? { ...inner, additionalProperties: false } : inner;
}

/** The templates of all paths, those with fewer placeholders first: `/users/me` is not `/users/{id}`. */
const templates = [...documented.keys()]
  .map((call) => {
    const [method, path] = call.split(" ");
    const pattern = new RegExp(`^${path.replaceAll(/[.]/g, "\\.").replaceAll(/\{[^}]*\}/g, "[^/]+")}$`);
    return { method, path, pattern, holes: path.split("{").length };
  })
  .sort((one, other) => one.holes - other.holes);

/** Where an answer is null and the document does not say that it may be: `GET /path: users[].picture`. */
export function nullsUnsaid(method, url, status, text) {
  const { pathname } = new URL(url);
  const operation = templates.find((one) => one.method === method && one.pattern.test(pathname));
  if (!operation || status > 299 || text === "") return [];
  const described = documented.get(`${method} ${operation.path}`).responses[status];
  const schema = Object.values(described?.content ?? {})[0]?.schema;
  if (!schema) return [];
  const found = new Set();
  walk(schema, JSON.parse(text), "", found);
  return [...found].map((place) => `${method} ${operation.path}: ${place}`);
}

function walk(schema, value, place, found) {
  if (!schema) return;
  if (value === null) {
    const variants = schema.oneOf ?? schema.anyOf ?? [];
    const isFree = !schema.type && !schema.allOf && variants.length === 0;
    if (!isFree && ![schema, ...variants].some((one) => one.nullable)) found.add(place);
    return;
  }
  if (typeof value !== "object") return;
  for (const part of [schema, ...(schema.allOf ?? [])]) {
    if (Array.isArray(value)) {
      for (const item of value) walk(part.items, item, `${place}[]`, found);
      continue;
    }
    for (const [name, inner] of Object.entries(value)) {
      const known = part.properties?.[name] ?? (part.additionalProperties || undefined);
      walk(known, inner, place === "" ? name : `${place}.${name}`, found);
    }
  }
}
