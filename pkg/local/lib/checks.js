// What a request gives, read and checked against its operation in the document.
import { checks } from "./document.js";
import { Refusal, invalid } from "./refusal.js";

/** The service takes no more of a page at once. */
const LARGEST_PAGE = 500;

/**
 * `{ query, body }` by their names and with their types; a refusal says everything that is wrong. What the
 * document does not know is no harm: it goes to `notes`.
 */
export async function readRequest(operation, { url, headers, bytes, notes }, path) {
  checkAccept(headers.accept);
  const problems = operation.parameters
    .filter(({ in: place }) => place === "path")
    .flatMap((one) => violations(one.check, readText(one, path[one.name]), `path parameter "${one.name}"`));
  const query = readQuery(operation, url.searchParams, problems);
  notes.push(...unknownParameters(operation, url.searchParams));
  const body = await readBody(operation, headers, bytes, problems);
  if (problems.length > 0) throw invalid(problems.join("; "));
  return { query, body };
}

/** The service has JSON and knows it by one name only. */
function checkAccept(accept = "*/*") {
  const types = accept.split(",").map((type) => type.replace(/;\s*q=.*$/, "").trim());
  if (types.some((type) => ["application/json", "application/*", "*/*"].includes(type))) return;
  throw new Refusal(406, { errors: [{ code: "NOT_ACCEPTABLE", message: "Accept has to be application/json" }] });
}

function readQuery(operation, given, problems) {
  const query = {};
  for (const parameter of operation.parameters.filter(({ in: place }) => place === "query")) {
    const { name, required, check } = parameter;
    const raw = parameter.style === "deepObject" ? readDeepObject(name, given) : (given.get(name) ?? undefined);
    if (raw === undefined) {
      if (required) problems.push(`query parameter "${name}" is missing`);
      continue;
    }
    query[name] = typeof raw === "string" ? readText(parameter, raw) : raw;
    const found = violations(check, query[name], `query parameter "${name}"`);
    if (found.length === 0 && name === "page_size" && !(query[name] >= 1 && query[name] <= LARGEST_PAGE)) {
      found.push(`query parameter "page_size" must be from 1 to ${LARGEST_PAGE}`);
    }
    problems.push(...found);
  }
  return query;
}

function unknownParameters({ parameters }, given) {
  const known = new Set(parameters.filter(({ in: place }) => place === "query").map(({ name }) => name));
  const unknown = [...given.keys()].filter((key) => !known.has(key.replace(/\[.*\]$/, "")));
  return [...new Set(unknown)].map((key) => `the document has no query parameter ${JSON.stringify(key)} here`);
}

/** `name[key]=value`, repeated for more than one value. */
function readDeepObject(name, given) {
  const object = Object.create(null);
  for (const [key, value] of given) {
    const inner = key.startsWith(`${name}[`) && key.endsWith("]") && key.slice(name.length + 1, -1);
    if (inner) (object[inner] ??= []).push(value);
  }
  return Object.keys(object).length > 0 ? object : undefined;
}

/** A text as what its schema says, if it is that. */
function readText({ type }, text) {
  if (type === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

async function readBody({ body: described }, headers, bytes, problems) {
  if (bytes.length === 0) {
    if (described?.required) problems.push("the body is missing");
    return described ? {} : undefined;
  }
  // Whoever sends a body where none is foreseen does no harm: the service does not look at it.
  if (!described) return undefined;
  const [type] = (headers["content-type"] ?? "").split(";");
  const found = Object.entries(described.content).find(([name]) => name.split(";")[0] === type.trim().toLowerCase());
  if (!found) {
    const known = [...new Set(Object.keys(described.content).map((name) => name.split(";")[0]))].join(" or ");
    problems.push(`Content-Type has to be ${known}, not ${JSON.stringify(type)}`);
    return undefined;
  }
  const [, check] = found;
  const body = await parse(found[0], headers, bytes).catch(() => undefined);
  if (body === undefined) {
    problems.push(`the body is not ${found[0]}`);
    return undefined;
  }
  // A file is a text to the schema.
  const plain = (value) => (value instanceof File ? value.name : value);
  const isForm = !found[0].startsWith("application/json");
  const shown = isForm ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, plain(value)])) : body;
  problems.push(...violations(check, shown, "body"));
  return body;
}

async function parse(type, headers, bytes) {
  if (type.startsWith("application/json")) return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  const form = await new Response(bytes, { headers: { "content-type": headers["content-type"] } }).formData();
  return Object.fromEntries(form);
}

/** What is wrong with a value, in words. */
function violations(name, value, place) {
  const check = checks[name];
  if (check(value)) return [];
  return check.errors.map(({ instancePath, message, params }) => {
    const where = instancePath ? `${place} ${instancePath.slice(1).replaceAll("/", ".")}` : place;
    const choices = params.allowedValues ? `: ${params.allowedValues.join(", ")}` : "";
    return `${where} ${message}${choices}`;
  });
}
