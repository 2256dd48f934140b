/**
 * An iterator of theirs with a record of how it ended. A generator that delegated to theirs could not keep one: after a
 * halt whose `finally` waits, Effection resumes it as if the call had returned.
 */
import type { Effect } from "effection";
import type { Attempt } from "../index.js";

type TheirIterator = Iterator<Effect<unknown>, unknown, unknown>;
type Step = IteratorResult<Effect<unknown>, unknown>;

export class Watched implements TheirIterator {
  #isUnwinding = false;
  #isAfter = false;

  /**
   * @param after - told once when it has ended by itself, by its value or its error, and not when it was halted; gives
   *   what is still to be run in its place
   */
  constructor(
    private inner: TheirIterator,
    private readonly after: (ended: Attempt<unknown>) => TheirIterator | null,
  ) {}

  [Symbol.iterator](): this {
    return this;
  }

  next(sent?: unknown): Step {
    return this.#pass(() => this.inner.next(sent));
  }

  throw(error?: unknown): Step {
    return this.#pass(() => {
      if (this.inner.throw === undefined) throw error;
      return this.inner.throw(error);
    });
  }

  return(value?: unknown): Step {
    this.#isUnwinding = true;
    return this.inner.return?.(value) ?? { done: true, value };
  }

  #pass(step: () => Step): Step {
    let result;
    try {
      result = step();
    } catch (error) {
      this.#ended({ ok: false, error });
      throw error;
    }
    if (result.done !== true) return result;
    const rest = this.#ended({ ok: true, value: result.value });
    if (rest === null) return result;
    this.inner = rest;
    return this.next();
  }

  #ended(ended: Attempt<unknown>): TheirIterator | null {
    if (this.#isUnwinding || this.#isAfter) return null;
    this.#isAfter = true;
    return this.after(ended);
  }
}
