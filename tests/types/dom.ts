import { Kinde } from "kinde-edge";
import { init, initSync } from "kinde-edge/slim";
import { cacheStore } from "kinde-edge/stores";
import type { TokenStore } from "kinde-edge";

declare const input: HTMLInputElement;
declare const accessToken: string;

const kinde = new Kinde({
  domain: location.host,
  accessToken: async () => accessToken,
  fetch: window.fetch,
});

export async function upload(): Promise<void> {
  const file = input.files?.[0];
  if (file) await kinde.environment.logos.set("light", { logo: file });
}

export async function load(): Promise<void> {
  await init();
  await init("/kinde_edge_bg.wasm");
  await init(new URL("kinde_edge_bg.wasm", location.href));
  await init(fetch("/kinde_edge_bg.wasm"));
  const bytes = await (await fetch("/kinde_edge_bg.wasm")).arrayBuffer();
  initSync(bytes);
  initSync(await WebAssembly.compile(bytes));
}

export async function tokenStore(): Promise<TokenStore> {
  return cacheStore({ cache: await caches.open("tokens") });
}
