/**
 * The protocol between generators and the scheduler. An operation is anything iterable whose iteration ends in
 * waits; a `Wait` is the one object that reaches the scheduler through `yield`, and is its own iterator and
 * iteration result, so that a step allocates nothing more.
 *
 * | phase      | meaning                                                        | next               |
 * | ---------- | -------------------------------------------------------------- | ------------------ |
 * | FRESH      | made, not yet begun                                            | DEFERRED, BEGUN    |
 * | DEFERRED   | yielded; begins when the task's turn or the scheduler says so  | BEGUN, WITHDRAWN   |
 * | BEGUN      | `begin` was called and has not settled it: the task is parked  | all below          |
 * | LEAVING    | cancelled, and takes time to end                               | WITHDRAWN          |
 * | SETTLED    | has its value                                                  | -                  |
 * | FAILED     | has its error                                                  | -                  |
 * | WITHDRAWN  | cancelled and gone                                             | -                  |
 * | CONTENDING | begun as one of several of which only one happens (contest.ts) | the last three     |
 *
 * I1 Only BEGUN and CONTENDING can settle, and once: a completion that comes twice, or after a cancel, changes
 *    nothing (S6).
 * I2 A task has at most one wait that is DEFERRED, BEGUN or LEAVING, and that is `task.wait`.
 * I3 `next(PROBE)` is answered before anything else and changes nothing (O2).
 */
import { throwPlaced } from "../errors/index.js";
import { copies, elsewhere } from "./copies.js";
import { byHandError, outsideError } from "./errors.js";
import type { Host } from "./host.js";
import type { instruction, Instruction, Operation } from "./operation.js";
import { answer, PROBE, probing } from "./probe.js";
import { refusesAwait } from "./refuse-await.js";
import type { Timer } from "./timers.js";

// Numbers, not words: `phase` is compared several times in every step.
export const FRESH = 0;
export const DEFERRED = 1;
export const BEGUN = 2;
export const LEAVING = 3;
export const SETTLED = 4;
export const FAILED = 5;
export const WITHDRAWN = 6;
export const CONTENDING = 7;

/** What waits and tasks need of the scheduler, which implements it. */
export interface TaskScheduler {
  readonly host: Host;
  /** Steps that the current task may still take without giving way (S4). */
  budget: number;
  /** The time at which the scheduler last looked, in whole ms. */
  time: number;
  addTimer(timer: Timer): void;
  removeTimer(timer: Timer): void;
  /** Runs a change to the tree from outside; what it makes ready steps afterwards. */
  batch<T>(change: () => T): T;
  /** Makes a task ready whose wait has settled. */
  wake(task: Waiter): void;
  /** Makes a task ready whose wait was withdrawn; `error` is what went wrong in doing so. */
  land(task: Waiter, error?: { readonly error: unknown }): void;
  /** Asked when `budget` is used up; when it says no, the task is ready and its wait is to be deferred. */
  mayGoOn(task: Waiter): boolean;
  /** Goes on with a task that could not be stepped, or made ready, because the stack was full. */
  revive(task: Waiter | null): void;
  /** Puts the running task behind the ready ones. */
  requeue(task: Waiter): void;
  /** Told of every yield of a task that has `interrupts`: who gives all tasks one sees all yields. */
  yielded?(task: Waiter): void;
  /** Told when a wait is settled that was withdrawn before: somebody kept it (I1). */
  strayed?(wait: Wait<unknown>): void;
}

/** What a wait needs of the task that waits. */
export interface Waiter {
  readonly name: string;
  readonly id: number;
  wait: Wait<unknown> | null;
  /** How many cancellations are requested of scopes on the task's stack; 0 on every fast path. */
  interrupts: number;
  readonly scheduler: TaskScheduler;
}

/** Its `then` works even where the stack is full: it is built in, and needs none of it. */
export const afterwards = Promise.resolve();

/** The task that is stepping, if any. The scheduler sets it. */
export const running: { task: Waiter | null } = { task: null };
copies.push(running);

/** What a parked task waits for (O1). */
export interface WaitDescription {
  /** What kind of wait: `"sleep"`, `"queue get"`, `"join"` … */
  readonly kind: string;
  /** The name of what it waits on. */
  readonly on?: string | undefined;
  /** The names of the tasks that hold what it waits for. */
  readonly heldBy?: readonly string[] | undefined;
  /** The ids of the same tasks, where they are known: names may be shared. */
  readonly holders?: readonly number[] | undefined;
  /** Whether something outside of all tasks may end it: a promise, a callback, an event. */
  readonly isOutside?: boolean | undefined;
  /** When it is due, in ms of the host's clock. */
  readonly due?: number | undefined;
  /** The waits of which any one would do. */
  readonly anyOf?: readonly WaitDescription[] | undefined;
}

/** Where several waits of one task stand, of which only one happens. */
export interface Contest {
  /** When it began. */
  readonly since: number;
  /** Told by the one that has settled, before anything else can happen. */
  decided(winner: Wait<unknown>): void;
}

/**
 * One wait of one task: the door through which every waiting operation is built. A subclass says how to begin
 * (`begin`), how to leave when cancelled (`withdraw`) and what it is (`describe`), and calls `succeed` or `fail`.
 */
export abstract class Wait<T> implements Operation<T> {
  declare readonly [instruction]: true;
  done = false;
  /** As an iteration result: the wait itself while it is yielded, its result or error afterwards. */
  value: unknown = this;
  /** @internal */
  phase = FRESH;
  /** The task that waits; set before `begin`. */
  task: Waiter | null = null;
  /** When it began, in ms of the host's clock, as exact as the host's clock is cheap. */
  since = 0;

