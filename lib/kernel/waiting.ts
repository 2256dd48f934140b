import { misuse, show } from "../errors/index.js";
import { Wait } from "./instruction.js";
import type { Instruction, Operation } from "./operation.js";
import { refusesAwait } from "./refuse-await.js";

/** A re-runnable description of a wait: every run makes a fresh one. */
class Description<T> implements Operation<T> {
  constructor(readonly make: () => Wait<T>) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    // Typed loosely for callers without types; the optional calls cost next to nothing.
    const made = this.make() as Wait<T> | undefined;
    return made?.[Symbol.iterator]?.() ?? refuse(made);
  }
}

function refuse(made: unknown): never {
  throw misuse(
    "NOT_A_WAIT",
    `waiting() needs a function that makes a Wait, and got ${show(made)} from it. Extend Wait.`,
  );
}

/**
 * Makes an operation of a wait.
 *
 * @param make - makes a fresh wait for each run
 * @throws TypeError when `make` is no function
 * @example const tick = () => waiting(() => new TickWait(source));
 */
export function waiting<T>(make: () => Wait<T>): Operation<T> {
  // Typed loosely for callers without types.
  if (typeof (make as unknown) !== "function") {
    throw misuse(
      "NOT_A_FUNCTION",
      `waiting() needs a function that makes a Wait, got ${show(make)}. Write waiting(() => new MyWait()).`,
    );
  }
  return new Description(make);
}

refusesAwait(Description.prototype);
