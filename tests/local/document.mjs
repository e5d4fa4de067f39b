// What the documents of spec/ say of each operation, read by the tests themselves.
import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { load } from "js-yaml";

const folder = fileURLToPath(new URL("../../spec/", import.meta.url));
const METHODS = ["get", "post", "put", "patch", "delete"];

/** Operations by `METHOD /path`. */
export async function readDocuments() {
  const operations = new Map();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".yaml"))) {
    const document = load(await readFile(folder + file, "utf8"));
    for (const [path, item] of Object.entries(document.openapi ? document.paths : {})) {
      for (const method of METHODS.filter((one) => item[one])) {
        operations.set(`${method.toUpperCase()} ${path}`, inline(document, item[method]));
      }
    }
  }
  return operations;
}

function inline(document, node) {
  if (Array.isArray(node)) return node.map((item) => inline(document, item));
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") {
    const names = node.$ref.split("/").slice(1);
    return inline(
      document,
      names.reduce((part, name) => part[name], document),
    );
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, inline(document, value)]));
}
