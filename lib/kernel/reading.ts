/** Reading the tree of tasks, for reports and tests: who is there, what each waits for, where it stands. Changes nothing. */
import { clip, isOwn } from "../errors/index.js";
import type { Wait, WaitDescription } from "./instruction.js";
import { placesOf } from "./probe.js";
import { TaskNode, type Frame } from "./tree.js";

/** The tasks of some trees, parents first. */
export function tasksBelow(roots: Iterable<TaskNode>): TaskNode[] {
  const tasks = [...roots];
  // A list that grows: the depth of the tree is the user's.
  for (const task of tasks) for (const child of childrenOf(task)) tasks.push(child);
  return tasks;
}

/**
 * The children of a task, in the order of their creation.
 *
 * @param until - with those of the frames above this one only
 */
export function childrenOf(task: TaskNode, until: Frame | null = null): TaskNode[] {
  const children: TaskNode[] = [];
  for (let frame = task.frame; frame !== until && frame !== null; frame = frame.parent) {
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

/** Where the generators of a chain stand, outermost first; none where that cannot be told. */
export function placesIn(driver: Parameters<typeof placesOf>[0]): string[] {
  try {
    return [...placesOf(driver)];
  } catch {
    // A foreign iterator that cannot be probed has no place to tell.
    return [];
  }
}

/** The lines of the user's code in which a task stands, innermost first, as far as the engine tells. */
export function linesOf(task: TaskNode): string[] {
  const lines: string[] = [];
  for (let frame = task.frame; frame !== null; frame = frame.parent) {
    if (frame.driver === null) continue;
    for (const place of placesIn(frame.driver).reverse()) if (!isOwn(place)) lines.push(shorten(place));
  }
  return lines;
}

/** `task "store" #4`. */
export function nameTask(task: TaskNode): string {
  return `task ${quote(task.name)} #${task.id}`;
}

export function quote(name: string): string {
  return `"${clip(name)}"`;
}

interface Surroundings {
  process?: { cwd?: () => string };
}

/** A place in the source as people read it: relative to the folder in which the program runs. */
export function shorten(place: string): string {
  const path = place.replace(/^file:\/\//, "");
  // Browsers have no such folder.
  const folder = (globalThis as Surroundings).process?.cwd?.();
  return folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
