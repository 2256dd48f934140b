/**
 * A scheduler in virtual time: when nothing is left to do but wait for a timer, time jumps to it. Real completions
 * (promises, immediates) get their turn first.
 */
import {
  runOn,
  Scheduler,
  type Host,
  type Operable,
  type RunOptions,
  type Task,
} from "../../lib/kernel/index.js";

export class VirtualHost implements Host {
  readonly isClockCheap = true;
  isDebugging = false;
  readonly warnings: string[] = [];
  readonly unobservedErrors: unknown[] = [];
  #now = 0;
  #timer: { at: number; callback: () => void } | null = null;

  now(): number {
    return this.#now;
  }

  setTimer(ms: number, callback: () => void): void {
    const timer = { at: this.#now + ms, callback };
    this.#timer = timer;
    setImmediate(() => {
      if (this.#timer !== timer) return;
      this.#timer = null;
      this.#now = timer.at;
      callback();
    });
  }

  clearTimer(): void {
    this.#timer = null;
  }

  get hasTimer(): boolean {
    return this.#timer !== null;
  }

  macrotask(callback: () => void): void {
    setImmediate(callback);
  }

  unobserved(error: unknown, rejected: Promise<unknown>): void {
    this.unobservedErrors.push(error);
    rejected.catch(() => undefined);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }
}

/** A world of its own: host, scheduler, and `run` on them. */
export function world(): {
  host: VirtualHost;
  scheduler: Scheduler;
  run: <T>(op: Operable<T>, options?: RunOptions) => Task<T>;
} {
  const host = new VirtualHost();
  const scheduler = new Scheduler(host);
  return { host, scheduler, run: (op, options) => runOn(scheduler, op, options) };
}

/** Runs an operation in virtual time. */
export function simulate<T>(op: Operable<T>, options?: RunOptions): Task<T> {
  return world().run(op, options);
}
