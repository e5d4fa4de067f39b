// What goes out, byte for byte: as `fetch` is told, and as a server sees it arrive.

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { clientOn, DOMAIN, rejection, TOKEN } from "../lib/double.mjs";
import { script } from "../lib/script.mjs";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x00, 0xff]);
const LONE = "\ud83d";
/** An answer to whatever is called here, lists among it. */
const ANSWER = { users: [], organization_users: [], roles: [], results: [] };

export const cases = () => [
  ...requests.map(({ name, ...request }) => ({ name, run: (host) => checkRequest(host, request) })),
  ...uploads.map(({ name, ...upload }) => ({ name: `a logo as ${name}`, run: (host) => checkUpload(host, upload) })),
  ...refused.map(([name, call]) => ({ name: `refused: ${name}`, run: (host) => checkRefused(host, call) })),
  ...nearMisses.map(([name, call, message]) => ({
    name: `refused, with what was meant: ${name}`,
    run: (host) => checkRefused(host, call, message),
  })),
  ...others,
];

/**
 * Calls and the requests that they are: `target` is path and query. A URL parser writes `'` in a
 * query as `%27`, so `arrives` says what a server sees where that differs.
 */
const requests = [
  // Queries
  {
    name: "a call without values",
    call: (kinde) => kinde.users.list(),
    is: ["GET", "/api/v1/users"],
  },
  {
    name: "integers, booleans and null in a query",
    call: (kinde) => kinde.users.list({ page_size: 10, has_organization: false, next_token: null, email: undefined }),
    is: ["GET", "/api/v1/users?page_size=10&has_organization=false"],
  },
  {
    name: "minus zero is zero",
    call: (kinde) => kinde.users.list({ page_size: -0 }),
    is: ["GET", "/api/v1/users?page_size=0"],
  },
  {
    name: "names that no one knows yet, and an argument that is undefined",
    call: (kinde) => kinde.users.list({ page: 1, is_new: true }, undefined, undefined),
    is: ["GET", "/api/v1/users?page=1&is_new=true"],
  },
  {
    name: "keys of a free-form object that look like parameters",
    call: (kinde) => kinde.users.search({ properties: { pageSize: ["1"], querry: ["2"] } }),
    is: ["GET", "/api/v1/search/users?properties%5BpageSize%5D=1&properties%5Bquerry%5D=2"],
  },
  {
    name: "deepObject with arrays",
    call: (kinde) =>
      kinde.users.search({ query: "*", page_size: 5, properties: { city: ["Paris", "New York"], "kp:plan": ["a&b"] } }),
    is: [
      "GET",
      "/api/v1/search/users?page_size=5&query=*&properties%5Bcity%5D=Paris&properties%5Bcity%5D=New%20York&properties%5Bkp%3Aplan%5D=a%26b",
    ],
  },
  {
    name: "deepObject with nothing in it",
    call: (kinde) => kinde.users.search({ query: "ada", properties: {} }),
    is: ["GET", "/api/v1/search/users?query=ada"],
  },
  {
    name: "deepObject with keys that could break out",
    call: (kinde) => kinde.users.search({ properties: { "a=b&c#d": ["1"], "日本🎉": ["2"] } }),
    is: [
      "GET",
      "/api/v1/search/users?properties%5Ba%3Db%26c%23d%5D=1&properties%5B%E6%97%A5%E6%9C%AC%F0%9F%8E%89%5D=2",
    ],
  },
  {
    name: "a value that is empty",
    call: (kinde) => kinde.call("UpdateUserProperty", { user_id: "kp_1", property_key: "a", value: "" }),
    is: ["PUT", "/api/v1/users/kp_1/properties/a?value="],
  },
  {
    name: "comma lists as arrays",
    call: (kinde) => kinde.users.list({ user_id: ["kp_1", "kp_2"], email: ["ada+1@example.com"] }),
    is: ["GET", "/api/v1/users?user_id=kp_1%2Ckp_2&email=ada%2B1%40example.com"],
  },
  {
    name: "comma lists as strings",
    call: (kinde) => kinde.users.list({ user_id: "kp_1,kp_2", expand: "organizations,identities" }),
    is: ["GET", "/api/v1/users?user_id=kp_1%2Ckp_2&expand=organizations%2Cidentities"],
  },
  {
    name: "comma lists of organization users",
    call: (kinde) => kinde.organizations.users.list("org_1", { permissions: ["read:a", "b"], roles: "admin" }),
    is: ["GET", "/api/v1/organizations/org_1/users?permissions=read%3Aa%2Cb&roles=admin"],
  },
  {
    name: "comma lists of addresses, in a DELETE",
    call: (kinde) =>
      kinde.applications.redirectUrls.remove("app", { urls: ["https://a.example/?x=1&y=2#z", "https://b.example"] }),
    is: [
      "DELETE",
      "/api/v1/applications/app/auth_redirect_urls?urls=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2%23z%2Chttps%3A%2F%2Fb.example",
    ],
  },
  {
    name: "a POST with its data in the query",
    call: (kinde) => kinde.subscribers.create({ first_name: "Zoë", last_name: null, email: "zoe@example.com" }),
    is: ["POST", "/api/v1/subscribers?first_name=Zo%C3%AB&email=zoe%40example.com"],
  },
  {
    name: "a PUT with its data in the query",
    call: (kinde) =>
      kinde.featureFlags.replace("a flag", {
        name: "A",
        description: "",
        type: "str",
        allow_override_level: "org",
        default_value: "on/off?",
      }),
    is: [
      "PUT",
      "/api/v1/feature_flags/a%20flag?name=A&description=&type=str&allow_override_level=org&default_value=on%2Foff%3F",
    ],
  },
  {
    name: "a PATCH with its data in the query",
    call: (kinde) => kinde.organizations.featureFlags.set("org_1", "flag", { value: "true" }),
    is: ["PATCH", "/api/v1/organizations/org_1/feature_flags/flag?value=true"],
  },
  {
    name: "a key that no parameter has, without a body",
    call: (kinde) => kinde.users.list({ page_size: 1, is_new: true, list: ["a", "b"], "k&=": { in: 1 } }),
    is: ["GET", "/api/v1/users?page_size=1&is_new=true&list=a&list=b&k%26%3D%5Bin%5D=1"],
  },

  // Bodies
  {
    name: "a body and a query",
    call: (kinde) => kinde.users.update("kp_1", { given_name: "Ada", is_suspended: false, provided_id: undefined }),
    is: ["PATCH", "/api/v1/user?id=kp_1", `{"given_name":"Ada","is_suspended":false}`],
  },
  {
    name: "a required body with nothing in it",
    call: (kinde) => kinde.users.update("kp_1", {}),
    is: ["PATCH", "/api/v1/user?id=kp_1", "{}"],
  },
  {
    name: "an optional body with nothing in it",
    call: (kinde) => kinde.permissions.create(),
    is: ["POST", "/api/v1/permissions"],
  },
  {
    name: "a body with a list of objects, a key that no field has, and unicode",
    call: (kinde) =>
      kinde.organizations.users.add("org_1", {
        users: [
          { id: "kp_1", roles: ["ä"] },
          { id: "🎉", more: [null, 1.5] },
        ],
        new: {},
      }),
    is: [
      "POST",
      "/api/v1/organizations/org_1/users",
      `{"users":[{"id":"kp_1","roles":["ä"]},{"id":"🎉","more":[null,1.5]}],"new":{}}`,
    ],
  },
  {
    name: "a path value, a body with a field named type",
    call: (kinde) => kinde.applications.create({ name: "App", type: "m2m" }),
    is: ["POST", "/api/v1/applications", `{"name":"App","type":"m2m"}`],
  },
  {
    name: "a field that is a string or a boolean",
    call: (kinde) => kinde.applications.properties.set("app", "key", { value: false }),
    is: ["PUT", "/api/v1/applications/app/properties/key", `{"value":false}`],
  },
  {
    name: "a free-form object and enum values with colons",
    call: (kinde) => kinde.users.properties.update("kp_1", { properties: { a: "1", "b c": null } }),
    is: ["PATCH", "/api/v1/users/kp_1/properties", `{"properties":{"a":"1","b c":null}}`],
  },
  {
    name: "a form",
    call: (kinde) => kinde.oauth.introspect({ token: "a b&c=d+e/é%🎉", token_type_hint: "access_token" }),
    is: [
      "POST",
      "/oauth2/introspect",
      "token=a%20b%26c%3Dd%2Be%2F%C3%A9%25%F0%9F%8E%89&token_type_hint=access_token",
      "application/x-www-form-urlencoded",
    ],
  },
  {
    name: "a form with a key that no field has",
    call: (kinde) => kinde.oauth.revoke({ client_id: "id", client_secret: "s&cret", token: "t", extra: 1 }),
    is: [
      "POST",
      "/oauth2/revoke",
      "client_id=id&client_secret=s%26cret&token=t&extra=1",
      "application/x-www-form-urlencoded",
    ],
  },
  {
    name: "a DELETE without a body",
    call: (kinde) => kinde.organizations.users.roles.remove("org_1", "kp_1", "role"),
    is: ["DELETE", "/api/v1/organizations/org_1/users/kp_1/roles/role"],
  },
  {
    name: "an operation without parameters, with options",
    call: (kinde) =>
      kinde.apis.get("api_1", { timeout: 5000, headers: { "x-mine": "1" }, signal: new AbortController().signal }),
    is: ["GET", "/api/v1/apis/api_1"],
  },

  // What must not get out of its place
  ...[
    ["reserved characters", "?#/%&+=;:@$, []", "%3F%23%2F%25%26%2B%3D%3B%3A%40%24%2C%20%5B%5D"],
    ["a way up", "../../oauth2/token", "..%2F..%2Foauth2%2Ftoken"],
    ["dots that lead nowhere", "a..b", "a..b"],
    ["three dots", "...", "..."],
    ["encoded dots", "%2e%2e", "%252e%252e"],
    ["backslashes and controls", "\\..\\\t\n\r\0", "%5C..%5C%09%0A%0D%00"],
    ["unicode", "ünï/日本🎉", "%C3%BCn%C3%AF%2F%E6%97%A5%E6%9C%AC%F0%9F%8E%89"],
  ].flatMap(([what, value, written]) => [
    {
      name: `${what} in a path value`,
      call: (kinde) => kinde.organizations.users.roles.list(value, value),
      is: ["GET", `/api/v1/organizations/${written}/users/${written}/roles`],
    },
    {
      name: `${what} in a query value`,
      call: (kinde) => kinde.users.get(value),
      is: ["GET", `/api/v1/user?id=${written}`],
    },
    {
      name: `${what} in a path value, by operation id`,
      call: (kinde) => kinde.call("GetOrganizationUserRoles", { org_code: value, user_id: "u" }),
      is: ["GET", `/api/v1/organizations/${written}/users/u/roles`],
    },
    {
      name: `${what} in a query value of kinde.request`,
      call: (kinde) => kinde.request("GET", "/api/v1/new", { query: { "a b": value } }),
      is: ["GET", `/api/v1/new?a%20b=${written}`],
    },
  ]),
  {
    name: "an apostrophe in a query",
    call: (kinde) => kinde.users.get("o'neill"),
    is: ["GET", "/api/v1/user?id=o'neill"],
    arrives: "/api/v1/user?id=o%27neill",
  },

  // The other ways to call
  {
    name: "by operation id: path, query and body in one object",
    call: (kinde) => kinde.call("updateUser", { id: "kp_1", family_name: "Lovelace" }),
    is: ["PATCH", "/api/v1/user?id=kp_1", `{"family_name":"Lovelace"}`],
  },
  {
    name: "by operation id: a path value is no part of the body",
    call: (kinde) => kinde.call("UpdateUserProperties", { user_id: "kp_1", properties: { a: 1 } }),
    is: ["PATCH", "/api/v1/users/kp_1/properties", `{"properties":{"a":1}}`],
  },
  {
    name: "by operation id: nothing to say",
    call: (kinde) => kinde.call("getUsers"),
    is: ["GET", "/api/v1/users"],
  },
  {
    name: "kinde.request with a query and a body",
    call: (kinde) =>
      kinde.request("post", "/api/v2/new", { query: { ids: ["a", "b"], deep: { x: 1 } }, body: { a: [1] } }),
    is: ["POST", "/api/v2/new?ids=a&ids=b&deep%5Bx%5D=1", `{"a":[1]}`],
  },
  {
    name: "kinde.request with a body that is an array",
    call: (kinde) => kinde.request("PUT", "/api/v2/new", { body: [] }),
    is: ["PUT", "/api/v2/new", "[]"],
  },
  {
    name: "kinde.request with a body that is null",
    call: (kinde) => kinde.request("PUT", "/api/v2/new", { body: null }),
    is: ["PUT", "/api/v2/new", "null"],
  },
  {
    name: "kinde.request with a body that is a string",
    call: (kinde) => kinde.request("PATCH", "/api/v2/new", { body: "text" }),
    is: ["PATCH", "/api/v2/new", `"text"`],
  },
  {
    name: "kinde.request without a body",
    call: (kinde) => kinde.request("DELETE", "/api/v2/new"),
    is: ["DELETE", "/api/v2/new"],
  },
];

