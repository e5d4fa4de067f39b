import { chromium } from "playwright-core";

import { chrome } from "./environment.mjs";

/** Start Chromium, with nothing in it that calls home. */
export function startChromium() {
  return chromium.launch({
    executablePath: chrome(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
