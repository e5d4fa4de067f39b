// Files for a browser.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** @param {string} path */
const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The page of www/ and what it loads. */
export const pages = {
  "/www/": inRoot("www"),
  "/pkg/dist/": inRoot("pkg/dist"),
  "/pkg/operations.json": inRoot("pkg/operations.json"),
};

/**
 * Answer with a file below one of `folders`; false if there is none. A key that ends in a
 * slash is the address of a folder, another one that of a file.
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {Record<string, string>} folders
 */
export async function sendFile(request, response, folders) {
  const path = readPath(request.url ?? "/");
  for (const [prefix, folder] of Object.entries(folders)) {
    if (prefix.endsWith("/") ? !path.startsWith(prefix) : path !== prefix) continue;
    const inside = path.slice(prefix.length);
    const file = prefix.endsWith("/") ? join(folder, inside.replace(/(^|\/)$/, "$1index.html")) : folder;
    if (file !== folder && !file.startsWith(join(folder, sep))) continue;
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) continue;
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": found.size,
    });
    createReadStream(file).pipe(response);
    return true;
  }
  return false;
}

/**
 * The path of an address, decoded; as it is where it cannot be decoded.
 * @param {string} url
 */
function readPath(url) {
  const { pathname } = new URL(url, "http://localhost");
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
