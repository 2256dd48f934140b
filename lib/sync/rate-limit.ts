import { clip, misuse, show } from "../errors/index.js";
import {
  checkCount,
  checkDuration,
  checkOptions,
  currentScheduler,
  Timer,
  waiting,
  type Due,
  type Operation,
  type WaitDescription,
  type Waiter,
} from "../kernel/index.js";
import { burst, smooth, type Pace } from "./pace.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { LineWait, WaitLine } from "./wait-line.js";

/** How to make a rate limit. */
export interface RateLimitOptions {
  /**
   * `"burst"`, when left out: as many at once as the limit allows, and never more than that in any interval of that
   * length. `"smooth"`: evenly spread, one every `intervalMs / limit` ms at the most.
   */
  readonly pace?: "burst" | "smooth";
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Lets at most so many through in an interval of time. Strictly first come, first served. Nothing is held: to limit how
 * many run at the same time, use a `Semaphore` or `Limiter`.
 *
 * @example
 * const limit = new RateLimit(100, 60_000, { name: "api" }); // a hundred a minute
 * yield* limit.acquire();
 */
export class RateLimit {
  /** For messages and snapshots. */
  readonly name: string;
  /** How many are let through in an interval. */
  readonly limit: number;
  /** The length of the interval, in ms. */
  readonly interval: number;
  readonly #pace: Pace;
  readonly #line = new WaitLine<Acquire>();
  readonly #acquire: Operation<void> = waiting(() => new Acquire(this));
  readonly #due: Due = {
    timeIsUp: () => {
      this.#timeIsUp();
    },
  };
  #timer: { readonly timer: Timer; readonly waiter: Waiter } | null = null;

  /**
   * @param limit - a whole number of at least 1, or `Infinity`
   * @param intervalMs - length in milliseconds
   * @throws RangeError for a limit or a length that makes no sense
   */
  constructor(limit: number, intervalMs: number, options: RateLimitOptions = {}) {
    checkCount("new RateLimit()", "limit", 1, limit);
    checkDuration("new RateLimit", "intervalMs", intervalMs);
    checkOptions("new RateLimit()", ["pace", "name"], options);
    const { pace = "burst", name = "rate limit" } = options;
    // Typed for those who write types.
    if (pace !== "burst" && (pace as unknown) !== "smooth") {
      throw misuse("PACE", `new RateLimit() needs "burst" or "smooth" as \`pace\`, got ${show(pace)}.`);
    }
    this.limit = limit;
    this.interval = intervalMs;
    this.#pace = pace === "burst" ? burst(limit, intervalMs) : smooth(limit, intervalMs);
    this.name = clip(name, 200);
  }

  /**
   * Waits for its turn.
   *
   * Waits:   until the limit allows for one more, and everybody before had their turn.
   * Cancel:  does not count.
   */
  acquire(): Operation<void> {
    return this.#acquire;
  }

  /** Takes a turn if that needs no waiting. A plain call. */
  tryAcquire(): boolean {
    return this.#line.first === null && this.#takes(currentScheduler().host.now());
  }

  /** Who waits, and when the next one will be let through: in ms of the host's clock. */
  statistics(): RateLimitStatistics {
    const { limit, interval } = this;
    const next = this.#timer === null ? undefined : this.#timer.timer.at;
    return { limit, interval, next, waiting: tasksOf(this.#line) };
  }

  /** @internal */
  begin(wait: Acquire, waiter: Waiter): void {
    if (this.#line.first === null && this.#takes(waiter.scheduler.host.now())) {
      wait.succeed();
      return;
    }
    this.#line.join(wait);
    this.#setTimer();
  }

  /** @internal A wait has left the line. */
  gone(): void {
    if (this.#line.first === null) this.#clearTimer();
  }

  /** The next turn has come. */
  #timeIsUp(): void {
    const waiter = this.#timer?.waiter;
    this.#timer = null;
    if (waiter === undefined) return;
    const now = waiter.scheduler.host.now();
    while (this.#line.first !== null && this.#pace.readyAt(now) <= now) {
      this.#pace.taken(now, true);
      this.#line.shift()?.succeed();
    }
    this.#setTimer();
  }

  #takes(now: number): boolean {
    if (this.#pace.readyAt(now) > now) return false;
    this.#pace.taken(now, false);
    return true;
  }

  /** One timer serves the whole line: the turns go to whoever is first when they come. */
  #setTimer(): void {
    const waiter = this.#line.first?.task ?? null;
    if (waiter === null || this.#timer !== null) return;
    const { scheduler } = waiter;
    const at = this.#pace.readyAt(scheduler.host.now());
    if (at === Infinity) return;
    const timer = new Timer(at, false, this.#due);
    this.#timer = { timer, waiter };
    scheduler.addTimer(timer);
  }

  #clearTimer(): void {
    if (this.#timer === null) return;
    const { timer, waiter } = this.#timer;
    this.#timer = null;
    waiter.scheduler.removeTimer(timer);
  }
}

/** What `rateLimit.statistics()` gives. */
export interface RateLimitStatistics {
  readonly limit: number;
  readonly interval: number;
  readonly next: number | undefined;
  readonly waiting: readonly TaskSince[];
}

class Acquire extends LineWait<void> {
  constructor(private readonly limit: RateLimit) {
    super();
  }

  begin(): void {
    if (this.task !== null) this.limit.begin(this, this.task);
  }

  override withdraw(): boolean {
    super.withdraw();
    this.limit.gone();
    return true;
  }

  describe(): WaitDescription {
    return { kind: "rate limit", on: this.limit.name, due: this.limit.statistics().next };
  }
}
