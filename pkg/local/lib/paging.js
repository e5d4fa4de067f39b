// The two ways in which the service gives lists in pages.
import { fromBase64url, textOf, toBase64url } from "./base64url.js";
import { invalid } from "./refusal.js";

const USUAL_PAGE = 10;

/**
 * One page, and the `next_token` of the following one. `fields` reads what `sort` may name ("name" for
 * name_asc); its first one is the order of those who ask for none. The token says where the page ended,
 * not how many came before: nothing is skipped or repeated when items come and go meanwhile.
 */
export function pageByToken(items, { page_size, next_token: token, sort }, fields) {
  const size = page_size ?? USUAL_PAGE;
  const order = sort ?? `${Object.keys(fields)[0]}_asc`;
  const [name, direction] = [order.slice(0, order.lastIndexOf("_")), order.endsWith("_desc") ? -1 : 1];
  /** @type {(item: any) => [key: any, id: any]} */
  const keyOf = (item) => [fields[name](item) ?? "", item.id ?? item.code];
  const compare = ([key, id], [otherKey, otherId]) => direction * (by(key, otherKey) || by(id, otherId));

  const keyed = items.map((item) => ({ item, key: keyOf(item) })).sort((one, other) => compare(one.key, other.key));
  const last = token ? readToken(token, order) : undefined;
  const rest = last ? keyed.filter(({ key }) => compare(key, last) > 0) : keyed;
  const page = rest.slice(0, size);
  const next = rest.length > size ? writeToken(order, page.at(-1).key) : undefined;
  return { page: page.map(({ item }) => item), next };
}

const by = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const writeToken = (order, key) => toBase64url(JSON.stringify([order, ...key]));

/** @returns {[key: any, id: any]} */
function readToken(token, order) {
  try {
    const [from, key, id] = JSON.parse(textOf(fromBase64url(token)));
    if (from === order && typeof key === "string" && typeof id === "string") return [key, id];
  } catch {
    // Refused below.
  }
  throw invalid(`query parameter "next_token" is not a token of this list in the order ${order}`, "INVALID_NEXT_TOKEN");
}

/**
 * One page before or after the item with an id, and whether there are `more` that way. `placeOf` says where
 * in the order an id stands, or stood: an item that was deleted meanwhile keeps its place.
 */
export function pageById(items, { page_size: size, starting_after: after, ending_before: before }, placeOf) {
  if (after && before) throw invalid(`give "starting_after" or "ending_before", not both`);
  const wanted = size ?? USUAL_PAGE;
  const place = (name, id) => {
    const found = placeOf(id);
    if (found === undefined)
      throw invalid(`query parameter "${name}" is not the id of an item of this list`, "INVALID_CURSOR");
    return found;
  };
  if (before) {
    const end = place("ending_before", before);
    const rest = items.filter((item) => placeOf(item.id) < end);
    return { page: rest.slice(-wanted), more: rest.length > wanted };
  }
  const start = after ? place("starting_after", after) : -1;
  const rest = items.filter((item) => placeOf(item.id) > start);
  return { page: rest.slice(0, wanted), more: rest.length > wanted };
}
