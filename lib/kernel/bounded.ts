/** Operations that run another one inside a boundary of a special kind. */
import { checkOperable } from "./check-operable.js";
import { type Wait } from "./instruction.js";
import { type Operable, type Operation } from "./operation.js";
import { toFrame } from "./spawning.js";
import { Frame, type Boundary } from "./tree.js";
import { waiting } from "./waiting.js";

/** A refusal is a step like any other: a loop that goes on after it does not starve the host (S4). */
export function boundedFrame(caller: string, op: Operable<unknown>, kind: Boundary): Frame {
  try {
    return toFrame(caller, op, kind);
  } catch (error) {
    return new Frame(() => {
      throw error;
    }, null);
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
  // What the kind settles with is the T that its function promises.
  return waiting(() => boundedFrame(caller, op, makeKind()) as Wait<T>);
}

/** Runs what a user passed as part of the boundary that asks. */
export function perform<T>(op: Operable<T>): Operation<T> {
  return typeof op === "function" ? op() : op;
}
