// One call for each of many things: so many at once, with how far it is, and what is left if it ends early.

/** @import * as declared from "../types/bulk.js" */

/**
 * See types/bulk.d.ts.
 * @param {Iterable<any> | AsyncIterable<any>} items
 * @param {(given: any, context: { signal: AbortSignal | undefined }) => unknown} act
 * @param {declared.BulkOptions} [options]
 * @returns {Promise<declared.BulkOutcome<any, any, any>>}
 */
export async function bulk(items, act, options = {}) {
  const { concurrency = 8, chunk = 1, signal, onProgress } = options;
  for (const [name, value] of Object.entries({ concurrency, chunk })) {
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`bulk: ${name} must be a whole number above 0, got ${value}`);
  }
  const total = Array.isArray(items) ? items.length : undefined;
  const start = performance.now();
  const results = /** @type {any[]} */ ([]);
  const left = /** @type {any[]} */ ([]);
  const counts = { succeeded: 0, failed: 0 };
  const source = chunksOf(items, chunk);
  let isOver = false;

  const told = () => {
    const done = counts.succeeded + counts.failed;
    const rate = done / Math.max((performance.now() - start) / 1000, 1e-9);
    const secondsLeft = total === undefined || done === 0 ? undefined : (total - done) / rate;
    try {
      onProgress?.({ ...counts, done, total, rate, secondsLeft });
    } catch {
      // Who only looks on stops nothing: what has been written is told at the end.
    }
  };
  const worker = async () => {
    while (!isOver && !signal?.aborted) {
      const { done, value: part } = await source.next();
      if (done) {
        isOver = true;
        return;
      }
      if (signal?.aborted) {
        left.push(...part);
        return;
      }
      const given = chunk === 1 ? part[0] : part;
      try {
        const value = await act(given, { signal });
        results.push({ item: given, value });
        counts.succeeded += part.length;
      } catch (error) {
        results.push({ item: given, error });
        left.push(...part);
        counts.failed += part.length;
      }
      told();
    }
  };
  /** @type {{ error?: unknown }} */
  const ended = {};
  const workers = Array.from({ length: concurrency }, () =>
    worker().catch((error) => {
      // The items themselves broke off.
      isOver = true;
      ended.error = error;
    }),
  );
  await Promise.all(workers);
  // What nobody has begun; more is not asked for of what comes bit by bit.
  if (!isOver && Array.isArray(items)) for await (const part of source) left.push(...part);
  return { ...counts, ...ended, results, left, milliseconds: performance.now() - start };
}

/**
 * @param {Iterable<any> | AsyncIterable<any>} items
 * @param {number} size
 * @returns {AsyncGenerator<any[]>}
 */
async function* chunksOf(items, size) {
  let part = [];
  for await (const item of items) {
    part.push(item);
    if (part.length === size) {
      yield part;
      part = [];
    }
  }
  if (part.length > 0) yield part;
}