async function checkRequest(host, { call, is, arrives }) {
  const [method, target, body, type = "application/json"] = is;
  const contentType = body === undefined ? undefined : type;

  const { kinde, calls } = clientOn(host.sdk, {}, () => Response.json(ANSWER));
  await call(kinde);
  equal(calls.length, 1, "requests");
  const [{ self, args, url, init }] = calls;
  equal(self, undefined, "this, in fetch,");
  equal(args.length, 2, "arguments of fetch");
  equal(url, DOMAIN + target, "address");
  equal(init.method, method, "method");
  equal(init.body, body, "body");
  ok(init.signal instanceof AbortSignal, "fetch is given no AbortSignal");
  const known =
    body === undefined
      ? ["headers", "method", "redirect", "signal"]
      : ["body", "headers", "method", "redirect", "signal"];
  deepEqual(Object.keys(init).sort(), known, "fields of init");
  equal(init.redirect, "manual", "redirect");
  const { "x-mine": _, ...headers } = init.headers;
  deepEqual(
    headers,
    {
      accept: "application/json",
      authorization: `Bearer ${TOKEN}`,
      ...(contentType && { "content-type": contentType }),
    },
    "headers",
  );

  const { key, arrived } = await script(host, { json: ANSWER });
  await call(new host.sdk.Kinde({ domain: host.server, accessToken: key }));
  const requests = await arrived();
  equal(requests.length, 1, "requests that arrived");
  const [request] = requests;
  equal(request.method, method, "method that arrived");
  equal(request.target, arrives ?? target, "target that arrived");
  equal(request.body, body ?? "", "body that arrived");
  equal(request.headers.get("accept"), "application/json", "accept");
  equal(request.headers.get("authorization"), `Bearer ${key}`, "authorization");
  equal(request.headers.get("content-type"), contentType ?? null, "content-type");
}

