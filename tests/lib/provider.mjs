// A certified OpenID provider (oidc-provider) with Kinde's addresses and habits, and with its own
// pages to sign in at. Users need no registration: who signs in as `ada` is `ada`.
//
// `POST /~sign-in` with `{ url, login, deny }` goes through these pages as a browser would, for cases
// that have none, and answers with the address that the provider sends the browser back to.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";
import { jsonOf, portOf } from "../support/listen.mjs";

const GRANTS = { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };

/** Applications, by what tells them apart. `hasty` has tokens that live for 4 seconds. */
export const APPLICATIONS = {
  confidential: {
    client_id: "confidential",
    client_secret: "a secret & more",
    token_endpoint_auth_method: "client_secret_post",
  },
  hasty: { client_id: "hasty", client_secret: "another secret", token_endpoint_auth_method: "client_secret_post" },
  public: { client_id: "public", token_endpoint_auth_method: "none" },
};

/** Starts one; `apps` are the origins of the programs that users sign in to. */
export async function startProvider({ apps = ["https://app.example"] } = {}) {
  const server = createServer();
  // Not by its number: a browser takes Secure cookies over plain HTTP from localhost only.
  const origin = `http://localhost:${await portOf(server)}`;
  const provider = new Provider(origin, configuration(apps));
  const grants = [];
  provider.on("grant.success", (ctx) => grants.push(ctx.oidc.params.grant_type));
  const handle = provider.callback();
  server.on("request", async (request, response) => {
    if (request.url === "/~sign-in") return signInFor(request, response);
    request.url = asStandard(request.url);
    await handle(request, response);
  });
  return {
    origin,
    /** The grants by which it gave tokens, one after another. */
    grants,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

function configuration(apps) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const user = (sub) => ({ sub, name: `${sub[0].toUpperCase()}${sub.slice(1)}`, email: `${sub}@example.com` });
  return {
    clients: Object.values(APPLICATIONS).map((application) => ({
      ...GRANTS,
      ...application,
      redirect_uris: apps.map((app) => `${app}/callback`),
      post_logout_redirect_uris: apps.map((app) => `${app}/`),
    })),
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => user(sub) }),
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    // Kinde puts the claims of the profile into the id token, too.
    conformIdTokenClaims: false,
    scopes: ["openid", "offline"],
    issueRefreshToken: (_, client, code) => client.grantTypeAllowed("refresh_token") && code.scopes.has("offline"),
    rotateRefreshToken: true,
    pkce: { required: () => true },
    extraParams: ["org_code"],
    clientBasedCORS: () => true,
    ttl: {
      AccessToken: (_, _token, client) => (client.clientId === "hasty" ? 4 : 3600),
      ...{ AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
    },
    routes: {
      authorization: "/oauth2/auth",
      token: "/oauth2/token",
      userinfo: "/oauth2/v2/user_profile",
      jwks: "/.well-known/jwks.json",
      introspection: "/oauth2/introspect",
      revocation: "/oauth2/revoke",
      end_session: "/logout",
    },
    features: {
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
  };
}

/** Kinde's `/logout?redirect=` in the words of OpenID Connect RP-Initiated Logout. */
function asStandard(target) {
  const url = new URL(target, "http://localhost");
  const redirect = url.pathname === "/logout" && url.searchParams.get("redirect");
  if (!redirect) return target;
  return `/logout?${new URLSearchParams({ post_logout_redirect_uri: redirect, client_id: "confidential" })}`;
}

async function signInFor(request, response) {
  response.setHeader("access-control-allow-origin", "*");
  response.end(await signIn(await jsonOf(request)));
}

/** What a pattern finds, which has to be there. */
function found(pattern, text) {
  const match = pattern.exec(text);
  if (!match) throw new Error(`${pattern} is not in: ${text}`);
  return match;
}

/** Goes through the provider's pages; resolves to the first address that is not the provider's. */
export async function signIn({ url, login = "ada", deny = false }) {
  const { origin } = new URL(url);
  const cookies = new Map();
  let body;
  for (let steps = 0; steps < 20; steps++) {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(url, { method: body ? "POST" : "GET", body, redirect: "manual", headers: { cookie } });
    body = undefined;
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = found(/^([^=]+)=([^;]*)/, line);
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    const location = response.headers.get("location");
    const page = await response.text();
    if (location) {
      url = new URL(location, url).href;
      if (new URL(url).origin !== origin) return url;
    } else if (deny) {
      url = new URL(found(/href="([^"]+\/abort)"/, page)[1], url).href;
    } else {
      const [, action] = /<form[^>]+action="([^"]+)"/.exec(page) ?? [];
      if (!action) throw new Error(`the provider answered ${response.status}: ${page}`);
      url = new URL(action, url).href;
      const [, prompt] = found(/name="prompt" value="(\w+)"/, page);
      body = new URLSearchParams({ prompt, login, password: "any" });
    }
  }
  throw new Error("the provider's pages do not end");
}
