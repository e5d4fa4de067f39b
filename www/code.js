// A call as TypeScript, Rust or curl, to take along. No token and no other secret is in it: what is
// secret among the arguments is a name in its place.
import { isSecret } from "./operations.js";

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Arguments as they may be copied: what is missing and what is secret is a placeholder. */
function forCopy(operation, args) {
  const needed = [...operation.parameters, ...bodyFields(operation.body)].filter(({ required }) => required);
  const missing = needed
    .filter(({ name }) => args[name] === undefined)
    .map(({ name, schema }) => [name, placeholder(name, schema)]);
  return hide({ ...Object.fromEntries(missing), ...args });
}

function bodyFields(body) {
  if (!body?.required) return [];
  const { required = [], properties = {} } = body.schema;
  return required.map((name) => ({ name, schema: properties[name] ?? {}, required: true }));
}

function placeholder(name, { type, format, enum: values, oneOf }) {
  if (format === "binary") return FILE;
  if (values) return values[0];
  if (oneOf) return placeholder(name, oneOf[0]);
  return { array: [], boolean: false, integer: 0, number: 0, object: {} }[type] ?? `<${name}>`;
}

/** Stands for a file. */
const FILE = Symbol("logo.png");
const isFile = (value) => value === FILE || (typeof Blob === "function" && value instanceof Blob);

function hide(value, name) {
  if (isFile(value)) return FILE;
  if (Array.isArray(value)) return value.map((item) => hide(item, name));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner, key)]));
  }
  return typeof value === "string" && value !== "" && isSecret(name ?? "") ? `<${name}>` : value;
}

const split = ({ positional }, args) => [
  positional.map((name) => args[name]),
  Object.fromEntries(Object.entries(args).filter(([name]) => !positional.includes(name))),
];

/** As it is written with the package. */
export function typescript(operation, given) {
  const [path, rest] = split(operation, forCopy(operation, given));
  const values = Object.keys(rest).length > 0 ? [...path, rest] : path;
  const call = `await kinde.${operation.call}(${values.map((value) => literal(value)).join(", ")});`;
  const lines = [`import { Kinde } from "kinde-edge";`];
  if (values.some(holdsFile)) lines.unshift(`import { openAsBlob } from "node:fs";`);
  return [...lines, "", "const kinde = Kinde.fromEnv();", operation.answers ? `const answer = ${call}` : call, ""].join(
    "\n",
  );
}

const holdsFile = (value) =>
  isFile(value) || (value !== null && typeof value === "object" && Object.values(value).some(holdsFile));

/** A value as JavaScript has it. */
function literal(value, indent = "") {
  if (isFile(value)) return `await openAsBlob("${FILE.description}")`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const key = (name) => (IDENTIFIER.test(name) ? name : JSON.stringify(name));
  const parts = (depth) =>
    Object.entries(value).map(([name, one]) => (isList ? literal(one, depth) : `${key(name)}: ${literal(one, depth)}`));
  const [open, close] = isList ? ["[", "]"] : ["{ ", " }"];
  const short = `${open}${parts(indent).join(", ")}${close}`;
  if (Object.keys(value).length === 0) return isList ? "[]" : "{}";
  if (short.length < 70 && !short.includes("\n")) return short;
  return `${open.trim()}\n${parts(inner)
    .map((part) => `${inner}${part},\n`)
    .join("")}${indent}${close.trim()}`;
}

