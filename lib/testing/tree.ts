/** Reading the tree of tasks: who is there, what each waits for, where it stands in the source. Changes nothing. */
import {
  childrenOf,
  describeWait,
  linesOf,
  nameTask,
  quote,
  type TaskNode,
  type Frame,
  type WaitDescription,
} from "../kernel/index.js";

/** The boundaries on the stacks of some tasks. */
export function framesOf(tasks: readonly TaskNode[]): Frame[] {
  const frames: Frame[] = [];
  for (const task of tasks)
    for (let frame = task.frame; frame !== null; frame = frame.parent) frames.push(frame);
  return frames;
}

/** `waits for queue get "jobs", held by "b", at file:12:3`. */
export function whereIs(task: TaskNode): string {
  const { wait } = task;
  const what = wait === null ? "is ready" : `waits for ${nameWait(describeWait(wait))}`;
  const [line] = linesOf(task);
  return `${what}${line === undefined ? "" : `, at ${line}`}`;
}

export function nameWait({ kind, on, heldBy, due }: WaitDescription): string {
  const name = on === undefined ? "" : ` ${quote(on)}`;
  const holders =
    heldBy === undefined || heldBy.length === 0 ? "" : `, held by ${heldBy.map(quote).join(", ")}`;
  return `${kind}${name}${due === undefined ? "" : ` (due at ${due} ms)`}${holders}`;
}

/** How many tasks a drawing shows. */
const MOST_DRAWN = 60;

/** The tree as text: a line per task, children indented below their parents. */
export function drawTree(roots: Iterable<TaskNode>): string {
  const lines: string[] = [];
  const work = [...roots].reverse().map((task) => ({ task, indent: "  " }));
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { task, indent } = next;
    if (lines.length === MOST_DRAWN) return [...lines, "  … and more"].join("\n");
    lines.push(`${indent}${nameTask(task)} ${whereIs(task)}`);
    for (const child of childrenOf(task).reverse()) work.push({ task: child, indent: `${indent}  ` });
  }
  return lines.length === 0 ? "  (no tasks)" : lines.join("\n");
}
