// What the tenant has, for fields that name a thing of it and for ids in an answer: all of it follows from the
// names and paths of the operations, nothing is said of any one of them.
//
// - `user_id` means the `id` of what `users.list` gives; `org_code` the `code` of `organizations.list`.
// - In a path, what comes before the value says more: a role to take from a user is one of that user's.
import { isSecret, itemsOf } from "./operations.js";

const snake = (name) => name.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase();
const singular = (word) =>
  word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.endsWith("s") ? word.slice(0, -1) : word;
const last = (resource) => resource.split(".").at(-1);

const isList = ({ method, name, paging }) => method === "GET" && (paging || name === "list");
const inPath = ({ parameters }) => parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
const needed = ({ parameters }) => parameters.filter(({ required }) => required).map(({ name }) => name);

/** How the thing that a name means is called, and by which of its fields: `app_id` -> `["app", "id"]`. */
function partsOf(name, owner) {
  const match = /^(?:(.+)_)?(id|code|key)$/.exec(name);
  return match && [match[1] ?? singular(owner), match[2]];
}

/** A thing may go by the beginning or the end of its name: org, app, variable, category. */
function fitOf(noun, list) {
  const own = singular(snake(last(list.resource)));
  if (own === noun) return 3;
  if (own.endsWith(`_${noun}`)) return 2;
  if (noun.endsWith(`_${own}`)) return 1.5;
  return noun.length >= 3 && own.startsWith(noun) && list.resource === last(list.resource) ? 1 : 0;
}

/**
 * Where values for a field come from: lists, the best first, with the field of their items. `path` is the name of the
 * field, with dots inside of objects and lists: `users.0.roles.0`.
 */
export function sourcesOf(operations, operation, path, schema = {}) {
  const steps = path.split(".");
  const own = steps.filter((step) => !/^\d+$/.test(step));
  const name = own.at(-1);
  if (isSecret(name) || schema.enum || (schema.type ?? "string") !== "string") return [];
  const isItem = /^\d+$/.test(steps.at(-1));
  const owner = own.length > 1 ? own.at(-2) : last(operation.resource);
  const parts = isItem
    ? [singular(name), /\bkeys?\b/i.test(`${schema.description ?? ""}`) ? "key" : "id"]
    : partsOf(name, snake(owner));
  const isParameter = operation.parameters.some((one) => one.name === path);
  // The key of a new thing is its own.
  if (!parts || (!isParameter && own.length === 1 && own[0] === parts[1]))
    return stringsOf(operations, operation, path);
  const [noun, field] = parts;
  const isChange = ["PUT", "PATCH", "DELETE", "GET"].includes(operation.method);
  const at = operation.path.indexOf(`{${name}}`);
  const before = at > 0 ? operation.path.slice(0, at - 1) : undefined;
  const given = new Set(inPath(operation));
  const graded = operations.flatMap((list) => {
    if (list === operation && given.size === 0 && !list.parameters.some((one) => one.name === name)) return [];
    if (list.method !== "GET") return [];
    if (before !== undefined && list.path === before && (isList(list) || given.size > 1))
      return [[isChange || !operation.path.endsWith(`{${name}}`) ? 9 : 2.5, list]];
    if (!isList(list)) return [];
    const fit = fitOf(noun, list);
    if (fit === 0) return [];
    // What it is added to has it already.
    if (operation.method === "POST" && list.path === operation.path && list.path.includes("{")) return [];
    const open = needed(list).filter((one) => !given.has(one)).length;
    const shared = needed(list).filter((one) => given.has(one)).length;
    return [
      [
        fit +
          (shared > 0 && isChange ? 1 : 0) -
          open * 0.8 -
          last(list.resource).length / 1000 -
          list.resource.split(".").length * 0.1,
        list,
      ],
    ];
  });
  return graded.sort(([one], [other]) => other - one).map(([, list]) => ({ list, field }));
}

