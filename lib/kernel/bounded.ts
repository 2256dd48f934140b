/** Operations that run another one inside a boundary of a special kind. */
import { checkOperable } from "./check-operable.js";
import { refusesAwait } from "./refuse-await.js";
import { type Instruction, type Operable, type Operation } from "./operation.js";
import { toFrame } from "./spawning.js";
import { Frame, type Boundary } from "./tree.js";

class Bounded<T> implements Operation<T> {
  constructor(
    private readonly caller: string,
    private readonly op: Operable<unknown>,
    private readonly makeKind: () => Boundary,
  ) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    // What the kind settles with is the T that its function promises.
    return boundedFrame(this.caller, this.op, this.makeKind())[Symbol.iterator]() as Iterator<Instruction, T>;
  }
}
refusesAwait(Bounded.prototype);

/** A refusal is a step like any other: a loop that goes on after it does not starve the host (S4). */
export function boundedFrame(caller: string, op: Operable<unknown>, kind: Boundary): Frame {
  try {
    return toFrame(caller, op, kind);
  } catch (error) {
    const refuse = (): never => {
      throw error;
    };
    return new Frame(refuse, null);
  }
}

/**
 * Makes an operation that runs `op` in a boundary of its own.
 *
 * @param caller - the public function, for messages
 * @param makeKind - makes the boundary's behaviour for each run
 * @throws TypeError when `op` is no operation
 */
export function bounded<T>(caller: string, op: Operable<unknown>, makeKind: () => Boundary): Operation<T> {
  checkOperable(caller, op);
  return new Bounded<T>(caller, op, makeKind);
}

/** Runs what a user passed as part of the boundary that asks. */
export function perform<T>(op: Operable<T>): Operation<T> {
  return typeof op === "function" ? op() : op;
}
