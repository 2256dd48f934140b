/** `Retry-After`: from when on a server that refuses wants to be asked again. */

/** The longest time that anybody is waited for, whatever was asked. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** The refusals with which it is heeded. */
const STATUSES = [429, 503];

/** An error of a server that said how long to wait. */
export interface Asking {
  readonly retryAfterMs: number;
}

/**
 * How long to wait, in ms; 0 when the answer does not say.
 *
 * @param text - the header's value: whole seconds or a date
 * @param now - ms since 1970
 */
export function retryAfterOf(status: number, text: string | undefined, now = Date.now()): number {
  if (text === undefined || !STATUSES.includes(status)) return 0;
  const value = text.trim();
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : dateOf(value) - now;
  return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms || 0));
}

/** How long to wait after an error, in ms; 0 when it does not ask for it. */
export const pauseAskedBy = (error: unknown): number =>
  error instanceof Error && "retryAfterMs" in error ? (error as Error & Asking).retryAfterMs : 0;

/** In ms since 1970. NaN for what is no date as HTTP has them; the language's own idea of dates is wider. */
const dateOf = (text: string): number => (/^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : NaN);
