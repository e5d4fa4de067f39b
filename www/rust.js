// The call in Rust: a Worker with the crate, set as rustfmt sets it. `names` is what rust.json has.
import { FILE, forCopy, split } from "./code.js";

/** What rustfmt calls max_width, fn_call_width, array_width, chain_width and struct_lit_width. */
const [WIDTH, CALL, ARRAY, CHAIN, STRUCT] = [100, 60, 60, 60, 18];
const STEP = "    ";

/** A Worker that makes the call and answers with what came. */
export function rust(operation, given, names) {
  const { call, shorthand, path, params, fields } = names.operations[operation.operationId];
  const [values, rest] = split(operation, forCopy(operation, given));
  const used = new Set(["Kinde"]);
  const context = { types: names.types, used };
  const parts = values
    .filter((value) => value !== undefined)
    .map((value, index) =>
      path[index] === "enum" ? `${string(value)}.into()` : path[index] === "text" ? string(value) : String(value),
    );
  const lines = [];
  if (params) {
    used.add("params");
    const struct = structOf(context, `params::${params}`, fields, rest);
    lines.push(`let params = ${render(struct, STEP, STEP.length + "let params = ".length, 1)};`);
    parts.push("&params");
  }
  lines.push(chain(values.includes(undefined) ? shorthand : call, parts));
  const done = operation.answers ? "Ok(answer) => Response::from_json(&answer)," : `Ok(()) => Response::ok("Done"),`;
  return [
    `use kinde_edge::{${[...used].sort(compareNames).join(", ")}};`.replace(/\{(\w+)\}/, "$1"),
    "use worker::{Context, Env, Request, Response, Result, event};",
    "",
    "#[event(fetch)]",
    "async fn fetch(_request: Request, env: Env, _context: Context) -> Result<Response> {",
    `    let domain = env.var("KINDE_DOMAIN")?.to_string();`,
    `    let id = env.var("KINDE_CLIENT_ID")?.to_string();`,
    `    let secret = env.secret("KINDE_CLIENT_SECRET")?.to_string();`,
    "    let kinde = Kinde::builder(&domain)",
    "        .client_credentials(&id, &secret)",
    "        .build()",
    "        .map_err(|error| worker::Error::RustError(error.to_string()))?;",
    ...lines.map((line) => STEP + line),
    "    match answer {",
    `        ${done}`,
    "        Err(error) => Response::error(error.to_string(), 502),",
    "    }",
    "}",
    "",
  ].join("\n");
}

/** The statement of the call: in one line where it is short, else a method a line. */
function chain(call, parts) {
  const flat = `kinde.${call}(${parts.join(", ")}).await`;
  if (flat.length <= CHAIN && flat.length + 4 + "let answer = ;".length <= WIDTH) return `let answer = ${flat};`;
  const methods = call.split(".");
  const last = methods.pop();
  const inner = STEP + STEP;
  const args = parts.join(", ");
  const fits = args.length <= CALL && inner.length + 1 + last.length + 2 + args.length <= WIDTH;
  const set = fits ? `(${args})` : `(\n${parts.map((part) => `${inner}${STEP}${part},\n`).join("")}${inner})`;
  return [
    "let answer = kinde",
    ...methods.map((method) => `${inner}.${method}`),
    `${inner}.${last}${set}`,
    `${inner}.await;`,
  ].join("\n");
}

/** As rustfmt sorts them: modules before types. */
const compareNames = (one, other) => rank(one) - rank(other) || (one < other ? -1 : 1);
const rank = (name) => (/^[A-Z]/.test(name) ? 0 : 1);

