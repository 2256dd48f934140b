/** What parked tasks look like from outside: the tree is walked as an inspector would walk it (O5). */
import { TaskNode, type Frame, type Scheduler } from "../../lib/kernel/index.js";

/** All tasks that a scheduler runs: roots first, then what they own. */
export function allTasks(scheduler: Scheduler): TaskNode[] {
  const tasks = [...scheduler.roots];
  for (const task of tasks) {
    for (const frame of framesOf(task)) {
      for (let entry = frame.scope?.oldest ?? null; entry !== null; entry = entry.newer) {
        if (entry instanceof TaskNode) tasks.push(entry);
      }
    }
  }
  return tasks;
}

/** The boundaries on a task's stack, outermost first. */
export function framesOf(task: TaskNode): Frame[] {
  const frames: Frame[] = [];
  for (let frame = task.frame; frame !== null; frame = frame.parent) frames.unshift(frame);
  return frames;
}
