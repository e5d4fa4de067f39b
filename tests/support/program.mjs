// A program of a user's that stays: a development server, a server of what was built.
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import { cleanUp } from "./cleanup.mjs";

/** How long a program may take to end when it is asked to, in milliseconds. */
const GRACE = 5_000;

/** How long what a program prints may take to come, in milliseconds. */
const LOGGED = 30_000;

/**
 * Start a program, and wait until it prints what `ready` matches; resolves to the match, to `log`, which gives
 * all that was printed so far, and to `isLogged`, which waits until a pattern is among it. It ends, with what it started, after the test.
 * @param {import("./cleanup.mjs").Test} t
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, ready: RegExp, within?: number }} options
 * @returns {Promise<{ match: RegExpExecArray, log: () => string, isLogged: (pattern: RegExp) => Promise<void> }>}
 */
export async function startProgram(t, program, args, { cwd, env = {}, ready, within = 180_000 }) {
  // A group of its own, so that what it starts can be ended with it.
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  cleanUp(t, async () => {
    end(child, "SIGTERM");
    const timer = setTimeout(end, GRACE, child, "SIGKILL");
    await ended;
    clearTimeout(timer);
  });
  let output = "";
  const match = await new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`${[program, ...args].join(" ")}: ${why}\n${output}`));
    const timer = setTimeout(() => fail("it was not ready in time"), within);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        const found = ready.exec(output);
        if (found) clearTimeout(timer), resolve(found);
      });
    }
    child.on("error", (error) => fail(error.message));
    child.on("close", (code, signal) => (clearTimeout(timer), fail(signal ?? `exit ${code}`)));
  });
  /** @param {RegExp} pattern */
  async function isLogged(pattern) {
    for (const end = Date.now() + LOGGED; !pattern.test(output); await pause(20))
      if (Date.now() > end) throw new Error(`no ${pattern} in:\n${output}`);
  }
  return { match, log: () => output, isLogged };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function end({ pid }, signal) {
  // It could not be started.
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
