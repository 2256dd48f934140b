/** The clock of a test, as users hold it: read it, move it by hand, run operations on it. */
import { misuse, show } from "../errors/index.js";
import {
  checkDuration,
  checkOptions,
  runningTask,
  Wait,
  type Future,
  type Instruction,
  type Operable,
  type RunOptions,
  type Task,
  type WaitDescription,
} from "../kernel/index.js";
import { checkLimits, type Limits } from "./limits.js";
import { World } from "./world.js";

/** A clock that stands still until it is moved. */
export interface VirtualClock {
  /** The time in ms since the clock was made. */
  readonly now: number;
  /**
   * Moves the clock by hand. What is due on the way happens at its time and in its order.
   *
   * It acts at once when every task waits for other tasks or for the clock; otherwise promises and other things from
   * outside have their turn first, between any two timers. Wait for the result to be sure.
   *
   * @param ms - how far, in milliseconds
   * @returns completes when the clock is there and every task that was woken is parked again
   */
  advance(ms: number): Future<void>;
  /** Runs an operation on this clock, without ever moving it: that is left to `advance`. */
  run<T>(op: Operable<T>, options?: RunOptions): Task<T>;
}

class Clock implements VirtualClock {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  static worldOf(clock: object): World | undefined {
    return #world in clock ? clock.#world : undefined;
  }

  get now(): number {
    return this.#world.host.time;
  }

  advance(ms: number): Future<void> {
    checkDuration("advance", "", ms);
    if (ms === Infinity) {
      throw misuse(
        "DURATION",
        "advance() needs a number of milliseconds that comes to an end, got Infinity.",
        RangeError,
      );
    }
    return new Advance(this.#world, this.now + ms);
  }

  run<T>(op: Operable<T>, options?: RunOptions): Task<T> {
    return this.#world.run(op, options);
  }
}

/** One movement of the clock: begun when made, waited for as an operation or as a promise. */
class Advance implements Future<void> {
  #isDone = false;
  #promise: Promise<void> | null = null;
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly world: World,
    to: number,
  ) {
    if (runningTask() === null && world.moveNow(to)) this.#isDone = true;
    else {
      world.move({
        to,
        done: () => {
          this.#isDone = true;
          for (const listener of this.#listeners) listener();
        },
      });
    }
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, void, any> {
    return new AdvanceWait(this)[Symbol.iterator]();
  }

  then<A = void, B = never>(
    // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- as PromiseLike<void> has it
    onDone?: ((value: void) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??= new Promise<void>((resolve) => {
      this.whenDone(resolve);
      // What was woken may have called for promises, whose callbacks come before anything else is expected.
    }).then(() => this.world.turn());
    return this.#promise.then(onDone, onError);
  }

  whenDone(listener: () => void): void {
    if (this.#isDone) listener();
    else this.#listeners.push(listener);
  }
}

class AdvanceWait extends Wait<void> {
  #isGone = false;

  constructor(private readonly advance: Advance) {
    super();
  }

  begin(): void {
    this.advance.whenDone(() => {
      if (!this.#isGone) this.succeed();
    });
  }

  // The clock moves all the same.
  withdraw(): boolean {
    this.#isGone = true;
    return true;
  }

  describe(): WaitDescription {
    return { kind: "clock", isOutside: false };
  }
}

/** How to make a clock. */
export type VirtualClockOptions = Pick<Limits, "patience">;

/**
 * Makes a clock for tests. Operations that run on it see its time and no other; everything else is untouched.
 *
 * @example
 * const clock = createVirtualClock();
 * const task = clock.run(poll());
 * await clock.advance(60_000);
 */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  checkOptions("createVirtualClock()", ["patience"], options);
  checkLimits("createVirtualClock", options);
  const { patience } = options;
  return clockOf(new World({ patienceMs: patience }));
}

/** A clock that shows a world's time. */
export function clockOf(world: World): VirtualClock {
  return new Clock(world);
}

/** The world behind a clock. */
export function worldOf(clock: VirtualClock): World {
  // Typed loosely for callers without types.
  const given: unknown = clock;
  const world = typeof given === "object" && given !== null ? Clock.worldOf(given) : undefined;
  if (world !== undefined) return world;
  throw misuse(
    "NOT_A_CLOCK",
    `runTest() needs a clock of createVirtualClock() as \`clock\`, got ${show(clock)}.`,
  );
}
