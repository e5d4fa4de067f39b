// One call, or all pages of a list, with what was sent and how long it took.

/** How much a page holds when all of them are wanted and nobody says. */
const PAGE_SIZE = 100;

/** Whether there may be more pages of it. */
export const hasPages = ({ paging }) => paging !== undefined;

/**
 * Make the call. Resolves to `{ requests, time, data, response, items, pages }`, or to `error` in the place
 * of `data`; it does not reject.
 *
 * - `all`: follow the pages; `progress` gets the items so far and the number of pages after each.
 * - `limit`: the most items then.
 */
export async function run(connection, operation, args, { all = false, limit, signal, progress }) {
  const requests = [];
  const start = performance.now();
  const result = { requests };
  try {
    const client = await connection.client((request) => requests.push(request));
    if (all) await follow(client, operation, args, { limit, signal }, result, progress);
    else Object.assign(result, await client.call(operation.operationId, args, { signal }).withResponse());
  } catch (error) {
    result.error = error;
  }
  result.time = performance.now() - start;
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

function argumentsOf({ positional, parameters, body }, args, options) {
  const path = positional.map((name) => args[name]);
  const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !positional.includes(name)));
  if (parameters.some(({ name }) => name === "page_size")) rest.page_size ??= PAGE_SIZE;
  const hasParams = body || parameters.some((parameter) => parameter.in !== "path");
  return hasParams ? [...path, rest, options] : [...path, options];
}

/** What a list has, where the answer is one: `{ name, items }`. */
export function itemsOf({ paging }, data) {
  if (Array.isArray(data)) return { name: "items", items: data };
  if (data === null || typeof data !== "object") return undefined;
  if (paging && Array.isArray(data[paging.items])) return { name: paging.items, items: data[paging.items] };
  const lists = Object.entries(data).filter(
    ([, value]) => Array.isArray(value) && value.some((one) => one !== null && typeof one === "object"),
  );
  return lists.length === 1 ? { name: lists[0][0], items: lists[0][1] } : undefined;
}
