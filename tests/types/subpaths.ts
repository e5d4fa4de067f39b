// The subpaths for frameworks, tests and many calls at once.
import { Kinde, KindeError } from "kinde-edge";
import { bulk } from "kinde-edge/bulk";
import { auth, requires, requireUser } from "kinde-edge/express";
import * as hono from "kinde-edge/hono";
import { nextAuth, type ServerSession } from "kinde-edge/next";
import { AuthProvider, PortalLink, SignIn, SignOut, SignUp, type User, useUser } from "kinde-edge/react";
import { fakeFetch, fakeIssuer, sequence } from "kinde-edge/testing";

const { fetch, requests } = fakeFetch({
  "GET /api/v1/users": sequence({ users: [] }, new Response(null, { status: 503 })),
});
const issuer = await fakeIssuer({ domain: "acme.kinde.com" });
const kinde = new Kinde({ domain: issuer.domain, clientId: "id", clientSecret: "secret", fetch });
const query: Record<string, string> | undefined = requests[0]?.query;
const token: string = await issuer.signToken({ aud: ["api"], expiresIn: 60 });

const session = kinde.session({ secret: "s".repeat(32), redirectUri: "https://app.example/auth/callback" });
const middlewares = [auth(session), auth(session, { path: "/a" }), requireUser(), requires(kinde.guard())];
const others = [hono.auth(session), hono.requireUser(), hono.requires(kinde.guard({ audience: "api" }))];

const one = await bulk([1, 2], async (item, { signal }) => kinde.users.get(String(item), {}, signal && { signal }));
const id: string | undefined = one.results[0]?.value?.id;
const many = await bulk(["a"], (items: string[]) => items.length, { chunk: 100, onProgress: ({ rate }) => rate });
const left: string[] = many.left;
// @ts-expect-error there is no such option
await bulk([1], () => 1, { parallel: 3 });

const next = nextAuth(() => session, {
  publicPaths: ["/", /^\/blog/],
  portal: ({ accessToken }, { subnav }) =>
    new Kinde({ domain: "acme.kinde.com", accessToken }).account.getPortalLink({ subnav }),
  onError: () => new Response(null, { status: 400 }),
});
nextAuth(session, { publicPaths: (path) => path === "/" });
const user: User | null = await next.getUser();
const signedIn: ServerSession | undefined = await next.getSession();
const answers: Promise<Response>[] = [next.handler.GET(new Request("/")), next.proxy(new Request("/"))];
// @ts-expect-error a page knows no token
user?.accessToken;
// @ts-expect-error there is no such option
nextAuth(session, { publicRoutes: [] });

const elements = [
  AuthProvider({ user, children: "all" }),
  SignIn({ orgCode: "org_1", className: "button", onClick: (event) => event.preventDefault() }),
  SignUp({}),
  SignOut({ children: "Bye" }),
  PortalLink({ subnav: "plan_details" }),
];
const known: string | undefined = useUser().user?.email;
// @ts-expect-error no page of the portal
PortalLink({ subnav: "nowhere" });
// @ts-expect-error no such attribute
SignIn({ orgcode: "org_1" });

auth(session, { deniedPath: "/denied", portal: async ({ claims }) => ({ url: claims.sub }) });
hono.auth(session, { deniedPath: "/denied" });
// @ts-expect-error a sequence of nothing answers nothing
sequence();

// Requests of Node.
await session.get({ headers: { cookie: "a=b", "x-a": ["1", "2"] }, url: "/path" });
await kinde.guard().check({ headers: { authorization: undefined } });
// @ts-expect-error no request
await session.get({ header: {} });

// Errors go elsewhere.
const error = new KindeError("no", { code: "api", errors: [], attempts: 1 });
const back: KindeError = KindeError.from(JSON.parse(JSON.stringify(error.toJSON())));
const internal: Error = KindeError.internal(error);

export { answers, elements, known, signedIn };
export { back, id, internal, left, middlewares, others, query, token };
