// An empty project with the packed package in it, as a user has it after `npm install`.
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Run a program; resolves to what it printed, rejects with it when the program fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} options
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export function run(program, args, { cwd, env = {}, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: "pipe" });
    const output = { stdout: "", stderr: "" };
    for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
      child[stream].setEncoding("utf8").on("data", (text) => (output[stream] += text));
    }
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const command = [program, ...args].join(" ");
      reject(new Error(`${command}: ${signal ?? `exit ${code}`}\n${output.stdout}${output.stderr}`));
    });
  });
}

/**
 * Write `files` (path to text, or to a value that is written as JSON) below `folder`.
 * @param {string} folder
 * @param {Record<string, unknown>} files
 */
export async function writeFiles(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

/**
 * Install the tarball into the project in `folder`. The package has no dependencies: nothing is downloaded.
 * @param {string} folder
 * @param {string} tarball
 */
export async function install(folder, tarball) {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", "--offline", ...quiet, tarball], { cwd: folder });
}
