/**
 * A world of its own to run in: a scheduler, its host, and what moves them on.
 *
 * W1 Before the clock moves, the real event loop has had a turn: whatever was about to happen has happened. It needs
 *    none where no task has called for anything outside, but for the first time, and now and then.
 * W2 The clock jumps by itself only while `drive` is under way, and only when every task is parked.
 * W3 While a task waits for something outside, time stands still, as `Hope` says.
 */
import { runOn, type Operable, type RunOptions, type Task, type TaskNode } from "../kernel/index.js";
import { reportDeadlock } from "./deadlock.js";
import { SpinningError } from "./errors.js";
import { Hope } from "./hope.js";
import { outside, TestHost, type Order } from "./host.js";
import { lookAtParked } from "./outside-waits.js";
import { RealWorld } from "./real-world.js";
import { ReadyLine } from "./ready-line.js";
import { TestScheduler, type Watcher } from "./scheduler.js";
import type { Tracking } from "./tracking.js";
import { drawTree } from "./tree.js";

/** How many slices of work without an idle moment are too many; and for how long, in real ms, while something is under way outside. */
const MOST_SLICES = 500;
const MOST_REAL_MS = 2_500;
/** How many timers may fire one after the other before a run counts as endless. */
const MOST_TIMERS = 100_000;
/** How many times time may jump before the real event loop has its turn all the same. */
const MOST_ROUNDS = 1_000;
/** How long to wait for an event before looking around again, in real ms. */
const LOOK_MS = 50;

/** How a world is set up. */
export interface WorldOptions {
  readonly order?: Order | undefined;
  readonly watcher?: Watcher | undefined;
  /** Whether the order is to know whom it chooses among. */
  readonly isNaming?: boolean | undefined;
  /** How things stood outside before; as of now when left out. */
  readonly real?: RealWorld | undefined;
  readonly patienceMs?: number | undefined;
  readonly quietMs?: number | undefined;
}

/** A wish for the clock to be moved by hand. */
export interface Move {
  readonly to: number;
  done(): void;
}

export class World {
  readonly host: TestHost;
  readonly scheduler: TestScheduler;
  readonly hope: Hope;
  /** Whether any task has waited for something outside while all were parked. */
  hasWaitedOutside = false;
  #moves: Move[] = [];
  /** How many loops move this world on. */
  #drivers = 0;
  /** Rounds without a turn of the real event loop since the last one; none has been so far. */
  #rounds = Infinity;
  /** What the code under test has set going outside, where that is known. */
  tracking: Tracking | null = null;
  readonly #real: RealWorld;
  #mostTimers = MOST_TIMERS;
  #timersFired = 0;

