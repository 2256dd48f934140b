/** Reading the tree of tasks: who is there, what each waits for, where it stands in the source. Changes nothing. */
import { clip } from "../errors/index.js";
import { placesOf, TaskNode, type Frame, type Wait, type WaitDescription } from "../kernel/index.js";
import { isOurs, shorten } from "./places.js";

/** The tasks of some trees, parents first. */
export function tasksBelow(roots: Iterable<TaskNode>): TaskNode[] {
  const tasks = [...roots];
  // A list that grows: the depth of the tree is the user's.
  for (const task of tasks) for (const child of childrenOf(task)) tasks.push(child);
  return tasks;
}

/** The children of a task, in the order of their creation. */
export function childrenOf(task: TaskNode): TaskNode[] {
  const children: TaskNode[] = [];
  for (let frame = task.frame; frame !== null; frame = frame.parent) {
    for (let entry = frame.scope?.newest ?? null; entry !== null; entry = entry.older) {
      if (entry instanceof TaskNode) children.push(entry);
    }
  }
  return children.reverse();
}

/** What a wait says of itself; one of a user's own may fail at it. */
export function describeWait(wait: Wait<unknown>): WaitDescription {
  try {
    return wait.describe();
  } catch {
    return { kind: "wait" };
  }
}

/** The lines of the user's code in which a task stands, innermost first, as far as the engine tells. */
export function linesOf(task: TaskNode): string[] {
  const lines: string[] = [];
  for (let frame: Frame | null = task.frame; frame !== null; frame = frame.parent) {
    if (frame.driver === null) continue;
    for (const place of placesIn(frame.driver).reverse()) if (!isOurs(place)) lines.push(shorten(place));
  }
  return lines;
}

/** Where the generators of a chain stand, outermost first; none where that cannot be told. */
function placesIn(driver: Parameters<typeof placesOf>[0]): string[] {
  try {
    return [...placesOf(driver)];
  } catch {
    // A foreign iterator that cannot be probed has no place to tell.
    return [];
  }
}

/** `task "store" #4`. */
export function nameTask(task: TaskNode): string {
  return `task ${quote(task.name)} #${task.id}`;
}

/** `waits for lock "cache", held by "load"`. */
export function nameWait(task: TaskNode): string {
  if (task.wait === null) return "is ready";
  const { kind, on, heldBy } = describeWait(task.wait);
  const name = on === undefined ? "" : ` ${quote(on)}`;
  const holders =
    heldBy === undefined || heldBy.length === 0 ? "" : `, held by ${heldBy.map(quote).join(", ")}`;
  return `waits for ${kind}${name}${holders}`;
}

function quote(name: string): string {
  return `"${clip(name)}"`;
}