/** As a command: the token is a variable of the shell. */
export function curl(operation, given, domain = "https://<your_business>.kinde.com") {
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

/** With the crate; `names` is what rust.json has. */
export function rust(operation, given, names) {
  const { call, path, params, fields } = names.operations[operation.operationId];
  const [values, rest] = split(operation, forCopy(operation, given));
  const used = new Set(["Error", "Kinde"]);
  const write = (type, value, indent) => rustValue({ types: names.types, used }, type, value, indent);
  const parts = values.map((value, index) =>
    path[index] === "enum" ? `${string(value)}.into()` : path[index] === "text" ? string(value) : String(value),
  );
  if (params) {
    used.add("params");
    parts.push(`&${rustStruct(`params::${params}`, fields, rest, write, "    ")}`);
  }
  const answer = `kinde.${call}(${parts.join(", ")}).await?;`;
  const lines = [
    `async fn call(kinde: &Kinde) -> Result<(), Error> {`,
    `    ${operation.answers ? "let answer = " : ""}${answer}`,
    "    Ok(())",
    "}",
    "",
  ];
  return [`use kinde_edge::{${[...used].sort(compareNames).join(", ")}};`, "", ...lines].join("\n");
}

/** As rustfmt sorts them: modules before types. */
const compareNames = (one, other) => rank(one) - rank(other) || (one < other ? -1 : 1);
const rank = (name) => (/^[A-Z]/.test(name) ? 0 : 1);

const string = (value) =>
  `"${String(value).replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;

/** `fields`: by their names on the wire, `[identifier, type, how often in Some]`. */
function rustStruct(name, fields, values, write, indent) {
  const inner = `${indent}    `;
  const given = Object.entries(values ?? {}).filter(([key]) => Object.hasOwn(fields, key));
  if (given.length === 0) return `${name}::default()`;
  const lines = given.map(([key, value]) => {
    const [ident, type, depth] = fields[key];
    const wrap = (text) => "Some(".repeat(depth) + text + ")".repeat(depth);
    return `${inner}${ident}: ${value === null ? (depth > 1 ? "Some(None)" : "None") : wrap(write(type, value, inner))},\n`;
  });
  const rest = given.length < Object.keys(fields).length ? `${inner}..Default::default()\n` : "";
  return `${name} {\n${lines.join("")}${rest}${indent}}`;
}

function rustValue(context, type, value, indent) {
  const { types, used } = context;
  const inner = (of, one) => rustValue(context, of, one, `${indent}    `);
  if (typeof type === "object") {
    const [[kind, of]] = Object.entries(type);
    if (kind === "array")
      return `vec![${[value]
        .flat()
        .map((one) => inner(of, one))
        .join(", ")}]`;
    if (kind === "map") {
      const pairs = Object.entries(value).map(([key, one]) => `(${string(key)}.to_owned(), ${inner(of, one)})`);
      return `[${pairs.join(", ")}].into()`;
    }
    return `Box::new(${inner(of, value)})`;
  }
  switch (type) {
    case "string":
      return `${string(value)}.to_owned()`;
    case "list": {
      const texts = Array.isArray(value)
        ? value
        : String(value)
            .split(",")
            .map((text) => text.trim());
      return `vec![${texts.map((text) => `${string(text)}.to_owned()`).join(", ")}]`;
    }
    case "number":
      return Number.isInteger(value) ? `${value}.0` : String(value);
    case "integer":
    case "boolean":
      return String(value);
    case "file":
      used.add("File");
      return `File::new(include_bytes!("${FILE.description}"), "image/png", "${FILE.description}")`;
    case "json":
      return `serde_json::json!(${JSON.stringify(value)})`;
    case "object":
      return `serde_json::Map::from_iter([${Object.entries(value)
        .map(([key, one]) => `(${string(key)}.to_owned(), serde_json::json!(${JSON.stringify(one)}))`)
        .join(", ")}])`;
    default:
      break;
  }
  const definition = types[type];
  if (definition.choices) return `${string(value)}.into()`;
  used.add("models");
  if (definition.kinds) {
    const [variant, of] = definition.kinds.find(([, one]) => fits(types, one, value)) ?? definition.kinds[0];
    return `models::${type}::${variant}(${rustValue(context, of, value, indent)})`;
  }
  return rustStruct(
    `models::${type}`,
    definition.fields,
    value,
    (of, one, depth) => rustValue(context, of, one, depth),
    indent,
  );
}

function fits(types, type, value) {
  if (typeof type === "object") return "array" in type ? Array.isArray(value) : typeof value === "object";
  switch (type) {
    case "string":
    case "list":
      return typeof value === "string";
    case "number":
    case "integer":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "json":
    case "object":
      return true;
    default: {
      const { fields, choices } = types[type] ?? {};
      if (choices) return typeof value === "string";
      return typeof value === "object" && (!fields || Object.keys(value).every((key) => Object.hasOwn(fields, key)));
    }
  }
}
