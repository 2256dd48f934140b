import { checkDuration, waiting, type Operation } from "../kernel/index.js";
import { SilentAlarm } from "./alarm.js";
import { checkpoint } from "./checkpoint.js";

class Sleep extends SilentAlarm {
  constructor(private readonly ms: number) {
    super();
  }

  protected override dueAt(now: number): number {
    return now + this.ms;
  }
}

/**
 * Waits for the given time.
 *
 * Waits:   always; with 0, until the tasks that are ready now have had a turn.
 * Cancel:  wakes at once and removes its timer.
 * Throws:  RangeError when `ms` is negative or not a number.
 * Model:   Trio sleep, asyncio sleep.
 *
 * @param ms - length in milliseconds; `Infinity` waits until cancelled
 * @example yield* sleep(250);
 */
export function sleep(ms: number): Operation<void> {
  checkDuration("sleep", "", ms);
  return ms === 0 ? checkpoint() : waiting(() => new Sleep(ms));
}
