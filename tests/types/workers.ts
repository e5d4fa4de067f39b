import { Kinde } from "kinde-edge";
import { initSync } from "kinde-edge/slim";
import { cacheStore, encrypted, kvStore } from "kinde-edge/stores";
import module from "kinde-edge/kinde_edge_bg.wasm";

interface Env {
  KINDE_DOMAIN: string;
  KINDE_CLIENT_ID: string;
  KINDE_CLIENT_SECRET: string;
  API: Fetcher;
  LOGOS: R2Bucket;
  TOKENS: KVNamespace;
  TOKEN_SECRET: string;
}

initSync(module);

export default {
  async fetch(request, env) {
    const tokenStore = encrypted(kvStore(env.TOKENS, { prefix: "my:" }), env.TOKEN_SECRET);
    const kinde = Kinde.fromEnv(env, { fetch: (input, init) => env.API.fetch(input, init), tokenStore });
    Kinde.fromEnv(env, { tokenStore: cacheStore({ cache: caches.default }) });
    const logo = await env.LOGOS.get("logo.png");
    if (logo) {
      const data = await logo.arrayBuffer();
      await kinde.organizations.logos.set("org_1", "dark", { logo: { data, type: "image/png" } });
      await kinde.organizations.logos.set("org_1", "dark", { logo: await logo.blob() });
    }
    const { data, response } = await kinde.users.list({ page_size: 5 }, { signal: request.signal }).withResponse();
    return Response.json(data, { status: response.status, headers: response.headers });
  },
} satisfies ExportedHandler<Env>;

const kinde = new Kinde({ domain: "https://acme.kinde.com" });

export const guarded = {
  fetch: kinde.guard({ permissions: "a" })(async (request, { claims }, env: Env, ctx: ExecutionContext) => {
    ctx.waitUntil(env.LOGOS.delete(claims.sub ?? request.url));
    return new Response(claims.sub);
  }),
} satisfies ExportedHandler<Env>;
