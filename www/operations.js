// The operations of the API, from operations.json, which `cargo xtask codegen` writes, and their addresses.

/** Load them, in the order of their resources; a group is what a client's first accessor is called. */
export async function loadOperations() {
  const list = (await load("operations.json")).map((operation) => ({ ...operation, ...namesOf(operation) }));
  return list.sort((one, other) => compare(one.resource, other.resource));
}

async function load(file) {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return response.json();
}

const files = {};
/** A file that only some need: what its answers look like, the names in Rust. */
export const lazily = (file) =>
  (files[file] ??= load(file).catch((error) => (delete files[file], Promise.reject(error))));

const compare = (one, other) => (one < other ? -1 : Number(one > other));

function namesOf({ resource, name, operationId }) {
  const call = `${resource}.${name}`;
  const [group] = resource.split(".");
  return {
    call,
    group,
    /** The call without its group, for where that is said already. */
    short: call.slice(group.length + 1),
    hash: `#/${resource}/${operationId}`,
  };
}

/** The operation that the address names: the last part of its path is the operation id. */
export function operationAt(operations, hash) {
  const id = hash.split("?")[0].split("/").at(-1);
  return hash.startsWith("#/") ? operations.find(({ operationId }) => operationId === id) : undefined;
}

/** Whether there may be more pages of it. */
export const hasPages = ({ paging }) => paging?.cursor !== undefined;

/** What an address that names no operation may have meant: its words. */
export const wordsIn = (hash) =>
  decode(hash.split("?")[0])
    .replaceAll(/[^\p{L}\d]+/gu, " ")
    .trim();

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The properties of a body as fields; what is no object with known fields is given as a whole. */
export function bodyFields(body) {
  if (!body) return [];
  const { schema } = body;
  if (!schema.properties) return [{ name: "body", schema, required: body.required }];
  return membersOf(schema).map((member) => ({ ...member, required: member.required && body.required }));
}

/** The properties of an object, the required ones first. */
export function membersOf({ properties, required = [] }) {
  const members = Object.entries(properties).filter(([, schema]) => !schema.readOnly);
  const all = members.map(([name, schema]) => ({ name, schema, required: required.includes(name) }));
  return [...all.filter((member) => member.required), ...all.filter((member) => !member.required)];
}

/** Everything that an operation takes, by name. */
const fieldsOf = ({ parameters, body }) => [...parameters, ...bodyFields(body)];

/** Whether the method of an operation takes an object of params, behind the values that have their places. */
export function hasParams({ positional, parameters, body }) {
  const isNamed = (name) => !positional.includes(name);
  const fields = body && Object.keys(body.schema.properties ?? { body });
  return parameters.some(({ name }) => isNamed(name)) || Boolean(fields?.some(isNamed));
}

/** Whether a page should show what is typed into a field, or copy it along. A cursor opens nothing. */
export const isSecret = (name) =>
  /(^|_)(secret|password|salt|token|private_key|api_key)$/.test(name) && name !== "next_token";

/** The address of an operation with its arguments, without what is secret and without files. */
export function addressOf(operation, args = {}) {
  const plain = fieldsOf(operation).filter(({ schema }) => schema.type === "string" && !schema.format);
  const isText = new Set(plain.map(({ name }) => name));
  const pairs = Object.entries(withoutSecrets(args)).map(([name, value]) => [
    name,
    isText.has(name) && typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const query = new URLSearchParams(pairs).toString();
  return operation.hash + (query && `?${query}`);
}

/** The arguments that an address has. */
export function argumentsIn(operation, hash) {
  const fields = new Map(fieldsOf(operation).map(({ name, schema }) => [name, schema]));
  const args = {};
  for (const [name, text] of new URLSearchParams(hash.split("?").slice(1).join("?"))) {
    if (isSecret(name)) continue;
    const isText = fields.get(name)?.type === "string";
    args[name] = isText ? text : parse(text);
  }
  return args;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withoutSecrets(value) {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([name, inner]) =>
      !(isSecret(name) && typeof inner === "string") && !(inner instanceof Blob) && inner !== undefined,
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutSecrets(inner)]));
}

/** What stands beside a list in an answer. */
const ENVELOPE = new Set(["code", "message", "next_token", "has_more", "metadata"]);

/** What a list has, where the answer is one: `{ name, items }`. A thing that has a list among others is none. */
export function itemsOf({ paging }, data) {
  if (Array.isArray(data)) return { name: "items", items: data };
  if (data === null || typeof data !== "object") return undefined;
  if (paging && Array.isArray(data[paging.items])) return { name: paging.items, items: data[paging.items] };
  const own = Object.entries(data).filter(([key]) => !ENVELOPE.has(key));
  const isList = own.length === 1 && Array.isArray(own[0][1]);
  return isList ? { name: own[0][0], items: own[0][1] } : undefined;
}