/** Ways to give a logo, and the part of the body that each becomes. */
const uploads = [
  {
    name: "a Blob",
    logo: () => new Blob([PNG], { type: "image/png" }),
    part: { filename: "logo", type: "image/png" },
  },
  {
    name: "a Blob without a type",
    logo: () => new Blob([PNG]),
    part: { filename: "logo", type: "application/octet-stream" },
  },
  {
    name: "a File",
    logo: () => new File([PNG], "mine.png", { type: "image/png" }),
    part: { filename: "mine.png", type: "image/png" },
  },
  {
    name: "a File with a name that could break out",
    logo: () => new File([PNG], `ü🎉".png`, { type: "image/png" }),
    part: { filename: `ü🎉%22.png`, type: "image/png" },
    given: `ü🎉".png`,
  },
  {
    name: "an ArrayBuffer",
    logo: () => PNG.slice().buffer,
    part: { filename: "logo", type: "application/octet-stream" },
  },
  {
    name: "a Uint8Array that is a part of its buffer",
    logo: () => Uint8Array.from([1, 2, ...PNG, 3]).subarray(2, 2 + PNG.length),
    part: { filename: "logo", type: "application/octet-stream" },
  },
  {
    name: "a DataView",
    logo: () => new DataView(PNG.slice().buffer),
    part: { filename: "logo", type: "application/octet-stream" },
  },
  {
    name: "bytes with a name and a type",
    logo: () => ({ data: PNG.slice(), name: "a.svg", type: "image/svg+xml" }),
    part: { filename: "a.svg", type: "image/svg+xml" },
  },
  {
    name: "bytes with neither",
    logo: () => ({ data: PNG.slice().buffer }),
    part: { filename: "logo", type: "application/octet-stream" },
  },
  {
    name: "a Blob with another name and type",
    logo: () => ({ data: new Blob([PNG], { type: "image/png" }), name: "b.gif", type: "image/gif" }),
    part: { filename: "b.gif", type: "image/gif" },
  },
];

