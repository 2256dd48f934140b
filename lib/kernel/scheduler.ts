/**
 * The scheduler: steps ready tasks in order, watches the time, and hands over to the host (S1 to S4).
 *
 * R1 One task steps at a time, `running.task`; nothing steps while another task's code is on the stack.
 * R2 `drain` returns with nothing ready, or with a macrotask on its way that goes on.
 * R3 One host timer at most, for the earliest deadline or wake-up.
 * R4 When the clock is looked at never changes the order: a slice that ends amid a turn goes on with that turn.
 */
import { surroundings } from "./enclosure.js";
import { afterwards, running, type TaskScheduler, type Waiter } from "./instruction.js";
import { advance, beginTurn, failLater } from "./stepping.js";
import { RealHost, type Host } from "./host.js";
import { ReadyQueue } from "./ready-queue.js";
import { SLICE_MS, Slice } from "./slice.js";
import { Timers, type Timer } from "./timers.js";
import { Entry, type TaskNode } from "./tree.js";
import { BEGIN, LAND, RESUME } from "./turn.js";

/** How many wakes from outside pass before the scheduler makes sure that the host still gets its turns. */
const WAKES_PER_PULSE = 256;

export class Scheduler implements TaskScheduler {
  budget = 0;
  time = 0;
  readonly timers = new Timers();
  readonly #ready = new ReadyQueue<TaskNode>();
  /** The root tasks, so that none is collected while it runs (E4, O5). */
  readonly #roots = new Set<Entry>();
  #isStepping = false;
  #isHandedOver = false;
  #timerSetFor = Infinity;
  #wakes = 0;
  #pulseAskedAt: number | null = null;
  readonly #slice = new Slice();

  constructor(readonly host: Host) {}

  /** The running root tasks. */
  get roots(): Iterable<TaskNode> {
    // Only `adopt` adds to it.
    return this.#roots as Set<TaskNode>;
  }

  /** How many tasks are ready. */
  get readyCount(): number {
    return this.#ready.size;
  }

