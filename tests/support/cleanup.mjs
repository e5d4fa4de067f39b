// What a test has to leave behind it as it was.
import { after } from "node:test";

/** @typedef {{ after(undo: () => unknown): void }} Test What of a test is needed here */

/** @type {WeakMap<Test, (() => unknown)[]>} */
const stacks = new WeakMap();

/**
 * Do it after the test, before what was to be done so far: a program ends before its folder goes,
 * which `t.after` by itself would do in the other order. All of it is done, even if some of it fails.
 * @param {Test} t
 * @param {() => unknown} undo
 */
export function cleanUp(t, undo) {
  let stack = stacks.get(t);
  if (!stack) {
    stack = [];
    stacks.set(t, stack);
    const all = stack;
    t.after(() => unwind(all));
  }
  stack.push(undo);
}

/** In place of a test, what all tests of a `describe` share: to be made in its body. */
export function shared() {
  const t = { after };
  cleanUp(t, () => undefined);
  return t;
}

/** @param {(() => unknown)[]} stack */
async function unwind(stack) {
  const errors = [];
  while (stack.length > 0) {
    try {
      await stack.pop()?.();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join("; "));
}
