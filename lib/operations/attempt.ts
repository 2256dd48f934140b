import {
  bounded,
  combine,
  type Boundary,
  type Operable,
  type Operation,
  type Outcome,
} from "../kernel/index.js";

/** How an attempt ended. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

const ATTEMPT: Boundary = {
  settle(outcome: Outcome, _frame, isOverruled): Outcome {
    if (isOverruled || outcome.type === "cancelled") return outcome;
    const value: Attempt<unknown> =
      outcome.type === "value"
        ? { ok: true, value: outcome.value }
        : { ok: false, error: combine(outcome.errors) };
    return { type: "value", value };
  },
};

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
