// A Worker that signs users in. Every page is for users only; `user` says who it is.
import { Kinde, KindeError } from "kinde-edge";

export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const kinde = new Kinde({
      domain: env.KINDE_DOMAIN,
      clientId: env.KINDE_CLIENT_ID,
      clientSecret: env.KINDE_CLIENT_SECRET,
    });
    const session = kinde.session({ secret: env.SESSION_SECRET, redirectUri: `${env.APP_URL}/callback` });
    try {
      if (pathname === "/callback") return await session.callback(request);
      if (pathname === "/sign-out") {
        // Another site must not sign our users out.
        const ours = request.method === "POST" && request.headers.get("origin") === env.APP_URL;
        return ours ? await session.signOut(request) : page("Not from here", { status: 403 });
      }
      const user = await session.get(request);
      if (!user) return await session.signIn(request, { returnTo: pathname + search });
      return page(`Hello ${user.claims.name}`, { headers: user.headers });
    } catch (error) {
      if (!KindeError.is(error)) throw error;
      console.error(error.message);
      return page("That did not work", { status: 400 });
    }
  },
};

function page(title, { status = 200, headers = new Headers() } = {}) {
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("cache-control", "no-store");
  const text = title.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  const html = `<!doctype html><title>${text}</title><h1>${text}</h1>
    <p><a href="/">Home</a></p>
    <form method="post" action="/sign-out"><button>Sign out</button></form>`;
  return new Response(html, { status, headers });
}
