/** Starting root tasks: the way in from ordinary code. */
import { misuse, show } from "../errors/index.js";
import { cancelTask } from "./cancel.js";
import type { Cancellation } from "./cancellation.js";
import { checkOptions } from "./arguments.js";
import { type Operable } from "./operation.js";
import { currentScheduler, type Scheduler } from "./scheduler.js";
import { makeTask, toFrame } from "./spawning.js";
import { reportUnobserved, type Task, type TaskHandle } from "./task.js";
import { CONTAINED, ROOT } from "./traits.js";

/** How to run an operation. */
export interface RunOptions {
  /** Cancels the task when it is aborted; the task then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal;
  /** For messages and snapshots; the operation's own name when left out. */
  readonly name?: string;
}

/**
 * Runs an operation as a task of its own, with no parent. It starts at once, inside the call, up to its first
 * suspension (S1); called from inside an operation it is only made ready, and outlives it: use `spawn` there.
 *
 * Throws:  TypeError when `op` is no operation or an option is unknown. The operation's own failure is the task's.
 * Cancel:  by the task's `cancel`, or by the signal; with one that is aborted already nothing is started (C12).
 * Model:   asyncio.run, Effection run.
 *
 * @returns the task, which is also a promise; a failure that nobody observes is an unhandled rejection (E4)
 * @example const user = await run(fetchUser("42"), { signal: request.signal });
 */
export function run<T>(op: Operable<T>, options?: RunOptions): Task<T> {
  return runOn(currentScheduler(), op, options);
}

/** Runs on a given scheduler, such as one with a virtual clock. */
export function runOn<T>(scheduler: Scheduler, op: Operable<T>, options: RunOptions = {}): Task<T> {
  checkOptions("run()", ["signal", "name"], options);
  const { signal, name } = options;
  if (signal !== undefined) checkSignal(signal);
  const task = makeTask<T>(scheduler, toFrame("run", op, null), name, null);
  task.mark(ROOT);
  if (signal?.aborted === true) {
    task.frame = null;
    task.outcome = { type: "cancelled", cancellation: signalled(task, signal) };
    return task;
  }
  scheduler.adopt(task);
  if (signal !== undefined) follow(task, signal);
  task.watch({
    ended: () => {
      // A contained root has others to report for it.
      if (!task.is(CONTAINED)) reportUnobserved(task);
    },
  });
  scheduler.startNow(task);
  return task;
}

function checkSignal(signal: unknown): void {
  if (typeof signal === "object" && signal !== null && "aborted" in signal && "addEventListener" in signal)
    return;
  throw misuse(
    "SIGNAL",
    `run() needs an AbortSignal as \`signal\`, got ${show(signal)}. Pass controller.signal.`,
  );
}

function signalled(task: TaskHandle<unknown>, signal: AbortSignal): Cancellation {
  return { kind: "signal", reason: signal.reason, scope: task.name, task: undefined };
}

/** One listener serves all tasks that follow a signal: hosts warn of a signal with many of them. */
class Following {
  private readonly tasks = new Set<TaskHandle<unknown>>();

  constructor(private readonly signal: AbortSignal) {}

  add(task: TaskHandle<unknown>): void {
    if (this.tasks.size === 0) this.signal.addEventListener("abort", this);
    this.tasks.add(task);
    task.watch({ ended: () => this.remove(task) });
  }

  handleEvent(): void {
    for (const task of [...this.tasks]) {
      task.scheduler.batch(() => {
        cancelTask(task, signalled(task, this.signal));
      });
    }
  }

  /** The listener lives as long as a task does: a long-lived signal keeps nothing of ended ones. */
  private remove(task: TaskHandle<unknown>): void {
    this.tasks.delete(task);
    if (this.tasks.size === 0) this.signal.removeEventListener("abort", this);
  }
}

const followings = new WeakMap<AbortSignal, Following>();

function follow(task: TaskHandle<unknown>, signal: AbortSignal): void {
  let following = followings.get(signal);
  if (following === undefined) followings.set(signal, (following = new Following(signal)));
  following.add(task);
}