async function checkUpload(host, { logo, part, given = part.filename }) {
  for (const [target, call] of [
    ["/api/v1/environment/logos/dark", (kinde) => kinde.environment.logos.set("dark", { logo: logo() })],
    ["/api/v1/organizations/o/logos/light", (kinde) => kinde.organizations.logos.set("o", "light", { logo: logo() })],
  ]) {
    const { kinde, calls } = clientOn(host.sdk);
    await call(kinde);
    const [{ url, init }] = calls;
    equal(url, DOMAIN + target, "address");
    // Written for a fetch that may know no FormData of the runtime's.
    const headers = { "content-type": init.headers["content-type"] };
    const entries = [...(await new Response(init.body, { headers }).formData())];
    equal(entries.length, 1, "parts");
    const [[field, file]] = entries;
    equal(field, "logo", "field");
    // Escapes are read in some runtimes only.
    ok([given, part.filename].includes(file.name), `file name ${file.name}`);
    deepEqual([...new Uint8Array(await file.arrayBuffer())], [...PNG], "bytes");

    const { key, arrived } = await script(host, { json: {} });
    await call(new host.sdk.Kinde({ domain: host.server, accessToken: key }));
    const [request] = await arrived();
    equal(request.target, target, "target that arrived");
    const boundary = /^multipart\/form-data; ?boundary="?([^"]+)"?$/.exec(request.headers.get("content-type"))?.[1];
    ok(boundary, `no boundary in ${request.headers.get("content-type")}`);
    // One character for each byte, so that the bytes of the file can be compared.
    const latin = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const [before, ...parts] = latin(request.bytes).split(`--${boundary}`);
    equal(before, "", "what is in front of the first part");
    deepEqual([parts.length, parts[1].trim()], [2, "--"], "number of parts and the end");
    const [head, ...content] = parts[0].slice(2).split("\r\n\r\n");
    const filename = latin(new TextEncoder().encode(part.filename));
    deepEqual(
      head.toLowerCase().split("\r\n").sort(),
      [
        `content-disposition: form-data; name="logo"; filename="${filename}"`.toLowerCase(),
        `content-type: ${part.type}`,
      ],
      "head of the part",
    );
    equal(content.join("\r\n\r\n"), `${latin(PNG)}\r\n`, "bytes that arrived");
  }
}

