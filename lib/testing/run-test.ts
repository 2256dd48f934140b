import { checkOperable, checkOptions, errorOf } from "../kernel/index.js";
import { checkLeftoverOptions, LEFTOVER_OPTIONS, type LeftoverOptions } from "./leftovers.js";
import { checkLimits, LIMITS, type Limits } from "./limits.js";
import { tryOut, type TestBody } from "./trial.js";
import { createVirtualClock, worldOf, type VirtualClock } from "./virtual-clock.js";

/** How to run a test. */
export interface RunTestOptions extends LeftoverOptions, Limits {
  /** The clock to run on; a new one when left out. */
  readonly clock?: VirtualClock;
  /** For messages; the operation's own name when left out. */
  readonly name?: string;
  /** Cancels the operation when it is aborted. */
  readonly signal?: AbortSignal;
}

const OPTIONS = ["clock", "name", "signal", ...LIMITS, ...LEFTOVER_OPTIONS];

/**
 * Runs an operation in virtual time: whenever every task is parked and only timers remain, time jumps to the next one.
 * What is real goes on as ever: while a task waits for a promise, a call or an event, time stands still for it.
 *
 * Throws:  what the operation throws, and `CancelledError` when it was cancelled; DeadlockError at once when nothing can
 *          wake the parked tasks; LeftBehindError when a task, a timer, a listener or a waiter of it is left;
 *          SpinningError when a task never waits; an error of a task that nobody looked at.
 * Model:   Trio's autojump clock, kotlinx-coroutines runTest.
 *
 * @param body - an operation, or a `function*`, which gets the clock
 * @returns the operation's value
 * @example await runTest(function* (clock) { yield* sleep(3_600_000); expect(clock.now).toBe(3_600_000); });
 */
export async function runTest<T>(body: TestBody<T>, options: RunTestOptions = {}): Promise<T> {
  checkOptions("runTest()", OPTIONS, options);
  checkLeftoverOptions("runTest", options);
  checkOperable("runTest", body);
  checkLimits("runTest", options);
  const { patience } = options;
  const clock = options.clock ?? createVirtualClock(patience === undefined ? {} : { patience });
  const { task, outcome, fault } = await tryOut(worldOf(clock), body, { ...options, clock });
  if (outcome !== null && outcome.type !== "value") throw errorOf(task);
  if (fault !== null) throw fault.error;
  // The operation's value is what its type says.
  return outcome?.value as T;
}
