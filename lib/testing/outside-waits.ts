/** Which parked tasks wait for something outside of all tasks, and so may be woken without the clock moving. */
import { type TaskNode, type WaitDescription, describeWait, tasksBelow } from "../kernel/index.js";

/** Kinds of waits of our own that end by the doing of other tasks, or of the clock. */
const INSIDE: ReadonlySet<string> = new Set([
  "any",
  "barrier",
  "boundary",
  "cancel",
  "checkpoint",
  "children",
  "clock",
  "condition",
  "deferred",
  "event",
  "limiter",
  "lock",
  "provide",
  "race",
  "rate limit",
  "resource",
  "semaphore",
  "sleep",
  "suspend",
  "turn",
]);

/** The same for what has several: `queue get`, `queue put`, `broadcast put` … */
const INSIDE_WITH_ENDS = / (?:get|put|join)$/;

/** Waits of a user's own kind may be either: they count as outside while something outside is under way. */
export type Side = "outside" | "inside" | "unknown";

/** What is known of the parked tasks of some trees. */
export interface Parked {
  /** The waits that are not inside. */
  readonly waits: readonly object[];
  readonly side: Side;
}

export function lookAtParked(roots: Iterable<TaskNode>): Parked {
  const waits: object[] = [];
  const sides: Side[] = [];
  for (const { wait } of tasksBelow(roots)) {
    if (wait === null) continue;
    const side = sideOf(describeWait(wait));
    if (side === "inside") continue;
    waits.push(wait);
    sides.push(side);
  }
  return { waits, side: outermost(sides) };
}

function sideOf({ kind, isOutside, anyOf }: WaitDescription): Side {
  if (isOutside !== undefined) return isOutside ? "outside" : "inside";
  if (anyOf !== undefined) return outermost(anyOf.map(sideOf));
  return INSIDE.has(kind) || INSIDE_WITH_ENDS.test(kind) ? "inside" : "unknown";
}

function outermost(sides: readonly Side[]): Side {
  if (sides.includes("outside")) return "outside";
  return sides.includes("unknown") ? "unknown" : "inside";
}
