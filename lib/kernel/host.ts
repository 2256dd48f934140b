/**
 * The one place where Coppice touches the world outside (O3): the clock, one timer, macrotasks, choices of
 * order, reports. A test replaces the whole object and so owns time and order.
 */
export interface Host {
  /** The time in ms, from any origin, never going back. */
  now(): number;
  /** True when reading the clock costs next to nothing, so that waits can note exactly when they began. */
  readonly isClockCheap: boolean;
  /** Asks to be called once after `ms`, which may be more than host timers take; one at a time. */
  setTimer(ms: number, callback: () => void): void;
  /** Takes the request back, if there is one. */
  clearTimer(): void;
  /** Calls back after the host had a turn for its own events. */
  macrotask(callback: () => void): void;
  /** Chooses which of `count` ready tasks steps next; absent: the first (S2). */
  readonly chooseReady?: (count: number) => number;
  /** Chooses which of `count` timers due at one instant fires next; absent: the first (S4). */
  readonly chooseTimer?: (count: number) => number;
  /** Gives a number from 0 up to 1, for jitter; absent: `Math.random`. */
  readonly random?: () => number;
  /** A root task failed and nobody has looked (E4); `rejected` is its promise, rejected and unhandled. */
  unobserved(error: unknown, rejected: Promise<unknown>): void;
  /** Whether to look for code that is legal and probably wrong. */
  readonly isDebugging: boolean;
  /** Tells the developer about it. */
  warn(message: string): void;
}

/** The longest delay that host timers take; longer ones are waited for in parts. */
const LONGEST_DELAY = 2 ** 31 - 1;

type Schedule = (callback: () => void) => void;

interface Surroundings {
  setImmediate?: Schedule;
  MessageChannel?: typeof MessageChannel;
  process?: { env?: Record<string, string | undefined>; emitWarning?: (text: string, type: string) => void };
}

// The globals differ between hosts; each is asked for and may be missing.
const surroundings = globalThis as Surroundings;

/** The real clock, timers and event loop. */
export class RealHost implements Host {
  readonly isClockCheap = false;
  readonly isDebugging = surroundings.process?.env?.["COPPICE_DEBUG"] === "1";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #callback: (() => void) | undefined;
  readonly #schedule = macrotaskScheduler();

  now(): number {
    return performance.now();
  }

  setTimer(ms: number, callback: () => void): void {
    needRoom(64);
    clearTimeout(this.#timer);
    this.#callback = callback;
    // Host timers cut fractions off: rounding up keeps them from firing early for nothing.
    this.#timer = setTimeout(this.#fire, Math.min(Math.ceil(ms), LONGEST_DELAY));
  }

  clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  macrotask(callback: () => void): void {
    needRoom(64);
    this.#schedule(callback);
  }

  unobserved(): void {
    // The promise that was handed over is rejected and has no handler: the host reports it by itself.
  }

  warn(message: string): void {
    const { process } = surroundings;
    if (process?.emitWarning) process.emitWarning(message, "CoppiceWarning");
    else console.warn(`CoppiceWarning: ${message}`);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    this.#callback?.();
  };
}

function macrotaskScheduler(): Schedule {
  const { setImmediate, MessageChannel: Channel } = surroundings;
  if (setImmediate) return (callback) => setImmediate(callback);
  if (Channel === undefined) return (callback) => void setTimeout(callback, 0);
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new Channel();
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    port2.postMessage(null);
    waiting.push(callback);
  };
}

/** A stack that overflows within the host's own functions may leave them broken: it overflows here. */
function needRoom(levels: number): void {
  if (levels > 0) needRoom(levels - 1);
}
