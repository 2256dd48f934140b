import { misuse, show } from "../errors/index.js";
import type { Wait } from "./instruction.js";
import type { Instruction, Operation } from "./operation.js";
import { refusesAwait } from "./refuse-await.js";

/** A re-runnable description: every run makes a fresh wait, or whatever runs once. */
class Description<T> implements Operation<T> {
  constructor(readonly make: () => Operation<T>) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    return this.make()[Symbol.iterator]();
  }
}
refusesAwait(Description.prototype);

/** Makes an operation of a wait of this library's own, which needs no checks. */
export function waiting<T>(make: () => Operation<T>): Operation<T> {
  return new Description(make);
}

/**
 * Makes an operation of a wait.
 *
 * @param make - makes a fresh wait for each run
 * @throws TypeError when `make` is no function
 * @example const tick = () => waiting(() => new TickWait(source));
 */
export function waitingChecked<T>(make: () => Wait<T>): Operation<T> {
  // Typed loosely for callers without types.
  if (typeof (make as unknown) !== "function") {
    throw misuse(
      "NOT_A_FUNCTION",
      `waiting() needs a function that makes a Wait, got ${show(make)}. Write waiting(() => new MyWait()).`,
    );
  }
  return waiting(() => {
    const made = make() as Wait<T> | undefined;
    if (made?.[Symbol.iterator] !== undefined) return made;
    throw misuse(
      "NOT_A_WAIT",
      `waiting() needs a function that makes a Wait, and got ${show(made)} from it. Extend Wait.`,
    );
  });
}
