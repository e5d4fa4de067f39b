// Puts the page and the package beside each other in public/, as the page expects them.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const own = dirname(fileURLToPath(import.meta.url));
const page = join(own, "../../www");
const out = join(own, "public");

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "pkg/dist"), { recursive: true });
// The Worker answers for connection.json.
await cp(page, join(out, "www"), { recursive: true, filter: (file) => basename(file) !== "connection.json" });
const dist = dirname(fileURLToPath(import.meta.resolve("kinde-edge")));
for (const file of ["inline.js", "wasm-base64.js"]) await cp(join(dist, file), join(out, "pkg/dist", file));
// Beside what the page says of itself: it is shown in no frame, and calls nobody but this Worker.
const policy = "frame-ancestors 'none'; connect-src 'self'";
await writeFile(join(out, "_headers"), `/*\n  Content-Security-Policy: ${policy}\n  X-Content-Type-Options: nosniff\n`);
