/** Tries again what failed, after a pause that doubles each time. */
import { sleep, type Operation } from "coppice";
import { BreakerOpenError } from "./breaker.js";
import { pauseAskedBy } from "./retry-after.js";

export const RETRIES = 3;
/** Who asks for more time than this is not waited for here: what has a place in memory shall not keep it for that. */
export const LONGEST_PAUSE_MS = 1_000;

/** Pauses vary by this share, so that what failed together does not come back together. */
const JITTER = 0.4;

export interface RetryOptions {
  /** Pause before the first retry. */
  readonly delayMs: number;
  readonly onRetry?: (error: unknown) => void;
}

/**
 * Runs the work until it succeeds, at most once and three more times, and not before the time that an error asks
 * for. What a breaker stops is not tried again here, nor what asks for a long time.
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
    let askedMs: number;
    try {
      yield* work();
      return;
    } catch (error) {
      if (error instanceof BreakerOpenError || failures === RETRIES) throw error;
      askedMs = pauseAskedBy(error);
      if (askedMs > LONGEST_PAUSE_MS) throw error;
      onRetry?.(error);
    }
    yield* sleep(Math.max(askedMs, delayMs * 2 ** failures * (1 - JITTER * Math.random())));
  }
}