  /** Begins the wait: registers it somewhere, or settles it at once. Throwing fails the wait. */
  abstract begin(): void;

  /**
   * Leaves the wait because the task is cancelled: unregisters it.
   *
   * @param isForced - the grace of the cancel is over (C7): leave now, whatever it takes
   * @returns true when it is gone; false when it will call `left` once it is
   */
  abstract withdraw(isForced: boolean): boolean;

  /** Says what is waited for; called only when somebody looks. */
  abstract describe(): WaitDescription;

  /**
   * Whether it may be one of several of which only one happens, as in `select`: withdrawn, it leaves at once, and it is
   * as if it had never been. Say false where leaving takes time, or cannot undo what beginning did.
   */
  // A getter on the prototype: a field would make every wait larger.
  // eslint-disable-next-line @typescript-eslint/class-literal-property-style
  get canContend(): boolean {
    return true;
  }

  /**
   * Whether what it waits for may come once, and come before it has begun: then it begins at its `yield*` even where
   * the task ought to give way first. So nothing is missed that the code before the `yield*` has set off.
   */
  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- as above
  get isFleeting(): boolean {
    return false;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    // A wait is its own iterator; `value` is an Instruction while it is not done and a T when it is.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return this as unknown as Iterator<Instruction, T, any>;
  }

  /** Settles the wait with its value and makes the task ready; without effect when it is settled or gone. */
  succeed(value: T): void {
    this.conclude(SETTLED, value);
  }

  /** Settles the wait with an error, to be thrown at its `yield*`. */
  fail(error: unknown): void {
    this.conclude(FAILED, error);
  }

  /**
   * Ends a withdrawal that took time.
   *
   * @param error - boxed, when leaving went wrong: reported as an error of cleanup (C5)
   */
  left(error?: { readonly error: unknown }): void {
    if (this.phase !== LEAVING || this.task === null) return;
    this.phase = WITHDRAWN;
    this.task.scheduler.land(this.task, error);
  }

  /** @internal The iterator protocol; called by generators only. */
  next(sent?: unknown): unknown {
    if (sent !== undefined && sent === PROBE) {
      const reply = answer();
      return reply;
    }
    if (this.phase === SETTLED) return this;
    if (this.phase !== FRESH) return this.again();
    const task = enter(this);
    const { scheduler } = task;
    if (task.interrupts !== 0) this.phase = DEFERRED;
    else if (--scheduler.budget < 0 && !mayBegin(this, task)) this.phase = DEFERRED;
    else {
      this.phase = BEGUN;
      this.begin();
      // TypeScript cannot know that `begin` may have settled it.
      const phase = this.phase;
      if (phase === SETTLED) return this;
      if (phase === FAILED) throwPlaced(this.value, this);
      this.since = scheduler.time;
    }
    task.wait = this;
    return this;
  }

  /** What `next` does when it was called before, and there is no result. */
  protected again(): unknown {
    const error = this.value;
    if (this.phase !== FAILED || error === this || probing()) return this.advancedByHand();
    // Thrown once, and let go of: what an old wait refers to is copied by the collector, needed or not.
    this.value = this;
    return throwPlaced(error, this);
  }

  /** @internal In a task of another copy of this library, which refuses what it does not know. */
  throw(error: unknown): never {
    throw error;
  }

  private conclude(phase: number, result: unknown): void {
    if (this.phase !== BEGUN) {
      if (this.phase === CONTENDING) this.decide(phase, result);
      else if (this.phase === WITHDRAWN) this.task?.scheduler.strayed?.(this);
      return;
    }
    this.phase = phase;
    this.done = true;
    this.value = result;
    const { task } = this;
    if (task?.wait !== this) return;
    task.wait = null;
    try {
      task.scheduler.wake(task);
    } catch {
      // The stack is full. A closure of `task` itself would cost every call.
      const lost = task;
      void afterwards.then(() => lost.scheduler.revive(lost));
    }
  }

  /** A contender is never yielded: until it is settled, its `value` is the contest. */
  private decide(phase: number, result: unknown): void {
    // `contend` has put it there.
    const contest = this.value as Contest;
    this.phase = phase;
    this.done = true;
    this.value = result;
    contest.decided(this);
  }

  private advancedByHand(): unknown {
    if (probing()) {
      const reply = answer();
      return reply;
    }
    const { task } = this;
    if (task?.wait === this && running.task === task) strayed(task);
    throw byHandError();
  }
}

/** How many steps beyond its budget a task may take in a row. */
const OVERDRAFT = 16;

/** Asked when the budget of the task's turn is used up. */
export function mayBegin(wait: Wait<unknown>, task: Waiter): boolean {
  const { scheduler } = task;
  return (wait.isFleeting && scheduler.budget >= -OVERDRAFT) || scheduler.mayGoOn(task);
}

/** Binds a fresh wait to the running task, or refuses it. */
export function enter(wait: Wait<unknown>): Waiter {
  const { task } = running;
  if (task === null) {
    if (copies.some((copy) => copy.task)) return elsewhere as Waiter;
    throw outsideError();
  }
  if (task.wait !== null) strayed(task);
  wait.task = task;
  return task;
}

/** A wait that was begun by a stray `next()` is taken back, so that the task is not left half-parked. */
function strayed(task: Waiter): void {
  const { wait } = task;
  task.wait = null;
  if (wait !== null) {
    if (wait.phase === BEGUN) wait.withdraw(true);
    wait.phase = WITHDRAWN;
  }
  throw byHandError();
}

refusesAwait(Wait.prototype);
