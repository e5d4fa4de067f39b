/** Sign-in flows and sessions, as programs use them. */
import { Kinde } from "kinde-edge";
import type { IdTokenClaims, Session, SignedIn, SignInTokens, TokenRefusal, TokenSet } from "kinde-edge";
import { permissions } from "kinde-edge/claims";

const kinde = new Kinde({ domain: "acme.kinde.com", clientId: "id", clientSecret: "secret" });
export const page = new Kinde({ domain: "acme.kinde.com", clientId: "id" });

export async function flow(request: Request): Promise<string> {
  const redirect_uri = "https://app.example/callback";
  const { url, ...pending } = await kinde.oauth.authorizationUrl({
    redirect_uri,
    scope: "openid offline",
    prompt: "create",
    start_page: "registration",
    is_create_org: true,
    org_name: undefined,
    not_known_yet: 5,
  });
  const tokens: SignInTokens = await kinde.oauth.exchangeCode(
    { url: request, redirect_uri, ...pending },
    { timeout: 5_000 },
  );
  await kinde.oauth.exchangeCode({ url: new URL(url), redirect_uri, ...pending });
  await kinde.oauth.exchangeCode({ url: "?code=a&state=b", redirect_uri, ...pending });
  const claims: IdTokenClaims = tokens.claims;
  const name: string | undefined = claims.name;
  const held: string[] = permissions(claims);
  const next: TokenSet = await kinde.oauth.refresh({ refresh_token: tokens.refresh_token ?? "", sub: claims.sub });
  const expires: number = next.expires_at;
  const endpoint: string | undefined = (await kinde.oauth.discovery()).token_endpoint;
  const profile = await new Kinde({ domain: "acme.kinde.com", accessToken: next.access_token }).oauth.userProfile();
  return [
    kinde.oauth.logoutUrl({ redirect: redirect_uri, state: "s" }),
    kinde.oauth.logoutUrl(),
    name,
    expires,
    endpoint,
    held,
    profile.id,
  ].join();
}

export async function sessions(request: Request): Promise<Response> {
  const session: Session = kinde.session({
    secret: ["a secret of at least thirty-two characters", "the one before"],
    redirectUri: "https://app.example/callback",
    scope: "openid",
    cookie: "app",
    maxAge: 3_600,
    returnTo: "/",
    postLogoutRedirectUri: "https://app.example/",
  });
  const user: SignedIn | undefined = await session.get(request);
  if (!user) return session.signIn(request, { returnTo: "/a", org_code: "org_1" });
  if (request.url.endsWith("/out")) return session.signOut(request, { redirect: "https://app.example/bye" });
  if (request.url.endsWith("/callback")) return session.callback(request);
  return new Response(user.claims.sub, { headers: user.headers });
}

export const refusals: TokenRefusal[] = ["wrong_nonce", "wrong_subject", "wrong_hash"];

// @ts-expect-error no address to come back to
kinde.oauth.authorizationUrl({ scope: "openid" });
// @ts-expect-error not for the caller to say
kinde.oauth.authorizationUrl({ redirect_uri: "https://app.example/", response_type: "token" });
// @ts-expect-error an object in an address
kinde.oauth.authorizationUrl({ redirect_uri: "https://app.example/", org_code: { code: "org_1" } });
// @ts-expect-error no verifier
kinde.oauth.exchangeCode({ url: "?code=a", redirect_uri: "https://app.example/", state: "s", nonce: "n" });
// @ts-expect-error an access token is none
kinde.oauth.refresh({ access_token: "a" });
// @ts-expect-error no secret
kinde.session({ redirectUri: "https://app.example/callback" });
// @ts-expect-error no secret in the list
kinde.session({ secret: [], redirectUri: "https://app.example/callback" });
// @ts-expect-error an unknown option
kinde.session({ secret: "s", redirectUri: "https://app.example/callback", maxage: 5 });

export async function misuse(session: Session, request: Request): Promise<void> {
  // @ts-expect-error the session's own
  await session.signIn(request, { redirect_uri: "https://app.example/other" });
  // @ts-expect-error an address is no request
  await session.get(request.url);
}
