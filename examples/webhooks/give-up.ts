/** What happens to a webhook that cannot be delivered in this run. */
import { attempt, operation } from "coppice";
import type { Delivery } from "./backlog.js";
import type { Counters } from "./counters.js";
import type { Store } from "./store.js";

export interface FailureParts {
  readonly store: Store;
  readonly counters: Counters;
  readonly log: (line: string) => void;
}

export interface GivenUp {
  readonly deed: "forward" | "publish";
  readonly attempts: number;
  readonly error: unknown;
}

const LONGEST_ERROR = 500;

/** Counts, logs and records the failure, and gives the webhook's place in the backlog back. */
export const giveUp = operation(function* (parts: FailureParts, delivery: Delivery, given: GivenUp) {
  const { id } = delivery.webhook;
  const text = textOf(given.error);
  parts.counters.failed += 1;
  parts.log(`cannot ${given.deed} webhook ${id}, left for the next start: ${text}`);
  // A failure to record it loses nothing: unfinished is what every webhook is that was not published.
  yield* attempt(parts.store.markFailed({ id, attempts: given.attempts, error: text }));
  delivery.leave();
});

/** PostgreSQL takes any text but one with a zero character in it. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll("\0", "").slice(0, LONGEST_ERROR);
}
