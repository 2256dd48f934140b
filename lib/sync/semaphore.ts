import { clip, misuse } from "../errors/index.js";
import {
  checkCount,
  checkOptions,
  refusesAwait,
  runningTask,
  type Instruction,
  type Operable,
  type Operation,
  type TaskNode,
  type WaitDescription,
} from "../kernel/index.js";
import { hold } from "./hold.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { LineWait, WaitLine } from "./wait-line.js";

/** Up to how many permits the tasks that took them are kept in mind, for `statistics` and snapshots. */
const MOST_KNOWN = 64;

/** How to make a semaphore. */
export interface SemaphoreOptions {
  /** How many permits are free at first; all of them when left out. */
  readonly free?: number;
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * A number of permits that tasks take and give back. Strictly first come, first served: a permit that is given back
 * goes straight to the task that has waited longest. Permits have no owner: any task may give one back. For permits
 * that know theirs, see `Limiter`.
 *
 * Model:   asyncio.BoundedSemaphore, Trio Semaphore.
 *
 * @example
 * const limit = new Semaphore(50);
 * yield* all(urls.map((url) => limit.with(fetchOne(url))));
 */
export class Semaphore {
  /** For messages and snapshots. */
  readonly name: string;
  /** How many permits there are in all. */
  readonly permits: number;
  #free: number;
  readonly #line = new WaitLine<Acquire>();
  /** The acquisitions that were not given back, oldest first, or null when there are too many to know. */
  readonly #taken: WaitLine<Acquire> | null;
  readonly #acquire: Operation<void> = new Acquiring(this);

  /**
   * @param permits - how many tasks may hold one at the same time: a whole number of at least 1, or `Infinity`
   * @throws RangeError for any other number
   */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    checkCount("new Semaphore()", "permits", 1, permits);
    checkOptions("new Semaphore()", ["free", "name"], options);
    this.permits = permits;
    this.#free = options.free ?? permits;
    checkCount("new Semaphore()", "free", 0, this.#free);
    if (this.#free > permits) {
      const text = `new Semaphore() needs \`free\` to be at most its ${permits} permits, got ${this.#free}.`;
      throw misuse("COUNT", text, RangeError);
    }
    this.#taken = permits <= MOST_KNOWN ? new WaitLine<Acquire>() : null;
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
    if (this.#taken !== null) this.#taken.join(new Acquire(this, runningTask()));
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
    if (this.#taken !== null) forget(this.#taken);
    const next = this.#line.shift();
    if (next === null) {
      this.#free++;
      return;
    }
    this.#know(next);
    next.succeed();
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
    return hold("Semaphore.with", this, op);
  }

  /** Who took a permit and has not given one back, as far as there are at most 64, and who waits. */
  statistics(): SemaphoreStatistics {
    return {
      permits: this.permits,
      free: this.#free,
      holders: this.#taken === null ? [] : tasksOf(this.#taken),
      waiting: tasksOf(this.#line),
    };
  }

  /** @internal */
  begin(wait: Acquire): void {
    if (this.#free === 0) {
      this.#line.join(wait);
      return;
    }
    this.#free--;
    this.#know(wait);
    wait.succeed();
  }

  /** @internal */
  describe(): WaitDescription {
    const tasks = this.#taken === null ? [] : tasksOf(this.#taken);
    return {
      kind: "semaphore",
      on: this.name,
      heldBy: tasks.map(({ name }) => name),
      holders: tasks.map(({ id }) => id),
    };
  }

  /** A wait that is over serves as the note of who has the permit. */
  #know(wait: Acquire): void {
    if (this.#taken === null) return;
    this.#taken.join(wait);
    wait.since = wait.task?.scheduler.time ?? 0;
  }
}

/** Strikes out one acquisition: the running task's own, or the oldest, whose permit was passed on. */
function forget(taken: WaitLine<Acquire>): void {
  const task = runningTask();
  let found = taken.first;
  while (found !== null && found.task !== task) found = found.behind as Acquire | null;
  found ??= taken.first;
  if (found !== null) taken.leave(found);
}

/** What `semaphore.statistics()` gives. */
export interface SemaphoreStatistics {
  readonly permits: number;
  readonly free: number;
  readonly holders: readonly TaskSince[];
  readonly waiting: readonly TaskSince[];
}

// An operation of its own, and not `waiting(() => …)`: an engine sees through it where it is used.
class Acquiring implements Operation<void> {
  constructor(private readonly semaphore: Semaphore) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, void, any> {
    return new Acquire(this.semaphore)[Symbol.iterator]();
  }
}
refusesAwait(Acquiring.prototype);

class Acquire extends LineWait<void> {
  constructor(
    private readonly semaphore: Semaphore,
    holder: TaskNode | null = null,
  ) {
    super();
    this.task = holder;
    if (holder !== null) this.since = holder.scheduler.time;
  }

  begin(): void {
    this.semaphore.begin(this);
  }

  describe(): WaitDescription {
    return this.semaphore.describe();
  }
}