/** Calls that must not leave. */
const refused = [
  ["a path value that is empty", (kinde) => kinde.apis.get("")],
  ["a path value that is a dot", (kinde) => kinde.apis.get(".")],
  ["a path value that is two dots", (kinde) => kinde.apis.scopes.get("a", "..")],
  ["a path value that is a number", (kinde) => kinde.apis.get(1)],
  ["half a character in a path value", (kinde) => kinde.apis.get(LONE)],
  ["half a character in a query value", (kinde) => kinde.users.get(`a${LONE}b`)],
  ["half a character in the key of a query", (kinde) => kinde.users.list({ [LONE]: "x" })],
  ["half a character in the key of a deepObject", (kinde) => kinde.users.search({ properties: { [LONE]: ["x"] } })],
  ["half a character in a form", (kinde) => kinde.oauth.introspect({ token: LONE })],
  ["half a character in a path of kinde.request", (kinde) => kinde.request("GET", `/a${LONE}`)],
  ["half a character in a header", (kinde) => kinde.users.list({}, { headers: { "x-a": LONE } })],
  ["a line end in a file name", (kinde) => kinde.environment.logos.set("dark", { logo: new File([PNG], "a\r\nx: y") })],
  ["a comma in an element of a comma list", (kinde) => kinde.users.list({ user_id: ["a,b"] })],
  ["a comma list of numbers", (kinde) => kinde.users.list({ user_id: [1] })],
  ["brackets in the key of a deepObject", (kinde) => kinde.users.search({ properties: { "a][b": ["x"] } })],
  ["a string where an integer goes", (kinde) => kinde.users.list({ page_size: "10" })],
  ["a fraction where an integer goes", (kinde) => kinde.users.list({ page_size: 1.5 })],
  ["a value outside of an enum", (kinde) => kinde.applications.list({ sort: "up" })],
  ["a path value outside of an enum", (kinde) => kinde.environment.logos.delete("blue")],
  ["a missing identifier", (kinde) => kinde.users.get()],
  ["an identifier that is empty", (kinde) => kinde.organizations.get("")],
  ["an identifier that the document does not ask for", (kinde) => kinde.organizations.get()],
  ["an object where an identifier goes", (kinde) => kinde.users.get({ id: "kp_1", expand: [] })],
  ["a member without its id", (kinde) => kinde.roles.scopes.add("role_1")],
  ["one identifier by its place, another among the params", (kinde) => kinde.users.update("kp_1", { id: "kp_2" })],
  ["a missing field", (kinde) => kinde.apis.create({ name: "a" })],
  ["null for a field that cannot be", (kinde) => kinde.apis.create({ name: null, audience: "a" })],
  ["fields that only a prototype has", (kinde) => kinde.apis.create(Object.create({ name: "a", audience: "a" }))],
  ["an object where a string goes", (kinde) => kinde.users.update("a", { given_name: { first: "Ada" } })],
  ["a missing field of a list's element", (kinde) => kinde.apis.authorizeApplications("a", { applications: [{}] })],
  ["a logo that is a string", (kinde) => kinde.environment.logos.set("dark", { logo: "data:image/png;base64,AAAA" })],
  ["a logo whose data is a string", (kinde) => kinde.environment.logos.set("dark", { logo: { data: "AAAA" } })],
  ["params that are an array", (kinde) => kinde.users.list([])],
  ["an empty identifier in a path", (kinde) => kinde.call("getAPI", { api_id: "" })],
  ["an empty identifier in a query", (kinde) => kinde.call("getUserData", { id: "" })],
  ["an empty identifier beside a body", (kinde) => kinde.call("updateUser", { id: "", given_name: "Ada" })],
  ["an empty identifier of what is deleted", (kinde) => kinde.call("deleteUser", { id: "" })],
  ["an empty reference", (kinde) => kinde.call("GetConnectedAppAuthUrl", { key_code_ref: "" })],
  ["no name of what is deleted", (kinde) => kinde.call("deleteCallbackURLs", { app_id: "a", urls: [] })],
  ["an empty name of what is deleted", (kinde) => kinde.call("deleteLogoutURLs", { app_id: "a", urls: "" })],
  ["an option that there is none of", (kinde) => kinde.users.list({}, { page_size: 1 })],
  ["a line break in a header", (kinde) => kinde.users.list({}, { headers: { "x-a": "a\r\nx-b: c" } })],
  ["a header name that is none", (kinde) => kinde.users.list({}, { headers: { "x a": "a" } })],
  ["an operation that there is none of", (kinde) => kinde.call("getUserz", {})],
];

