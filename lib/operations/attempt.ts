import { combine } from "../errors/index.js";
import {
  bounded,
  Completed,
  leaveFrame,
  type Boundary,
  type Frame,
  type Operable,
  type Operation,
  type Outcome,
} from "../kernel/index.js";

/** How an attempt ended. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

const ATTEMPT: Boundary = {
  settle(outcome: Outcome, frame, isOverruled): Outcome {
    const { scope } = frame;
    // A failure that came before any landing is the attempt's result; what cleanup throws is not.
    const wasCut = scope !== null && scope.target !== null;
    return isOverruled && wasCut ? outcome : new Completed(attemptOf(outcome, frame));
  },
};

/** A boundary that was cancelled by its own scope ends quietly, with no value, and so has not failed. */
function attemptOf(outcome: Outcome, frame: Frame): Attempt<unknown> {
  if (outcome.type !== "errors") {
    return { ok: true, value: outcome.type === "value" ? outcome.value : undefined };
  }
  const error = combine(outcome.errors);
  leaveFrame(error, frame);
  return { ok: false, error };
}

/**
 * Runs an operation and gives its failure as a value instead of throwing it. A cancellation is no failure and
 * passes through (C2).
 *
 * @returns `{ ok: true, value }` or `{ ok: false, error }`
 * @example const { ok } = yield* attempt(ping(host));
 */
export function attempt<T>(op: Operable<T>): Operation<Attempt<T>> {
  return bounded("attempt", op, () => ATTEMPT);
}
