// Writes a caller's values down for Rust to read, once: JSON, with marks for what JSON has no word
// for. `core/value.rs` says which. No code of the caller's runs between what is checked and what
// is sent.

import { classOf, numbers } from "./host.js";

/** How deep values may be nested. Nothing that the service takes is. */
const DEEPEST = 64;

/** @type {Record<string, string>} */
const MARKS = { undefined: "#u", function: "#f", symbol: "#y", bigint: "#b" };

/** Nothing that a caller could throw. */
const TOO_DEEP = {};

/** @type {unknown[]} */
let last = [];

/** What had no text in what was written last: what reading something threw, and uploads. */
export const kept = () => last;

/** What was taken last. */
let args = "";

/** The arguments of a call, as `take` wrote them down. To be had before a caller's code runs again. */
export const took = () => args;

/** What stands behind the values of a call: nothing, also if they are identifiers alone. */
const NOTHING = "-";
const IDENTIFIERS = "=";
const OPTIONS = "o";
const TOO_MUCH = "x";

/**
 * Copies the numbers of a client's settings, and writes down what the arguments of a call hold: one letter that says
 * what stands behind the values, and, unless they are read later, the values. Throws nothing.
 * @param {any[]} settings
 * @param {Float64Array} into
 * @param {unknown[]} given
 * @param {number} count How many of them are values
 * @param {number} keepAt
 * @param {boolean} isLater
 */
export function take(settings, into, given, count, keepAt, isLater) {
  // Before any code of the caller's, which may call in and move the memory.
  numbers(settings, into);
  let mark = given[count] === undefined ? NOTHING : OPTIONS;
  for (let i = count + 1; i < given.length; i++) if (given[i] !== undefined) mark = TOO_MUCH;
  if (isLater) return mark;
  const own = given.slice(0, count);
  // Most have identifiers alone.
  const isPlain = own.every((value) => typeof value === "string");
  if (isPlain && mark === NOTHING) mark = IDENTIFIERS;
  const values = isPlain ? `[${own.map((value) => JSON.stringify(value)).join(",")}]` : written(own, keepAt);
  // Not before: a getter may have made a call of its own.
  args = values;
  return mark + values;
}

/**
 * The text of a value. Where `keepAt` is a depth, the objects at that depth are kept: they are uploads. Throws nothing.
 * @param {unknown} value
 * @param {number} keepAt
 * @returns {string}
 */
export function written(value, keepAt) {
  /** @type {unknown[]} */
  const kept = [];
  /** @type {unknown[]} */
  const open = [];
  /** @type {(mark: string, value: unknown) => string} */
  const keep = (mark, value) => mark + (kept.push(value) - 1);

  /** @type {(value: any) => string} */
  const put = (value) => {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
        if (Number.isFinite(value)) return String(value);
        if (Number.isNaN(value)) return "#n";
        return value > 0 ? "#i" : "#i-";
      case "boolean":
        return String(value);
      case "object":
        return value === null ? "null" : putObject(value);
      default:
        return MARKS[typeof value];
    }
  };

  /** @type {(value: any) => string} */
  const putObject = (value) => {
    let all;
    /** @type {string[]} */
    let keys = [];
    try {
      const isList = Array.isArray(value);
      if (keepAt && open.length === keepAt && !isList) return keep("#x", value);
      if (typeof value.toJSON === "function") value = value.toJSON();
      else if (value instanceof String || value instanceof Number || value instanceof Boolean) value = value.valueOf();
      if (typeof value !== "object" || value === null) return put(value);
      if (Array.isArray(value)) {
        all = Array.from(value);
      } else {
        const name = classOf(value);
        if (name !== undefined) return `#o"${/^[\w$]{1,40}$/.test(name) ? name : ""}"`;
        keys = Object.keys(value);
      }
    } catch (cause) {
      return keep("#t", cause);
    }
    if (open.length === DEEPEST || open.includes(value)) throw TOO_DEEP;
    open.push(value);
    let text = "";
    for (const element of all ?? []) text += `${text && ","}${put(element)}`;
    for (const key of keys) {
      let inner;
      let isRead = true;
      try {
        inner = value[key];
      } catch (cause) {
        isRead = false;
        inner = cause;
      }
      text += `${text && ","}${JSON.stringify(key)}:${isRead ? put(inner) : keep("#t", inner)}`;
    }
    open.pop();
    return all ? `[${text}]` : `{${text}}`;
  };

  let text;
  try {
    text = put(value);
  } catch {
    text = "#d";
  }
  // Not before: a getter may have made a call of its own.
  last = kept;
  return text;
}
