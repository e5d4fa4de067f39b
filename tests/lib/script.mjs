// A case's way to the scripted server (server.mjs).

/**
 * Tells it how to answer the calls made with `key` as access token or client id. Each answer is
 * used once, the last one from then on.
 */
export async function script({ server, key = crypto.randomUUID() }, ...answers) {
  await fetch(`${server}/~script`, { method: "POST", body: JSON.stringify({ key, answers }) });
  return {
    key,
    /** What arrived so far: method, target as it was on the wire, headers, body as bytes. */
    async arrived() {
      const response = await fetch(`${server}/~arrived?key=${key}`);
      return (await response.json()).map(({ body, headers, ...rest }) => {
        const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
        return { ...rest, headers: new Headers(headers), bytes, body: new TextDecoder().decode(bytes) };
      });
    },
  };
}
