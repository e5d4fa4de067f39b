// Declarations of kinde-edge/bulk, written by hand.

/** How far it is. */
export interface BulkProgress {
  /** How many items have been done, well or not. */
  done: number;
  succeeded: number;
  failed: number;
  /** How many there are; `undefined` if the items are no array. */
  total: number | undefined;
  /** Items a second, since the beginning. */
  rate: number;
  /** How long the rest takes at that rate, in seconds; `undefined` if the total is not known. */
  secondsLeft: number | undefined;
}

/** What came of one call: its value, or its error. */
export type BulkResult<Given, Value> =
  | { item: Given; value: Value; error?: undefined }
  | { item: Given; error: unknown; value?: undefined };

/** What came of all. */
export interface BulkOutcome<Item, Given, Value> {
  succeeded: number;
  failed: number;
  /** In the order in which they ended. */
  results: BulkResult<Given, Value>[];
  /**
   * Items that failed, and of an array those that were not begun before the signal: give them to `bulk` again to resume. Of
   * other items no more is asked for after the signal.
   */
  left: Item[];
  /** What the items themselves threw, which ended them: a list whose next page could not be had. */
  error?: unknown;
  milliseconds: number;
}

export interface BulkOptions {
  /** How many calls are made at once. Default: 8. */
  concurrency?: number | undefined;
  /** How many items a call is given: 1 gives one, more gives arrays (the service takes 100 at most). Default: 1. */
  chunk?: number | undefined;
  /** Begins nothing more once it is aborted. Pass it on to end what is under way. */
  signal?: AbortSignal | undefined;
  /** Is called after each call. */
  onProgress?: ((progress: BulkProgress) => void) | undefined;
}

/**
 * Makes a call for each of many items. A call that fails ends nothing: its error is among the results, its items are in
 * `left`. What the service refuses for being too many (429) is waited for by the client, at the service's pace.
 *
 * ```ts
 * const { failed, left } = await bulk(rows, (row, { signal }) => kinde.users.create(row, { signal }), {
 *   concurrency: 10,
 *   onProgress: ({ done, total, secondsLeft }) => console.log(`${done} of ${total}, ${secondsLeft?.toFixed()} s left`),
 * });
 * if (failed) await bulk(left, (row) => kinde.users.create(row));
 * ```
 */
export function bulk<Item, Value>(
  items: Iterable<Item> | AsyncIterable<Item>,
  act: (item: Item, context: { signal: AbortSignal | undefined }) => Promise<Value> | Value,
  options?: BulkOptions & { chunk?: 1 | undefined },
): Promise<BulkOutcome<Item, Item, Value>>;
export function bulk<Item, Value>(
  items: Iterable<Item> | AsyncIterable<Item>,
  act: (items: Item[], context: { signal: AbortSignal | undefined }) => Promise<Value> | Value,
  options: BulkOptions & { chunk: number },
): Promise<BulkOutcome<Item, Item[], Value>>;
