/** The tree of tasks as text: who waits for what, for how long, and where. */
import { linesOf, nameTask, type TaskNode, childrenOf } from "../kernel/index.js";
import { nameWait } from "./tree.js";

/** How many tasks a drawing shows. */
const MOST_DRAWN = 60;

/** A line per task, children indented below their parents. */
export function drawTasks(roots: Iterable<TaskNode>, now: number): readonly string[] {
  const lines: string[] = [];
  const work = [...roots].reverse().map((task) => ({ task, indent: "  " }));
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { task, indent } = next;
    if (lines.length === MOST_DRAWN) return [...lines, "  … and more"];
    lines.push(`${indent}${drawTask(task, now)}`);
    for (const child of childrenOf(task).reverse()) work.push({ task: child, indent: `${indent}  ` });
  }
  return lines;
}

/** `task "store" #4 waits for lock "cache", held by "load", for 1.2 s, at app.ts:12:5`. */
export function drawTask(task: TaskNode, now: number): string {
  const since = task.wait === null ? "" : `, for ${span(now - task.wait.since)}`;
  const [line] = linesOf(task);
  return `${nameTask(task)} ${nameWait(task)}${since}${line === undefined ? "" : `, at ${line}`}`;
}

function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
