/** What the `statistics()` of the coordination classes say about tasks. */
import { contestOf, type Wait } from "../kernel/index.js";

/** A task that waits for something or holds it. */
export interface TaskSince {
  /** The task's name. */
  readonly name: string;
  /** The task's id. */
  readonly id: number;
  /** Since when, in ms of the host's clock. */
  readonly since: number;
}

/** The tasks of some waits, in their order. */
export function tasksOf(waits: Iterable<Wait<never> | Wait<unknown>>): TaskSince[] {
  const tasks: TaskSince[] = [];
  for (const wait of waits) {
    const { task } = wait;
    if (task === null) continue;
    const since = contestOf(wait)?.since ?? wait.since;
    tasks.push({ name: task.name, id: task.id, since });
  }
  return tasks;
}
