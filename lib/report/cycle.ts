/** Rings of tasks that wait for one another. */
import { nameTask, type TaskNode, childrenOf, describeWait, tasksBelow } from "../kernel/index.js";
import { nameWait } from "./tree.js";

/** Tasks of which each waits for the next one, and the last for the first; empty when there are none. */
export function findCycle(roots: Iterable<TaskNode>): TaskNode[] {
  const tasks = tasksBelow(roots);
  const done = new Set<TaskNode>();
  for (const start of tasks) {
    // Depth first, with the way from the start as a stack: what is met again on it closes a ring.
    const way: { readonly task: TaskNode; readonly holders: TaskNode[] }[] = [];
    for (let next: TaskNode | undefined = start; next !== undefined;) {
      const task: TaskNode = next;
      const at = way.findIndex((step) => step.task === task);
      if (at >= 0) return way.slice(at).map((step) => step.task);
      if (!done.has(task)) way.push({ task, holders: holdersOf(task, tasks) });
      done.add(task);
      while (way.at(-1)?.holders.length === 0) way.pop();
      next = way.at(-1)?.holders.shift();
    }
  }
  return [];
}

/** The tasks for whose sake a task goes on waiting, as far as that can be told. */
function holdersOf(task: TaskNode, tasks: readonly TaskNode[]): TaskNode[] {
  if (task.wait === null) return [];
  const { kind, on, heldBy, holders } = describeWait(task.wait);
  if (holders !== undefined) return tasks.filter((other) => holders.includes(other.id));
  if (kind === "children") return childrenOf(task);
  if (kind === "resource") return childrenOf(task).filter((child) => child.name === on);
  return (heldBy ?? []).flatMap((name) => {
    const namesakes = tasks.filter((other) => other.name === name);
    // A name that several have tells nothing.
    return namesakes.length === 1 ? namesakes : [];
  });
}

/** A line per task of a ring; none when there is no ring. */
export function drawCycle(roots: Iterable<TaskNode>): readonly string[] {
  const cycle = findCycle(roots);
  return cycle.map((task, i) => {
    const holder = cycle[(i + 1) % cycle.length] ?? task;
    return `  ${nameTask(task)} ${nameWait(task)}, and so for ${holder === task ? "itself" : nameTask(holder)}`;
  });
}
