// A call as code to take along: for Node, a Worker, Rust or a shell. No token and no other secret is in it: what is
// secret among the arguments is a name in its place.
import { hasParams, isSecret } from "./operations.js";

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Arguments as they may be copied: what is missing and what is secret is a placeholder. */
export function forCopy(operation, args) {
  const { positional, shorthand, parameters, body } = operation;
  const hasPlace = (name) => positional.includes(name) && !shorthand;
  const needed = [...parameters, ...bodyFields(body)].filter(({ name, required }) => required || hasPlace(name));
  const missing = needed
    .filter(({ name }) => args[name] === undefined)
    .map(({ name, schema }) => [name, placeholder(name, schema)]);
  return hide({ ...Object.fromEntries(missing), ...args });
}

function bodyFields(body) {
  const { required = [], properties = {} } = body?.schema ?? {};
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: body.required && required.includes(name),
  }));
}

function placeholder(name, { type, format, enum: values, oneOf }) {
  if (format === "binary") return FILE;
  if (values) return values[0];
  if (oneOf) return placeholder(name, oneOf[0]);
  return { array: [], boolean: false, integer: 0, number: 0, object: {} }[type] ?? `<${name}>`;
}

/** Stands for a file. */
export const FILE = Symbol("logo.png");
const isFile = (value) => value === FILE || (typeof Blob === "function" && value instanceof Blob);

function hide(value, name) {
  if (isFile(value)) return FILE;
  if (Array.isArray(value)) return value.map((item) => hide(item, name));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner, key)]));
  }
  return typeof value === "string" && value !== "" && isSecret(name ?? "") ? `<${name}>` : value;
}

export const split = ({ positional }, args) => [
  positional.map((name) => args[name]),
  Object.fromEntries(Object.entries(args).filter(([name]) => !positional.includes(name))),
];

const holdsFile = (value) =>
  isFile(value) || (value !== null && typeof value === "object" && Object.values(value).some(holdsFile));

/** For Node, to run as it is: the credentials are in the environment. */
export function node(operation, given, isAll = false) {
  const values = argumentsOf(operation, given);
  const method = methodFor(operation, given);
  const lines = [`import { Kinde } from "kinde-edge";`];
  if (values.some(holdsFile)) lines.unshift(`import { openAsBlob } from "node:fs";`);
  lines.push("", "// KINDE_DOMAIN, KINDE_CLIENT_ID, KINDE_CLIENT_SECRET", "const kinde = Kinde.fromEnv();", "");
  const file = `await openAsBlob("${FILE.description}")`;
  if (isAll) {
    lines.push(...callLines("for await (const item of ", method, values, ") {", "", file));
    lines.push("  console.log(item);", "}");
  } else if (operation.answers) {
    lines.push(...callLines("const answer = await ", method, values, ";", "", file), "console.log(answer);");
  } else {
    lines.push(...callLines("await ", method, values, ";", "", file), `console.log("Done");`);
  }
  return `${lines.join("\n")}\n`;
}

/** A Worker that makes the call and answers with what came. */
export function worker(operation, given, isAll = false) {
  const values = argumentsOf(operation, given);
  const method = methodFor(operation, given);
  const file = `await (await fetch("https://example.com/${FILE.description}")).blob()`;
  const indent = "    ";
  const lines = [
    `import { Kinde } from "kinde-edge";`,
    "",
    "interface Env {",
    "  KINDE_DOMAIN: string;",
    "  KINDE_CLIENT_ID: string;",
    "  KINDE_CLIENT_SECRET: string;",
    "}",
    "",
    "export default {",
    "  async fetch(_request, env) {",
    "    const kinde = Kinde.fromEnv(env);",
  ];
  if (isAll) {
    lines.push(`${indent}const items = [];`);
    lines.push(...callLines("for await (const item of ", method, values, ") {", indent, file));
    lines.push(`${indent}  items.push(item);`, `${indent}}`, `${indent}return Response.json(items);`);
  } else if (operation.answers) {
    lines.push(...callLines("const answer = await ", method, values, ";", indent, file));
    lines.push(`${indent}return Response.json(answer);`);
  } else {
    lines.push(...callLines("await ", method, values, ";", indent, file));
    lines.push(`${indent}return new Response("Done");`);
  }
  lines.push("  },", "} satisfies ExportedHandler<Env>;");
  return `${lines.join("\n")}\n`;
}

/** The values of a call in their order; the method without the identifier, where nobody gave one. */
function argumentsOf(operation, given) {
  const [path, rest] = split(operation, forCopy(operation, given));
  // Some calls cannot be made without params, though none of them is needed.
  const isNeeded = operation.body?.required && hasParams(operation);
  const values = Object.keys(rest).length > 0 || isNeeded ? [...path, rest] : path;
  return values.filter((value) => value !== undefined);
}

const isDefault = (path) => path.includes(undefined);
const methodFor = (operation, given) =>
  isDefault(split(operation, forCopy(operation, given))[0]) ? operation.shorthand : operation.call;

// As Prettier sets it, in 80 columns.

const WIDTH = 80;

