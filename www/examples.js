// Arguments to begin with: ids of what this tenant has, and the examples of the API document for the rest.
import { bodyFields, isSecret, membersOf } from "./operations.js";

/**
 * Where there is no example: what a value of that name looks like.
 * @type {[RegExp, (id: string) => string][]}
 */
const BY_NAME = [
  [/email/, (id) => `ada.${id}@example.com`],
  [/(url|uri|endpoint|audience)s?$/, (id) => `https://example.com/${id}`],
  [/phone/, () => "+61400000000"],
  [/handle|key$/, (id) => `example_${id}`],
  [/^urls?$/, (id) => `https://example.com/${id}`],
];
const BY_FORMAT = {
  email: (id) => `ada.${id}@example.com`,
  uri: (id) => `https://example.com/${id}`,
  url: (id) => `https://example.com/${id}`,
  "date-time": () => new Date(Date.now() - 86_400_000).toISOString().replace(/\.\d+/, ""),
  date: () => new Date().toISOString().slice(0, 10),
};
/** What has to be new for each thing that is made. */
const UNIQUE = /^(key|handle|email|username|audience|provided_id|external_id|value|name|code)$/;

/** The arguments of an operation: what it needs, and what of its body has an example or a thing to name. */
export async function exampleOf(operation, tenant) {
  const id = Math.random().toString(36).slice(2, 7);
  const context = { operation, tenant, id, args: {}, makes: operation.method === "POST" };
  const { parameters, body, method } = operation;
  for (const parameter of parameters) {
    if (!parameter.required && (method === "GET" || parameter.in !== "query" || isCursor(parameter.name))) continue;
    const schema = { ...parameter.schema, example: parameter.example ?? parameter.schema.example };
    const value = await sample(
      context,
      { description: parameter.description, ...schema },
      parameter.name,
      parameter.required,
    );
    if (value !== undefined) context.args[parameter.name] = value;
  }
  const fields = bodyFields(body);
  for (const { name, schema, required } of fields) {
    // A new thing has a name, even where the document does not ask for one.
    const value = await sample(context, schema, name, required || (context.makes && /^(name|key)$/.test(name)));
    if (value !== undefined) context.args[name] = value;
  }
  // A change has something to change.
  const [first] = fields.filter(({ schema }) => schema.type === "string" && schema.format === undefined);
  if (first && !fields.some(({ name }) => name in context.args)) {
    for (const { name, schema } of fields.filter(({ name }) => name === first.name || /^(name|key)$/.test(name)))
      context.args[name] = await sample(context, schema, name, true);
  }
  return context.args;
}

const isCursor = (name) => /^(next_token|starting_after|ending_before)$/.test(name);

async function sample(context, schema, path, required) {
  const { operation, tenant, args } = context;
  const name = path.split(".").findLast((step) => !/^\d+$/.test(step));
  const { type, enum: values, oneOf, anyOf, format } = schema;
  if (format === "binary") return undefined;
  if (oneOf ?? anyOf) return sample(context, (oneOf ?? anyOf)[0], path, required);
  if (schema.properties) return object(context, schema, path, required);
  if (type === "array") return list(context, schema, path, required);
  if (values) {
    if (values.includes(schema.example)) return schema.example;
    // What is in a list is one kind of thing.
    const isKind = name === "type" && /\.\d+\./.test(path);
    return required || isKind ? values.find((one) => one !== null && one !== "") : undefined;
  }
  if (type !== "boolean" && type !== "integer" && type !== "number" && tenant.knows(operation, path, schema)) {
    const found = await tenant.valuesFor(operation, path, schema, args);
    if (found.length > 0) return pick(found).value;
    // An id of the document's is one of another tenant.
    if (!required) return undefined;
  }
  return plain(context, schema, name, required);
}

/** A thing of the tenant's own rather than one that every tenant has. */
const pick = (found) => found.find(({ isOwn }) => isOwn) ?? found[0];

async function object(context, schema, path, required) {
  const members = [];
  for (const { name, schema: inner, required: isNeeded } of membersOf(schema)) {
    const value = await sample(context, inner, `${path}.${name}`, isNeeded);
    if (value !== undefined && !isRemoval(name, inner)) members.push([name, value]);
  }
  return members.length > 0 || required ? Object.fromEntries(members) : undefined;
}

/** An example of a bulk change should not take away what it names. */
const isRemoval = (name, { enum: values, example }) => name === "operation" && (values ?? [example]).includes("delete");

async function list(context, { example, items: given, description }, path, required) {
  const items = given ?? {};
  const { operation, tenant } = context;
  const own = `${path}.0`;
  const isOfThings = items.type !== "object" && tenant.knows(operation, own, { description, ...items });
  if (!isOfThings && Array.isArray(example) && example.length > 0 && items.type !== "object") return example;
  const one = await sample(context, { description, ...items }, own, required || items.type === "object");
  return one === undefined ? undefined : [one].flat();
}

function plain({ id, makes }, { type, example, format, maxLength, additionalProperties }, name, required) {
  const fits =
    example !== undefined && (type === undefined || typeof example === (type === "integer" ? "number" : type));
  if (fits && typeof example === "string" && makes && UNIQUE.test(name) && !isSecret(name)) return unique(example, id);
  if (fits && !(typeof example === "object" && additionalProperties)) return example;
  if (fits) return example;
  if (!required) return undefined;
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return 1;
  if (type === "object") return {};
  const made = BY_FORMAT[format]?.(id) ?? BY_NAME.find(([pattern]) => pattern.test(name))?.[1](id) ?? `Example ${id}`;
  return maxLength ? made.slice(0, maxLength) : made;
}

/** The example, and something that no other has: before the @ of an address, at the end of all else. */
function unique(example, id) {
  if (example.includes("@")) return example.replace("@", `.${id}@`);
  if (/\s/.test(example)) return `${example} ${id}`;
  return `${example}${example.includes("-") ? "-" : "_"}${id}`;
}
