/**
 * The types of the matchers, for whichever test library is there. A library that is not installed cannot be augmented,
 * which is no error then.
 */

import type { Expected } from "./matchers.js";

/** What `expect(…)` gains by `expect.extend(matchers)`. */
export interface CoppiceMatchers<R, T> {
  /** Passes for a task that was cancelled, and for the `CancelledError` of one; `reason` when that matters. */
  toHaveBeenCancelled(reason?: unknown): R;
  /**
   * Passes for what failed with a group of exactly these errors, in any order: classes, parts of messages, patterns,
   * nested lists for nested groups. With a promise or a task it has to be awaited.
   */
  toFailWithGroup(expected: readonly Expected[]): T extends PromiseLike<unknown> ? Promise<void> : R;
}

// An error that is expected would be one where the library is there.
/* eslint-disable @typescript-eslint/ban-ts-comment */
/** @ts-ignore: "expect" is Jest's; without it there is nothing to augment. */
declare module "expect" {
  // The type parameters have to be the same as there.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface Matchers<R extends void | Promise<void>, T = unknown> extends CoppiceMatchers<R, T> {}
}

/** @ts-ignore: without Vitest there is nothing to augment. */
declare module "vitest" {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-explicit-any
  interface Matchers<T = any> extends CoppiceMatchers<void, T> {}
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the name is that of @types/jest
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type
    interface Matchers<R, T> extends CoppiceMatchers<R, T> {}
  }
}