  constructor(options: WorldOptions = {}) {
    const line = options.isNaming === true ? new ReadyLine() : undefined;
    this.host = new TestHost(options.order, line);
    this.scheduler = new TestScheduler(this.host, options.watcher ?? null, line ?? null);
    this.#real = options.real ?? new RealWorld();
    this.hope = new Hope(this.#real, options.patienceMs, options.quietMs);
  }

  run<T>(op: Operable<T>, options?: RunOptions): Task<T> {
    return runOn(this.scheduler, op, options);
  }

  get roots(): TaskNode[] {
    return [...this.scheduler.roots];
  }

  /** Moves the clock by hand; what is due on the way fires at its time. */
  move(move: Move): void {
    this.#moves.push(move);
    if (this.#drivers === 0) void this.#goOn(() => this.#moves.length === 0, false);
  }

  /** Whether the clock can be moved at once: nothing outside could come first. */
  get #canMoveNow(): boolean {
    if (this.host.hasMacrotask || this.#moves.length > 0) return false;
    return lookAtParked(this.scheduler.roots).side === "inside";
  }

  /** Moves the clock at once; false where something outside could come first, from then on. */
  moveNow(to: number): boolean {
    for (let at = this.nextTimer; at !== undefined && at <= to; at = this.nextTimer) {
      if (!this.#canMoveNow) return false;
      this.host.moveTo(at);
    }
    if (!this.#canMoveNow) return false;
    this.host.moveTo(to);
    return true;
  }

  /**
   * Goes on until `isOver`, jumping from timer to timer.
   *
   * @throws DeadlockError when nothing can wake the parked tasks, SpinningError when a task never parks or there is no
   *   end of timers
   */
  drive(isOver: () => boolean, mostTimers = MOST_TIMERS): Promise<void> {
    this.#timersFired = 0;
    this.#mostTimers = mostTimers;
    return this.#goOn(isOver, true);
  }

  /** When the next timer is due. */
  get nextTimer(): number | undefined {
    return this.scheduler.timers.first?.at;
  }

  get #needsTurn(): boolean {
    return this.tracking?.hasStarted !== false || ++this.#rounds > MOST_ROUNDS;
  }

  /** Gives the real event loop a turn. */
  turn(): Promise<void> {
    this.#rounds = 0;
    return new Promise<void>((resolve) => {
      outside.macrotask(resolve);
    });
  }

  /** Lets some real time pass, and the real event loop have its turn. */
  pause(ms: number): Promise<void> {
    return ms === 0
      ? this.turn()
      : new Promise<void>((resolve) => {
          outside.after(ms, resolve);
        });
  }

  async #goOn(isOver: () => boolean, isJumping: boolean): Promise<void> {
    this.#drivers++;
    try {
      while (!isOver()) {
        if (this.#needsTurn) await this.turn();
        if (isOver() || this.#work()) continue;
        if (isJumping) await this.#jump(isOver);
        else return;
      }
    } finally {
      this.#drivers--;
    }
  }

  /** Does what is to be done without the clock moving by itself; false when there is nothing. */
  #work(): boolean {
    if (this.host.hasMacrotask) {
      this.host.runMacrotasks();
      if (this.#isSpinning)
        throw this.#endless("A task goes on and on without waiting for anything", SPINNING_HINT);
      return true;
    }
    this.host.idle();
    const [move] = this.#moves.sort((a, b) => a.to - b.to);
    if (move === undefined) return false;
    const at = this.nextTimer;
    if (at !== undefined && at <= move.to) this.host.moveTo(at);
    else {
      this.#moves = this.#moves.filter((other) => other !== move);
      this.host.moveTo(move.to);
      move.done();
    }
    return true;
  }

  /** Every task is parked: time goes on, if nothing outside comes first. */
  async #jump(isOver: () => boolean): Promise<void> {
    const parked = lookAtParked(this.scheduler.roots);
    this.hasWaitedOutside ||= parked.side === "outside";
    const at = this.nextTimer;
    const dueMs = at === undefined ? Infinity : at - this.host.time;
    const began = outside.now();
    const { events } = this.scheduler;
    for (;;) {
      const mayCallBack = this.tracking?.hasStarted === true;
      const leftMs = this.hope.limitMs(parked, dueMs, this.roots, mayCallBack) - (outside.now() - began);
      if (leftMs <= 0) break;
      await this.#eventWithin(Math.min(leftMs, LOOK_MS));
      if (this.scheduler.events !== events || isOver() || this.#moves.length > 0) return;
    }
    if (at === undefined) throw reportDeadlock(this.roots);
    if (++this.#timersFired > this.#mostTimers)
      throw this.#endless(`There is no end: ${this.#mostTimers} timers have fired`, ENDLESS_HINT);
    this.hope.giveUp(parked);
    this.host.moveTo(at);
  }

  #eventWithin(ms: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const stop = outside.after(ms, resolve);
      this.scheduler.onEvent(() => {
        stop();
        resolve();
      });
    });
  }

  get #isSpinning(): boolean {
    const { slices, slicesSince } = this.host;
    if (slices <= MOST_SLICES) return false;
    // It may be waiting in a loop for something real, which gets its time.
    const isAlone = this.tracking?.hasStarted === false && this.#real.isBusy === false;
    return isAlone || outside.now() - slicesSince > MOST_REAL_MS;
  }

  #endless(what: string, hint: string): SpinningError {
    return new SpinningError(`${what}.\n${drawTree(this.roots)}\n${hint}`);
  }
}

const SPINNING_HINT =
  "Let it wait for what it waits for (an Event, a Queue, sleep) instead of looping over checkpoint().";
const ENDLESS_HINT =
  "Cancel what runs for ever when the test has seen enough, for instance by spawning it: what the test's own function* has spawned is cancelled when it returns.";
