import { Wait } from "./instruction.js";
import type { Instruction, Operation } from "./operation.js";
import { refusesAwait } from "./refuse-await.js";

/** A re-runnable description of a wait: every run makes a fresh one. */
class Description<T> implements Operation<T> {
  constructor(readonly make: () => Wait<T>) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    return this.make()[Symbol.iterator]();
  }
}

/**
 * Makes an operation of a wait.
 *
 * @param make - makes a fresh wait for each run
 * @example const tick = () => waiting(() => new TickWait(source));
 */
export function waiting<T>(make: () => Wait<T>): Operation<T> {
  return new Description(make);
}

refusesAwait(Description.prototype);
