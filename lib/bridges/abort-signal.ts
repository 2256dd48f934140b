import { boundaryOf, Cleanup, registering, type Cancellation, type Operation } from "../kernel/index.js";
import { abortReason } from "../operations/index.js";

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
