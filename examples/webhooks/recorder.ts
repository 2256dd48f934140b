/**
 * Records what was published; then a webhook is done with. Nobody waits for that, so many are recorded at a time.
 *
 * That the downstream has taken a webhook is recorded together with that, unless publishing takes its time: then it
 * is recorded before, so that a crash while the broker is slow or away does not mean that all is forwarded again.
 */
import { attempt, forEach, operation, sleep, type Operation, type Queue } from "coppice";
import type { Backlog, Delivery } from "./backlog.js";
import type { Counters } from "./counters.js";
import type { Log } from "./log.js";
import { reasonOf } from "./reason.js";
import { progressOf, type Store } from "./store.js";

export interface RecorderParts {
  readonly backlog: Backlog;
  readonly published: Queue<Delivery>;
  readonly store: Store;
  readonly counters: Counters;
  readonly log: Log;
}

const GATHER_MS = 10;
const LARGEST_BATCH = 500;
/** For so long publishing may take before it is recorded that the webhook was forwarded. */
const SLOW_MS = 250;

/** Ends when the queue of published webhooks is shut down and empty. */
export const recorder = (parts: RecorderParts): Operation<void> =>
  forEach(parts.published, (first) => recordWith(parts, first), { concurrency: 1 });

const recordWith = operation(function* (parts: RecorderParts, first: Delivery) {
  const { published, store, counters, log } = parts;
  yield* sleep(GATHER_MS);
  const batch = [first];
  while (published.size > 0 && batch.length < LARGEST_BATCH) {
    const next = published.tryGet();
    if (next !== undefined) batch.push(next.value);
  }
  const outcome = yield* attempt(store.markPublished(batch.map(progressOf)));
  if (outcome.ok) counters.published += batch.length;
  // They are unfinished, and their leases run out: then they are published again.
  else log.warn(`cannot record what was published: ${reasonOf(outcome.error)}`);
  for (const delivery of batch) delivery.leave();
});

/** Records what was forwarded and waits to be published. Runs until cancelled. */
export const slowRecorder = operation(function* ({ backlog, store, log }: RecorderParts) {
  for (;;) {
    yield* sleep(SLOW_MS);
    const slow = backlog.forwardedFor(SLOW_MS);
    if (slow.length === 0) continue;
    const progress = slow.map(progressOf);
    const outcome = yield* attempt(store.markForwarded(progress));
    if (!outcome.ok) {
      log.warn(`cannot record what was forwarded, trying again: ${reasonOf(outcome.error)}`);
      continue;
    }
    slow.forEach((delivery, index) => {
      delivery.progress = "recorded";
      delivery.attempts -= progress[index]?.attempts ?? 0;
    });
  }
});
