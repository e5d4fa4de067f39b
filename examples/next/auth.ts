import { Kinde } from "kinde-edge";
import { nextAuth } from "kinde-edge/next";

/** The session is made at the first request: building needs none of the variables. */
export const auth = nextAuth(
  () => {
    const { SESSION_SECRET, APP_URL } = process.env;
    if (!SESSION_SECRET || !APP_URL) throw new Error("SESSION_SECRET and APP_URL have to be set");
    return Kinde.fromEnv().session({ secret: SESSION_SECRET, redirectUri: `${APP_URL}/api/auth/callback` });
  },
  { publicPaths: ["/"], deniedPath: "/" },
);
