/** Tries again what failed, after a pause that doubles each time. */
import { operation, sleep, type Operation } from "coppice";

export const RETRIES = 3;

/** Pauses vary by this share, so that what failed together does not come back together. */
const JITTER = 0.2;

export interface RetryOptions {
  /** Pause before the first retry. */
  readonly delayMs: number;
  readonly onRetry?: (error: unknown) => void;
}

/**
 * Runs the work until it succeeds, at most once and three more times.
 *
 * Cancel: at once, also during a pause; a cancellation is no error and is not retried.
 * Throws: the error of the last try.
 */
export const withRetries = operation(function* (work: () => Operation<void>, options: RetryOptions) {
  for (let retry = 1; ; retry++) {
    try {
      return yield* work();
    } catch (error) {
      if (retry > RETRIES) throw error;
      options.onRetry?.(error);
    }
    yield* sleep(pauseBefore(retry, options.delayMs));
  }
});

function pauseBefore(retry: number, delayMs: number): number {
  const jitter = 1 + JITTER * (2 * Math.random() - 1);
  return delayMs * 2 ** (retry - 1) * jitter;
}
