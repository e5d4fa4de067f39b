// The form of an operation, made from the schemas of its parameters and its body.
//
// A field is `{ element, read, write }`: `read` gives its value, or nothing where it is left empty, and
// `write` takes one. Fields of objects, lists and maps are made of fields.
import { combobox } from "./combobox.js";
import { h, icon, prose, unseen } from "./dom.js";
import { bodyFields, isSecret, membersOf } from "./operations.js";

/** So many optional fields are shown beside those that are needed; more are folded. */
const SHOWN = 2;

/** The whole form: `read` gives the arguments of `kinde.call`. `tenant` is what values are offered from. */
export function makeForm(operation, tenant) {
  const { parameters, body } = operation;
  const places = { path: "Path", query: "Query", header: "Header" };
  const groups = Object.entries(places).map(([place, title]) => [title, parameters.filter((one) => one.in === place)]);
  groups.push(["Body", bodyFields(body)]);
  const fields = [];
  const element = h("div", { class: "fields" });
  for (const [title, members] of groups) {
    if (members.length === 0) continue;
    // Null in a path or a query is no value.
    const asSent = (member) => ({
      ...member,
      schema: title === "Body" ? member.schema : { ...member.schema, nullable: false },
    });
    const offers = (path, schema) =>
      tenant?.knows(operation, path, schema) && (() => tenant.valuesFor(operation, path, schema, peek()));
    const made = members.map((member) => [
      member.name,
      makeField({ ...asSent(member), offers }, member.name, member.required),
      member.required,
    ]);
    fields.push(...made);
    element.append(h("section", { class: "place" }, h("h3", {}, title), fold(made)));
  }
  if (fields.length === 0) element.append(h("p", { class: "quiet" }, "It takes no parameters."));
  const peek = () => {
    try {
      return readAll(fields);
    } catch {
      return {};
    }
  };
  /** Show the optional fields that have a value, or a wrong one. */
  const unfold = () => {
    for (const details of element.querySelectorAll("details.optional")) {
      if ([...details.querySelectorAll("input, select, textarea")].some((one) => one.value !== "" && !one.dataset.kind))
        details.open = true;
    }
  };
  return {
    element,
    hasFile: body?.contentType === "multipart/form-data",
    isEmpty: fields.length === 0,
    read: () => readAll(fields),
    write(values) {
      for (const [name, field] of fields) field.write(values?.[name]);
      unfold();
    },
    unfold,
  };
}

/** What is needed, and the rest behind one line that names it. */
function fold(made) {
  const [needed, optional] = [true, false].map((isNeeded) =>
    made.filter(([, , required]) => Boolean(required) === isNeeded),
  );
  const elements = (list) => list.map(([, field]) => field.element);
  if (optional.length <= SHOWN) return elements([...needed, ...optional]);
  const names = h("span", { class: "quiet names" }, optional.map(([name]) => name).join(", "));
  const title = h("summary", {}, icon("more"), h("span", {}, `${optional.length} optional`), names);
  return [
    ...elements(needed),
    h("details", { class: "optional" }, title, h("div", { class: "place" }, elements(optional))),
  ];
}

