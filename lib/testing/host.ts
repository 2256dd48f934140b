/**
 * The world outside, as a test owns it: a clock that stands still until it is moved, macrotasks that are run by hand,
 * and the choices of order. Nothing of the real world is replaced: who does not run on this host does not notice it.
 *
 * H1 Time moves by `moveTo` only; except that work without end counts as time, so that nothing spins for ever (H2).
 * H2 After `LOOKS_BEFORE_TIME_PASSES` looks at the clock without an idle moment every further look counts as 1 ms:
 *    a loop of `checkpoint()` reaches its timers, and the real event loop gets its turns between two slices.
 */
import { RealHost, runningTask, type Host, type TaskNode } from "../kernel/index.js";
import { exempt } from "./tracking.js";
import type { ReadyLine } from "./ready-line.js";

/** Who chooses among `count` ready tasks, and among timers of one instant: 0 is the one whose turn it is. */
export interface Order {
  chooseReady(count: number, ready?: readonly TaskNode[]): number;
  chooseTimer(count: number): number;
}

/** About half a million steps. */
const LOOKS_BEFORE_TIME_PASSES = 4_000;

/** The real event loop and clock, for what has to wait for them. */
class Outside extends RealHost {
  /** Calls back once after some real time; gives what takes that back. */
  after(ms: number, callback: () => void): () => void {
    const host = new RealHost();
    exempt(() => {
      host.setTimer(ms, callback);
    });
    return () => {
      host.clearTimer();
    };
  }
}

/** One for all worlds: it keeps nothing. */
export const outside = new Outside();

export class TestHost implements Host {
  readonly isClockCheap = true;
  readonly isDebugging = outside.isDebugging;
  readonly warnings: string[] = [];
  /** Errors of root tasks that nobody looked at (E4). */
  readonly unobservedErrors: unknown[] = [];
  readonly chooseReady?: (count: number) => number;
  readonly chooseTimer?: (count: number) => number;
  /** How many slices of work have ended without an idle moment, and since when, in real time. */
  slices = 0;
  slicesSince = 0;
  #time = 0;
  #looks = 0;
  #timer: (() => void) | null = null;
  #macrotasks: (() => void)[] = [];

  /** @param line - who is ready, where the order is to know */
  constructor(order?: Order, line?: ReadyLine) {
    if (order === undefined) return;
    this.chooseReady =
      line === undefined
        ? (count) => order.chooseReady(count)
        : (count) => line.take(order.chooseReady(count, line.look(count)));
    this.chooseTimer = (count) => order.chooseTimer(count);
  }

  get time(): number {
    return this.#time;
  }

  now(): number {
    // A look by the scheduler itself; what tasks ask for is not counted.
    if (runningTask() === null && ++this.#looks > LOOKS_BEFORE_TIME_PASSES) this.#time++;
    return this.#time;
  }

  setTimer(_ms: number, callback: () => void): void {
    this.#timer = callback;
  }

  clearTimer(): void {
    this.#timer = null;
  }

  macrotask(callback: () => void): void {
    this.#macrotasks.push(callback);
  }

  unobserved(error: unknown, rejected: Promise<unknown>): void {
    this.unobservedErrors.push(error);
    rejected.catch(() => undefined);
  }

  warn(message: string): void {
    if (this.warnings.includes(message)) return;
    this.warnings.push(message);
    outside.warn(message);
  }

  get hasMacrotask(): boolean {
    return this.#macrotasks.length > 0;
  }

  /** Runs what asked for a turn of the event loop. */
  runMacrotasks(): void {
    const due = this.#macrotasks;
    this.#macrotasks = [];
    if (this.slices++ === 0) this.slicesSince = outside.now();
    for (const callback of due) callback();
  }

  /** Says that every task is parked: work starts to be counted anew. */
  idle(): void {
    this.#looks = this.slices = 0;
  }

  /** Moves the clock, never back, and lets the scheduler fire what is due. */
  moveTo(time: number): void {
    this.#time = Math.max(this.#time, time);
    const timer = this.#timer;
    this.#timer = null;
    timer?.();
  }
}
