import { clip, misuse } from "../errors/index.js";
import {
  checkCount,
  checkOptions,
  runningTask,
  TaskNode,
  waiting,
  type Operable,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { nameOf, plainName, type Borrower } from "./borrower.js";
import { hold } from "./hold.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { asOneChange, LineWait, WaitLine } from "./wait-line.js";

/**
 * A number of permits that belong to whoever has borrowed them: a task, or any value on whose behalf a task acquires.
 * Each borrower holds one at the most, and only what it borrowed can be given back for it. The total may change at
 * any time. Strictly first come, first served.
 *
 * Model:   Trio CapacityLimiter.
 *
 * @example
 * const threads = new Limiter(8, { name: "threads" });
 * yield* threads.with(hash(file));
 * threads.total = 4; // nobody is thrown out: fewer are let in from now on
 */
export class Limiter {
  /** For messages and snapshots. */
  readonly name: string;
  /** Who has a permit, and since when. */
  readonly #borrowers = new Map<unknown, number>();
  readonly #line = new WaitLine<Acquire>();
  readonly #acquire: Operation<void> = waiting(() => new Acquire(this, null));
  #total: number;

  /**
   * @param total - how many permits there are: a whole number of at least 0, or `Infinity`
   * @throws RangeError for any other number
   */
  constructor(total: number, options: { readonly name?: string } = {}) {
    checkCount("new Limiter()", "total", 0, total);
    checkOptions("new Limiter()", ["name"], options);
    this.#total = total;
    this.name = clip(options.name ?? "limiter", 200);
  }

  /** How many permits there are. With 0 nobody is let in until it is raised. */
  get total(): number {
    return this.#total;
  }

  /** Made larger, it lets in those that wait; made smaller, it lets nobody in until enough have left. */
  set total(total: number) {
    checkCount("limiter.total", "total", 0, total);
    this.#total = total;
    this.#admit();
  }

  /** How many permits are out. */
  get borrowed(): number {
    return this.#borrowers.size;
  }

  /** How many permits could be taken now; below 0 after the total was made smaller than what is out. */
  get available(): number {
    return this.#total - this.#borrowers.size;
  }

  /**
   * Borrows a permit for the task.
   *
   * Waits:   until one is free and everybody before had theirs.
   * Cancel:  borrows none. When one was handed over before, it is the task's to give back (S6).
   * Throws:  Error when the task has one already.
   * Pitfall: give it back in a `finally`, or use `with`.
   */
  acquire(): Operation<void> {
    return this.#acquire;
  }

  /**
   * Borrows a permit for somebody else: a worker, a connection, a name. As `acquire` otherwise.
   *
   * @param borrower - any value; told apart as in a Map
   */
  acquireOnBehalfOf(borrower: unknown): Operation<void> {
    const boxed = { borrower };
    return waiting(() => new Acquire(this, boxed));
  }

  /**
   * Borrows a permit for the running task if that needs no waiting. A plain call.
   *
   * @returns whether it did
   * @throws Error when the task has one already, and outside of any task
   */
  tryAcquire(): boolean {
    return this.tryAcquireOnBehalfOf(this.#callingTask("acquired"));
  }

  /** Borrows a permit for somebody else if that needs no waiting. A plain call; as `tryAcquire` otherwise. */
  tryAcquireOnBehalfOf(borrower: unknown): boolean {
    this.#refuseSecond(borrower);
    if (this.#borrowers.size >= this.#total) return false;
    this.#lend(borrower);
    return true;
  }

  /**
   * Gives the running task's permit back. A plain call.
   *
   * @throws Error when the task has none, and outside of any task
   */
  release(): void {
    this.releaseOnBehalfOf(this.#callingTask("released"));
  }

  /** Gives somebody else's permit back. A plain call; as `release` otherwise. */
  releaseOnBehalfOf(borrower: unknown): void {
    if (!this.#borrowers.delete(borrower)) {
      throw misuse(
        "NOT_BORROWED",
        `${nameOf(borrower)} gave a permit of limiter "${this.name}" back, but has none. Release once for every acquire.`,
        Error,
      );
    }
    this.#admit();
  }

  /**
   * Runs an operation while the task holds a permit; what the operation started is gone when the permit is given back.
   *
   * Waits:   for the permit, then for the operation.
   * Cancel:  cancels the operation, and gives the permit back after its cleanup.
   * Throws:  what `op` throws; TypeError when it is no operation; as `acquire`.
   */
  with<T>(op: Operable<T>): Operation<T> {
    return hold("Limiter.with", this, op);
  }

  /** Who has a permit, and who waits. */
  statistics(): LimiterStatistics {
    const holders: Borrower[] = [];
    for (const [borrower, since] of this.#borrowers)
      holders.push({ borrower, name: plainName(borrower), since });
    return { total: this.#total, borrowed: this.borrowed, holders, waiting: tasksOf(this.#line) };
  }

  /** @internal */
  begin(wait: Acquire): void {
    this.#refuseSecond(wait.borrower);
    if (this.#borrowers.size >= this.#total) {
      this.#line.join(wait);
      return;
    }
    this.#lend(wait.borrower);
    wait.succeed();
  }

  /** @internal */
  describe(): WaitDescription {
    const borrowers = [...this.#borrowers.keys()];
    return {
      kind: "limiter",
      on: this.name,
      heldBy: borrowers.map(plainName),
      holders: borrowers.flatMap((borrower) => (borrower instanceof TaskNode ? [borrower.id] : [])),
    };
  }

  /** Lets those in that have waited longest, as far as there are permits. */
  #admit(): void {
    if (this.#line.first === null) return;
    asOneChange(this.#line.first, () => {
      while (this.#borrowers.size < this.#total) {
        const next = this.#line.shift();
        if (next === null) return;
        this.#serve(next);
      }
    });
  }

  #serve(next: Acquire): void {
    const { borrower } = next;
    if (this.#borrowers.has(borrower)) next.fail(this.#second(borrower));
    else {
      this.#borrowers.set(borrower, next.task?.scheduler.time ?? 0);
      next.succeed();
    }
  }

  #lend(borrower: unknown): void {
    this.#borrowers.set(borrower, runningTask()?.scheduler.time ?? 0);
  }

  #refuseSecond(borrower: unknown): void {
    if (this.#borrowers.has(borrower)) throw this.#second(borrower);
  }

  #second(borrower: unknown): Error {
    return misuse(
      "BORROWED",
      `${nameOf(borrower)} cannot acquire a second permit of limiter "${this.name}". Release the first one, or acquire on behalf of something else.`,
      Error,
    );
  }

  #callingTask(what: string): TaskNode {
    const task = runningTask();
    if (task !== null) return task;
    throw misuse(
      "OUTSIDE",
      `Limiter "${this.name}" was ${what} outside any task. Call it in an operation, or name the borrower.`,
      Error,
    );
  }
}

/** What `limiter.statistics()` gives. */
export interface LimiterStatistics {
  readonly total: number;
  readonly borrowed: number;
  readonly holders: readonly Borrower[];
  readonly waiting: readonly TaskSince[];
}

class Acquire extends LineWait<void> {
  constructor(
    private readonly limiter: Limiter,
    private readonly onBehalfOf: { readonly borrower: unknown } | null,
  ) {
    super();
  }

  get borrower(): unknown {
    return this.onBehalfOf === null ? this.task : this.onBehalfOf.borrower;
  }

  begin(): void {
    this.limiter.begin(this);
  }

  describe(): WaitDescription {
    return this.limiter.describe();
  }
}
