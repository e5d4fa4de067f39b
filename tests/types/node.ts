import { readFile } from "node:fs/promises";
import { Kinde, KindeError } from "kinde-edge";
import { initSync } from "kinde-edge/slim";

const kinde = Kinde.fromEnv(process.env, { timeout: 5_000, fetch });
export const fromProcess = Kinde.fromEnv();

export async function upload(path: string): Promise<void> {
  const data = await readFile(path);
  await kinde.environment.logos.set("dark", { logo: data });
  await kinde.environment.logos.set("dark", { logo: { data, name: "logo.png", type: "image/png" } });
  await kinde.environment.logos.set("dark", { logo: new Blob([data], { type: "image/png" }) });
}

export function exitCode(error: unknown): number {
  if (!KindeError.is(error)) return 1;
  const limit: string | null | undefined = error.headers?.get("ratelimit-reset");
  return limit || error.retryAfter ? 75 : 2;
}

export async function load(): Promise<void> {
  initSync(await readFile("kinde_edge_bg.wasm"));
}
