/** Reading the tree of tasks: who is there, what each waits for, where it stands in the source. Changes nothing. */
import { clip, isOwn } from "../errors/index.js";
import {
  childrenOf,
  describeWait,
  placesIn,
  shorten,
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

/** The lines of the user's code in which a task stands, innermost first, as far as the engine tells. */
export function linesOf(task: TaskNode): string[] {
  const lines: string[] = [];
  for (let frame: Frame | null = task.frame; frame !== null; frame = frame.parent) {
    if (frame.driver === null) continue;
    const places = placesIn(frame.driver);
    for (const place of places.reverse()) if (!isOwn(place)) lines.push(shorten(place));
  }
  return lines;
}

/** `waits for queue get "jobs", held by "b", at file:12:3`. */
export function whereIs(task: TaskNode): string {
  const { wait } = task;
  const what = wait === null ? "is ready" : `waits for ${nameWait(describeWait(wait))}`;
  const [line] = linesOf(task);
  return `${what}${line === undefined ? "" : `, at ${line}`}`;
}

export function nameWait({ kind, on, heldBy, due }: WaitDescription): string {
  const name = on === undefined ? "" : ` "${clip(on)}"`;
  const holders =
    heldBy === undefined || heldBy.length === 0 ? "" : `, held by ${heldBy.map(quote).join(", ")}`;
  return `${kind}${name}${due === undefined ? "" : ` (due at ${due} ms)`}${holders}`;
}

export function nameTask(task: TaskNode): string {
  return `task ${quote(task.name)} #${task.id}`;
}

export function quote(name: string): string {
  return `"${clip(name)}"`;
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
