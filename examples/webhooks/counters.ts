/** What happened since the service started. Each part counts its own; the statistics read them. */
export interface Counters {
  /** Answered with 202. */
  accepted: number;
  /** Written to the database. */
  stored: number;
  /** Turned away with 503: no room, no database, or stopping. */
  refused: number;
  /** Found unfinished in the database and taken up again. */
  recovered: number;
  forwarded: number;
  published: number;
  /** Given up for this run, after the last retry. */
  failed: number;
  retried: number;
}

export const createCounters = (): Counters => ({
  accepted: 0,
  stored: 0,
  refused: 0,
  recovered: 0,
  forwarded: 0,
  published: 0,
  failed: 0,
  retried: 0,
});
