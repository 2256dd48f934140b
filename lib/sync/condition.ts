/**
 * The condition variable. A wait stands in two lines, one after the other:
 *
 * | stage     | stands in               | holds the lock | a cancel                                              |
 * | --------- | ----------------------- | -------------- | ----------------------------------------------------- |
 * | parked    | the condition's line    | no             | leaves the line, and comes back for the lock          |
 * | notified  | the lock's line         | no             | passes the notification on, and goes on waiting there |
 * | over      | none                    | yes            | lands at the next yield point (S6)                    |
 *
 * N1 A notification is used up only by a wait that completes: that of a cancelled one goes to the next (B3 of S6).
 * N2 However a wait ends, its task holds the lock, unless its cleanup was cut short (C7).
 */
import { clip, misuse, show } from "../errors/index.js";
import {
  checkCount,
  checkOptions,
  operation,
  runningTask,
  waiting,
  type Operable,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { hold } from "./hold.js";
import { Lock, type LockStatistics } from "./lock.js";
import { LockWait } from "./lock-wait.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { WaitLine } from "./wait-line.js";

/** How to make a condition. */
export interface ConditionOptions {
  /** The lock to use; one of its own when left out. Several conditions may share one. */
  readonly lock?: Lock;
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Lets tasks wait, while they hold a lock, for a change of what the lock guards: `wait` gives the lock away, and has it
 * again when it ends. `notify` wakes those that have waited longest.
 *
 * Model:   asyncio.Condition, Trio Condition.
 *
 * @example
 * const changed = new Condition({ name: "stock" });
 * yield* changed.with(function* () {
 *   yield* changed.waitFor(() => stock > 0);
 *   stock--;
 * });
 */
export class Condition {
  /** For messages and snapshots. */
  readonly name: string;
  /** The lock that has to be held for `wait` and `notify`. */
  readonly lock: Lock;
  /** @internal */
  readonly line = new WaitLine<LockWait>();
  readonly #wait: Operation<void> = waiting(() => new ConditionWait(this));

  constructor(options: ConditionOptions = {}) {
    checkOptions("new Condition()", ["lock", "name"], options);
    this.name = clip(options.name ?? "condition", 200);
    this.lock = options.lock ?? new Lock({ name: this.name });
    // Typed for those who write types.
    if (!((this.lock as unknown) instanceof Lock)) {
      throw misuse("LOCK", `new Condition() needs a Lock as \`lock\`, got ${show(this.lock)}.`);
    }
  }

  /** Whether some task holds its lock. */
  get isLocked(): boolean {
    return this.lock.isLocked;
  }

  /** Takes its lock: see `Lock.acquire`. */
  acquire(): Operation<void> {
    return this.lock.acquire();
  }

  /** Takes its lock if that needs no waiting: see `Lock.tryAcquire`. A plain call. */
  tryAcquire(): boolean {
    return this.lock.tryAcquire();
  }

  /** Gives its lock back: see `Lock.release`. A plain call. */
  release(): void {
    this.lock.release();
  }

  /** Runs an operation while holding its lock: see `Lock.with`. */
  with<T>(op: Operable<T>): Operation<T> {
    return hold("Condition.with", this.lock, op);
  }

  /**
   * Gives the lock away, waits for a notification, and takes the lock again.
   *
   * Waits:   until it is notified, and the lock is free again.
   * Cancel:  takes the lock again first, however long that takes; a notification that had come goes to the next.
   * Throws:  Error when the task does not hold the lock.
   * Pitfall: what it waited for may have changed again by the time it has the lock: use `waitFor`.
   */
  wait(): Operation<void> {
    return this.#wait;
  }

  /**
   * Waits until a predicate holds, which is asked at first and after every notification, with the lock held.
   *
   * Waits:   as `wait`; not at all when the predicate holds.
   * Cancel:  as `wait`.
   * Throws:  what the predicate throws; Error when the task does not hold the lock.
   *
   * @param predicate - a plain function
   * @returns the first value of the predicate that counts as true
   */
  waitFor<T>(predicate: () => T): Operation<T> {
    if (typeof (predicate as unknown) !== "function") {
      throw misuse(
        "NOT_A_FUNCTION",
        `waitFor() needs a function that says whether to go on, got ${show(predicate)}.`,
      );
    }
    // It returns what the predicate returned.
    return waitingFor(this, predicate) as Operation<T>;
  }

  /**
   * Wakes the tasks that have waited longest; they go on when they have the lock again. A plain call.
   *
   * @param n - how many
   * @throws Error when the running task does not hold the lock
   */
  notify(n = 1): void {
    checkCount("notify()", "n", 0, n);
    this.lock.demand(runningTask(), `notified condition "${this.name}"`);
    this.pass(n);
  }

  /** Wakes all tasks that wait. A plain call; as `notify` otherwise. */
  notifyAll(): void {
    this.notify(Infinity);
  }

  /** Who waits, and how its lock stands. */
  statistics(): ConditionStatistics {
    return { waiting: tasksOf(this.line), lock: this.lock.statistics() };
  }

  /** @internal Sends waits on to the lock's line. The lock is held, by the notifier or by whom it will go to. */
  pass(n: number): void {
    for (let left = n; left > 0; left--) {
      const next = this.line.shift();
      if (next === null) return;
      this.lock.join(next);
    }
  }
}

/** What `condition.statistics()` gives. */
export interface ConditionStatistics {
  readonly waiting: readonly TaskSince[];
  readonly lock: LockStatistics;
}

const waitingFor = operation(function* waitFor(condition: Condition, predicate: () => unknown) {
  condition.lock.demand(runningTask(), `waited for condition "${condition.name}"`);
  for (;;) {
    const value = predicate();
    if (value) return value;
    yield* condition.wait();
  }
});

class ConditionWait extends LockWait {
  #isLeaving = false;

  constructor(private readonly condition: Condition) {
    super();
  }

  begin(): void {
    const { lock, line, name } = this.condition;
    lock.demand(this.node, `waited for condition "${name}"`);
    line.join(this);
    lock.release();
  }

  /** Others may have had the lock meanwhile, and have changed what it guards. */
  override get canContend(): boolean {
    return false;
  }

  granted(): void {
    if (this.#isLeaving) this.left();
    else this.succeed();
  }

  /** A cancellation is not replaced by what went wrong on the way back (B7): that is an error of cleanup. */
  refused(error: Error): void {
    this.condition.lock.forfeit(this.node);
    if (this.#isLeaving) this.left({ error });
    else this.fail(error);
  }

  override withdraw(): boolean {
    const { condition } = this;
    const { lock } = condition;
    const wasNotified = this.line !== (condition.line as unknown);
    if (!this.#isLeaving && wasNotified) condition.pass(1);
    this.#isLeaving = true;
    if (this.node.isForced) {
      this.line?.leave(this);
      lock.forfeit(this.node);
      return true;
    }
    if (wasNotified) return false;
    condition.line.leave(this);
    if (this.#takesBack(lock)) return true;
    lock.join(this);
    return false;
  }

  #takesBack(lock: Lock): boolean {
    try {
      return lock.retake(this.node);
    } catch (error) {
      lock.forfeit(this.node);
      throw error;
    }
  }

  describe(): WaitDescription {
    const isParked = this.line === (this.condition.line as unknown);
    return isParked ? { kind: "condition", on: this.condition.name } : this.condition.lock.describe();
  }
}
