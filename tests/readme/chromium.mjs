// A page of a user's, in Chromium, for which https://acme.kinde.com is a server here.
import { once } from "node:events";
import { createServer } from "node:http";

import { sendFile } from "../../xtask/js/pages.mjs";
import { startChromium } from "../support/chromium.mjs";

/**
 * Open the page of the site in `folders` (as `sendFile` takes them); `texts` maps more of its paths
 * to what they answer. It fails the test at whatever the page complains of.
 */
export async function openPage(t, { folders, texts = {}, kinde }) {
  const site = createServer(async (request, response) => {
    if (request.url in texts) return response.end(texts[request.url]);
    if (!(await sendFile(request, response, folders))) response.writeHead(404).end();
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  t.after(() => (site.close(), site.closeAllConnections()));

  const chromium = await startChromium();
  t.after(() => chromium.close());
  const page = await chromium.newPage();
  await page.route("https://acme.kinde.com/**", (route) => passOn(route, kinde));
  const complaint = new Promise((_, reject) => {
    page.on("pageerror", reject);
    page.on("console", (message) => message.type() === "error" && reject(new Error(message.text())));
  });
  complaint.catch(() => undefined);
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  return {
    page,
    /** Waits for what a function in the page gives, once that is something. */
    see: async (look) => (await Promise.race([complaint, page.waitForFunction(look)])).jsonValue(),
  };
}

async function passOn(route, kinde) {
  const request = route.request();
  const { pathname, search } = new URL(request.url());
  const answer = await fetch(kinde.url + pathname + search, {
    method: request.method(),
    headers: { accept: request.headers().accept, authorization: request.headers().authorization },
    body: request.postDataBuffer() ?? undefined,
  });
  await route.fulfill({
    status: answer.status,
    headers: { "content-type": "application/json", "access-control-allow-origin": "*" },
    body: await answer.text(),
  });
}
