// The packed package and a local Kinde to call with it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";

import { startLocalKinde } from "../../pkg/local/dist/node.js";
import { makeProject } from "../support/project.mjs";
import { nullsUnsaid } from "./truth.mjs";

const folder = await makeProject({ after }, { "sdk.mjs": `export * from "kinde-edge";` });

export const { Kinde, KindeError } = await import(pathToFileURL(join(folder, "sdk.mjs")).href);

/** The operations that the package describes. */
export const operations = JSON.parse(await readFile(join(folder, "node_modules/kinde-edge/operations.json"), "utf8"));

/** Start one that listens; it ends with the test. `kinde` may do everything, `reader` read; `client` makes others. */
export async function start(t, options) {
  const local = await startLocalKinde({ port: 0, ...options });
  t.after(local.stop);
  const origin = local.url;
  const unsaid = new Set();
  t.after(() => assert.deepEqual([...unsaid], [], "null where the types do not say so"));
  const client = (more, { id, secret } = local.clients.full) =>
    new Kinde({ domain: origin, clientId: id, clientSecret: secret, ...more, fetch: watched(unsaid, more?.fetch) });
  const token = async ({ id, secret } = local.clients.full, more = {}) => {
    const form = {
      grant_type: "client_credentials",
      client_id: id,
      client_secret: secret,
      audience: `${origin}/api`,
      ...more,
    };
    return (await (await post(`${origin}/oauth2/token`, form)).json()).access_token;
  };
  const tokens = () => local.sent("POST /oauth2/token").length;
  const userToken = (user) => local.signToken({ user });
  const reader = client({}, local.clients.readOnly);
  return { ...local, origin, tokens, userToken, client, token, kinde: client(), reader };
}

/** Every answer is held against the types: a null that they do not have is an error of theirs. */
function watched(unsaid, send = fetch) {
  return async (input, init) => {
    const response = await send(input, init);
    const { method, url } = new Request(input, { method: init?.method });
    const nulls = nullsUnsaid(method, url, response.status, await response.clone().text());
    for (const one of nulls) unsaid.add(one);
    return response;
  };
}

/** Send a form. */
export const post = (url, form, headers = {}) =>
  fetch(url, { method: "POST", headers, body: new URLSearchParams(form) });

/** What a call fails with; a call that does not fail is the failure. */
export async function failure(call) {
  const error = await call.then(
    (answer) => Promise.reject(new Error(`it was answered: ${JSON.stringify(answer)}`)),
    (error) => error,
  );
  if (!KindeError.is(error)) throw error;
  return error;
}

/** Everything that a list gives, in order. */
export async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}
