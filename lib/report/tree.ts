/** Reading the tree of tasks: who is there, what each waits for, where it stands in the source. Changes nothing. */
import { describeWait, quote, type TaskNode } from "../kernel/index.js";

/** `waits for lock "cache", held by "load"`. */
export function nameWait(task: TaskNode): string {
  if (task.wait === null) return "is ready";
  const { kind, on, heldBy } = describeWait(task.wait);
  const name = on === undefined ? "" : ` ${quote(on)}`;
  const holders =
    heldBy === undefined || heldBy.length === 0 ? "" : `, held by ${heldBy.map(quote).join(", ")}`;
  return `waits for ${kind}${name}${holders}`;
}
