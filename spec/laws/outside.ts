/** The world in which the library runs a program: nothing in it happens by itself, and no event loop is needed. */
import { Scheduler, type Host, type Wait } from "../../lib/kernel/index.js";
import type { Chooser } from "./order.js";

export class Outside implements Host {
  readonly isClockCheap = true;
  readonly isDebugging = false;
  time = 0;
  readonly chooseReady: (count: number) => number;
  readonly chooseTimer: (count: number) => number;
  readonly unobservedErrors: unknown[] = [];
  #timer: { readonly at: number; readonly callback: () => void } | null = null;
  #macrotasks: (() => void)[] = [];

  constructor(chooser: Chooser) {
    this.chooseReady = this.chooseTimer = (count) => chooser.choose(count);
  }

  now(): number {
    return this.time;
  }

  setTimer(ms: number, callback: () => void): void {
    this.#timer = { at: this.time + ms, callback };
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
    throw new Error(message);
  }

  get nextTimer(): number {
    return this.#timer?.at ?? Infinity;
  }

  fireTimer(): void {
    const timer = this.#timer;
    this.#timer = null;
    timer?.callback();
  }

  runMacrotasks(): void {
    for (let callback = this.#macrotasks.shift(); callback; callback = this.#macrotasks.shift()) callback();
  }
}

/** The library's scheduler, which also tells of waits that are settled when they are gone. */
export class WatchedScheduler extends Scheduler {
  readonly strays: string[] = [];

  strayed(wait: Wait<unknown>): void {
    this.strays.push(`a ${wait.describe().kind} was settled after it had been left`);
  }
}
