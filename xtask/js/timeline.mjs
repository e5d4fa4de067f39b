// node xtask/js/timeline.mjs: the picture of a call in trouble that the README shows, light and dark, taken from the
// page of www/ at local Kinde. After cargo xtask build, with Chromium at CHROME.
import { fileURLToPath } from "node:url";

import { startChromium } from "../../tests/support/chromium.mjs";
import { startLocalKinde } from "../../pkg/local/dist/node.js";
import { pages } from "./pages.mjs";

const www = fileURLToPath(new URL("../../www/", import.meta.url));

const kinde = await startLocalKinde({ port: 0, folders: pages });
const chromium = await startChromium();
try {
  for (const colorScheme of ["light", "dark"]) {
    const context = await chromium.newContext({
      viewport: { width: 900, height: 900 },
      deviceScaleFactor: 2,
      colorScheme,
    });
    const page = await context.newPage();
    await page.goto(`${kinde.url}/try`);
    await page.locator("body[data-ready]").waitFor();
    await page.evaluate(() => (location.hash = "#/users/getUsers"));
    await page.getByLabel("Trouble").selectOption("503");
    // The first call loads what the next ones have.
    for (let calls = 0; calls < 2; calls += 1) {
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await page.locator(".answer:not([aria-busy]) .timeline").waitFor();
    }
    const picture = page.locator(".timeline");
    await picture.screenshot({ path: `${www}timeline-${colorScheme}.png`, style: ".timeline { padding: 16px; }" });
    await context.close();
  }
} finally {
  await chromium.close();
  await kinde.stop();
}