/** What is deleted by its value is one of those that the same address lists. */
function stringsOf(operations, operation, name) {
  const isValue =
    operation.method === "DELETE" && operation.parameters.some((one) => one.name === name && one.required);
  const list = isValue && operations.find(({ method, path }) => method === "GET" && path === operation.path);
  return list ? [{ list, field: "id" }] : [];
}

/** The items of a list that has things: what is wrapped is unwrapped, and an object of objects is a list with keys. */
export function thingsIn(list, data) {
  const found = itemsOf(list, data)?.items ?? mapIn(data);
  return found.map((item) => {
    const inner = item !== null && typeof item === "object" ? Object.values(item) : [];
    return inner.length === 1 && inner[0] !== null && typeof inner[0] === "object" ? inner[0] : item;
  });
}

function mapIn(data) {
  if (data === null || typeof data !== "object") return [];
  const maps = Object.values(data).filter((value) => value !== null && typeof value === "object");
  for (const map of maps.filter((value) => !Array.isArray(value))) {
    const entries = Object.entries(map);
    const isMap =
      entries.length > 0 &&
      entries.every(([, value]) => value !== null && typeof value === "object" && !Array.isArray(value));
    if (isMap) return entries.map(([key, value]) => ({ key, ...value }));
    if ("id" in map) return [map];
  }
  return maps.flat().filter((value) => value !== null && typeof value === "object" && "id" in value);
}

/** Whether it is of the tenant's making; what every tenant has is seldom what is meant. */
const isOwn = (item) =>
  !Object.entries(item ?? {}).some(([key, value]) => value === true && /kinde|system|management_api/.test(key));

/** What a thing is called by people. */
export function labelOf(item) {
  if (item === null || typeof item !== "object") return String(item);
  const person = [item.first_name, item.last_name].filter(Boolean).join(" ");
  const names = [
    item.full_name,
    person,
    item.display_name,
    item.name,
    item.preferred_email,
    item.email,
    item.title,
    item.key,
    item.endpoint,
  ];
  return names.find((name) => typeof name === "string" && name !== "") ?? "";
}

/** A look at what the tenant has, kept for a while: `call` makes a call. */
export class Tenant {
  #operations;
  #call;
  #kept = new Map();

  constructor(operations, call) {
    this.#operations = operations;
    this.#call = call;
  }

  /** Something was changed, or somebody else calls: look again. */
  forget() {
    this.#kept.clear();
  }

  /** Whether there is a list for that field. */
  knows(operation, path, schema) {
    return sourcesOf(this.#operations, operation, path, schema).length > 0;
  }

  /** The values that a field may have, `{ value, label }`, with the arguments that are given already. */
  async valuesFor(operation, path, schema, args) {
    for (const { list, field } of sourcesOf(this.#operations, operation, path, schema).slice(0, 3)) {
      const things = await this.#all(list, args, 2).catch(() => []);
      const values = things.flatMap((item) => {
        const value =
          typeof item === "string"
            ? item
            : [field, "key", "code", "id"].map((one) => item?.[one]).find((one) => one !== undefined);
        return typeof value === "string" && value !== "" ? [{ value, label: labelOf(item), isOwn: isOwn(item) }] : [];
      });
      if (values.length === 0) continue;
      const taken = await this.#takenBy(operation, path, args);
      const free = values.filter(({ value }) => !taken.has(value));
      return free.length > 0 ? free : values;
    }
    return [];
  }

  /** The ids that a collection has already, of what is added to it. */
  async #takenBy(operation, path, args) {
    const isOf = (list) => list.path === operation.path || `${list.path}/{${path}}` === operation.path;
    const own = operation.method === "POST" && this.#operations.find((list) => isList(list) && isOf(list));
    const isAdded = own && (own.path !== operation.path || !inPath(operation).includes(path));
    const things = isAdded ? await this.#all(own, args, 0).catch(() => []) : [];
    return new Set(things.map((item) => item?.id));
  }

  /** What a list has, where what it needs is found first if it is not given. */
  async #all(list, args, depth) {
    const own = {};
    const open = [];
    for (const { name, required, schema, in: place } of list.parameters) {
      if (args[name] !== undefined && (required || place === "path" || name === "context")) own[name] = args[name];
      else if (required) open.push([name, schema]);
    }
    if (list.parameters.some(({ name }) => name === "page_size")) own.page_size = 50;
    if (open.length === 0) return this.#get(list, own);
    if (depth === 0 || open.length > 1) return [];
    const [[name, schema]] = open;
    const owners = await this.valuesFor(list, name, schema, args);
    for (const { value } of owners.slice(0, 5)) {
      const found = await this.#all(list, { ...args, [name]: value }, depth - 1).catch(() => []);
      if (found.length > 0) return found;
    }
    return [];
  }

