/** Errors on their way out: where a frame fails, its operation is added to the error's trail. */
import { isUnplaced, limitPlace, notePassed } from "../errors/index.js";
import type { Driver } from "./driver.js";
import { chainDepth, trailOf } from "./probe.js";
import type { Frame } from "./tree.js";

/** Notes that an error leaves a frame. */
export function leaveFrame(error: unknown, frame: Frame): void {
  const { owner: task, parent } = frame;
  const isWatched = parent !== null && task.scheduler.host.isDebugging;
  notePassed(error, frame === task.root ? task.name : frame.name, isWatched ? positionOf(parent) : undefined);
  if (isUnplaced(error) && parent?.driver != null) limitPlace(error, depthOf(parent.driver));
}

/** How many generators an error is about to be thrown through, or 0 where that cannot be known. */
function depthOf(driver: Driver): number {
  try {
    return chainDepth(driver);
  } catch {
    return 0;
  }
}

/** Where the frame's generator stands: it is suspended in the `yield*` that the error is about to come out of. */
function positionOf({ driver }: Frame): string | undefined {
  if (driver === null) return undefined;
  try {
    const { at } = trailOf(driver);
    return at[at.length - 1];
  } catch {
    // A foreign iterator that cannot be probed has no position to tell.
    return undefined;
  }
}
