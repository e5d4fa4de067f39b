// The call from a page, in Chromium.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";

import { sendFile } from "../../xtask/js/pages.mjs";
import { cleanUp } from "../support/cleanup.mjs";
import { ANSWER, CALL, assertOneRequest, startUsers } from "./shared.mjs";

/** A page that loads a script of type module, and has no icon to ask for. */
export const page = (script, head = "") =>
  `<!doctype html><link rel="icon" href="data:,">${head}<script type="module" src="${script}"></script>`;

/** Behind the imports of a script: lets the page make the call. */
export const USE = `
globalThis.call = async (server) => {
  ${CALL}
  return page;
};
`;

/** Serve a folder; resolves to its address. */
export async function serveFolder(t, folder) {
  const server = createServer(async (request, response) => {
    if (!(await sendFile(request, response, { "/": folder }))) response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(t, () => (server.close(), server.closeAllConnections()));
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Open the page at `site`, and let it make the call; it has nothing to complain of. */
export async function assertCallsFrom(t, chromium, site) {
  const server = await startUsers();
  cleanUp(t, server.close);
  const page = await chromium.newPage();
  cleanUp(t, () => page.close());
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(site);
  await page
    .waitForFunction(() => globalThis.call, undefined, { timeout: 30_000 })
    .catch((error) => {
      throw new Error(`the page did not start: ${complaints.join("; ")}`, { cause: error });
    });
  assert.deepEqual(await page.evaluate((address) => globalThis.call(address), server.url), ANSWER);
  assertOneRequest(server);
  assert.deepEqual(complaints, []);
}
