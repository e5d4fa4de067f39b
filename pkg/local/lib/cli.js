// cargo xtask local: node cli.js [--port 4400] [--data <file>] …
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { pages } from "../../../xtask/js/pages.mjs";
import { startLocalKinde } from "./index.js";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4400" },
    data: { type: "string" },
    "as-documented": { type: "boolean", default: false },
    "rate-limit": { type: "string" },
    faults: { type: "string", default: "0" },
    latency: { type: "string", default: "0" },
    quiet: { type: "boolean", default: false },
  },
});

try {
  const kinde = await startLocalKinde({
    port: Number(values.port),
    data: values.data,
    asDocumented: values["as-documented"],
    rateLimit: values["rate-limit"] && Number(values["rate-limit"]),
    faults: Number(values.faults),
    latency: Number(values.latency),
    folders: pages,
    log: values.quiet ? undefined : (line) => console.log(line),
  });
  console.log(greeting(kinde));
  await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
  await kinde.close();
} catch (error) {
  console.error(`Local Kinde could not run: ${error.message}`);
  process.exitCode = 1;
}

function greeting({ origin, clients: { full, readOnly, web } }) {
  const lines = [`Local Kinde is at ${origin}${values.data ? `, kept in ${values.data}` : ", new at each start"}`, ""];
  const tell = (title, { id, secret }) =>
    lines.push(
      `${title}:`,
      "",
      `  KINDE_DOMAIN=${origin}`,
      `  KINDE_CLIENT_ID=${id}`,
      `  KINDE_CLIENT_SECRET=${secret}`,
      "",
    );
  if (full) tell("For a program that may do everything", full);
  if (readOnly) tell("For one that may read", readOnly);
  if (web) tell("For one that people sign in to, without a password, with any callback on this machine", web);
  if (full) {
    lines.push(
      "A first call:",
      "",
      `  TOKEN=$(curl -s ${origin}/oauth2/token -d grant_type=client_credentials \\`,
      `    -d client_id=${full.id} -d client_secret=${full.secret} \\`,
      `    -d audience=${origin}/api | node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token')`,
      `  curl -s "${origin}/api/v1/users?page_size=2" -H "Authorization: Bearer $TOKEN"`,
      "",
    );
  }
  if (existsSync(join(pages["/pkg/dist/"], "inline.js"))) {
    lines.push(
      "The API explorer, in a browser:",
      "",
      `  ${origin}/www/`,
      `  ${origin}/try    with a token that may do everything`,
      "",
    );
  } else {
    lines.push("The API explorer is there after cargo xtask build.", "");
  }
  return [...lines, "The secrets are made up and open nothing but this. Ctrl-C ends it."].join("\n");
}