  #get(list, args) {
    const key = `${list.operationId} ${JSON.stringify(args)}`;
    if (!this.#kept.has(key)) {
      const things = this.#call(list, args).then((data) => thingsIn(list, data));
      this.#kept.set(key, things);
      things.catch(() => this.#kept.delete(key));
    }
    return this.#kept.get(key);
  }
}

/** The fields of a body that may name a thing: its own, and those of the objects in its lists. */
function inBody(schema) {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, { type, items }]) => {
    if (type === "array")
      return Object.keys(items?.properties ?? {}).map((inner) => ({
        name: inner,
        in: "body",
        owner: singular(name),
        list: name,
      }));
    return type === "string" ? [{ name, in: "body" }] : [];
  });
}

const found = new WeakMap();

/**
 * What can be done with a field of an answer that is an id: operations that take it, the nearest first, each with
 * `args(value, more)`, which gives its arguments. `path` is the name of the field in the answer.
 */
export function actionsOf(operations, operation, path) {
  if (!found.has(operation)) found.set(operation, new Map());
  const known = found.get(operation);
  const own = path.replaceAll(/(^|\.)\d+(?=\.|$)/g, "");
  if (!known.has(own)) known.set(own, findActions(operations, operation, own));
  return known.get(own);
}

function findActions(operations, operation, path) {
  const own = path.split(".").filter(Boolean);
  const name = own.at(-1) ?? "";
  const parts = partsOf(name, snake(own.length > 1 ? own.at(-2) : last(operation.resource)));
  if (!parts) return [];
  const [noun, field] = parts;
  const lists = operations.filter((list) => isList(list) && fitOf(noun, list) > 0);
  const owner = lists.find(({ resource }) => !resource.includes(".")) ?? lists[0];
  if (!owner) return [];
  const actions = operations.flatMap((one) => {
    const target = [...one.parameters, ...inBody(one.body?.schema)].find((taken) => {
      const meant = partsOf(taken.name, taken.owner ?? snake(last(one.resource)));
      if (!meant || meant[1] !== field) return false;
      if (taken.in === "query" && (!taken.required || isList(one))) return false;
      // The id of a new thing is its own.
      if (taken.in === "body" && !taken.owner && meant[1] === taken.name) return false;
      return meant[0] === noun || fitOf(meant[0], owner) > 0;
    });
    if (!target) return [];
    const others = needed(one).filter((other) => other !== target.name);
    const isOwn = one.resource === owner.resource;
    const turn = { GET: 0, PATCH: 1, POST: 2, PUT: 3, DELETE: 4 }[one.method];
    const isFarther = target.in === "body" && !target.list ? 4 : 0;
    const grade = (isOwn ? 0 : 10) + turn + others.length * 2 + one.resource.split(".").length + isFarther;
    const args = (value, more) => ({
      ...Object.fromEntries(others.filter((other) => more[other] !== undefined).map((other) => [other, more[other]])),
      ...(target.list ? { [target.list]: [{ [target.name]: value }] } : { [target.name]: value }),
    });
    return [{ operation: one, args, grade, opens: isOwn && one.method === "GET" && others.length === 0 }];
  });
  return actions.sort((one, other) => one.grade - other.grade);
}
