import { givingWay, refusesAwait, type Operation } from "../kernel/index.js";

class Checkpoint implements Operation<void> {
  [Symbol.iterator](): ReturnType<Operation<void>[typeof Symbol.iterator]> {
    return givingWay()[Symbol.iterator]();
  }
}
refusesAwait(Checkpoint.prototype);

const once = new Checkpoint();

/**
 * Gives way to the other ready tasks, and lets timers and I/O through: what a long loop without other waits needs
 * to be cancellable and fair (S4).
 *
 * Waits:   until the tasks that are ready now have had a turn.
 * Model:   asyncio sleep(0), Trio lowlevel.checkpoint.
 *
 * @example for (const row of rows) { work(row); yield* checkpoint(); }
 */
export function checkpoint(): Operation<void> {
  return once;
}
