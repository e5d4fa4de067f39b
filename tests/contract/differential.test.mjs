// What the package sends, beside what openapi-fetch makes of the same documents: a client that nobody here
// wrote. All operations, with three sets of awkward values.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import createClient from "openapi-fetch";

import { isSet, PACKAGE, project } from "../lib/hosts.mjs";

const DOMAIN = "https://acme.kinde.com";

/** What strings, numbers and the like are in each set. */
const SETS = {
  "reserved characters": {
    string: (name) => `a/b?${name}=c&d#e%20%zz +"'<>\\^\`{|}[]@:;,$!*()`,
    number: -1.5,
    integer: 0,
    boolean: false,
    list: 1,
  },
  "characters of all planes": {
    string: (name) => ` é ß 漢 \u{1F511}\u{10FFFF} \u0000\t\r\n\u2028${name} `,
    number: 1e21,
    integer: Number.MAX_SAFE_INTEGER,
    boolean: true,
    list: 3,
  },
  "what looks like something else": {
    string: (name) => ["null", "0", "true", "[object Object]", "constructor", "__proto__", "...", "-"][name.length % 8],
    number: 5e-324,
    integer: -2147483649,
    boolean: false,
    list: 0,
    nulls: true,
  },
};

if (isSet(PACKAGE)) {
  const document = JSON.parse(await readFile(new URL("../../spec/kinde.json", import.meta.url), "utf8"));
  const folder = await project({ "sdk.mjs": `export * from "kinde-edge";` });
  const { Kinde } = await import(pathToFileURL(join(folder, "sdk.mjs")).href);
  const catalogue = JSON.parse(await readFile(join(folder, "node_modules/kinde-edge/operations.json"), "utf8"));
  const commaLists = new Set(
    catalogue.flatMap(({ operationId, parameters }) =>
      parameters.filter(({ commaList }) => commaList).map(({ name }) => `${operationId} ${name}`),
    ),
  );

  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    ["get", "post", "put", "patch", "delete"]
      .filter((method) => item[method])
      .map((method) => describeOperation(document, path, method, item)),
  );
  test("the documents and the package have the same operations", () => {
    assert.deepEqual(
      all.map(({ id, method, path }) => `${id} ${method.toUpperCase()} ${path}`).sort(),
      catalogue.map(({ operationId, method, path }) => `${operationId} ${method} ${path}`).sort(),
    );
  });
  for (const [name, set] of Object.entries(SETS)) {
    describe(name, () => {
      for (const operation of all) {
        test(`${operation.id}: ${name}`, async () => {
          const values = valuesOf(operation, set);
          const ours = await sentByUs(Kinde, operation, values, commaLists);
          const theirs = await sentByThem(operation, values);
          assert.deepEqual(ours, theirs);
        });
      }
    });
  }
}

function describeOperation(document, path, method, item) {
  const follow = (node) =>
    node?.$ref
      ? follow(
          node.$ref
            .split("/")
            .slice(1)
            .reduce((part, name) => part[name], document),
        )
      : node;
  const operation = item[method];
  const own = (operation.parameters ?? []).map(follow);
  const inherited = (item.parameters ?? [])
    .map(follow)
    .filter((one) => own.every((other) => other.name !== one.name || other.in !== one.in));
  const [media, content] = Object.entries(follow(operation.requestBody)?.content ?? {})[0] ?? [];
  return {
    id: operation.operationId,
    path,
    method,
    parameters: [...inherited, ...own],
    media: media?.split(";")[0],
    body: content?.schema,
    follow,
  };
}

