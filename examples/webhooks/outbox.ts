/**
 * Takes up what lies in the outbox and is due: what earlier runs left, what an instance that died held, what was put
 * off or failed a while ago. Any number of instances do this at the same time; each takes what no other has.
 *
 * It claims no more than there are places for in the backlog, and renews the leases of all that is there.
 */
import { attempt, sleep, type Operation } from "coppice";
import type { Backlog } from "./backlog.js";
import type { Breaker } from "./breaker.js";
import type { Counters } from "./counters.js";
import type { Log } from "./log.js";
import { reasonOf } from "./reason.js";
import type { Store } from "./store.js";

/** How many are claimed, and in the backlog, at a time. */
export const PAGE = 100;
/** Instances that died are looked for, leases renewed, and what waits is counted once in so many rounds. */
const ROUNDS = 5;

export interface OutboxParts {
  readonly store: Store;
  readonly backlog: Backlog;
  /** Of everybody whom a webhook must reach. */
  readonly breakers: readonly Breaker[];
  readonly counters: Counters;
  readonly log: Log;
}

export interface OutboxOptions {
  readonly leaseMs: number;
  readonly pollMs: number;
  /** How many webhooks may lie there that nobody holds. */
  readonly limit: number;
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #options: OutboxOptions;
  #counted = 0;
  /** What was put off, and taken up again, when they were last counted. */
  #movedThen = 0;

  constructor(parts: OutboxParts, options: OutboxOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** How many webhooks nobody holds; between two counts, as far as this instance knows. */
  get waiting(): number {
    return Math.max(0, this.#counted + this.#moved - this.#movedThen);
  }

  get hasRoom(): boolean {
    return this.waiting < this.#options.limit;
  }

  /** Makes due what instances that live no more have left, and counts what waits. */
  *review(): Operation<void> {
    const { store, backlog } = this.#parts;
    yield* store.releaseOrphans();
    const ids = backlog.takeOlderThan(this.#options.leaseMs / 4);
    if (ids.length > 0) yield* store.renew(ids);
    const count = yield* store.countUnfinished();
    this.#movedThen = this.#moved;
    this.#counted = count;
  }

  /** Runs until cancelled. A database that is away is waited for. */
  *collect(): Operation<void> {
    for (let round = 1; ; round++) {
      const outcome = yield* attempt(round % ROUNDS === 0 ? this.review() : this.#takeAllThatIsDue());
      if (!outcome.ok) {
        this.#parts.log.warn(`cannot look into the outbox, trying again: ${reasonOf(outcome.error)}`);
      }
      yield* sleep(this.#options.pollMs);
    }
  }

  get #moved(): number {
    const { putOff, recovered } = this.#parts.counters;
    return putOff - recovered;
  }

  *#takeAllThatIsDue(): Operation<void> {
    while (yield* this.#takePage());
  }

  /** Tells whether there may be more. */
  *#takePage(): Operation<boolean> {
    const { store, backlog, breakers, counters } = this.#parts;
    // A neighbour that fails gets one webhook to be tried with, not a page that would only be put off again.
    if (!breakers.every((breaker) => breaker.letsThrough)) return false;
    const isTrial = breakers.some((breaker) => breaker.isOpen);
    let places = yield* backlog.reserve(isTrial ? 1 : PAGE);
    const wanted = places;
    try {
      const claimed = yield* store.claim(places);
      counters.recovered += claimed.length;
      for (const webhook of claimed) {
        const delivery = backlog.tryEnterClaimed(webhook);
        // What is here already has its place, and goes on from there.
        if (delivery === undefined) continue;
        places -= 1;
        backlog.deliveries.tryPut(delivery);
      }
      return claimed.length === wanted && !isTrial;
    } finally {
      backlog.release(places);
    }
  }
}
