import { CancelledError, TimeoutError, type Cancellation, type ScopeNode } from "../kernel/index.js";

/** Made once per request, so that every signal that the request reaches is aborted with the same object (O4). */
const reasons = new WeakMap<Cancellation, Error>();

/**
 * What foreign code is told when a cancellation reaches it: the user's own reason as it is, and where none was given an
 * error that says what happened.
 */
export function abortReason(cancellation: Cancellation | undefined): unknown {
  if (cancellation === undefined || cancellation.reason !== undefined) return cancellation?.reason;
  let reason = reasons.get(cancellation);
  if (reason === undefined) {
    reason =
      cancellation.kind === "deadline"
        ? new TimeoutError(`The deadline of "${cancellation.scope}" passed.`)
        : new CancelledError(cancellation.scope, cancellation);
    reasons.set(cancellation, reason);
  }
  return reason;
}

/** Why what a scope holds is undone, as far as that is a cancellation: its own, or one from further out. */
export function causeOf(scope: ScopeNode): Cancellation | undefined {
  return scope.cancellation ?? scope.target?.cancellation ?? undefined;
}
