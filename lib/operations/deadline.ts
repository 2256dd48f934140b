import { boundaryOf, instantly, type Frame, type Operation, type TaskNode } from "../kernel/index.js";
import { TimeLimit } from "./time-limit.js";

const tightest = instantly(tightestOf);

/**
 * Tells by when the current code is cancelled at the latest: the tightest of the deadlines around it, of its own task
 * and of the scopes its task was spawned into. For passing a time limit on to another process.
 *
 * Waits:   never.
 * Model:   trio.current_effective_deadline.
 *
 * @returns a time of the clock of `now()`, in ms; `Infinity` when there is none: also behind a `shield`, and in cleanup,
 *   which no deadline outside of it interrupts
 * @example const left = (yield* deadline()) - now();
 */
export function deadline(): Operation<number> {
  return tightest;
}

function tightestOf(task: TaskNode): number {
  let at = Infinity;
  let from: Frame | null = boundaryOf(task);
  while (from !== null) {
    for (let frame: Frame | null = from; frame !== null; frame = frame.parent) {
      if (isCleaningUp(frame) && (frame !== from || frame.owner === task)) return at;
      if (frame.kind instanceof TimeLimit) at = Math.min(at, frame.kind.deadline);
      if (frame.kind?.shields === true) return at;
    }
    from = spawnedInto(from);
  }
  return at;
}

/** Its cleanup is protected from deadlines, and so are the frames above it; tasks spawned into it are not. */
function isCleaningUp({ scope }: Frame): boolean {
  return scope?.state === "unwinding" || scope?.state === "closing";
}

/** The boundary that a frame's task was spawned into. */
function spawnedInto(frame: Frame): Frame | null {
  return frame.owner.owner?.frame ?? null;
}