function valuesOf(operation, set) {
  const { follow, parameters } = operation;
  const make = (name, node, depth = 0) => {
    const schema = follow(node);
    const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
    if (choice) return make(name, choice, depth);
    if (set.nulls && schema.nullable && depth > 0) return null;
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => make(name, part, depth)));
    if (schema.enum) return schema.enum.at(-1);
    switch (schema.type) {
      case "integer":
        // More and less are refused before anything is sent.
        return name === "page_size" ? Math.min(Math.max(set.integer, 1), 500) : set.integer;
      case "number":
      case "boolean":
        return set[schema.type];
      case "array":
        return Array.from({ length: set.list }, (_, index) => make(`${name}${index}`, schema.items, depth + 1));
      case "object": {
        const fields = Object.entries(schema.properties ?? {});
        const object = Object.fromEntries(fields.map(([key, inner]) => [key, make(key, inner, depth + 1)]));
        if (typeof schema.additionalProperties === "object") {
          object[`${set.string("key")}`] = schema.additionalProperties.type
            ? make("value", schema.additionalProperties, depth + 1)
            : set.string("value");
        }
        return object;
      }
      default:
        return schema.format === "binary" ? new Blob(["a file"], { type: "image/png" }) : set.string(name);
    }
  };
  const of = (place) =>
    Object.fromEntries(
      parameters.filter((one) => one.in === place).map(({ name, schema }) => [name, make(name, schema)]),
    );
  const body = operation.body && make("body", operation.body);
  const query = of("query");
  for (const { name, style } of parameters) {
    // openapi-fetch writes no lists in a deep object: one value for each key, for both
    if (style === "deepObject") query[name] = { "a key": set.string("one"), other: set.string("two") };
  }
  return { path: of("path"), query, body };
}

/** Method, address and body of the one request. */
async function record(call) {
  const sent = [];
  await call((request) => {
    sent.push(request);
    return new Response(null, { status: 204 });
  });
  assert.equal(sent.length, 1, "requests");
  return sent[0];
}

async function sentByUs(Kinde, { id, parameters }, { path, query, body }, commaLists) {
  const given = { ...query };
  for (const { name } of parameters) {
    // where the package takes a list, give one
    if (commaLists.has(`${id} ${name}`)) given[name] = given[name].split(",");
  }
  let problem;
  const { url, init } = await record((answer) => {
    const fetch = async (url, init) => answer({ url, init });
    const kinde = new Kinde({ domain: DOMAIN, accessToken: "a-token", maxRetries: 0, fetch });
    // an answer without content is a failure to some; what counts is what was sent
    return kinde.call(id, { ...path, ...given, ...body }).catch((error) => (problem = error));
  }).catch((error) => {
    throw problem ?? error;
  });
  const { "content-type": type } = init.headers;
  const isForm = init.body instanceof Uint8Array;
  const written = isForm && (await new Response(init.body, { headers: { "content-type": type } }).formData());
  return normal(init.method, url, isForm ? written : init.body);
}

async function sentByThem({ path: template, method, media }, { path, query, body }) {
  const { url, init } = await record((answer) => {
    const client = createClient({
      baseUrl: DOMAIN,
      fetch: async (request) => answer({ url: request.url, init: request }),
      Request: class {
        constructor(url, init) {
          Object.assign(this, { ...init, url });
        }
      },
      bodySerializer: (body) => {
        switch (media) {
          case "multipart/form-data": {
            const form = new FormData();
            for (const [name, value] of Object.entries(body)) form.append(name, value);
            return form;
          }
          case "application/x-www-form-urlencoded":
            return new URLSearchParams(body).toString();
          default:
            return JSON.stringify(body);
        }
      },
    });
    return client[method.toUpperCase()](template, { params: { path, query }, body });
  });
  return normal(init.method, url, init.body);
}

/** In which order the query stands, and whether a space is `+` or `%20` there, makes no difference. */
async function normal(method, address, body) {
  const [target, query = ""] = address.split("?");
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`);
  return {
    method,
    target: decodeURIComponent(target),
    segments: target.split("/").length,
    pairs: pairs.sort(),
    body: await bodyOf(body),
  };
}

async function bodyOf(body) {
  if (body === undefined || body === null) return undefined;
  if (body instanceof FormData) {
    return Promise.all([...body].map(async ([name, value]) => [name, value.type, await value.text()]));
  }
  try {
    return JSON.parse(body);
  } catch {
    return [...new URLSearchParams(body)];
  }
}
