/** Tries again what failed, after a pause that doubles each time. */
import { sleep, type Operation } from "coppice";
import { BreakerOpenError } from "./breaker.js";

export const RETRIES = 3;

/** Pauses vary by this share, so that what failed together does not come back together. */
const JITTER = 0.4;

export interface RetryOptions {
  /** Pause before the first retry. */
  readonly delayMs: number;
  readonly onRetry?: (error: unknown) => void;
}

/**
 * Runs the work until it succeeds, at most once and three more times. What a breaker stops is not tried again here.
 * Written out, and not with `retry`, because every webhook passes here twice and nearly all succeed at once.
 *
 * Cancel: at once, also during a pause; a cancellation is no error and is not retried.
 * Throws: the error of the last try.
 */
export function* withRetries(
  work: () => Operation<void>,
  { delayMs, onRetry }: RetryOptions,
): Operation<void> {
  for (let failures = 0; ; failures++) {
    try {
      yield* work();
      return;
    } catch (error) {
      if (error instanceof BreakerOpenError || failures === RETRIES) throw error;
      onRetry?.(error);
    }
    yield* sleep(delayMs * 2 ** failures * (1 - JITTER * Math.random()));
  }
}