const string = (value) =>
  `"${String(value).replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;

// A value is text, or what has parts: { open, parts, close, width, isStruct }.

const owned = (value) => `${string(value)}.to_owned()`;
const some = (value, depth) =>
  depth > 0 ? { open: "Some(", parts: [some(value, depth - 1)], close: ")", width: CALL } : value;

/** `fields`: by their names on the wire, `[identifier, type, how often in Some]`. */
function structOf(context, name, fields, values) {
  const given = Object.entries(values ?? {}).filter(([key]) => Object.hasOwn(fields, key));
  if (given.length === 0) return `${name}::default()`;
  const parts = given.map(([key, value]) => {
    const [ident, type, depth] = fields[key];
    const inner = value === null ? (depth > 1 ? "Some(None)" : "None") : some(valueIn(context, type, value), depth);
    return { label: `${ident}: `, value: inner };
  });
  const rest = given.length < Object.keys(fields).length;
  return { open: `${name} {`, parts, close: "}", width: STRUCT, isStruct: true, rest };
}

function valueIn(context, type, value) {
  const { types, used } = context;
  if (typeof type === "object") {
    const [[kind, of]] = Object.entries(type);
    if (kind === "array")
      return { open: "vec![", parts: [value].flat().map((one) => valueIn(context, of, one)), close: "]", width: ARRAY };
    if (kind === "map") {
      const pairs = Object.entries(value).map(([key, one]) => ({
        open: "(",
        parts: [owned(key), valueIn(context, of, one)],
        close: ")",
        width: CALL,
      }));
      return { open: "[", parts: pairs, close: "].into()", width: ARRAY };
    }
    return { open: "Box::new(", parts: [valueIn(context, of, value)], close: ")", width: CALL };
  }
  switch (type) {
    case "string":
      return owned(value);
    case "list": {
      const texts = Array.isArray(value)
        ? value
        : String(value)
            .split(",")
            .map((text) => text.trim());
      return { open: "vec![", parts: texts.map(owned), close: "]", width: ARRAY };
    }
    case "number":
      return Number.isInteger(value) ? `${value}.0` : String(value);
    case "integer":
    case "boolean":
      return String(value);
    case "file":
      used.add("File");
      return {
        open: "File::new(",
        parts: [`include_bytes!("${FILE.description}")`, `"image/png"`, `"${FILE.description}"`],
        close: ")",
        width: CALL,
      };
    case "json":
      return `serde_json::json!(${JSON.stringify(value)})`;
    case "object": {
      const pairs = Object.entries(value).map(([key, one]) => ({
        open: "(",
        parts: [owned(key), `serde_json::json!(${JSON.stringify(one)})`],
        close: ")",
        width: CALL,
      }));
      return {
        open: "serde_json::Map::from_iter(",
        parts: [{ open: "[", parts: pairs, close: "]", width: ARRAY }],
        close: ")",
        width: CALL,
      };
    }
    default:
      break;
  }
  const definition = types[type];
  if (definition.choices) return `${string(value)}.into()`;
  used.add("models");
  if (definition.kinds) {
    const [variant, of] = definition.kinds.find(([, one]) => fits(types, one, value)) ?? definition.kinds[0];
    return { open: `models::${type}::${variant}(`, parts: [valueIn(context, of, value)], close: ")", width: CALL };
  }
  return structOf(context, `models::${type}`, definition.fields, value);
}

function flatOf(value) {
  if (typeof value === "string") return value;
  if (value.label) return value.label + flatOf(value.value);
  const inner = value.parts.map(flatOf).join(", ");
  return value.isStruct ? `${value.open} ${inner} ${value.close}` : value.open + inner + value.close;
}

/** Whether it may not be in one line, wherever it stands. */
function mustBreak(value) {
  if (typeof value === "string") return false;
  if (value.label) return mustBreak(value.value);
  const inner = value.parts.map(flatOf).join(", ");
  return Boolean(value.rest) || inner.length > value.width || value.parts.some(mustBreak);
}

/** From a column on, with so much behind it; in several lines, if what is around it was too long for one. */
function render(value, indent, column, after, isForced = false) {
  if (typeof value === "string") return value;
  const flat = flatOf(value);
  if (!isForced && !mustBreak(value) && column + flat.length + after <= WIDTH) return flat;
  const { open, parts, close } = value;
  const inner = indent + STEP;
  const [only] = parts;
  const mayHug =
    parts.length === 1 &&
    !value.isStruct &&
    typeof only !== "string" &&
    (only.isStruct || only.open.length <= value.width) &&
    column + open.length + only.open.length <= WIDTH;
  if (mayHug) return open + render(only, indent, column + open.length, after + close.length, true) + close;
  const rows = parts.map((part) => {
    const label = part.label ?? "";
    return `${inner}${label}${render(part.label ? part.value : part, inner, inner.length + label.length, 1)},\n`;
  });
  const rest = value.rest ? `${inner}..Default::default()\n` : "";
  return `${open}\n${rows.join("")}${rest}${indent}${close}`;
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
