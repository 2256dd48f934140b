/**
 * A host whose clock moves only when a spec says so, and whose callbacks are called by hand: for specs of what the
 * scheduler asks of its host, and when.
 */
import {
  runOn,
  Scheduler,
  type Host,
  type Operable,
  type RunOptions,
  type Task,
} from "../../lib/kernel/index.js";

export class StepHost implements Host {
  readonly isClockCheap = true;
  readonly isDebugging = false;
  readonly macrotasks: (() => void)[] = [];
  timer: { readonly at: number; readonly callback: () => void } | null = null;
  time = 0;

  now(): number {
    return this.time;
  }

  setTimer(ms: number, callback: () => void): void {
    this.timer = { at: this.time + ms, callback };
  }

  clearTimer(): void {
    this.timer = null;
  }

  macrotask(callback: () => void): void {
    this.macrotasks.push(callback);
  }

  unobserved(_error: unknown, rejected: Promise<unknown>): void {
    rejected.catch(() => undefined);
  }

  warn(message: string): void {
    throw new Error(message);
  }

  /** Moves the clock, as work that takes time does. */
  work(ms: number): void {
    this.time += ms;
  }

  /** Lets the time come at which the timer is due, and fires it. */
  fireTimer(): void {
    const { timer } = this;
    if (timer === null) throw new Error("No timer is set.");
    this.timer = null;
    this.time = Math.max(this.time, timer.at);
    timer.callback();
  }

  /** Gives the scheduler the macrotask it asked for. */
  turn(): void {
    const callback = this.macrotasks.shift();
    if (callback === undefined) throw new Error("No macrotask was asked for.");
    callback();
  }
}

/** A scheduler on such a host. */
export function steppedWorld(): {
  host: StepHost;
  scheduler: Scheduler;
  run: <T>(op: Operable<T>, options?: RunOptions) => Task<T>;
} {
  const host = new StepHost();
  const scheduler = new Scheduler(host);
  return { host, scheduler, run: (op, options) => runOn(scheduler, op, options) };
}
