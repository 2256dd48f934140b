import {
  boundaryOf,
  CancelledError,
  Cleanup,
  registering,
  TimeoutError,
  type Cancellation,
  type Operation,
  type ScopeNode,
} from "../kernel/index.js";

/** Made once per request, so that every signal that the request reaches is aborted with the same object (O4). */
const reasons = new WeakMap<Cancellation, Error>();

/**
 * What an `AbortSignal` that we hand out is aborted with: the user's own reason as it is, and where none was given an
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

/** Why what a scope holds is undone, as far as that is a cancellation. */
export function causeOf(scope: ScopeNode): Cancellation | undefined {
  return scope.cancellation ?? scope.target?.scope?.cancellation ?? undefined;
}

/** Whether an error says no more than that an abort was obeyed. */
export function isEcho(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || isAbortError(error);
}

export function isAbortError(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}

/**
 * Gives an `AbortSignal` that is aborted when the current boundary is cancelled, at once, or ends. It is a signal of
 * its own: nothing stays registered anywhere when the boundary has ended.
 *
 * Waits:   never.
 * Model:   Effection useAbortSignal.
 *
 * @example const signal = yield* useAbortSignal(); const rows = yield* until(query(sql, { signal }));
 */
export function useAbortSignal(): Operation<AbortSignal> {
  return registering((task) => {
    const controller = new AbortController();
    const frame = boundaryOf(task);
    const scope = frame.needScope();
    const abort = (cancellation: Cancellation): void => {
      if (!controller.signal.aborted) controller.abort(abortReason(cancellation));
    };
    const ended = (): void => {
      abort(
        scope.cancellation ?? {
          kind: "scope-ended",
          reason: undefined,
          scope: frame.name,
          task: task.name,
        },
      );
    };
    scope.link(new Cleanup(ended, abort));
    return controller.signal;
  });
}
