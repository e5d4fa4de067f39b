// The examples of pkg/UPGRADING.md: what was written for @kinde/management-api-js compiles and runs with
// the real one, and what it becomes makes the same requests and prints the same.
import assert from "node:assert/strict";

import { run } from "../../xtask/js/project.mjs";
import { makeProject } from "../support/project.mjs";
import { CLIENT, startKinde } from "./kinde.mjs";
import { linkPackages, print, typecheck } from "./programs.mjs";

const DOMAIN = "https://acme.kinde.com";

/** As the service makes them: the other package looks into them. */
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const exp = Math.floor(Date.now() / 1000) + 3600;
const TOKEN = `${part({ alg: "RS256" })}.${part({ aud: [`${DOMAIN}/api`], exp })}.signature`;

/** What an example may use without saying where it comes from. */
const GIVEN = { clientId: CLIENT.id, clientSecret: CLIENT.secret, id: "kp_1", orgCode: "org_1" };

/** Sends what is meant for the domain to the server of the test. */
const REDIRECT = `
  const fetch = globalThis.fetch;
  globalThis.fetch = (url, init) => fetch(String(url).replace("${DOMAIN}", process.env.SERVER), init);`;

/** A project with both packages; `program` is what runs in it. */
async function project(t, program) {
  const folder = await makeProject(t, { "main.mjs": program, "redirect.mjs": REDIRECT });
  await linkPackages(folder, ["@kinde"]);
  return folder;
}

const given = () =>
  Object.entries(GIVEN)
    .map(([name, value]) => `const ${name} = "${value}";\n`)
    .join("");

/** Compile an example as TypeScript, by the types of both packages; the other's need a bundler. */
async function compile(t, code) {
  const declared = Object.keys(GIVEN)
    .map((name) => `declare const ${name}: string;\n`)
    .join("");
  // A variable of JavaScript says nothing of its type.
  const options = { module: "esnext", moduleResolution: "bundler", noImplicitAny: false };
  await typecheck(await project(t, ""), declared + code, options);
}

/** Run an example; resolves to the requests that it made, and to what it printed. */
async function execute(t, code, { answers, left = "undefined" }) {
  const kinde = await startKinde(t, answers, TOKEN);
  const folder = await project(t, given() + code + print(`${left} ?? null`));
  const env = {
    SERVER: kinde.url,
    KINDE_DOMAIN: DOMAIN,
    KINDE_MANAGEMENT_CLIENT_ID: CLIENT.id,
    KINDE_MANAGEMENT_CLIENT_SECRET: CLIENT.secret,
  };
  const { stdout, stderr } = await run(process.execPath, ["--import", "./redirect.mjs", "main.mjs"], {
    cwd: folder,
    env,
  });
  assert.equal(stderr, "");
  const requests = kinde.requests.map(({ call, headers, bytes }) => {
    const text = bytes.toString();
    // The one says an empty scope, the other none.
    if (call === "POST /oauth2/token")
      return { call, form: Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value)) };
    return { call, accept: headers.accept, authorization: headers.authorization, body: text && JSON.parse(text) };
  });
  kinde.assertCalls(requests.map(({ call }) => call));
  return { requests, stdout };
}

/** The example of what a program was. */
export const before = (t, code) => compile(t, code);

/** A call whose query is in the order of its names: each package writes it in its own. */
function sorted(call) {
  const [path, query] = call.split("?");
  return query ? `${path}?${query.split("&").sort().join("&")}` : path;
}
const inOrder = ({ requests, ...rest }) => ({
  ...rest,
  requests: requests.map(({ call, ...request }) => ({ ...request, call: sorted(call) })),
});

/** The example of what it becomes: makes these calls, as the one before it does. */
export const after =
  (calls, options = {}) =>
  async (t, code, earlier) => {
    await compile(t, code);
    const was = await execute(t, earlier, options);
    const is = await execute(t, code, options);
    assert.deepEqual(inOrder(is), inOrder(was));
    assert.deepEqual(
      inOrder(is).requests.map(({ call }) => call),
      ["POST /oauth2/token", ...calls].map(sorted),
    );
    if (options.printed) assert.equal(is.stdout, `${options.printed}null\n`);
  };
