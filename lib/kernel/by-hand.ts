/**
 * Operations that user code advanced by calling `next()` instead of `yield*` (E5): what they began is on the task,
 * but the generator was never suspended for it. Taken back before anything of it can run.
 */
import { BEGUN, FAILED, WITHDRAWN } from "./instruction.js";
import { byHandError } from "./errors.js";
import type { Frame, TaskNode } from "./tree.js";

/** Leaves the task as it was before `frame` was stepped: no frames above it, nothing begun. */
export function takeBack(task: TaskNode, frame: Frame): void {
  const { wait } = task;
  if (wait !== null) {
    const { phase } = wait;
    wait.phase = WITHDRAWN;
    task.wait = null;
    try {
      if (phase === BEGUN) wait.withdraw(true);
    } catch (error) {
      // What goes wrong in leaving is an error of the frame.
      frame.needScope().record(error);
    }
  }
  for (let stray = task.frame; stray !== null && stray !== frame; stray = task.frame) {
    task.frame = stray.parent;
    stray.driver = null;
    stray.phase = WITHDRAWN;
    if (stray.scope === null) continue;
    if (stray.scope.cancellation !== null) task.interrupts--;
    stray.scope.state = "closed";
    stray.kind?.closed?.(stray);
  }
}

/** What was yielded is in order, but something below it was begun by hand before: it fails in its place. */
export function failInPlace(task: TaskNode, frame: Frame): void {
  const yielded = task.wait ?? task.frame;
  takeBack(task, frame);
  if (yielded === null) return;
  yielded.phase = FAILED;
  yielded.value = byHandError();
}
