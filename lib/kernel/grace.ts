/**
 * The end of patience (C7): when cleanup still runs after its grace, it is cancelled as well. Protection is lifted
 * from every task below, each of their yields returns, and the report names who needed it and where it stood.
 */
import { clip, unplacedError } from "../errors/index.js";
import { cancelFrame, forceTask, interrupt } from "./cancel.js";
import { reasonOfEnd } from "./closing.js";
import { CleanupError } from "./errors.js";
import { trailOf } from "./probe.js";
import { childrenOf } from "./reading.js";
import { Timer } from "./timers.js";
import type { Frame, TaskNode } from "./tree.js";

/** How to cancel. */
export interface CancelOptions {
  /**
   * How long cleanup may take, in ms; after that it is cancelled as well, and the tasks that needed it are named
   * in a `CleanupError` (C7). Without it cleanup has no time limit.
   */
  readonly grace?: number;
}

/** How many tasks a report names. */
const MOST_NAMED = 10;

/** Gives what is being cancelled below a frame a limited time to clean up. */
export function startGrace(frame: Frame, graceMs: number): void {
  const { scheduler, outcome } = frame.owner;
  if (graceMs === Infinity || outcome !== null) return;
  const scope = frame.needScope();
  if (scope.state === "closed") return;
  const timer = new Timer(scheduler.host.now() + graceMs, true, {
    timeIsUp: () => {
      force(frame, graceMs);
    },
  });
  scheduler.addTimer(timer);
  (scope.watchers ??= new Set()).add({
    ended: () => {
      scheduler.removeTimer(timer);
    },
  });
}

/** Ends the protection of everything from the frame on down. */
export function force(frame: Frame, graceMs: number): void {
  const { scope, owner } = frame;
  if (scope === null || scope.state === "closed") return;
  const tasks = tasksBelow(frame);
  const name = owner.root === frame ? owner.name : frame.name;
  scope.record(report(name, tasks, graceMs));
  for (const task of tasks) forceTask(task, task === owner ? frame : task.root);
  const cancellation = reasonOfEnd(scope);
  for (const task of tasks) {
    if (task !== owner) cancelFrame(task.root, cancellation);
    interrupt(task);
  }
}

/** The tasks that live below a frame, its own first. */
function tasksBelow(from: Frame): TaskNode[] {
  const tasks = [from.owner];
  for (const task of tasks) {
    const until = task === from.owner ? from.parent : null;
    for (const child of childrenOf(task, until).reverse()) tasks.push(child);
  }
  return tasks;
}

function report(boundary: string, tasks: readonly TaskNode[], graceMs: number): CleanupError {
  const busy = tasks.filter((task) => task.wait?.describe().kind !== "children");
  const named = busy.slice(0, MOST_NAMED).map((task) => `"${clip(task.name)}"${whereabouts(task)}`);
  const more = busy.length > MOST_NAMED ? ` and ${busy.length - MOST_NAMED} more` : "";
  const text = `Cleanup of "${clip(boundary)}" took longer than its grace of ${graceMs} ms and was cut short in ${named.join(", ")}${more}.`;
  return unplacedError(() => new CleanupError(text));
}

/** What a parked task waits for, and where in the source. */
export function whereabouts(task: TaskNode): string {
  const { wait } = task;
  if (wait === null) return "";
  const { kind, on } = wait.describe();
  const place = placeOf(task);
  return ` (${kind}${on === undefined ? "" : ` "${clip(on)}"`}${place === undefined ? "" : ` at ${place}`})`;
}

/** The innermost position in a function* of the user's; what stands on top may have none. */
function placeOf(task: TaskNode): string | undefined {
  for (let frame = task.frame; frame !== null; frame = frame.parent) {
    const place = frame.driver === null ? undefined : trailOf(frame.driver).at.at(-1);
    if (place !== undefined) return place;
  }
  return undefined;
}
