import { clip, misuse } from "../errors/index.js";
import {
  areRivals,
  checkCount,
  checkOptions,
  waiting,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { LineWait, WaitLine } from "./wait-line.js";

/** Thrown by `barrier.wait` when the barrier was aborted, or reset while it waited. */
export class BrokenBarrierError extends Error {
  override readonly name: string = "BrokenBarrierError";
  readonly code = "COPPICE_BROKEN_BARRIER";
}

/**
 * A place where a fixed number of tasks wait for one another: the last to arrive lets all of them go on, and the
 * barrier is ready for the next round at once.
 *
 * Model:   asyncio.Barrier of Python 3.11.
 *
 * @example
 * const loaded = new Barrier(workers, { name: "loaded" });
 * const index = yield* loaded.wait(); // in each of the workers
 */
export class Barrier {
  /** For messages and snapshots. */
  readonly name: string;
  /** How many tasks wait for one another. */
  readonly parties: number;
  readonly #line = new WaitLine<BarrierWait>();
  readonly #wait: Operation<number> = waiting(() => new BarrierWait(this));
  #isBroken = false;

  /**
   * @param parties - a whole number of at least 1
   * @throws RangeError for any other number
   */
  constructor(parties: number, options: { readonly name?: string } = {}) {
    checkCount("new Barrier()", "parties", 1, parties);
    checkOptions("new Barrier()", ["name"], options);
    this.parties = parties;
    this.name = clip(options.name ?? "barrier", 200);
  }

  /** How many tasks wait for the others. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Whether it was aborted, and not reset since. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Waits for the others.
   *
   * Waits:   until as many tasks as the barrier has parties wait, this one included.
   * Cancel:  the task no longer counts; the others go on waiting.
   * Throws:  BrokenBarrierError when the barrier is aborted, or reset while this waits.
   *
   * @returns the place in the order of arrival, from 0: a different one for each task of a round
   */
  wait(): Operation<number> {
    return this.#wait;
  }

  /** Breaks the barrier: who waits now or later gets a BrokenBarrierError, until it is reset. A plain call. */
  abort(): void {
    this.#isBroken = true;
    this.#break("it was aborted");
  }

  /** Makes the barrier as new: who waits gets a BrokenBarrierError. A plain call. */
  reset(): void {
    this.#isBroken = false;
    this.#break("it was reset");
  }

  /** Who waits. */
  statistics(): BarrierStatistics {
    return { parties: this.parties, isBroken: this.#isBroken, waiting: tasksOf(this.#line) };
  }

  /** @internal */
  begin(wait: BarrierWait): void {
    if (this.#isBroken) throw this.#broken("it was aborted");
    for (const other of this.#line) {
      if (areRivals(wait, other)) throw this.#countsTwice();
    }
    this.#line.join(wait);
    if (this.#line.length < this.parties) return;
    let index = 0;
    this.#line.settleAll((arrived) => {
      arrived.succeed(index++);
    });
  }

  #break(why: string): void {
    this.#line.settleAll((wait) => {
      wait.fail(this.#broken(why));
    });
  }

  #broken(why: string): BrokenBarrierError {
    return new BrokenBarrierError(`Cannot wait at barrier "${this.name}": ${why}.`);
  }

  #countsTwice(): Error {
    return misuse(
      "BARRIER_TWICE",
      `select() waits twice at barrier "${this.name}", and a task counts once. Name it once.`,
      Error,
    );
  }
}

/** What `barrier.statistics()` gives. */
export interface BarrierStatistics {
  readonly parties: number;
  readonly isBroken: boolean;
  readonly waiting: readonly TaskSince[];
}

class BarrierWait extends LineWait<number> {
  constructor(private readonly barrier: Barrier) {
    super();
  }

  begin(): void {
    this.barrier.begin(this);
  }

  describe(): WaitDescription {
    return { kind: "barrier", on: this.barrier.name };
  }
}