/** The lines of a call between what comes before and after it. */
function callLines(before, method, values, after, indent, file) {
  const head = `${indent}${before}kinde.${method}(`;
  const end = `)${after}`;
  const flat = head + values.map((value) => flatOf(value, file)).join(", ") + end;
  if (flat.length <= WIDTH && !values.some(mustBreak)) return [flat];
  const last = values.at(-1);
  const first = values.slice(0, -1).map((value) => `${flatOf(value, file)}, `);
  const opens = `${head}${first.join("")}`;
  const canHug = isOpen(last) && opens.length + 1 <= WIDTH;
  if (canHug) return `${opens}${broken(last, indent, file)}${end}`.split("\n");
  const inner = `${indent}  `;
  // One short value is not set apart: the whole call is.
  const [assigned, rest] = before.split(" = ");
  const isShort = rest && values.length === 1 && flatOf(last, file).length <= WIDTH / 4;
  if (isShort) {
    const call = `${inner}${rest}kinde.${method}(${flatOf(last, file)}${end}`;
    if (call.length <= WIDTH) return [`${indent}${assigned} =`, call];
  }
  const rows = values.map((value) => `${inner}${set(value, inner.length, inner, file)},`);
  return [head, ...rows, `${indent}${end}`].join("\n").split("\n");
}

const isOpen = (value) =>
  value !== null && typeof value === "object" && !isFile(value) && Object.keys(value).length > 0;
/** Several objects of several fields are one below the other, always. */
const mustBreak = (value) =>
  isOpen(value) &&
  ((Array.isArray(value) &&
    value.length > 1 &&
    value.every((one) => isOpen(one) && !Array.isArray(one) && Object.keys(one).length > 1)) ||
    Object.values(value).some(mustBreak));

/** A value from a column on: in one line where it fits. */
function set(value, column, indent, file) {
  const flat = flatOf(value, file);
  return (column + flat.length + 1 <= WIDTH && !mustBreak(value)) || !isOpen(value)
    ? flat
    : broken(value, indent, file);
}

function broken(value, indent, file) {
  const inner = `${indent}  `;
  const rows = Object.entries(value).map(([name, one]) => {
    const label = Array.isArray(value) ? "" : `${keyOf(name)}: `;
    const text = set(one, inner.length + label.length, inner, file);
    // A text that is too long is below its name.
    const isLong = label !== "" && typeof one === "string" && inner.length + label.length + text.length + 1 > WIDTH;
    return isLong ? `${inner}${label.trimEnd()}\n${inner}  ${text},` : `${inner}${label}${text},`;
  });
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${rows.join("\n")}\n${indent}${close}`;
}

const keyOf = (name) => (IDENTIFIER.test(name) ? name : JSON.stringify(name));

function flatOf(value, file) {
  if (isFile(value)) return file;
  if (typeof value === "string") return text(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => flatOf(one, file)).join(", ")}]`;
  const parts = Object.entries(value).map(([name, one]) => `${keyOf(name)}: ${flatOf(one, file)}`);
  return parts.length > 0 ? `{ ${parts.join(", ")} }` : "{}";
}

/** In the quotes of which there are fewer in it. */
function text(value) {
  const inner = JSON.stringify(value).slice(1, -1);
  const count = (mark) => value.split(mark).length;
  if (count('"') <= count("'")) return `"${inner}"`;
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** As commands: one for a token, which is a variable of the shell, and the call. */
export function curl(operation, given, domain = "https://<your_business>.kinde.com") {
  if (!operation.scope) return curlCall(operation, given, domain);
  const token = [
    `KINDE_TOKEN=$(curl -s ${quote(`${domain}/oauth2/token`)}`,
    "-d grant_type=client_credentials",
    `-d "client_id=$KINDE_CLIENT_ID"`,
    `-d "client_secret=$KINDE_CLIENT_SECRET"`,
    `-d ${quote(`audience=${domain}/api`)}`,
  ];
  const read = `| sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')`;
  return `${token.join(" \\\n  ")} \\\n  ${read}\n\n${curlCall(operation, given, domain)}`;
}

/** The call alone. */
export function curlCall(operation, given, domain) {
  const args = forCopy(operation, given);
  const { method, path, parameters, body } = operation;
  const target = path.replaceAll(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(args[name]));
  const query = parameters
    .filter(
      (parameter) => parameter.in === "query" && args[parameter.name] !== undefined && args[parameter.name] !== null,
    )
    .flatMap(({ name, commaList }) => pairs(name, args[name], commaList));
  const search = query.length > 0 ? `?${query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")}` : "";
  const parts = [`curl ${method === "GET" ? "" : `-X ${method} `}${quote(`${domain}${target}${search}`)}`];
  parts.push(`-H "Authorization: Bearer $KINDE_TOKEN"`, `-H 'Accept: application/json'`);
  const names = new Set(parameters.map(({ name }) => name));
  const content = Object.entries(args).filter(
    ([name]) => !names.has(name) || Object.hasOwn(body?.schema.properties ?? {}, name),
  );
  if (body && (content.length > 0 || body.required)) parts.push(...bodyOf(body, content));
  return `${parts.join(" \\\n  ")}\n`;
}

function bodyOf({ contentType, schema }, content) {
  const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  switch (contentType) {
    case "multipart/form-data":
      return content.map(
        ([name, value]) => `-F ${quote(isFile(value) ? `${name}=@${FILE.description}` : `${name}=${text(value)}`)}`,
      );
    case "application/x-www-form-urlencoded":
      return content.map(([name, value]) => `--data-urlencode ${quote(`${name}=${text(value)}`)}`);
    default: {
      const whole = schema.properties ? Object.fromEntries(content) : content[0]?.[1];
      return [`-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(whole))}`];
    }
  }
}

function pairs(name, value, commaList) {
  if (Array.isArray(value)) return commaList ? [[name, value.join(",")]] : value.map((item) => [name, String(item)]);
  if (typeof value !== "object") return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    [inner].flat().map((item) => [`${name}[${key}]`, String(item)]),
  );
}

/** In single quotes, where a shell changes nothing. */
const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
