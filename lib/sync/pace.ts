/** How a rate limit spreads its turns over time. All times are in ms of one clock. */
export interface Pace {
  /** When the next turn may be taken: at or before `now` when it may be taken at once. */
  readyAt(now: number): number;
  /**
   * Notes that a turn was taken.
   *
   * @param hasWaited - whether it was waited for, so that it may be later than it was due by the host's slowness only
   */
  taken(now: number, hasWaited: boolean): void;
}

/** How late a turn may be, in ms, without putting off those after it: what host timers are late by at the most. */
const LATE_MS = 10;

/** At most `limit` turns in any interval: the last `limit` times are remembered. */
export function burst(limit: number, intervalMs: number): Pace {
  const times: number[] = [];
  let oldest = 0;
  return {
    readyAt: (now) => (times.length < limit ? now : (times[oldest] ?? 0) + intervalMs),
    taken(now) {
      if (limit === Infinity) return;
      times[oldest] = now;
      oldest = (oldest + 1) % limit;
    },
  };
}

/** Turns at even distances. */
export function smooth(limit: number, intervalMs: number): Pace {
  const distance = limit === Infinity ? 0 : intervalMs / limit;
  let next = -Infinity;
  return {
    readyAt: () => next,
    taken(now, hasWaited) {
      next = Math.max(next, hasWaited ? now - LATE_MS : now) + distance;
    },
  };
}
