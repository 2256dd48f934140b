/**
 * Work that runs on although the task that called it has left: promises that ignored their signal. Each is named,
 * counted until it settles, and its late rejection goes to the host (E2).
 */
import { currentScheduler, type Cancellation, type Scheduler, type Waiter } from "../kernel/index.js";

/** One piece of work that nobody waits for any more. */
export interface AbandonedWork {
  /** The name of the function that was called. */
  readonly name: string;
  /** The name of the task that called it. */
  readonly task: string;
  /** Why that task was cancelled. */
  readonly cancellation: Cancellation | undefined;
  /** When the task left, in ms of the host's clock. */
  readonly since: number;
}

const workOf = new WeakMap<object, Set<AbandonedWork>>();

/**
 * Lists the work that was abandoned and has not settled yet: what `call(fn, { abandon: true })` left behind, and what
 * a cancel had to leave because its grace ran out. A plain call.
 *
 * @returns oldest first; empty in a healthy program
 * @example if (abandonedWork().length > 100) throw new Error("the resolver is stuck");
 */
export function abandonedWork(): readonly AbandonedWork[] {
  return [...(workOf.get(currentScheduler()) ?? [])];
}

/** Notes a piece of work as abandoned; to be called once it settles. */
export function abandon(name: string, task: Waiter, cancellation: Cancellation | undefined): Settled {
  // Tasks are made with a Scheduler of this class only.
  const scheduler = task.scheduler as Scheduler;
  let all = workOf.get(scheduler);
  if (all === undefined) workOf.set(scheduler, (all = new Set()));
  const work = { name, task: task.name, cancellation, since: scheduler.host.now() };
  all.add(work);
  return (failure) => {
    all.delete(work);
    if (failure !== undefined) reportLate(task, failure.error);
  };
}

/** Says that abandoned work has settled; `failure` is boxed, and left out when there is nothing to report. */
export type Settled = (failure?: { readonly error: unknown }) => void;

/** An error for which there is nobody left to throw it at goes to the host as an unhandled rejection (E4). */
export function reportLate(task: Waiter, error: unknown): void {
  task.scheduler.host.unobserved(error, Promise.reject(error));
}
