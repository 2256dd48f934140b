/** The deadlock report: what each parked task waits on, who holds it, and the cycle when there is one. */
import { nameTask, type TaskNode, childrenOf, describeWait, tasksBelow } from "../kernel/index.js";
import { DeadlockError } from "./errors.js";
import { drawTree, nameWait } from "./tree.js";

export function reportDeadlock(roots: readonly TaskNode[]): DeadlockError {
  const parked = tasksBelow(roots).filter((task) => task.wait !== null);
  const cycle = findCycle(roots);
  const count = parked.length === 1 ? "the one task is" : `all ${parked.length} tasks are`;
  const lines = [
    `Deadlock: ${count} parked, and nothing can wake ${parked.length === 1 ? "it" : "them"}: no timer is set, and nothing outside is under way.`,
    drawTree(roots),
  ];
  if (cycle.length > 0)
    lines.push("Cycle:", ...cycle.map((task, i) => `  ${link(task, cycle[i + 1] ?? cycle[0])}`));
  return new DeadlockError(
    lines.join("\n"),
    parked.map((task) => `${nameTask(task)} ${waitOf(task)}`),
    cycle.map((task) => task.name),
  );
}

function link(task: TaskNode, holder: TaskNode | undefined): string {
  const held = holder === undefined || holder === task ? "itself" : nameTask(holder);
  return `${nameTask(task)} ${waitOf(task)} and so for ${held}`;
}

function waitOf({ wait }: TaskNode): string {
  return wait === null ? "is ready" : `waits for ${nameWait(describeWait(wait))}`;
}

/** Tasks of which each waits for the next one, and the last for the first; empty when there are none. */
export function findCycle(roots: readonly TaskNode[]): TaskNode[] {
  const tasks = tasksBelow(roots);
  const seen = new Set<TaskNode>();
  for (const start of tasks) {
    const path: { task: TaskNode; holders: TaskNode[] }[] = [];
    let next: TaskNode | undefined = start;
    while (next !== undefined) {
      const task: TaskNode = next;
      const at = path.findIndex((step) => step.task === task);
      if (at >= 0) return path.slice(at).map((step) => step.task);
      if (!seen.has(task)) path.push({ task, holders: holdersOf(task, tasks) });
      seen.add(task);
      while (path.length > 0 && path[path.length - 1]?.holders.length === 0) path.pop();
      next = path[path.length - 1]?.holders.shift();
    }
  }
  return [];
}

function holdersOf(task: TaskNode, tasks: readonly TaskNode[]): TaskNode[] {
  const { wait } = task;
  if (wait === null) return [];
  const { kind, on, heldBy, holders } = describeWait(wait);
  if (holders !== undefined) return tasks.filter((other) => holders.includes(other.id));
  if (kind === "children") return childrenOf(task);
  if (kind === "resource") return childrenOf(task).filter((child) => child.name === on);
  // Names may be shared: one that nobody else has is as good as an id.
  return (heldBy ?? []).flatMap((name) => {
    const namesakes = tasks.filter((other) => other.name === name);
    const others = namesakes.filter((other) => other !== task);
    return others.length === 1 ? others : namesakes.length === 1 ? namesakes : [];
  });
}
