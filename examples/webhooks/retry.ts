/** Tries again what failed, after a pause that doubles each time. */
import { retry, type Operation } from "coppice";
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
 *
 * Cancel: at once, also during a pause; a cancellation is no error and is not retried.
 * Throws: the error of the last try.
 */
export const withRetries = (
  work: () => Operation<void>,
  { delayMs, onRetry }: RetryOptions,
): Operation<void> =>
  retry(work, {
    attempts: RETRIES + 1,
    delay: delayMs,
    backoff: 2,
    jitter: JITTER,
    when(error: unknown) {
      if (error instanceof BreakerOpenError) return false;
      onRetry?.(error);
      return true;
    },
  });