  adopt(root: TaskNode): void {
    this.#roots.add(root);
    root.watch({ ended: () => this.#roots.delete(root) });
  }

  /** Makes a new task ready behind the others (S2). */
  start(task: TaskNode): void {
    this.#ready.push(task);
    if (!this.#isStepping) this.#enter();
  }

  /** Starts a task inside the call, up to its first suspension (S1). */
  startNow(task: TaskNode): void {
    if (this.#isStepping) {
      this.#ready.push(task);
      return;
    }
    this.#slice.begin(this.#lookAtClock());
    this.#stepAlone(task, this.#slice.beginTurn());
  }

  wake(task: Waiter): void {
    // Waiter has one implementation, TaskNode; the narrow interface keeps the instructions below it.
    const woken = task as TaskNode;
    // S3: what completes outside is processed in this very callback.
    if (this.#isStepping || !this.#mayEnter()) this.#ready.push(woken);
    // Mostly it waits again after a few steps, and nothing else is ready: its slice begins when there is more to do.
    else this.#stepAlone(woken, this.#slice.postpone());
  }

  land(task: Waiter, error?: { readonly error: unknown }): void {
    const landing = task as TaskNode;
    landing.wait = null;
    landing.turn = LAND;
    if (error !== undefined) landing.frame?.needScope().record(error.error);
    this.wake(landing);
  }

  requeue(task: Waiter): void {
    const deferred = task as TaskNode;
    deferred.turn = BEGIN;
    this.#ready.push(deferred);
  }

  /**
   * Asked by a task whose budget is used up. If it may not go on it is ready, its wait deferred: behind the others
   * when its turn has been long enough, before them when only the slice is over (R4).
   */
  mayGoOn(task: Waiter): boolean {
    const slice = this.#slice;
    slice.needBegun();
    if (slice.isTurnOver) {
      this.requeue(task);
      return false;
    }
    slice.look(this.#lookAtClock());
    if (slice.isOver) {
      const deferred = task as TaskNode;
      deferred.turn = BEGIN;
      this.#ready.pushFirst(deferred);
      this.#handOver();
      return false;
    }
    this.budget = slice.grant() - 1;
    return true;
  }

  /** Runs a change to the tree that comes from outside; what it makes ready steps afterwards, not amid it. */
  batch<T>(change: () => T): T {
    if (this.#isStepping) return change();
    this.#isStepping = true;
    try {
      return change();
    } finally {
      this.#isStepping = false;
      this.#enter();
    }
  }

  addTimer(timer: Timer): void {
    this.timers.add(timer);
    if (!this.#isStepping) this.#setHostTimer();
  }

  removeTimer(timer: Timer): void {
    this.timers.remove(timer);
    if (!this.#isStepping) this.#setHostTimer();
  }

  /** Whether what completes outside steps at once. Amid a drain that was handed over it waits, or the host would starve. */
  #mayEnter(): boolean {
    if (this.host.isClockCheap) this.#lookAtClock();
    return !this.#isHandedOver && (++this.#wakes < WAKES_PER_PULSE || !this.#isStarvingHost());
  }

  /** Promise callbacks follow one another without end: only a macrotask that comes through proves that the host has turns. */
  #isStarvingHost(): boolean {
    this.#wakes = 0;
    if (this.#pulseAskedAt === null) {
      this.#pulseAskedAt = this.#lookAtClock();
      this.host.macrotask(() => {
        this.#pulseAskedAt = null;
        this.#wakes = 0;
      });
      return false;
    }
    if (this.#lookAtClock() - this.#pulseAskedAt < SLICE_MS) return false;
    this.#handOver();
    return true;
  }

  #enter(): void {
    this.#slice.begin(NaN);
    this.#drainFromOutside();
  }

  /** What is thrown here for want of stack is not the caller's; if it has another reason, it is thrown again later. */
  #drainFromOutside(): void {
    try {
      this.#drain();
    } catch {
      void afterwards.then(() => this.revive(null));
    }
  }

  /** Steps a task in a call from outside, and what that has made ready. */
  #stepAlone(task: TaskNode, budget: number): void {
    const slice = this.#slice;
    this.#isStepping = true;
    this.budget = budget;
    try {
      this.#resume(task);
    } catch (error) {
      // A closure of a parameter would cost every call.
      const lost = task;
      void afterwards.then(() => this.revive(lost, { error }));
    }
    this.#isStepping = false;
    if (slice.isBegun || this.#ready.size > 0) {
      slice.needBegun();
      slice.endTurn(this.budget);
    } else if (this.#isTimerRight()) return;
    this.#drainFromOutside();
  }

  #drain(): void {
    const slice = this.#slice;
    let task: TaskNode | null = null;
    this.#isStepping = true;
    try {
      for (task = this.#next(); task !== null; task = this.#next()) {
        this.#step(task);
        task = null;
        if (slice.isLookDue) {
          slice.look(this.#lookAtClock());
          if (slice.isOver) this.#handOver();
        }
        if (this.timers.size > 0) this.#fireTimers(slice.lastLook);
      }
      this.#setHostTimer();
    } catch (error) {
      if (task === null) throw error;
      const lost = task;
      void afterwards.then(() => this.revive(lost, { error }));
    } finally {
      this.#isStepping = false;
    }
  }

  /**
   * Goes on in the host's next turn, with an empty stack, where something got through that nothing of ours throws.
   *
   * @param task - the one that was lost to that: its step threw, or it could not even be made ready
   */
  revive(task: Waiter | null, thrown?: { readonly error: unknown }): void {
    // Waiter has one implementation, TaskNode.
    const lost = task as TaskNode | null;
    if (lost !== null && (thrown ? failLater(lost, thrown.error) : isStuck(lost))) this.#ready.push(lost);
    this.#handOver();
  }

  /** The task that steps next; none while the host has the turn. */
  #next(): TaskNode | null {
    if (this.#isHandedOver) return null;
    const ready = this.#ready;
    if (ready.size < 2) return ready.shift();
    const { chooseReady } = this.host;
    return chooseReady === undefined ? ready.shift() : ready.take(chooseReady.call(this.host, ready.size));
  }

  #handOver(): void {
    if (this.#isHandedOver) return;
    const askedAt = this.#lookAtClock();
    this.host.macrotask(() => {
      this.#isHandedOver = false;
      this.#pulseAskedAt = null;
      this.#wakes = 0;
      const now = this.#lookAtClock();
      this.#slice.begin(now, now - askedAt);
      this.#drain();
    });
    this.#isHandedOver = true;
  }

  #step(task: TaskNode): void {
    this.budget = this.#slice.beginTurn();
    this.#resume(task);
    this.#slice.endTurn(this.budget);
  }

  #resume(task: TaskNode): void {
    const before = running.task;
    running.task = task;
    try {
      if (surroundings.enclosure === null) takeTurn(task);
      else surroundings.enclosure.enter(task, takeTurn);
    } finally {
      running.task = before;
    }
  }

  #lookAtClock(): number {
    const now = this.host.now();
    // Whole ms, so that waits can keep it in a small integer.
    this.time = Math.round(now);
    return now;
  }

  /** Fires what is due, in order (S4); what it wakes becomes ready. */
  #fireTimers(now: number): void {
    for (let first = this.timers.first; first !== undefined && first.at <= now; first = this.timers.first) {
      const timer = this.#choose(first);
      this.timers.remove(timer);
      timer.timeIsUp();
    }
  }

  #choose(first: Timer): Timer {
    const { chooseTimer } = this.host;
    if (chooseTimer === undefined) return first;
    const equals = [...this.timers].filter((t) => t.at === first.at && t.isDeadline === first.isDeadline);
    equals.sort((a, b) => a.order - b.order);
    return equals[equals.length < 2 ? 0 : chooseTimer.call(this.host, equals.length)] ?? first;
  }

  /** Whether the host's one timer comes in time, and not for nothing. */
  #isTimerRight(): boolean {
    const { first } = this.timers;
    return first === undefined ? this.#timerSetFor === Infinity : first.at >= this.#timerSetFor;
  }

  /** Keeps the host's one timer at the earliest time; a timer that is set too early only looks and is set again. */
  #setHostTimer(): void {
    if (this.#isTimerRight()) return;
    const { first } = this.timers;
    if (first === undefined) this.host.clearTimer();
    else this.host.setTimer(Math.max(0, first.at - this.host.now()), this.#timerFired);
    this.#timerSetFor = first?.at ?? Infinity;
  }

  readonly #timerFired = (): void => {
    this.#timerSetFor = Infinity;
    this.#wakes = 0;
    const now = this.#lookAtClock();
    this.batch(() => {
      this.#fireTimers(now);
    });
  };
}

/** Whether a task has what it waited for, and nobody makes it ready. */
function isStuck({ frame, wait, nextReady }: TaskNode): boolean {
  return frame !== null && wait === null && nextReady === null;
}

function takeTurn(task: TaskNode): void {
  if (task.turn === RESUME || beginTurn(task)) advance(task);
}

/** What everything runs on that is not run on another scheduler. */
export const defaultScheduler = new Scheduler(new RealHost());

/** The scheduler of the running task, or the default one. */
export function currentScheduler(): Scheduler {
  // Waiter has one implementation, and tasks are made with a Scheduler of this class only.
  return running.task === null ? defaultScheduler : ((running.task as TaskNode).scheduler as Scheduler);
}
