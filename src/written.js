// Writes a caller's values down for Rust to read, once: JSON, with marks for what JSON has no word
// for. `core/value.rs` says which. No code of the caller's runs between what is checked and what
// is sent.

import { classOf } from "./host.js";

/** How deep values may be nested. Nothing that the service takes is. */
const DEEPEST = 64;

/** @type {Record<string, string>} */
const MARKS = { undefined: "#u", function: "#f", symbol: "#y", bigint: "#b" };

/** Nothing that a caller could throw. */
const TOO_DEEP = {};

/**
 * The text of a value. `kept` takes what has no text: what reading something threw and, where
 * `keepAt` is a depth, the objects at that depth, which are uploads. Throws nothing.
 * @param {unknown} value
 * @param {unknown[]} kept
 * @param {number} keepAt
 * @returns {string}
 */
export function written(value, kept, keepAt) {
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

  try {
    return put(value);
  } catch {
    return "#d";
  }
}
