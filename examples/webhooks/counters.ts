/** What happened since the service started. Each part counts its own; the statistics read them. */
export interface Counters {
  /** Answered with 202. */
  accepted: number;
  /** Written to the database. */
  stored: number;
  /** Turned away with 503: no room, no database, or stopping. */
  refused: number;
  /** Turned away with 429: over the rate limit of their source. */
  limited: number;
  /** Turned away with 401: not signed as they should be. */
  unsigned: number;
  /** Turned away with any other 4xx: nothing that could be taken, whoever had sent it. */
  faulty: number;
  /** Taken from the outbox: what earlier runs and other instances left, and what was put off. */
  recovered: number;
  forwarded: number;
  published: number;
  /** Given up for now, after the last retry. */
  failed: number;
  retried: number;
  /** Left in the outbox because downstream or broker were away, or the downstream asked for time. */
  putOff: number;
}

export const createCounters = (): Counters => ({
  accepted: 0,
  stored: 0,
  refused: 0,
  limited: 0,
  unsigned: 0,
  faulty: 0,
  recovered: 0,
  forwarded: 0,
  published: 0,
  failed: 0,
  retried: 0,
  putOff: 0,
});
