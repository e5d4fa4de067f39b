import kindeEdge = require("kinde-edge");
import slim = require("kinde-edge/slim");
import stores = require("kinde-edge/stores");

async function list(domain: string, accessToken: string): Promise<number> {
  const kinde = new kindeEdge.Kinde({ domain, accessToken });
  const { users } = await kinde.users.list();
  return users?.length ?? 0;
}

function load(bytes: Uint8Array): string {
  slim.initSync(bytes);
  return slim.VERSION;
}

const tokenStore: kindeEdge.TokenStore = stores.memoryStore();

export = { list, load, tokenStore };