/** What is most likely a slip, and the end of what is said of it. */
const nearMisses = [
  ["another case", (kinde) => kinde.users.list({ pageSize: 10 }), 'params "pageSize": did you mean "page_size"?'],
  ["one letter of a short name", (kinde) => kinde.users.list({ emial: "a@b.c" }), 'did you mean "email"?'],
  [
    "two letters of a long name",
    (kinde) => kinde.users.update("kp_1", { gven_nam: "Ada" }),
    'params "gven_nam": did you mean "given_name"?',
  ],
  [
    "a name inside of a list",
    (kinde) => kinde.organizations.users.add("org_1", { users: [{ ID: "kp_1" }] }),
    'field "users[0].ID": did you mean "id"?',
  ],
  [
    "a path value by another name",
    (kinde) => kinde.call("getAPI", { apiId: "a", api_id: "a" }),
    '"apiId": did you mean "api_id"?',
  ],
  [
    "options in the place of params",
    (kinde) => kinde.users.list(new AbortController().signal),
    "params: expected an object, got an AbortSignal",
  ],
  ["a Map as params", (kinde) => kinde.users.list(new Map([["a", 1]])), "params: expected an object, got a Map"],
  [
    "a Map in the place of a record",
    (kinde) => kinde.users.search({ properties: new Map([["a", ["1"]]]) }),
    '"properties": expected an object, got a Map',
  ],
  ["one argument too many", (kinde) => kinde.users.list({}, {}, {}), "arguments: expected no more than 2, got 3"],
  ["a page that is too large", (kinde) => kinde.users.list({ page_size: 501 }), "expected at most 500, got 501"],
  [
    "too many at once",
    (kinde) => kinde.organizations.users.add("org_1", { users: Array(101).fill({ id: "kp_1" }) }),
    'params "users": expected at most 100 at once, got 101',
  ],
];

async function checkRefused({ sdk }, call, message) {
  const { kinde, calls } = clientOn(sdk);
  const error = await rejection(sdk, call(kinde));
  equal(error.code, "invalid_request", "code");
  equal(error.attempts, 0, "attempts");
  equal(calls.length, 0, "requests");
  if (message) ok(error.message.endsWith(message), `${error.message} ends with ${message}`);
}

