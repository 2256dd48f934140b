/** Reading the tree of tasks: who is there, what each waits for, where it stands in the source. Changes nothing. */
import { clip, isOwn } from "../errors/index.js";
import { describeWait, placesIn, shorten, type TaskNode, type Frame } from "../kernel/index.js";

/** The lines of the user's code in which a task stands, innermost first, as far as the engine tells. */
export function linesOf(task: TaskNode): string[] {
  const lines: string[] = [];
  for (let frame: Frame | null = task.frame; frame !== null; frame = frame.parent) {
    if (frame.driver === null) continue;
    for (const place of placesIn(frame.driver).reverse()) if (!isOwn(place)) lines.push(shorten(place));
  }
  return lines;
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
