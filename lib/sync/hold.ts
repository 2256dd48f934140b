import { bounded, operation, type Operable, type Operation } from "../kernel/index.js";

/** What a task takes, holds for a while, and gives back. */
export interface Holdable {
  acquire(): Operation<void>;
  release(): void;
}

const PLAIN = {};

// Nothing can land between the acquisition and the `try`: there is no yield point in between (S5).
const holding = operation(function* holding(held: Holdable, op: Operation<unknown>) {
  yield* held.acquire();
  try {
    return yield* op;
  } finally {
    held.release();
  }
});

/**
 * Runs an operation while holding something. It has a boundary of its own inside: what it started is gone when the
 * thing is given back.
 *
 * @param caller - the public method, for messages
 * @throws TypeError when `op` is no operation
 */
export function hold<T>(caller: string, held: Holdable, op: Operable<T>): Operation<T> {
  // A function of its own type parameter would need one operation() per call: T is what `op` gives.
  return holding(
    held,
    bounded(caller, op, () => PLAIN),
  ) as Operation<T>;
}
