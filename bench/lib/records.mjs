// What a measurement prints: a line of JSON for each record. What people read goes to stderr.
import { spawn } from "node:child_process";

export const isQuick = process.env.BENCH_QUICK === "1";

/**
 * `{ area, work, peer, unit, samples }`, with `note` where there is something to say; or
 * `failed`, the first line of why there are no samples.
 */
export function record(entry) {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

export const firstLine = (error) =>
  String(error?.message ?? error)
    .split("\n")[0]
    .slice(0, 200);

/** Run a file in a Node of its own; resolves to what it printed last, read as JSON. */
export function runNode(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (err += text));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== 0) return reject(new Error(reason(err) ?? `it ended with ${signal ?? `exit code ${code}`}`));
      try {
        resolve(JSON.parse(out.trim().split("\n").at(-1)));
      } catch {
        reject(new Error("it printed no result"));
      }
    });
  });
}

/** The line of a stack that says what went wrong. */
const reason = (err) =>
  err
    .split("\n")
    .find((line) => /^\w*(Error|Exception)\b/.test(line.trim()))
    ?.trim() ?? err.trim().split("\n")[0];
