// What may go wrong with a call, on request, at local Kinde: it obeys the header `x-local-kinde`. The attempts after
// the first ones are left alone, so that one sees how the package gets over it.

/** By name: what the first attempts ask for, and options of the client that it shows with. */
export const TROUBLES = {
  429: { title: "429, too many requests", wishes: ["status=429"] },
  503: { title: "503, twice", wishes: ["status=503", "status=503"] },
  401: { title: "401, the token is refused", wishes: ["status=401"] },
  slow: { title: "No answer within a second", wishes: ["delay=3000"], options: { timeout: 1000 } },
  drop: { title: "The connection breaks", wishes: ["reset"] },
};

/** A `fetch` for one call that runs into it. */
export function withTrouble({ wishes }) {
  const left = [...wishes];
  return (url, init) => {
    const wish = left.shift();
    return fetch(url, wish ? { ...init, headers: { ...init.headers, "x-local-kinde": wish } } : init);
  };
}
