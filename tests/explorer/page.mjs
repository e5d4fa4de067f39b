// The page of www/ in Chromium, as local Kinde hands it out.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { pages } from "../../xtask/js/pages.mjs";
import { startLocalKinde } from "../../pkg/local/dist/node.js";
import { startChromium } from "../support/chromium.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Start both; `requests` are the calls that local Kinde got. Close it after the tests. */
export async function startSite(options = {}) {
  const requests = [];
  const onRequest = ({ method, url, headers, bytes }) => {
    const isCall = /^\/(api\/|account_api\/|oauth2\/(v2|introspect|revoke))/.test(url.pathname);
    if (method === "OPTIONS" || !isCall) return;
    requests.push({ method, target: url.pathname + url.search, headers, bytes: Buffer.from(bytes) });
  };
  const [kinde, chromium] = await Promise.all([
    startLocalKinde({ port: 0, folders: pages, onRequest, ...options }),
    startChromium(),
  ]);
  return {
    ...kinde,
    origin: kinde.url,
    userToken: (user) => kinde.signToken({ user }),
    chromium,
    requests,
    async close() {
      await chromium.close();
      await kinde.stop();
    },
  };
}

/** A new page, at an address of the explorer; `complaints` collects what it throws or logs as an error. */
export async function openPage(
  t,
  { chromium, origin },
  { path = "/www/", width = 1200, height = 900, colorScheme = "light", permissions } = {},
) {
  const context = await chromium.newContext({ viewport: { width, height }, colorScheme, permissions });
  t.after(() => context.close());
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => {
    // Chromium logs each refused request; that is an answer like any other.
    if (message.type() === "error" && !/the server responded with a status/.test(message.text()))
      page.complaints.push(message.text());
  });
  page.setDefaultTimeout(60_000);
  await page.goto(origin + path);
  await isReady(page);
  return page;
}

export const isReady = (page) => page.locator("body[data-ready]").waitFor();

/** Wait until the focus is on an element whose property has a value, and say where it is if it does not come. */
export async function focusOn(page, property, wanted) {
  const is = ([property, wanted]) => document.activeElement[property]?.trim() === wanted;
  await page.waitForFunction(is, [property, wanted]).catch(async (error) => {
    const there = await page.evaluate((property) => document.activeElement[property], property);
    throw new Error(`the focus is on ${there}, not on ${wanted}`, { cause: error });
  });
}

/** Type into the search; resolves to the calls that the list has then. */
export async function find(page, text) {
  await page.getByLabel("Search operations").fill(text);
  return found(page);
}

/** The calls that the list has, once it has them. */
export async function found(page) {
  await page.locator("#operations:not([aria-busy])").waitFor({ state: "attached" });
  return page.locator("nav li a code").allInnerTexts();
}

/** Open the dialog behind the button in the bar, which is loaded when it is first opened. */
export async function openConnection(page) {
  await page.locator("#connection button").click();
  await page.locator("#connect[open]").waitFor();
}

/** Use a token at a server of the test's: a tenant that is not local Kinde. */
export async function connectTo(page, url, token = "the-token") {
  await openConnection(page);
  await page.getByLabel("Domain").fill(url);
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Use it" }).click();
  await page.locator("#connect:not([open])").waitFor({ state: "attached" });
  await page.locator(".who.ready").waitFor();
}

/** Sign in at local Kinde: `full` may do everything, `reader` read. */
export async function signIn(page, person = "full") {
  await openConnection(page);
  await page.locator("#connect").getByRole("button", { name: "Sign in" }).click();
  await page.locator(`button[value=${person}]`).click();
  await isReady(page);
  await page.locator(".who.ready").waitFor();
}

/** Open an operation; a full load would forget the token. */
export async function openOperation(page, { resource, operationId }) {
  await page.evaluate((hash) => (location.hash = hash), `#/${resource}/${operationId}`);
  await page.locator(`article.operation[data-operation="${operationId}"]`).waitFor();
  await page.locator(".code:not(:empty)").waitFor();
}

/** Press Run, twice where it deletes, and wait for the answer; resolves to its status line. */
export async function runIt(page) {
  await page.locator(".answer").evaluate((answer) => answer.replaceChildren());
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const again = page.getByRole("button", { name: "Press again to delete" });
  await again.or(page.locator(OUTCOME)).waitFor();
  if ((await page.locator(OUTCOME).count()) === 0) await again.click();
  return outcome(page);
}

/** Fill the form with what the tenant has. */
export async function fillWithExamples(page) {
  const button = page.getByRole("button", { name: "Fill with examples" });
  await button.click();
  await page.locator("form .head button:not([aria-disabled])", { hasText: "Fill with examples" }).waitFor();
}

/** Show all optional fields. */
export const unfold = (page) =>
  page.locator("details.optional").evaluateAll((folded) => folded.forEach((details) => (details.open = true)));

/** How a call went, once it has ended. */
const OUTCOME = ".answer:not([aria-busy]) .outcome";

export async function outcome(page) {
  await page.locator(OUTCOME).waitFor();
  return page.locator(".outcome .status").innerText();
}

/** What axe finds wrong, as lines. */
export async function problems(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  );
}

/** Fill the field at `path` as a user does, from its schema. */
export async function fill(page, schema, path, value) {
  if (value === undefined) return;
  const named = page.locator(`[name="${path}"]`);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const fits = ({ type, properties }) =>
      typeof value === type && (!properties || Object.keys(value).every((key) => key in properties));
    const index = choices.findIndex(fits);
    await page.locator(`#${`field ${path} kind`.replaceAll(/\W+/g, "-")}`).selectOption({ index });
    return fill(page, choices[index], path, value);
  }
  if (schema.enum || schema.type === "boolean") return named.selectOption(String(value));
  if (schema.format === "binary") {
    return named.setInputFiles({
      name: "logo.png",
      mimeType: "image/png",
      buffer: Buffer.from(await value.arrayBuffer()),
    });
  }
  if (schema.type === "array") {
    for (const [index, item] of value.entries()) {
      await page.locator(`[data-add="${path}"]`).click();
      await fill(page, schema.items, `${path}.${index}`, item);
    }
    return undefined;
  }
  if (schema.properties) {
    for (const [name, inner] of Object.entries(value))
      await fill(page, schema.properties[name], `${path}.${name}`, inner);
    return undefined;
  }
  if (typeof schema.additionalProperties === "object") {
    for (const [index, [key, inner]] of Object.entries(value).entries()) {
      await page.locator(`[data-add="${path}"]`).click();
      await page.locator(`[name="${path}.${index}.key"]`).fill(key);
      await fill(page, schema.additionalProperties, `${path}.${index}.value`, inner);
    }
    return undefined;
  }
  const isJson = schema.type === "object" || schema.type === undefined;
  return named.fill(isJson ? JSON.stringify(value) : Array.isArray(value) ? value.join(",") : String(value));
}

/** Fill the form of an operation with the arguments of `kinde.call`. */
export async function fillForm(page, { parameters, body }, args) {
  await unfold(page);
  const fields = [
    ...parameters,
    ...Object.entries(body?.schema.properties ?? {}).map(([name, schema]) => ({ name, schema })),
  ];
  for (const [name, value] of Object.entries(args)) {
    const { schema } = fields.find((field) => field.name === name);
    await fill(page, schema, name, value);
  }
}
