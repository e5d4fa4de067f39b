// One call, or all pages of a list, with what was sent, when, and what came.
import { hasParams } from "./operations.js";

/** How much a page holds when all of them are wanted and nobody says. */
const PAGE_SIZE = 100;

/**
 * Make the call. Resolves to `{ requests, time, data, response, items, pages }`, or to `error` in the place
 * of `data`; it does not reject. Each of `requests` says when it was sent and answered, in milliseconds since the
 * call began.
 *
 * - `all`: follow the pages; `progress` gets the items so far and the number of pages after each.
 * - `limit`: the most items then.
 * - `trouble`: what is to go wrong.
 */
export async function run(connection, operation, args, { all = false, limit, signal, progress, trouble }) {
  const requests = [];
  let start = performance.now();
  const since = () => performance.now() - start;
  const result = { requests, trouble };
  const sent = (request) => {
    const entry = { ...request, start: since() };
    requests.push(entry);
    return (outcome) => Object.assign(entry, outcome, { end: since() });
  };
  try {
    const client = await connection.client(sent, { trouble });
    // Loading the package is no part of the call.
    start = performance.now();
    if (all) await follow(client, operation, args, { limit, signal }, result, progress);
    else Object.assign(result, await client.call(operation.operationId, args, { signal }).withResponse());
  } catch (error) {
    result.error = error;
  }
  result.time = since();
  return result;
}

async function follow(client, operation, args, { limit, signal }, result, progress) {
  Object.assign(result, { items: [], pages: 0 });
  const list = methodOf(client, operation)(...argumentsOf(operation, args, { limit, signal }));
  for await (const { items, response } of list.pages()) {
    result.items.push(...items);
    result.pages += 1;
    result.response = response;
    progress?.(result);
  }
  result.data = result.items;
}

const methodOf = (client, { resource, name }) => resource.split(".").reduce((node, part) => node[part], client)[name];

function argumentsOf(operation, args, options) {
  const { positional, parameters } = operation;
  const path = positional.map((name) => args[name]);
  const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !positional.includes(name)));
  if (parameters.some(({ name }) => name === "page_size")) rest.page_size ??= PAGE_SIZE;
  return hasParams(operation) ? [...path, rest, options] : [...path, options];
}

/** The arguments of the next page, where the answer says that there is one. */
export function nextPage({ paging }, args, data) {
  const next = paging?.next && read(data, paging.next);
  if (paging?.cursor && typeof next === "string" && next !== "") return { ...args, [paging.cursor]: next };
  const items = paging && data?.[paging.items];
  const last = items?.at?.(-1)?.id;
  if (paging?.cursor === "starting_after" && data.has_more === true && last) {
    const { ending_before, ...rest } = args;
    return { ...rest, starting_after: last };
  }
  return undefined;
}

const read = (data, path) => path.split(".").reduce((node, part) => node?.[part], data);