const others = [
  {
    name: "a request names the SDK, but in a page; headers replace that",
    async run({ sdk, runtime }) {
      const { kinde, calls } = clientOn(sdk);
      await kinde.business.get();
      const name = `kinde-edge/${sdk.VERSION}`;
      const isPage = !["Node", "workerd"].some((place) => runtime.startsWith(place));
      deepEqual(calls[0].introduction, isPage ? {} : { "kinde-sdk": name, "user-agent": name }, "headers");
      await kinde.business.get({ headers: { "User-Agent": "mine/1", "Kinde-SDK": "mine/2" } });
      deepEqual(calls[1].introduction, {}, "headers that a call replaces");
      const { "user-agent": agent, "kinde-sdk": of } = calls[1].init.headers;
      deepEqual([agent, of], ["mine/1", "mine/2"], "the call's own");
    },
  },
  {
    name: "headers of the client and of the call are merged, whatever their case",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, {
        headers: { "X-Client": "1", "x-both": "client", ACCEPT: "text/plain" },
      });
      await kinde.business.get({ headers: { "X-Both": "call", "x-call": "2" } });
      await kinde.business.get();
      const own = { accept: "text/plain", authorization: `Bearer ${TOKEN}`, "x-client": "1" };
      deepEqual(calls[0].init.headers, { ...own, "x-both": "call", "x-call": "2" }, "headers of the first");
      deepEqual(calls[1].init.headers, { ...own, "x-both": "client" }, "headers of the second");
    },
  },
  {
    name: "headers arrive once each",
    async run(host) {
      const { key, arrived } = await script(host, { json: {} });
      const kinde = new host.sdk.Kinde({ domain: host.server, accessToken: key, headers: { "X-Both": "client" } });
      await kinde.business.get({ headers: { "x-BOTH": "call", Accept: "application/json" } });
      const [{ headers }] = await arrived();
      equal(headers.get("x-both"), "call", "x-both");
      equal(headers.get("accept"), "application/json", "accept");
    },
  },
  {
    name: "headers may be a Headers object or pairs",
    async run({ sdk }) {
      for (const headers of [new Headers({ "X-A": "1" }), [["X-A", "1"]], new Map([["X-A", "1"]])]) {
        const { kinde, calls } = clientOn(sdk);
        await kinde.business.get({ headers });
        equal(calls[0].init.headers["x-a"], "1", "x-a");
      }
    },
  },
  {
    name: "a header without a value is none",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk);
      await kinde.business.get({ headers: { "x-a": undefined, "x-b": null, "x-c": "" } });
      const { authorization: _, ...headers } = calls[0].init.headers;
      deepEqual(headers, { accept: "application/json", "x-c": "" }, "headers");
    },
  },
  {
    name: "the global fetch is looked up at each call",
    async run({ sdk }) {
      const original = globalThis.fetch;
      const kinde = new sdk.Kinde({ domain: DOMAIN, accessToken: TOKEN });
      try {
        globalThis.fetch = async () => Response.json({ from: "the replacement" });
        deepEqual(await kinde.business.get(), { from: "the replacement" }, "answer");
      } finally {
        globalThis.fetch = original;
      }
    },
  },
  {
    name: "a call sends what its values were when it was made",
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk);
      const params = { name: "before", audience: "a" };
      const promise = kinde.apis.create(params);
      params.name = "after";
      await promise;
      equal(calls[0].init.body, `{"name":"before","audience":"a"}`, "body");
    },
  },
  {
    name: "a call leaves its arguments alone",
    async run({ sdk }) {
      const { kinde } = clientOn(sdk);
      const params = Object.freeze({ id: "kp_1", given_name: "Ada" });
      const options = Object.freeze({ headers: Object.freeze({ "X-A": "1" }) });
      await kinde.users.update("kp_1", params, options);
      await kinde.call("updateUser", params, options);
      deepEqual(params, { id: "kp_1", given_name: "Ada" }, "params");
    },
  },
  ...[
    ["acme.kinde.com", DOMAIN],
    ["https://acme.kinde.com/", DOMAIN],
    ["HTTPS://ACME.kinde.com", DOMAIN],
    ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
  ].map(([domain, origin]) => ({
    name: `domain ${domain}`,
    async run({ sdk }) {
      const { kinde, calls } = clientOn(sdk, { domain });
      await kinde.business.get();
      equal(calls[0].url, `${origin}/api/v1/business`, "address");
    },
  })),
  ...tokens(),
];

