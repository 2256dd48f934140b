/** What the service tells about itself: over HTTP when asked, and in the log while something happens. */
import { operation, sleep } from "coppice";
import type { Backlog } from "./backlog.js";
import type { Counters } from "./counters.js";
import type { Log } from "./log.js";
import type { Outbox } from "./outbox.js";

export interface Statistics extends Readonly<Counters> {
  /** Accepted, or found in the outbox, and neither published nor failed yet. */
  readonly waiting: number;
  readonly uptimeSeconds: number;
}

export interface StatisticsParts {
  readonly counters: Counters;
  readonly backlog: Backlog;
  readonly outbox: Outbox;
  readonly startedAt: number;
}

export function readStatistics({ counters, backlog, outbox, startedAt }: StatisticsParts): Statistics {
  return {
    ...counters,
    waiting: backlog.size + outbox.waiting,
    uptimeSeconds: Math.round((performance.now() - startedAt) / 1000),
  };
}

export const describeStatistics = (statistics: Statistics): string =>
  (["accepted", "forwarded", "published", "failed", "refused", "waiting"] as const)
    .map((name) => `${name} ${String(statistics[name])}`)
    .join(", ");

/** Logs a line every `everyMs`, unless nothing has changed since the last one. */
export const statistics = operation(function* (
  parts: StatisticsParts,
  options: { everyMs: number; log: Log },
) {
  let last = describeStatistics(readStatistics(parts));
  for (;;) {
    yield* sleep(options.everyMs);
    const current = readStatistics(parts);
    const text = describeStatistics(current);
    if (text !== last) options.log.info(text, { ...current });
    last = text;
  }
});
