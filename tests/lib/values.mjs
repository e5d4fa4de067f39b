// Values for an operation, made from what operations.json says of it.

import { hasParams } from "../../www/operations.js";

/**
 * What a call needs: `path`, the values that have their places, `params`, and the same as one object
 * for `kinde.call`; and what has to arrive of it: `query` pairs and the JSON `body`.
 *
 * `everything` gives every parameter and field, else only the required ones. `variant` chooses
 * among the alternatives of a schema; where there are fewer, the last one is taken. `ambiguous`
 * gives the fields that break the document whatever they hold, and `violations` names them.
 */
export function callOf(operation, { everything, variant = 0, ambiguous = false }) {
  const { positional } = operation;
  const wanted = ({ name, required }) => everything || required || positional.includes(name);
  const given = (place) => operation.parameters.filter((parameter) => parameter.in === place && wanted(parameter));
  const make = (schema) => sample(schema, { everything, variant, ambiguous });

  const values = new Map(given("path").map(({ name, schema }) => [name, make(schema)]));
  const query = given("query").map(({ name, schema, commaList, description }) => [
    name,
    commaList ? (wordsIn(name, description) ?? listOf(schema)) : make(schema),
  ]);
  const headers = given("header").map(({ name, schema }) => [name, make(schema)]);
  const placed = Object.entries(operation.body?.schema.properties ?? {}).filter(([name]) => positional.includes(name));
  const body =
    operation.body && (everything || operation.body.required || placed.length > 0)
      ? make(operation.body.schema)
      : undefined;
  for (const [name, schema] of placed) body[name] ??= make(schema);
  const isWhole = operation.body && operation.body.schema.type !== "object";
  const fields = body === undefined ? {} : isWhole ? { body } : body;

  const named = { ...Object.fromEntries([...values, ...query, ...headers]), ...fields };
  const path = positional.map((name) => named[name]);
  const params = Object.fromEntries(Object.entries(named).filter(([name]) => !positional.includes(name)));
  return {
    path,
    params,
    args: hasParams(operation) ? [...path, params] : path,
    named,
    target: operation.path.replaceAll(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(values.get(name))),
    query: query.flatMap(([name, value]) => pairs(name, value, operation)),
    body,
    violations: ambiguous ? ambiguousFields(operation).map((name) => `oneOf request body ${name}`) : [],
  };
}

/**
 * Fields of the body with alternatives of which `oneOf` wants exactly one to fit, while any object
 * fits several: they name no field that has to be there.
 */
const ambiguousFields = ({ body }) =>
  Object.entries(body?.schema.properties ?? {}).flatMap(([name, schema]) => (isAmbiguous(schema) ? [name] : []));
const isAmbiguous = ({ oneOf }) =>
  oneOf?.length > 1 && oneOf.every(({ type, required }) => type === "object" && !required);

export const hasAmbiguous = (operation) => ambiguousFields(operation).length > 0;

/** How many calls it takes until every alternative of the body has been sent. */
export function variantsOf(operation) {
  const count = (schema) => {
    const choices = schema.oneOf ?? schema.anyOf ?? [];
    const inner = [...choices, ...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
    return Math.max(choices.length, 1, ...inner.filter((part) => typeof part === "object").map(count));
  };
  return operation.body ? count(operation.body.schema) : 1;
}

/** A value that the schema allows. */
function sample(schema, choice) {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return sample(choices[Math.min(choice.variant, choices.length - 1)], choice);
  if (schema.enum) return schema.enum[0];
  // An object is made of its fields: its example need not name them all.
  if (schema.type !== "object" && schema.example !== undefined && allows(schema, schema.example)) return schema.example;
  switch (schema.type) {
    case "boolean":
      return true;
    case "integer":
      return schema.minimum ?? 1;
    case "number":
      return schema.minimum ?? 1.5;
    case "array":
      return [sample(schema.items, choice)];
    case "object":
      return sampleObject(schema, choice);
    default:
      return sampleString(schema);
  }
}

function sampleObject(schema, choice) {
  const { properties = {}, required = [], additionalProperties } = schema;
  const object = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property.readOnly || (isAmbiguous(property) && !choice.ambiguous)) continue;
    if (choice.everything || required.includes(name)) object[name] = sample(property, choice);
  }
  if (choice.everything && typeof additionalProperties === "object") {
    object.a_key = sample(additionalProperties, choice);
  }
  return object;
}

const FORMATS = {
  binary: () => new Blob([new Uint8Array([137, 80, 78, 71])], { type: "image/png" }),
  email: () => "ada@example.com",
  uri: () => "https://example.com/",
  "date-time": () => "2024-01-02T03:04:05Z",
  date: () => "2024-01-02",
  uuid: () => "01234567-89ab-4cde-8f01-23456789abcd",
};

function sampleString({ format, minLength = 0 }) {
  return FORMATS[format]?.() ?? "x1".padEnd(minLength, "x");
}

/** The words that a list of additional data may have, as its description names them. */
function wordsIn(name, description = "") {
  const words = name === "expand" ? [...description.matchAll(/"(\w+)"/g)].map(([, word]) => word) : [];
  return words.length > 0 ? words : undefined;
}

/** Two elements, so that what separates them shows. */
function listOf(schema) {
  const value = sample(schema, { everything: true, variant: 0 });
  return schema.enum ? [value] : [value, `${value}2`];
}

/** Whether an example is what its schema says; enough of JSON Schema for those of the document. */
function allows(schema, value) {
  switch (schema.type) {
    case "string":
      return typeof value === "string" && schema.format === undefined;
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number";
    case "array":
      return Array.isArray(value) && value.length > 0 && value.every((item) => allows(schema.items, item));
    default:
      return false;
  }
}

/** The query pairs that have to arrive for a parameter. */
function pairs(name, value, operation) {
  const { commaList } = operation.parameters.find((parameter) => parameter.in === "query" && parameter.name === name);
  if (commaList) return [[name, value.join(",")]];
  if (Array.isArray(value)) return value.map((item) => [name, String(item)]);
  if (typeof value !== "object") return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    [inner].flat().map((item) => [`${name}[${key}]`, String(item)]),
  );
}