/** Token requests: what they are, and how few of them. */
function tokens() {
  const secret = 's3cret&+=é"/';
  const answer = (url) =>
    url.endsWith("/oauth2/token")
      ? Response.json({ access_token: `token-${crypto.randomUUID()}`, token_type: "bearer", expires_in: 3600 })
      : Response.json({});
  const client = (sdk, clientId, more) => clientOn(sdk, { clientId, clientSecret: secret, ...more }, answer);
  const isToken = ({ url }) => url.endsWith("/oauth2/token");
  const bearers = (calls) =>
    new Set(calls.filter((call) => !isToken(call)).map(({ init }) => init.headers.authorization));

  return [
    {
      name: "a token request, exactly",
      async run({ sdk }) {
        const id = `id ${crypto.randomUUID()}`;
        const { kinde, calls } = client(sdk, id, { scope: "read:users update:users" });
        await kinde.business.get();
        equal(calls.length, 2, "requests");
        const [{ self, url, init }] = calls;
        equal(self, undefined, "this, in fetch,");
        equal(url, `${DOMAIN}/oauth2/token`, "address");
        equal(init.method, "POST", "method");
        deepEqual(
          init.headers,
          { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
          "headers",
        );
        equal(
          init.body,
          `grant_type=client_credentials&client_id=id%20${id.slice(3)}&client_secret=s3cret%26%2B%3D%C3%A9%22%2F` +
            "&audience=https%3A%2F%2Facme.kinde.com%2Fapi&scope=read%3Ausers%20update%3Ausers",
          "form",
        );
        deepEqual(Object.keys(init).sort(), ["body", "headers", "method", "redirect", "signal"], "fields of init");
      },
    },
    {
      name: "a token request, as it arrives",
      async run(host) {
        const id = crypto.randomUUID();
        const { key, arrived } = await script(
          { ...host, key: id },
          { json: { access_token: `${id}~1`, expires_in: 60 } },
          { json: {} },
        );
        const kinde = new host.sdk.Kinde({ domain: host.server, clientId: key, clientSecret: secret, audience: "aud" });
        await kinde.business.get();
        const [request, call] = await arrived();
        equal(`${request.method} ${request.target}`, "POST /oauth2/token", "request");
        equal(request.headers.get("content-type"), "application/x-www-form-urlencoded", "content-type");
        equal(request.headers.get("accept"), "application/json", "accept");
        equal(request.headers.get("authorization"), null, "authorization");
        deepEqual(
          [...new URLSearchParams(request.body)],
          [
            ["grant_type", "client_credentials"],
            ["client_id", key],
            ["client_secret", secret],
            ["audience", "aud"],
          ],
          "form",
        );
        equal(call.headers.get("authorization"), `Bearer ${key}~1`, "authorization of the call");
      },
    },
    {
      name: "50 first calls at once need one token",
      async run({ sdk }) {
        const slow = async (url) => {
          if (isToken({ url })) await new Promise((resolve) => setTimeout(resolve, 50));
          return answer(url);
        };
        const { kinde, calls } = clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: secret }, slow);
        await Promise.all(Array.from({ length: 50 }, () => kinde.business.get()));
        equal(calls.filter(isToken).length, 1, "token requests");
        equal(calls.length, 51, "requests");
        equal(bearers(calls).size, 1, "tokens in use");
      },
    },
    {
      name: "clients with the same credentials share a token",
      async run({ sdk }) {
        const id = crypto.randomUUID();
        const one = client(sdk, id);
        const two = client(sdk, id, { audience: `${DOMAIN}/api` });
        await one.kinde.business.get();
        await two.kinde.business.get();
        await one.kinde.business.get();
        equal([...one.calls, ...two.calls].filter(isToken).length, 1, "token requests");
        deepEqual(bearers(two.calls), bearers(one.calls), "tokens in use");
      },
    },
    {
      name: "clients that differ in anything share none",
      async run({ sdk }) {
        const id = crypto.randomUUID();
        const all = [
          client(sdk, id),
          client(sdk, id, { clientSecret: "another" }),
          client(sdk, id, { audience: "another" }),
          client(sdk, id, { scope: "read:users" }),
          client(sdk, id, { domain: "other.kinde.com" }),
          client(sdk, `${id}2`),
          // The same letters, cut elsewhere.
          client(sdk, `${id}\nx`, { clientSecret: "y" }),
          client(sdk, id, { clientSecret: "x\ny" }),
          client(sdk, id, { audience: "a\nb", scope: "c" }),
          client(sdk, id, { audience: "a", scope: "b\nc" }),
        ];
        for (const { kinde } of all) await kinde.business.get();
        const used = all.map(({ calls }) => [...bearers(calls)].join());
        equal(new Set(used).size, all.length, "tokens in use");
        for (const { calls } of all) equal(calls.filter(isToken).length, 1, "token requests");
      },
    },
    {
      name: "a token that is about to expire is not used again",
      async run({ sdk }) {
        const { kinde, calls } = clientOn(sdk, { clientId: crypto.randomUUID(), clientSecret: secret }, (url) =>
          Response.json(isToken({ url }) ? { access_token: crypto.randomUUID(), expires_in: 2 } : {}),
        );
        await kinde.business.get();
        await kinde.business.get();
        equal(calls.filter(isToken).length, 1, "token requests");
        await new Promise((resolve) => setTimeout(resolve, 2_100));
        await kinde.business.get();
        equal(calls.filter(isToken).length, 2, "token requests");
        equal(bearers(calls).size, 2, "tokens in use");
      },
    },
    {
      name: "an access token function is asked for each call, on nothing",
      async run({ sdk }) {
        let asked = 0;
        let self = "never called";
        const { kinde, calls } = clientOn(sdk, {
          async accessToken(...args) {
            self = this;
            equal(args.length, 0, "arguments of accessToken");
            return `token-${++asked}`;
          },
        });
        await kinde.business.get();
        await kinde.business.get();
        equal(self, undefined, "this, in accessToken,");
        deepEqual([...bearers(calls)], ["Bearer token-1", "Bearer token-2"], "tokens in use");
      },
    },
    {
      name: "resources are the same at each look",
      run({ sdk }) {
        const { kinde } = clientOn(sdk);
        equal(kinde.users, kinde.users, "users");
        equal(kinde.organizations.users.roles.list, kinde.organizations.users.roles.list, "a method");
        match(Object.keys(kinde).join(), /^[\w,]*$/, "keys");
      },
    },
  ];
}
