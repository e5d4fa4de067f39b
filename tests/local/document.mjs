// What the document of all operations says of each, read by the tests themselves.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../spec/kinde.json", import.meta.url));
const METHODS = ["get", "post", "put", "patch", "delete"];

/** Operations by `METHOD /path`. */
export async function readDocuments() {
  const operations = new Map();
  const document = JSON.parse(await readFile(file, "utf8"));
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((one) => item[one])) {
      operations.set(`${method.toUpperCase()} ${path}`, inline(document, item[method]));
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