function readAll(fields) {
  const values = fields.map(([name, field]) => [name, field.read()]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {any} schema
 * @property {boolean} required
 * @property {string} [description]
 * @property {boolean} [commaList] Whether several values stand in one text, with commas between them.
 * @property {(path: string, schema: object) => (() => Promise<any>) | false | undefined} [offers] What loads the values
 *   that the tenant has for it.
 */

/**
 * One field with its label. `isNeeded`: the form is not complete without it.
 * @param {Field} field
 * @param {string} path
 * @param {boolean} isNeeded
 */
function makeField({ name, schema, required, description = schema.description, commaList, offers }, path, isNeeded) {
  const kind = kindOf(schema);
  const about = aboutOf(name, schema, description, commaList);
  const title = [
    h("code", {}, name),
    " ",
    h("span", { class: "type" }, typeOf(schema, commaList)),
    required && h("span", { class: "required" }, "required"),
    schema.deprecated && h("span", { class: "type" }, "deprecated"),
  ];
  const hintId = `about ${path}`.replaceAll(/\W+/g, "-");
  const hint = about && h("p", { class: "hint", id: hintId }, prose(about));
  const field = kind({ name, schema, path, isNeeded, hintId: hint && hintId, offers });
  if (field.control) {
    const label = h("label", { for: field.control.id }, title);
    const load = kind === text && offers?.(path, description ? { ...schema, description } : schema);
    const control = load ? combobox(field.control, name, load) : field.control;
    return { ...field, element: h("div", { class: "field" }, label, hint, control, field.after) };
  }
  const legend = h("legend", {}, title);
  const attributes = { class: "field nested", "data-path": path, "aria-describedby": hint && hintId };
  return { ...field, element: h("fieldset", attributes, legend, hint, field.inner) };
}

function aboutOf(name, schema, description, commaList) {
  const example = schema.example ?? schema.items?.example;
  const isShort = ["string", "number", "boolean"].includes(typeof example) && !description?.includes(example);
  const shown = isShort && !schema.enum && !isSecret(name) && `For example ${example}`;
  const parts = [description?.trim(), commaList && "Several are separated by commas.", shown];
  return parts.filter(Boolean).join(" ");
}

function typeOf(
  { type, format, items, oneOf, anyOf, nullable, enum: values, properties, additionalProperties },
  commaList,
) {
  const name = () => {
    if (format === "binary") return "file";
    if (oneOf ?? anyOf) return "one of several";
    if (values) return "choice";
    if (commaList) return "list";
    if (type === "array") return items?.type === "object" ? "list of objects" : `list of ${items?.type ?? "value"}s`;
    if (type === "object") return properties ? "object" : additionalProperties ? "map" : "JSON";
    return type ?? "JSON";
  };
  return nullable ? `${name()} or null` : name();
}

function kindOf(schema) {
  if (schema.oneOf ?? schema.anyOf) return alternatives;
  if (schema.enum) return enumeration;
  if (schema.format === "binary") return file;
  switch (schema.type) {
    case "boolean":
      return boolean;
    case "integer":
    case "number":
      return number;
    case "array":
      return list;
    case "string":
      return text;
    default:
      if (schema.properties) return object;
      return typeof schema.additionalProperties === "object" ? map : json;
  }
}

const idOf = (path) => `field ${path}`.replaceAll(/\W+/g, "-");
const attributesOf = ({ path, isNeeded, hintId }) => ({
  id: idOf(path),
  name: path,
  required: isNeeded,
  "aria-describedby": hintId,
  autocomplete: "off",
});

function text(field) {
  const type = isSecret(field.name) ? "password" : "text";
  const control = h("input", { ...attributesOf(field), type, autocapitalize: "none", spellcheck: "false" });
  if (type === "password") control.setAttribute("autocomplete", "new-password");
  return {
    control,
    read: () => (control.value === "" ? undefined : control.value),
    write: (value) => (control.value = value ?? ""),
  };
}

function number(field) {
  const isWhole = field.schema.type === "integer";
  const pattern = isWhole ? "-?[0-9]+" : "-?[0-9]*[.]?[0-9]+";
  const title = isWhole ? "A whole number" : "A number";
  const control = h("input", { ...attributesOf(field), inputmode: isWhole ? "numeric" : "decimal", pattern, title });
  return {
    control,
    // What is no number is for the package to refuse.
    read: () =>
      control.value === ""
        ? undefined
        : new RegExp(`^${pattern}$`).test(control.value)
          ? Number(control.value)
          : control.value,
    write: (value) => (control.value = value ?? ""),
  };
}

function select(field, options) {
  const nothing = h("option", { value: "" }, field.isNeeded ? "Choose …" : "Not sent");
  const control = h(
    "select",
    attributesOf(field),
    nothing,
    options.map((value) => h("option", { value }, value)),
  );
  return {
    control,
    read: () => (control.value === "" ? undefined : control.value),
    write: (value) => (control.value = value ?? ""),
  };
}

const enumeration = (field) =>
  select(
    field,
    field.schema.enum.filter((value) => value !== null && value !== ""),
  );

function boolean(field) {
  const { control, read, write } = select(field, ["true", "false"]);
  return {
    control,
    read: () => (read() === undefined ? undefined : read() === "true"),
    write: (value) => write(value?.toString()),
  };
}

function file(field) {
  const control = h("input", { ...attributesOf(field), type: "file", accept: "image/*" });
  // A page cannot choose a file; it can only forget one.
  return { control, read: () => control.files[0], write: (value) => value ?? (control.value = "") };
}

function json(field) {
  const control = h("textarea", { ...attributesOf(field), rows: 3, spellcheck: "false", placeholder: "{ }" });
  const { read, note } = jsonOf(control, field.name);
  return {
    control,
    after: note,
    read: () => (control.value.trim() === "" ? undefined : read()),
    write: (value) => (control.value = value === undefined ? "" : JSON.stringify(value, null, 2)),
  };
}

/** JSON that is typed: what is broken stays, is marked, and said where. */
export function jsonOf(control, name) {
  const id = `${control.id}-broken`;
  const note = h("p", { class: "broken", id, hidden: true });
  const described = control.getAttribute("aria-describedby");
  const mark = (text) => {
    note.textContent = text;
    note.hidden = text === "";
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    const ids = [described, text && id].filter(Boolean).join(" ");
    if (ids) control.setAttribute("aria-describedby", ids);
    else control.removeAttribute("aria-describedby");
  };
  const read = () => {
    try {
      const value = JSON.parse(control.value);
      mark("");
      return value;
    } catch (cause) {
      const place = placeIn(/** @type {Error} */ (cause).message, control.value);
      mark(`This is not JSON${place}.`);
      throw new SyntaxError(`${name} is not JSON${place}`, { cause });
    }
  };
  return { read, note, mark };
}

/** Where it broke, as far as the engine says. */
function placeIn(message, text) {
  const at = /position (\d+)/.exec(message)?.[1] ?? (/end of/i.test(message) ? text.length : undefined);
  if (at === undefined) return "";
  const before = text.slice(0, Number(at)).split("\n");
  return `: line ${before.length}, column ${before.at(-1).length + 1}`;
}

function object({ schema, path, isNeeded, offers }) {
  const fields = membersOf(schema).map((member) => [
    member.name,
    makeField({ ...member, offers }, `${path}.${member.name}`, isNeeded && member.required),
  ]);
  return {
    inner: fields.map(([, field]) => field.element),
    read() {
      const values = readAll(fields);
      return Object.keys(values).length > 0 || isNeeded ? values : undefined;
    },
    write: (value) => fields.forEach(([name, field]) => field.write(value?.[name])),
  };
}

function alternatives({ schema, path, isNeeded, name, offers }) {
  const choices = (schema.oneOf ?? schema.anyOf).map((one) => [one.title ?? one.type ?? "value", one]);
  const place = h("div", { class: "alternative" });
  let [chosen] = choices[0];
  let current;
  const control = h("select", { id: idOf(`${path} kind`), "data-kind": "", change: () => show(control.value) });
  control.append(...choices.map(([title]) => h("option", { value: title }, title)));
  function show(title) {
    chosen = control.value = title;
    const [, one] = choices.find(([own]) => own === title);
    // Labelled by itself: what surrounds it has the name of the field already.
    current = makeField({ name, schema: one, required: false, offers }, path, isNeeded);
    place.replaceChildren(current.element);
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
  show(chosen);
  return {
    inner: [h("label", { class: "small", for: control.id }, "Kind"), control, place],
    read: () => current.read(),
    write(value) {
      const fits = ([, one]) => typeof value === (one.type === "array" ? "object" : one.type) && knows(one, value);
      const found = value === undefined ? undefined : choices.find(fits);
      if (found && found[0] !== chosen) show(found[0]);
      current.write(value);
    },
  };
}

const knows = ({ properties }, value) =>
  !properties || Object.keys(value).every((key) => Object.hasOwn(properties, key));

/** Rows that are added and removed; `make` gives the field of one. */
function rows({ path, name }, singular, make) {
  const items = h("div", { class: "rows" });
  let fields = [];
  let count = 0;
  function add(value) {
    const field = make(`${path}.${count}`, count);
    const remove = h(
      "button",
      { type: "button", class: "plain", click: () => drop(field, row) },
      "Remove",
      unseen(` ${singular} of ${name}`),
    );
    const row = h("div", { class: "row" }, field.element, remove);
    count += 1;
    fields.push(field);
    items.append(row);
    if (value !== undefined) field.write(value);
    return row;
  }
  function drop(field, row) {
    fields = fields.filter((one) => one !== field);
    row.remove();
    more.focus();
    items.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const click = () => {
    add().querySelector("input, select, textarea, button").focus();
    items.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const more = h(
    "button",
    { type: "button", class: "plain", "data-add": path, click },
    `Add ${singular}`,
    unseen(` to ${name}`),
  );
  return {
    inner: [items, more],
    fields: () => fields,
    fill(values) {
      fields = [];
      items.replaceChildren();
      values.forEach(add);
    },
  };
}

function list(field) {
  const { schema, isNeeded, offers } = field;
  // What its description says of the items is said once.
  const items = { ...schema.items };
  const own = offers && ((path, one) => offers(path, { description: schema.description, ...one }));
  const make = (path, index) =>
    makeField({ name: `${field.name} ${index + 1}`, schema: items, required: false, offers: own }, path, true);
  const { inner, fields, fill } = rows(field, "one", make);
  return {
    inner,
    read() {
      const values = fields()
        .map((one) => one.read())
        .filter((value) => value !== undefined);
      return values.length > 0 || isNeeded ? values : undefined;
    },
    write: (value) => fill(Array.isArray(value) ? value : []),
  };
}

function map(field) {
  const { schema, isNeeded } = field;
  const make = (path, index) => {
    const key = makeField(
      { name: `key ${index + 1}`, schema: { type: "string" }, required: false },
      `${path}.key`,
      true,
    );
    const value = makeField(
      { name: `value ${index + 1}`, schema: schema.additionalProperties, required: false },
      `${path}.value`,
      true,
    );
    return {
      element: h("div", { class: "pair" }, key.element, value.element),
      read: () => [key.read(), value.read()],
      write: ([name, content]) => (key.write(name), value.write(content)),
    };
  };
  const { inner, fields, fill } = rows(field, "pair", make);
  return {
    inner,
    read() {
      const pairs = fields()
        .map((one) => one.read())
        .filter(([key, value]) => key !== undefined && value !== undefined);
      return pairs.length > 0 || isNeeded ? Object.fromEntries(pairs) : undefined;
    },
    write: (value) => fill(Object.entries(value ?? {})),
  };
}
