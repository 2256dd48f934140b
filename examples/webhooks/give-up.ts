/** What happens to a webhook that cannot be delivered now. */
import { attempt, operation } from "coppice";
import type { Delivery } from "./backlog.js";
import { BreakerOpenError } from "./breaker.js";
import type { Counters } from "./counters.js";
import type { Log } from "./log.js";
import { reasonOf } from "./reason.js";
import { pauseAskedBy } from "./retry-after.js";
import { LONGEST_PAUSE_MS } from "./retry.js";
import { progressOf, type Store } from "./store.js";

export interface FailureParts {
  readonly store: Store;
  readonly counters: Counters;
  readonly log: Log;
  /** For how long a webhook is put off whose neighbour is away. */
  readonly putOffMs: number;
}

export interface GivenUp {
  readonly deed: "forward" | "publish";
  readonly error: unknown;
}

const LONGEST_ERROR = 500;

/**
 * Leaves the webhook in the outbox, and gives its place in the backlog back. One whose neighbour is away, or asks for
 * time, has done nothing wrong: it is put off. Any other failure is counted, logged and recorded, and has a longer
 * pause.
 */
export const giveUp = operation(function* (parts: FailureParts, delivery: Delivery, given: GivenUp) {
  const { store, counters, log } = parts;
  const { error, deed } = given;
  const progress = progressOf(delivery);
  const askedMs = pauseAskedBy(error);
  // A failure to record it loses nothing: it is unfinished, and its lease runs out.
  if (error instanceof BreakerOpenError) {
    counters.putOff += 1;
    yield* attempt(store.putOff(progress, parts.putOffMs));
  } else {
    const text = textOf(error);
    const { id, attempts } = progress;
    const isAsked = askedMs > LONGEST_PAUSE_MS;
    const until = isAsked ? `put off for ${String(Math.ceil(askedMs / 1000))} s as asked` : "left for later";
    log.warn(`cannot ${deed} webhook ${id}, ${until}: ${text}`, { webhook: id, attempts });
    if (isAsked) {
      counters.putOff += 1;
      yield* attempt(store.putOff(progress, askedMs));
    } else {
      counters.failed += 1;
      yield* attempt(store.markFailed({ ...progress, error: text, leastMs: askedMs }));
    }
  }
  delivery.leave();
});

/** PostgreSQL takes any text but one with a zero character in it. */
const textOf = (error: unknown): string => reasonOf(error).replaceAll("\0", "").slice(0, LONGEST_ERROR);
