// The examples in TypeScript: compiled as they stand, and as JavaScript, to run.
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { transformSync } from "esbuild";

import { install, run, writeFiles } from "../../xtask/js/project.mjs";
import { localTarball } from "../support/environment.mjs";
import { makeFolder, makeProject } from "../support/project.mjs";
import { linkPackages } from "./programs.mjs";

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The program without its types, and with calls in place of elements. */
export function withoutTypes(code, loader = "ts") {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true, jsx: "react-jsx" } };
  return transformSync(code, { loader, format: "esm", target: "es2022", tsconfigRaw }).code;
}

/** What an example may use without saying where it comes from, and what that is. */
const GIVEN = {
  kinde: `const kinde: import("kinde-edge").Kinde`,
  Kinde: `const Kinde: typeof import("kinde-edge").Kinde`,
  env: "const env: { KINDE_DOMAIN: string }",
  user: "const user: { accessToken: string }",
  id: "const id: string",
  ids: "const ids: string[]",
  orgCode: "const orgCode: string",
  blob: "const blob: Blob",
  signal: "const signal: AbortSignal",
  token: "const token: string",
  request: "const request: Request",
  getTokenFromMyServer: "const getTokenFromMyServer: () => Promise<string>",
};

/** Compile the blocks of a guide, each as a module. */
export async function compile(t, blocks) {
  const folder = await makeProject(t);
  const beside = await makeFolder(t, { "package.json": { private: true } });
  await install(beside, localTarball());
  await cp(join(beside, "node_modules/kinde-edge-local"), join(folder, "node_modules/kinde-edge-local"), {
    recursive: true,
  });
  await linkPackages(folder, ["hono", "undici", "@types"]);
  const files = {};
  blocks.forEach(({ code, language }, number) => {
    const own = (name) =>
      new RegExp(`(?:const|function) (?:\\{[^}]*)?\\b${name}\\b|import [^;]*\\b${name}\\b[^;]* from`).test(code);
    const used = (name) => new RegExp(`(?<![.\\w"])${name}(?![\\w"])`).test(code);
    const given = Object.keys(GIVEN).filter((name) => used(name) && !own(name));
    const declared = given.map((name) => `declare ${GIVEN[name]};`).join(" ");
    files[`block-${number + 1}.${language === "tsx" ? "tsx" : "mts"}`] = `${declared}\n${code}\nexport {};\n`;
  });
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    module: "nodenext",
    jsx: "react-jsx",
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  await writeFiles(folder, { ...files, "tsconfig.json": { compilerOptions, files: Object.keys(files) } });
  await run(join(MODULES, ".bin/tsc"), ["-p", "tsconfig.json"], { cwd: folder });
}
