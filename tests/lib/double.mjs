// A stand-in for fetch that notes how it was called. What only names the SDK is noted apart from the other headers: it is
// the same in every call, and missing in pages.

/**
 * `{ fetch, calls }`; `answer` makes the response of each call, from its address and init.
 * @param {(url: any, init: any) => any} [answer]
 */
export function double(answer = () => Response.json({})) {
  const calls = [];
  return {
    calls,
    // No arrow function: what it is called on is one of the things to know.
    async fetch(...args) {
      const [url, init] = args;
      calls.push({ self: this, args, url, ...apart(init) });
      return answer(url, init);
    },
  };
}

/** `{ init, introduction }` */
function apart(init) {
  const entries = Object.entries(init?.headers ?? {});
  const names = ([name, value]) => ["kinde-sdk", "user-agent"].includes(name) && value.startsWith("kinde-edge/");
  const introduction = Object.fromEntries(entries.filter(names));
  const headers = Object.fromEntries(entries.filter((entry) => !names(entry)));
  return { init: init && { ...init, headers }, introduction };
}

export const DOMAIN = "https://acme.kinde.com";
export const TOKEN = "the-access-token";

/** A client on a double: `{ kinde, calls }`. It tries once, so that each call can be told from the next. */
export function clientOn(sdk, options = {}, answer = undefined) {
  const { fetch, calls } = double(answer);
  const credentials = "clientId" in options ? {} : { accessToken: TOKEN };
  return { kinde: new sdk.Kinde({ domain: DOMAIN, maxRetries: 0, ...credentials, fetch, ...options }), calls };
}

/** What a call is rejected with; fails if it succeeds or rejects with anything but a KindeError. */
export async function rejection(sdk, promise) {
  let data;
  try {
    data = await promise;
  } catch (error) {
    if (error instanceof sdk.KindeError) return error;
    throw new Error(`rejected with ${error?.constructor?.name}, not a KindeError: ${Object(error).message}`, {
      cause: error,
    });
  }
  throw new Error(`resolved instead of being rejected: ${JSON.stringify(data)}`);
}
