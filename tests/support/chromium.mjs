// Chromium, from the file that CHROME names.
import { chromium } from "playwright-core";

/** Start it, with nothing in it that calls home. */
export function startChromium() {
  return chromium.launch({
    executablePath: process.env.CHROME,
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
