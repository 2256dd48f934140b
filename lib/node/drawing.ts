/** The tree of tasks as text, with who waits for what and for how long: what `main` prints when a program does not end. */
import type { TaskNode } from "../kernel/index.js";
import { findCycle } from "../testing/deadlock.js";
import { childrenOf, describeWait, linesOf, nameTask, nameWait, tasksBelow } from "../testing/tree.js";

/** How many tasks a drawing shows. */
const MOST_DRAWN = 60;

/** A line per task, children indented below their parents. */
export function drawTasks(roots: Iterable<TaskNode>, now: number): string {
  const lines: string[] = [];
  const work = [...roots].reverse().map((task) => ({ task, indent: "  " }));
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { task, indent } = next;
    if (lines.length === MOST_DRAWN) return [...lines, "  … and more"].join("\n");
    lines.push(`${indent}${drawTask(task, now)}`);
    for (const child of childrenOf(task).reverse()) work.push({ task: child, indent: `${indent}  ` });
  }
  return lines.join("\n");
}

/** `task "store" #4 waits for lock "cache", held by "load", for 1.2 s, at app.ts:12:5`. */
export function drawTask(task: TaskNode, now: number): string {
  const { wait } = task;
  const what = wait === null ? "is ready" : `waits for ${nameWait(describeWait(wait))}`;
  const since = wait === null ? "" : `, for ${span(now - wait.since)}`;
  const [line] = linesOf(task);
  return `${nameTask(task)} ${what}${since}${line === undefined ? "" : `, at ${line}`}`;
}

function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** A line per task of a ring of tasks that wait for one another; none when there is no ring. */
export function drawCycle(roots: readonly TaskNode[]): readonly string[] {
  const cycle = findCycle(roots);
  return cycle.map((task, i) => {
    const holder = cycle[(i + 1) % cycle.length];
    const held = holder === undefined || holder === task ? "itself" : nameTask(holder);
    const waits = task.wait === null ? "" : ` waits for ${nameWait(describeWait(task.wait))}`;
    return `  ${nameTask(task)}${waits}, and so for ${held}`;
  });
}

/** The tasks below one, itself included, that have something to wait for other than one another. */
export function busyBelow(root: TaskNode): TaskNode[] {
  return tasksBelow([root]).filter(
    ({ wait }) => wait === null || !PASSIVE.has(describeWait(wait).kind),
  );
}

const PASSIVE: ReadonlySet<string> = new Set(["children", "join", "cancel"]);
