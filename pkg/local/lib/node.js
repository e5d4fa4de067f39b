// Local Kinde in Node: it listens where it is told a port, and keeps its tenant where it is told a file.
import { once } from "node:events";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";

import { createAdaptorServer } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

import { Reset, checkOptions, createKinde, handleOf, start } from "./core.js";

/**
 * See types/index.d.ts.
 * @param {import("../types/index.js").LocalKindeOptions} [options]
 */
export async function startLocalKinde(options = {}) {
  checkOptions(options, { isNode: true });
  const { port, data, folders = {}, ...rest } = options;
  const host = { storage: data && fileStorage(data), sendFile: fileSender(folders), pages: folders };
  if (port === undefined) return start({ ...rest, ...host });
  const kinde = await createKinde({ ...rest, ...host, origin: rest.url });
  const server = await listen(kinde, port);
  const { port: listens } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const stop = async () => {
    kinde.webhooks.clear();
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
    await kinde.store.save();
  };
  return handleOf(kinde, { url: rest.url ?? `http://127.0.0.1:${listens}`, stop, isListening: true });
}

async function listen({ app }, port) {
  const fetch = async (request, env) => {
    try {
      return await app.fetch(request, env);
    } catch (error) {
      if (!(error instanceof Reset)) throw error;
      env.incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    }
  };
  // The program that this runs in keeps its own Request and Response.
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  // A client that goes away in the middle is its own affair.
  server.on("clientError", (_, socket) => socket.destroy());
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw Object(error).code === "EADDRINUSE" ? taken(port, error) : error;
  }
  return server;
}

function taken(port, cause) {
  const message = `Port ${port} is taken, perhaps by a local Kinde that runs already: choose another port, or 0 for any free one`;
  return Object.assign(new Error(message, { cause }), { code: cause.code });
}

/** A file that holds the tenant, written as a whole or not at all. */
function fileStorage(file) {
  return {
    name: file,
    async load() {
      try {
        return await readFile(file, "utf8");
      } catch (error) {
        if (Object(error).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(text) {
      const draft = `${file}.${process.pid}.new`;
      // It holds signing keys and client secrets, even if they open nothing but this.
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, file);
    },
  };
}

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Hands out files: a key of `folders` that ends in a slash is the address of a folder, another one that of a file. */
function fileSender(folders) {
  return async (given) => {
    const path = decode(given);
    for (const [prefix, folder] of Object.entries(folders)) {
      if (prefix.endsWith("/") ? !path.startsWith(prefix) : path !== prefix) continue;
      const inside = path.slice(prefix.length);
      const file = prefix.endsWith("/") ? join(folder, inside.replace(/(^|\/)$/, "$1index.html")) : folder;
      if (file !== folder && !file.startsWith(join(folder, sep))) continue;
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) continue;
      const headers = { "content-type": TYPES[extname(file)] ?? "application/octet-stream" };
      return new Response(await readFile(file), { headers });
    }
    return undefined;
  };
}

/** The path of an address, decoded; as it is where it cannot be decoded. */
function decode(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
