// Firefox and WebKit as distributions pack them, by their drivers: the few commands of WebDriver (W3C) that it takes to open a
// page and to run something in it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { freePort } from "./listen.mjs";

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<void>} goto Opens an address, and waits until it is loaded.
 * @property {(script: string, ...args: unknown[]) => Promise<any>} run Runs the body of an async function in the page, whose
 *   arguments are `args`.
 * @property {() => Promise<void>} close
 */

/** Half an hour, in milliseconds: each case has a limit of its own. */
const LONG = 1_800_000;

/**
 * What starts a driver, and what it asks for.
 * @type {Record<string, (port: number) => { command: string, args: string[], capabilities: object }>}
 */
const DRIVERS = {
  Firefox: (port) => ({
    command: process.env.GECKODRIVER || "geckodriver",
    args: ["--port", String(port), "--log", "fatal"],
    capabilities: {
      browserName: "firefox",
      "moz:firefoxOptions": {
        args: ["-headless"],
        // Nothing in it calls home.
        prefs: {
          "app.normandy.enabled": false,
          "browser.safebrowsing.malware.enabled": false,
          "browser.safebrowsing.phishing.enabled": false,
          "datareporting.policy.dataSubmissionEnabled": false,
          "network.captive-portal-service.enabled": false,
          "network.connectivity-service.enabled": false,
        },
      },
    },
  }),
  // It has no headless mode: it shows itself to a display that nobody sees.
  WebKit: (port) => ({
    command: "xvfb-run",
    args: ["-a", "WebKitWebDriver", `--port=${port}`],
    capabilities: { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } },
  }),
};

function miniBrowser() {
  const roots = existsSync("/usr/lib") ? readdirSync("/usr/lib").map((folder) => join("/usr/lib", folder)) : [];
  const found = roots
    .flatMap((root) =>
      ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].map((one) => join(root, one, "MiniBrowser")),
    )
    .find((file) => existsSync(file));
  if (!found) throw new Error("WebKit's MiniBrowser is not installed: Debian has it in webkit2gtk-driver");
  return found;
}

/**
 * Starts a browser with one empty page.
 * @param {string} name One of `Firefox`, `WebKit`.
 * @returns {Promise<Page>}
 */
export async function startBrowser(name) {
  const port = await freePort();
  const { command, args, capabilities } = DRIVERS[name](port);
  const driver = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let said = "";
  driver.stderr.on("data", (chunk) => (said += chunk));
  const gone = once(driver, "exit").then(
    () => `${command} ended: ${said}`,
    (error) => `${command} cannot be started: ${error.message}`,
  );
  // A driver starts others, which are gone with its group only.
  const stop = () => {
    try {
      if (driver.pid) process.kill(-driver.pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  };
  process.once("exit", stop);

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async function send(method, path, body) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(LONG),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${name}: ${value.error}: ${value.message}`);
    return value;
  }

  await Promise.race([ready(() => send("GET", "/status")), gone.then((why) => Promise.reject(new Error(why)))]);
  const { sessionId } = await send("POST", "/session", { capabilities: { alwaysMatch: capabilities } });
  const session = `/session/${sessionId}`;
  await send("POST", `${session}/timeouts`, { script: LONG, pageLoad: 60_000 });
  return {
    goto: (url) => send("POST", `${session}/url`, { url }),
    async run(script, ...given) {
      const { value, error } = await send("POST", `${session}/execute/async`, {
        script: `const done = arguments[arguments.length - 1];
          (async function () { ${script} }).apply(null, [...arguments].slice(0, -1))
            .then((value) => done({ value }), (error) => done({ error: error + "\\n" + error?.stack }));`,
        args: given,
      });
      if (error) throw new Error(error);
      return value;
    },
    async close() {
      await send("DELETE", session).catch(() => {});
      stop();
      await gone;
      process.off("exit", stop);
    },
  };
}

/** @param {() => Promise<{ ready: boolean }>} status */
async function ready(status) {
  for (const end = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = await status().catch((error) => ({ ready: false, error }));
    if (answer.ready) return;
    if (Date.now() > end) throw new Error("the driver is not ready after 30 s");
  }
}
