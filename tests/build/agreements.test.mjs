// What is written down twice, in Rust and in JavaScript, because neither can import it from the other: numbers,
// and the order of values that are handed over one by one.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (file) => readFile(new URL(`../../${file}`, import.meta.url), "utf8");

/** The constants of a file that are whole numbers, by their names: `const A = 1;`, `const A: u32 = 1;`. */
async function numbers(file) {
  const found = (await read(file)).matchAll(/^(?:pub(?:\(\w+\))? )?const (\w+)(?:: \w+)? = (-?\d+);$/gm);
  return Object.fromEntries(Array.from(found, ([, name, number]) => [name, Number(number)]));
}

/** What a pattern finds in a file: the words of its first group. */
async function words(file, pattern) {
  const [, list] = pattern.exec(await read(file)) ?? assert.fail(`${file} has nothing like ${pattern}`);
  return list.match(/\w+/g);
}

const pick = (object, names) => Object.fromEntries(names.map((name) => [name, object[name]]));
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

for (const [what, rust, javascript, names, more] of [
  ["flows of OAuth", "src/oauth/js.rs", "pkg/lib/oauth.js", ["AUTHORIZE", "EXCHANGE", "REFRESH"], ["DISCOVER"]],
  ["steps of a session", "src/session/js.rs", "pkg/lib/session.js", ["SIGN_IN", "CALLBACK", "SIGN_OUT"], ["USER"]],
  ["outcomes of a wait", "src/watch.rs", "src/host.js", ["RESOLVED", "REJECTED", "ABORTED"], ["LATE"]],
  ["places of settings", "src/settings.rs", "src/host.js", ["ORIGIN", "FETCH", "HEADERS", "NUMBERS", "LOGGER"], []],
  ["the numbers in settings", "src/settings.rs", "src/host.js", ["LOG_LEVEL"], []],
  ["the same", "src/settings.rs", "src/first.js", ["AUTHORIZATION", "NUMBERS", "HOOKS", "LOGGER", "SHARED"], []],
  ["the same numbers", "src/settings.rs", "src/first.js", ["TIMEOUT_MS", "DEADLINE", "MAX_CONCURRENCY"], []],
  ["what clients share of a token", "src/auth.rs", "src/first.js", ["CURRENT", "FRESH"], []],
  ["what tells an answer with data", "src/fetch.rs", "src/first.js", ["READABLE"], []],
  ["a wait that came to its end", "src/watch.rs", "src/first.js", ["RESOLVED"], []],
  ["facts of an answer", "src/fetch.rs", "src/host.js", ["READABLE", "TOO_LONG"], []],
  ["what a set says of a key", "src/jwt/jwks.rs", "src/crypto.js", ["UNKNOWN", "UNSUITABLE"], []],
]) {
  test(`${what} have the same numbers`, async () => {
    const [ofRust, ofJavaScript] = [await numbers(rust), await numbers(javascript)];
    const expected = pick(ofRust, names);
    for (const [name, number] of Object.entries(expected)) assert.equal(typeof number, "number", `${rust}: ${name}`);
    assert.deepEqual(pick(ofJavaScript, names), expected);
    // What Rust takes for the rest has a number of its own.
    const all = [...names, ...more].map((name) => ofJavaScript[name]);
    assert.ok(all.every(Number.isInteger), `${javascript}: ${names} ${more}`);
    assert.equal(new Set(all).size, all.length);
  });
}

test("what a token is verified for has the same numbers", async () => {
  const [token, authorization, webhook] = await words("pkg/lib/tokens.js", /^const \[(.*)\] = \[0, 1, 2\];$/m);
  assert.deepEqual([token, authorization, webhook], ["TOKEN", "AUTHORIZATION", "WEBHOOK"]);
  const ofRust = pick(await numbers("src/jwt/js.rs"), ["TOKEN", "GUARD", "WEBHOOK"]);
  assert.deepEqual(ofRust, { TOKEN: 0, GUARD: 1, WEBHOOK: 2 });
});

test("the fields of an error come in the same order", async () => {
  const fields = await words("pkg/lib/error.js", /^const FIELDS = \[([^\]]*)\]/m);
  const parameters = await read("src/js.rs");
  const [, list] = /fn make_error\(\s*message: &str,([^)]*)\) -> JsValue;/.exec(parameters);
  const given = Array.from(list.matchAll(/(\w+):/g), ([, name]) => camel(name));
  assert.deepEqual(given, fields);
});

test("the parts of a refusal come in the same order", async () => {
  const taken = await words("pkg/lib/tokens.js", /^function refusal\(\[(.*)\]\)/m);
  const [, list] = /fn to_array\([\s\S]*?= \[\n([^\]]*)\];/.exec(await read("src/jwt/js.rs"));
  const given = Array.from(list.matchAll(/refusal\.(\w+)/g), ([, name]) => name);
  const names = { error: "code", www_authenticate: "challenge", retry_after: "retryAfter", cause: "error" };
  assert.deepEqual(
    given.map((name) => names[name] ?? name),
    taken,
  );
});

test("what is wrong with the JSON of a token has the same numbers", async () => {
  const rust = await read("src/jwt/mod.rs");
  const [, count] = /const FAULTS: \[&str; (\d+)\]/.exec(rust);
  const names = ["NOT_UTF8", "NOT_JSON", "TOO_DEEP", "NO_OBJECT", "TWICE"];
  assert.equal(Number(count), names.length);
  const ofJavaScript = await numbers("src/crypto.js");
  assert.deepEqual(
    names.map((name) => ofJavaScript[name]),
    [0, 1, 2, 3, 4],
  );
  const [, list] = /const FAULTS: [^=]*= \[([^\]]*)\]/.exec(rust);
  const faults = Array.from(list.matchAll(/"([^"]*)"/g), ([, text]) => text);
  for (const [number, word] of ["UTF-8", "JSON", "deep|nest", "object", "twice"].entries())
    assert.match(faults[number], new RegExp(word, "i"));
});

test("the codes of errors that are declared are those that there are", async () => {
  const [, declared] = /export type KindeErrorCode =([^;]*);/.exec(await read("pkg/types/index.d.ts"));
  const [, code] = /pub fn code\(&self\)[^{]*\{([\s\S]*?)\n {4}\}/.exec(await read("src/error.rs"));
  const strings = (text) => [...new Set(Array.from(text.matchAll(/"(\w+)"/g), ([, name]) => name))].sort();
  assert.deepEqual(strings(code), strings(declared));
});
