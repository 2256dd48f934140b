/** Errors on their way out: where a frame fails, its operation is added to the error's trail. */
import { isUnplaced, limitPlace, notePassed } from "../errors/index.js";
import { onlookerOf } from "./debugging.js";
import type { Driver } from "./driver.js";
import { chainDepth } from "./probe.js";
import type { Frame } from "./tree.js";

/** Notes that an error leaves a frame: the generator below is suspended in the `yield*` that it comes out of. */
export function leaveFrame(error: unknown, frame: Frame): void {
  const { owner: task, parent } = frame;
  const nextAt = parent === null ? undefined : onlookerOf(task)?.lineOf(parent);
  notePassed(error, frame === task.root ? task.name : frame.name, nextAt);
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
