// Who is measured, ours first and the limit last.
import { readFileSync } from "node:fs";

export const OURS = "kinde-edge";
export const LIMIT = "hand-written fetch";

/** Those that make calls: name, package, and the file that says how each does the same work. */
export const clients = [
  { name: OURS, package: "kinde-edge", file: "kinde-edge.mjs" },
  { name: "@kinde/management-api-js", package: "@kinde/management-api-js", file: "management-api-js.mjs" },
  {
    name: "@kinde-oss/kinde-typescript-sdk",
    package: "@kinde-oss/kinde-typescript-sdk",
    file: "kinde-typescript-sdk.mjs",
  },
  { name: "openai", package: "openai", file: "openai.mjs" },
  { name: "cloudflare", package: "cloudflare", file: "cloudflare.mjs" },
  { name: "stripe", package: "stripe", file: "stripe.mjs" },
  { name: "@workos-inc/node", package: "@workos-inc/node", file: "workos.mjs" },
  { name: "octokit", package: "octokit", file: "octokit.mjs" },
  { name: "openapi-fetch", package: "openapi-fetch", file: "openapi-fetch.mjs" },
  { name: LIMIT, file: "hand-written.mjs" },
];

export const load = ({ file }) => import(`../peers/${file}`);

/** The version that is installed. */
export function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
