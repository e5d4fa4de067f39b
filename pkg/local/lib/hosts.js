// Who may call. Local Kinde gives its secrets to this machine: not to a page on the internet that the developer's browser
// has open, whether it calls directly (CORS) or under a name that it has made lead here (DNS rebinding).
import { Refusal } from "./refusal.js";

/** Names of this machine. */
const isHere = (hostname) => /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname);

/** The name that the caller used is one of this machine, where there is a connection at all. */
export function checkHost(context, next) {
  const { hostname } = new URL(context.req.url);
  if (context.env?.incoming && !isHere(hostname)) {
    const message = `Local Kinde is called localhost or 127.0.0.1, not ${JSON.stringify(hostname.slice(0, 100))}`;
    throw new Refusal(403, { errors: [{ code: "WRONG_HOST", message }] });
  }
  return next();
}

/** Pages of this machine may call, and those of the applications that local Kinde signs people in for. */
export function isServed({ store }, _, origin) {
  if (!origin || !URL.canParse(origin)) return false;
  if (isHere(new URL(origin).hostname)) return true;
  const addresses = store.applications
    .all()
    .flatMap(({ redirect_urls, logout_urls, homepage_uri }) => [...redirect_urls, ...logout_urls, homepage_uri]);
  return addresses.some((address) => address && URL.canParse(address) && new URL(address).origin === origin);
}

/** What changes local Kinde itself is asked by its own page, or by no page. */
export function checkOrigin(context, next) {
  const origin = context.req.header("origin");
  if (origin && origin !== new URL(context.req.url).origin) {
    const message = `Pages of ${JSON.stringify(origin.slice(0, 100))} may not change local Kinde`;
    throw new Refusal(403, { errors: [{ code: "WRONG_ORIGIN", message }] });
  }
  return next();
}
