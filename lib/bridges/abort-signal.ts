import { boundaryOf, CancelledError, Cleanup, registering, TimeoutError, type Cancellation, type Operation } from "../kernel/index.js";

/** What an `AbortSignal` that we hand out is aborted with (O4). */
export function abortReason(cancellation: Cancellation | undefined): unknown {
  if (cancellation?.reason !== undefined) return cancellation.reason;
  if (cancellation === undefined) return undefined;
  if (cancellation.kind === "deadline") return new TimeoutError(`The deadline of "${cancellation.scope}" passed.`);
  return new CancelledError(cancellation.scope, cancellation);
}

/**
 * Gives an `AbortSignal` that is aborted when the current boundary is cancelled, at once, or ends.
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
    const ended = (): void => {
      const cancellation: Cancellation = { kind: "scope-ended", reason: undefined, scope: frame.name, task: task.name };
      if (!controller.signal.aborted) controller.abort(abortReason(scope.cancellation ?? cancellation));
    };
    scope.link(
      new Cleanup(ended, (cancellation) => {
        controller.abort(abortReason(cancellation));
      }),
    );
    return controller.signal;
  });
}
