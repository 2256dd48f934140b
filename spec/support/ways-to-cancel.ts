/**
 * The ways in which a cancellation comes about and the two forms in which surrounding code is written, for tables of
 * specs: a rule of cancellation holds for every pair of them.
 */
import {
  CancelledError,
  operation,
  race,
  sleep,
  spawn,
  timeout,
  type Operable,
  type Operation,
} from "coppice";
import type { RunOptions, Scheduler, Task } from "../../lib/kernel/index.js";
import { world, type VirtualHost } from "./virtual.js";

/** How a function that waits is written. */
export interface Form {
  readonly name: string;
  define<A extends readonly unknown[], T>(fn: (...args: A) => Operation<T>): (...args: A) => Operation<T>;
}

export const plain: Form = { name: "function*", define: (fn) => fn };
export const bounded: Form = { name: "operation()", define: (fn) => operation(fn) };
export const forms: readonly Form[] = [plain, bounded];

/** What came of it, when everything is over. */
export interface Trial {
  /** `"value"`, or the message of the error, for those that the way makes itself its name. */
  readonly ended: string;
  readonly error: unknown;
  /** When it was over, in ms of virtual time. */
  readonly at: number;
  readonly host: VirtualHost;
  readonly left: Left;
}

/** What is left in a scheduler. */
export interface Left {
  readonly tasks: number;
  readonly timers: number;
  readonly ready: number;
}

export const NOTHING: Left = { tasks: 0, timers: 0, ready: 0 };

/** One way to cancel a running operation. */
export interface Way {
  readonly name: string;
  /** How whoever ran the victim sees its end, when cleanup adds nothing. */
  readonly ended: string;
  start(run: Run, victim: Operable<unknown>, atMs: number): Task<unknown>;
}

type Run = <T>(op: Operable<T>, options?: RunOptions) => Task<T>;

export const byCancel: Way = {
  name: "task.cancel()",
  ended: "CancelledError",
  start(run, victim, atMs) {
    const task = run(victim);
    // A reaction of a promise: it comes from outside of all tasks.
    void run(sleep(atMs)).then(() => {
      void task.cancel("no longer needed");
    });
    return task;
  },
};

const bySibling: Way = {
  name: "a sibling's failure",
  ended: "the sibling failed",
  start: (run, victim, atMs) =>
    run(function* () {
      yield* spawn(victim);
      yield* spawn(function* sibling() {
        yield* sleep(atMs);
        throw new Error("the sibling failed");
      });
      yield* sleep(Infinity);
    }),
};

const byTimeout: Way = {
  name: "a timeout",
  ended: "TimeoutError",
  start: (run, victim, atMs) =>
    run(function* () {
      yield* timeout(atMs, victim);
    }),
};

const byRace: Way = {
  name: "a race",
  ended: "value",
  start: (run, victim, atMs) =>
    run(function* () {
      yield* race([victim, sleep(atMs)]);
    }),
};

const bySignal: Way = {
  name: "an AbortSignal",
  ended: "the signal was aborted",
  start(run, victim, atMs) {
    const controller = new AbortController();
    void run(sleep(atMs)).then(() => {
      controller.abort(new Error("the signal was aborted"));
    });
    return run(victim, { signal: controller.signal });
  },
};

export const ways: readonly Way[] = [byCancel, bySibling, byTimeout, byRace, bySignal];

/** Rows for `it.each`: the name of the pair first. */
export const everyFormAndWay = forms.flatMap((form) =>
  ways.map((way) => [`${form.name}, ${way.name}`, form, way] as const),
);
export const everyWay = ways.map((way) => [way.name, way] as const);

/** Runs a victim, has it cancelled at the given time, and waits until nothing moves any more. */
export async function cancelAt(
  way: Way,
  atMs: number,
  victim: Operable<unknown>,
  isDebugging = false,
): Promise<Trial> {
  const { host, scheduler, run } = world();
  host.isDebugging = isDebugging;
  const task = way.start(run, victim, atMs);
  const { ended, error } = await endOf(task);
  const at = host.now();
  await quiet();
  return { ended, error, at, host, left: leftIn(scheduler) };
}

/** How a task ended, in one word. */
export async function endOf(task: PromiseLike<unknown>): Promise<{ ended: string; error: unknown }> {
  try {
    await task;
    return { ended: "value", error: undefined };
  } catch (error) {
    return { ended: nameOf(error), error };
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof CancelledError || error.name === "TimeoutError" ? error.name : error.message;
}

/** Lets whatever could still run have its turn. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export function leftIn(scheduler: Scheduler): Left {
  return { tasks: [...scheduler.roots].length, timers: scheduler.timers.size, ready: scheduler.readyCount };
}
