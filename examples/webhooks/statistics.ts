/** What the service tells about itself: over HTTP when asked, and in the log while something happens. */
import { operation, sleep } from "coppice";
import type { Backlog } from "./backlog.js";
import type { Counters } from "./counters.js";
import type { Unfinished } from "./store.js";

export interface Statistics extends Readonly<Counters> {
  /** Accepted, or found unfinished at the start, and neither published nor failed yet. */
  readonly waiting: number;
  readonly uptimeSeconds: number;
}

export interface StatisticsParts {
  readonly counters: Counters;
  readonly backlog: Backlog;
  readonly unfinished: Unfinished;
  readonly startedAt: number;
}

export function readStatistics({ counters, backlog, unfinished, startedAt }: StatisticsParts): Statistics {
  // Recovery has yet to fetch the rest of what it found from the database.
  const toBeRecovered = unfinished.count - counters.recovered;
  return {
    ...counters,
    waiting: backlog.size + toBeRecovered,
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
  options: { everyMs: number; log: (line: string) => void },
) {
  let last = describeStatistics(readStatistics(parts));
  for (;;) {
    yield* sleep(options.everyMs);
    const current = describeStatistics(readStatistics(parts));
    if (current !== last) options.log(current);
    last = current;
  }
});
