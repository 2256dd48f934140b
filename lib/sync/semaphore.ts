import {
  bounded,
  checkCount,
  checkOptions,
  clip,
  misuse,
  operation,
  waiting,
  type Operable,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { LineWait, WaitLine } from "./wait-line.js";

/**
 * A number of permits that tasks take and give back. Strictly first come, first served: a permit that is given back
 * goes straight to the task that has waited longest.
 *
 * Model: asyncio.BoundedSemaphore, Trio Semaphore.
 */
export class Semaphore {
  /** For messages and snapshots. */
  readonly name: string;
  /** How many permits there are in all. */
  readonly permits: number;
  #free: number;
  readonly #line = new WaitLine<Acquire>();
  readonly #acquire: Operation<void> = waiting(() => new Acquire(this));

  /**
   * @param permits - how many tasks may hold one at the same time: a whole number of at least 1, or `Infinity`
   * @throws RangeError for any other number
   */
  constructor(permits: number, options: { readonly name?: string } = {}) {
    checkCount("new Semaphore()", "permits", 1, permits);
    checkOptions("new Semaphore()", ["name"], options);
    this.permits = this.#free = permits;
    this.name = clip(options.name ?? "semaphore", 200);
  }

  /** How many permits are free. */
  get free(): number {
    return this.#free;
  }

  /** How many tasks wait for one. */
  get waiting(): number {
    return this.#line.length;
  }

  /**
   * Takes a permit.
   *
   * Waits:   until one is free and everybody before had theirs.
   * Cancel:  takes none. When one was handed over before, it is the task's to give back.
   * Pitfall: give it back in a `finally`, or use `with`.
   */
  acquire(): Operation<void> {
    return this.#acquire;
  }

  /** Takes a permit if that needs no waiting. A plain call. */
  tryAcquire(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /**
   * Gives a permit back. A plain call.
   *
   * @throws Error when all permits are back already
   */
  release(): void {
    if (this.#free === this.permits && this.permits !== Infinity) {
      throw misuse(
        "RELEASED",
        `Semaphore "${this.name}" has all its ${this.permits} permits back. Release once for every acquire.`,
        Error,
      );
    }
    const next = this.#line.shift();
    if (next === null) this.#free++;
    else next.succeed();
  }

  /**
   * Runs an operation while holding a permit; what the operation started is gone when the permit is given back.
   *
   * Waits:   for the permit, then for the operation.
   * Cancel:  cancels the operation, and gives the permit back after its cleanup.
   * Throws:  what `op` throws; TypeError when it is no operation.
   *
   * @example yield* limit.with(fetchUser(id));
   */
  with<T>(op: Operable<T>): Operation<T> {
    // A function of its own type parameter would need one operation() per semaphore: T is what `op` gives.
    return withPermit(
      this,
      bounded("Semaphore.with", op, () => PLAIN),
    ) as Operation<T>;
  }

  /** @internal */
  wait(wait: Acquire): void {
    if (this.tryAcquire()) wait.succeed();
    else this.#line.join(wait);
  }
}

const PLAIN = {};

const withPermit = operation(function* withPermit(semaphore: Semaphore, op: Operation<unknown>) {
  yield* semaphore.acquire();
  try {
    return yield* op;
  } finally {
    semaphore.release();
  }
});

class Acquire extends LineWait<void> {
  readonly #semaphore: Semaphore;

  constructor(semaphore: Semaphore) {
    super();
    this.#semaphore = semaphore;
  }

  begin(): void {
    this.#semaphore.wait(this);
  }

  describe(): WaitDescription {
    return { kind: "semaphore", on: this.#semaphore.name };
  }
}
