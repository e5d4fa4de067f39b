// The API document, as build.mjs has compiled it: its operations, what their requests have to be, what they answer.
import { checks, operations, scopes } from "../generated/document.js";

export { checks, operations, scopes };

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

/** A value that the schema allows: its own example where it has one. */
export function exampleOf(schema) {
  if (!schema) return undefined;
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.oneOf ?? schema.anyOf ?? [];
  if (choice) return exampleOf(choice);
  if (schema.type === "array") return [exampleOf(schema.items)].filter((item) => item !== undefined);
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, exampleOf(inner)]));
  }
  return EXAMPLES[schema.format] ?? EXAMPLES[schema.type] ?? {};
}

const EXAMPLES = { "date-time": "2024-01-01T00:00:00Z", string: "string", integer: 0, number: 0, boolean: true };
