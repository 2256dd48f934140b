/**
 * The lock. Its line also takes the waits of a condition, which come back for it.
 *
 * K1 `#owner` is null exactly when nobody holds the lock, and then nobody waits.
 * K2 While somebody waits, the owner's end is watched: a lock whose owner is gone is never given back.
 */
import { clip, misuse } from "../errors/index.js";
import {
  checkOptions,
  runningTask,
  waiting,
  type Operable,
  type Operation,
  type TaskNode,
  type WaitDescription,
  type Watcher,
} from "../kernel/index.js";
import { hold } from "./hold.js";
import { LockAcquire, type LockWait } from "./lock-wait.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { WaitLine } from "./wait-line.js";

/**
 * Lets one task at a time into a part of the program. It knows its owner: only the task that took it can give it back.
 * Strictly first come, first served: given back, it goes straight to the task that has waited longest.
 *
 * Model:   asyncio.Lock, Trio Lock.
 *
 * @example
 * const cacheLock = new Lock({ name: "cache" });
 * yield* cacheLock.with(refresh());
 */
export class Lock {
  /** For messages and snapshots. */
  readonly name: string;
  readonly #line = new WaitLine<LockWait>();
  readonly #acquire: Operation<void> = waiting(() => new LockAcquire(this));
  #owner: TaskNode | null = null;
  #since = 0;
  #watcher: Watcher | null = null;
  /** Tasks whose wait for a condition was cut short, and that release what they did not get back. */
  #forfeits: Set<TaskNode> | null = null;

  constructor(options: { readonly name?: string } = {}) {
    checkOptions("new Lock()", ["name"], options);
    this.name = clip(options.name ?? "lock", 200);
  }

  /** Whether some task holds it. */
  get isLocked(): boolean {
    return this.#owner !== null;
  }

  /**
   * Takes the lock.
   *
   * Waits:   until it is free and everybody before has had it.
   * Cancel:  does not take it. When it was handed over before, it is the task's to give back (S6).
   * Throws:  Error when the task holds it already, or when its owner ended without giving it back.
   * Pitfall: give it back in a `finally`, or use `with`.
   */
  acquire(): Operation<void> {
    return this.#acquire;
  }

  /**
   * Takes the lock for the running task if that needs no waiting. A plain call.
   *
   * @returns whether it did
   * @throws Error as `acquire` does, and outside of any task
   */
  tryAcquire(): boolean {
    const task = runningTask();
    if (task === null) {
      throw misuse(
        "OUTSIDE",
        `Lock "${this.name}" was acquired outside any task, and needs one to own it. Call it in an operation.`,
        Error,
      );
    }
    return this.#take(task);
  }

  /**
   * Gives the lock back. A plain call.
   *
   * @throws Error when the running task does not hold it
   */
  release(): void {
    const task = runningTask();
    if (task === null || this.#owner !== task) {
      if (task !== null && this.#forfeits?.delete(task) === true) return;
      throw misuse(
        "LOCK_NOT_HELD",
        `${who(task)} released lock "${this.name}", but ${this.#state()}.`,
        Error,
      );
    }
    if (this.#watcher !== null) this.#unwatch(task, this.#watcher);
    const next = this.#line.shift();
    if (next === null) {
      this.#owner = null;
      return;
    }
    this.#own(next.node);
    if (this.#line.length > 0) this.#watch(next.node);
    next.granted();
  }

  /**
   * Runs an operation while holding the lock; what the operation started is gone when the lock is given back.
   *
   * Waits:   for the lock, then for the operation.
   * Cancel:  cancels the operation, and gives the lock back after its cleanup.
   * Throws:  what `op` throws; TypeError when it is no operation; as `acquire`.
   *
   * @example const value = yield* lock.with(function* () { return yield* readAndWrite(); });
   */
  with<T>(op: Operable<T>): Operation<T> {
    return hold("Lock.with", this, op);
  }

  /** Who holds it, and who waits. */
  statistics(): LockStatistics {
    const owner = this.#owner;
    return {
      holder: owner === null ? undefined : { name: owner.name, id: owner.id, since: this.#since },
      waiting: tasksOf(this.#line),
    };
  }

  /** @internal For an `acquire` that begins. */
  begin(wait: LockWait): void {
    if (this.#take(wait.node)) wait.granted();
    else this.join(wait);
  }

  /** @internal For a condition's wait that comes back. */
  join(wait: LockWait): void {
    this.#line.join(wait);
    if (this.#owner !== null && this.#watcher === null) this.#watch(this.#owner);
  }

  /** @internal Takes the lock back for a cancelled wait. */
  retake(task: TaskNode): boolean {
    return this.#take(task);
  }

  /** @internal A wait that was cut short does not get its lock back; its `release` is then nothing (C7). */
  forfeit(task: TaskNode): void {
    (this.#forfeits ??= new Set()).add(task);
  }

  /** @internal Refuses what only the owner may do: `what` was done, to which condition. */
  demand(task: TaskNode | null, what: string): void {
    if (task !== null && this.#owner === task) return;
    throw misuse(
      "LOCK_NOT_HELD",
      `${who(task)} ${what} without holding its lock: ${this.#state()}. Do it inside condition.with().`,
      Error,
    );
  }

  /** @internal Where a wait for the lock stands. */
  describe(): WaitDescription {
    const owner = this.#owner;
    const owners = owner === null ? [] : [owner];
    return {
      kind: "lock",
      on: this.name,
      heldBy: owners.map(({ name }) => name),
      holders: owners.map(({ id }) => id),
    };
  }

  /** Takes the lock, or says that the task has to wait. */
  #take(task: TaskNode): boolean {
    const owner = this.#owner;
    if (owner === null) {
      this.#own(task);
      return true;
    }
    if (owner === task) {
      throw misuse(
        "LOCK_HELD",
        `Task "${task.name}" acquired lock "${this.name}", which it holds already, and would wait for itself for ever. Release it first.`,
        Error,
      );
    }
    if (owner.outcome !== null) throw this.#abandoned(owner);
    return false;
  }

  #own(task: TaskNode): void {
    this.#owner = task;
    this.#since = task.scheduler.time;
  }

  #watch(owner: TaskNode): void {
    this.#watcher = {
      ended: () => {
        const error = this.#abandoned(owner);
        this.#watcher = null;
        this.#line.settleAll((wait) => {
          wait.refused(error);
        });
      },
    };
    owner.watch(this.#watcher);
  }

  #unwatch(owner: TaskNode, watcher: Watcher): void {
    owner.unwatch(watcher);
    this.#watcher = null;
  }

  #state(): string {
    return this.#owner === null ? "nobody holds it" : `task "${this.#owner.name}" holds it`;
  }

  #abandoned(owner: TaskNode): Error {
    return misuse(
      "LOCK_ABANDONED",
      `Lock "${this.name}" will never be free: task "${owner.name}" ended without releasing it. Use lock.with(), or release it in a finally.`,
      Error,
    );
  }
}

function who(task: TaskNode | null): string {
  return task === null ? "Code outside any task" : `Task "${task.name}"`;
}

/** What `lock.statistics()` gives. */
export interface LockStatistics {
  readonly holder: TaskSince | undefined;
  readonly waiting: readonly TaskSince[];
}
