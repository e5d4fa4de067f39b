// What an operation answers, before it is called: the fields of its answer, and an example of it.
import { choice, h, prose } from "./dom.js";
import { json } from "./json.js";
import { lazily } from "./operations.js";

/** What comes back, as elements; from answers.json, which is loaded when the first operation is opened. */
export async function showSchema({ operationId }) {
  const answers = await lazily("answers.json").catch(() => ({}));
  const { status, description, schema } = answers[operationId] ?? {};
  if (!status) return [];
  const says = h("p", { class: "quiet" }, h("strong", { class: "status good" }, status), " ", prose(description ?? ""));
  if (!schema) return [says, h("p", { class: "quiet" }, "It has no content.")];
  const place = h("div", {});
  const show = (view) =>
    place.replaceChildren(
      view === "example"
        ? json(example(schema), "Example of the answer")
        : h(
            "div",
            { class: "scroller pad", tabindex: 0, role: "region", "aria-label": "Fields of the answer" },
            fields(schema),
          ),
    );
  show("example");
  const views = choice(
    "What comes back as",
    [
      ["example", "Example"],
      ["fields", "Fields"],
    ],
    "example",
    show,
  );
  return [h("div", { class: "tools" }, says, h("span", { class: "spread" }), views), place];
}

const merged = (schema) => {
  const parts = schema.allOf ?? (schema.oneOf ?? schema.anyOf)?.slice(0, 1);
  if (!parts) return schema;
  const all = parts.map(merged);
  return {
    ...schema,
    type: "object",
    properties: Object.assign({}, schema.properties, ...all.map((one) => one.properties)),
  };
};

function example(given, name = "", depth = 0) {
  const schema = merged(given);
  if (schema.example !== undefined && schema.type !== "object" && schema.type !== "array") return schema.example;
  if (depth > 6) return null;
  if (schema.enum) return schema.enum[0];
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, one]) => [key, example(one, key, depth + 1)]),
    );
  switch (schema.type) {
    case "array":
      return Array.isArray(schema.example) ? schema.example : [example(schema.items ?? {}, name, depth + 1)];
    case "object":
      return (
        schema.example ??
        (typeof schema.additionalProperties === "object"
          ? { a_key: example(schema.additionalProperties, "", depth + 1) }
          : {})
      );
    case "boolean":
      return true;
    case "integer":
    case "number":
      return 0;
    default:
      return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? "…";
  }
}

/** @type {[RegExp, string][]} */
const BY_NAME = [
  [/email$/, "ada@example.com"],
  [/(_on|_at|_date|last_signed_in)$/, "2026-01-02T03:04:05Z"],
  [/^first_name|^given_name/, "Ada"],
  [/^last_name|^family_name/, "Lovelace"],
  [/(url|uri|picture|logo)$/, "https://example.com/"],
];

function fields(given, depth = 0) {
  const schema = merged(given);
  const { properties, items, additionalProperties } = schema;
  if (items) return fields(items, depth);
  if (!properties)
    return typeof additionalProperties === "object"
      ? fields(additionalProperties, depth)
      : h("p", { class: "quiet" }, schema.type ?? "any JSON");
  return h(
    "dl",
    { class: "thing-fields" },
    Object.entries(properties).map(([name, one]) => {
      const inner = merged(one.items ? merged(one.items) : one);
      const kind = `${one.type === "array" ? `list of ${inner.type ?? "value"}s` : (one.type ?? inner.type ?? "any")}${one.nullable ? " or null" : ""}`;
      const hasInner = depth < 5 && inner.properties;
      return h(
        "div",
        { class: hasInner ? "inner" : undefined },
        h("dt", {}, name),
        h(
          "dd",
          {},
          h("span", { class: "type" }, kind),
          one.description && h("span", { class: "quiet" }, " ", prose(one.description)),
          hasInner && fields(inner, depth + 1),
        ),
      );
    }),
  );
}
