// The API explorer for a tenant: people sign in, and those who have the permission make calls with the token
// of a machine-to-machine application, which stays in the Worker.
import { Kinde, KindeError } from "kinde-edge";
import { hasPermission, organization } from "kinde-edge/claims";

interface Env {
  KINDE_DOMAIN: string;
  /** The application that people sign in to. */
  KINDE_CLIENT_ID: string;
  KINDE_CLIENT_SECRET: string;
  /** The machine-to-machine application that makes the calls: its scopes are all that can be done here. */
  KINDE_MANAGEMENT_CLIENT_ID: string;
  KINDE_MANAGEMENT_CLIENT_SECRET: string;
  SESSION_SECRET: string;
  /** The key of the permission that people need, and the code of the organization in which they need it. */
  EXPLORER_PERMISSION: string;
  EXPLORER_ORGANIZATION: string;
  ASSETS: Fetcher;
}

export default {
  async fetch(request, env) {
    const { origin, pathname, searchParams } = new URL(request.url);
    const kinde = new Kinde({
      domain: env.KINDE_DOMAIN,
      clientId: env.KINDE_CLIENT_ID,
      clientSecret: env.KINDE_CLIENT_SECRET,
    });
    const session = kinde.session({ secret: env.SESSION_SECRET, redirectUri: `${origin}/callback`, returnTo: "/www/" });
    // Cookies that were renewed: every answer from then on has to carry them, a failure too.
    let renewed: Headers | undefined;
    try {
      if (pathname === "/") return Response.redirect(`${origin}/www/`);
      if (pathname === "/callback") return await session.callback(request);
      if (pathname === "/sign-in") {
        return await session.signIn(request, {
          returnTo: searchParams.get("returnTo") ?? undefined,
          // Permissions are those of one organization.
          org_code: env.EXPLORER_ORGANIZATION,
        });
      }
      const isCall = pathname.startsWith("/api/v1/");
      // A browser sends the cookie with what other sites ask for, too: only this Worker's own page may.
      if (isCall || pathname === "/sign-out" || pathname === "/www/connection.json") {
        if (request.headers.get("sec-fetch-site") !== "same-origin")
          return refuse(403, "OTHER_SITE", "Not from another site");
      }
      if (pathname === "/sign-out" && request.method === "POST") {
        const { headers } = await session.signOut(request);
        return answer(200, { location: headers.get("location") }, headers);
      }
      if (pathname === "/www/connection.json") {
        const user = await session.get(request);
        const { name, email } = user?.claims ?? {};
        const about = {
          kind: "worker",
          user: user && { name: name ?? email },
          signIn: "/sign-in",
          signOut: "/sign-out",
        };
        return answer(200, about, user?.headers);
      }
      if (!isCall) return await env.ASSETS.fetch(request);

      const user = await session.get(request);
      if (!user) return refuse(401, "NOT_SIGNED_IN", "Sign in first");
      renewed = user.headers;
      const claims = await kinde.tokens.verify(user.accessToken);
      // A customer's administrator may have the permission, too: in the customer's organization.
      const code = organization(claims);
      const isOurs = code !== undefined && code === env.EXPLORER_ORGANIZATION;
      if (!isOurs || !hasPermission(claims, env.EXPLORER_PERMISSION)) {
        const what = `You need the permission ${env.EXPLORER_PERMISSION} in ${env.EXPLORER_ORGANIZATION}`;
        return refuse(403, "NO_PERMISSION", `${what} to make calls here`, renewed);
      }
      return await forward(request, env, renewed);
    } catch (error) {
      if (!KindeError.is(error)) throw error;
      console.error(error.message);
      if (pathname === "/callback")
        return new Response("The sign-in did not work. Go back and try again.", { status: 400 });
      const status = error.code === "invalid_request" ? 400 : 502;
      return refuse(status, "WORKER", `The Worker could not do it: ${error.code}`, renewed);
    }
  },
} satisfies ExportedHandler<Env>;

/** The call of the page, with the Worker's token. */
async function forward(request: Request, env: Env, headers: Headers): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  // An encoded slash or dot would be one more place where two servers could read a path differently.
  if (/%(2e|2f|5c)/i.test(pathname)) return refuse(400, "INVALID_PATH", "Not a path of the API", headers);
  const kinde = Kinde.fromEnv(env, { maxRetries: 0 });
  try {
    // A key may come more than once.
    const query = Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)]));
    const body = await read(request).catch(() => MALFORMED);
    if (body === MALFORMED) return refuse(400, "INVALID_BODY", "The body is not what its type says", headers);
    const { data, response } = await kinde.request(request.method, pathname, { query, body }).withResponse();
    return answer(response.status, data, headers);
  } catch (error) {
    // What the API says goes to the page. A wrong client secret is for the log.
    if (!KindeError.is(error) || error.status === undefined || error.code === "authentication") throw error;
    if (error.retryAfter !== undefined) headers.set("retry-after", String(error.retryAfter));
    return answer(error.status, error.body, headers);
  }
}

/** In place of a body that cannot be read. */
const MALFORMED = Symbol("malformed");

async function read(request: Request): Promise<unknown> {
  if (!request.body) return undefined;
  const isForm = request.headers.get("content-type")?.startsWith("multipart/form-data");
  return isForm ? request.formData() : request.json();
}

function answer(status: number, data: unknown, headers = new Headers()): Response {
  const own = new Headers(headers);
  own.delete("location");
  own.set("cache-control", "no-store");
  own.set("x-content-type-options", "nosniff");
  return data === undefined
    ? new Response(null, { status, headers: own })
    : Response.json(data, { status, headers: own });
}

function refuse(status: number, code: string, message: string, headers?: Headers): Response {
  return answer(status, { errors: [{ code, message }] }, headers);
}
