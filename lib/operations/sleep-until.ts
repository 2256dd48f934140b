import { GiveWay, waiting, type Operation } from "../kernel/index.js";
import { SilentAlarm } from "./alarm.js";
import { checkTime } from "./cancel-scope.js";
import { now } from "./now.js";

class SleepUntil extends SilentAlarm {
  constructor(private readonly at: number) {
    super();
  }

  protected override dueAt(): number {
    return this.at;
  }
}

/**
 * Waits until the given time: for steps at fixed times, which do not drift as the work between them takes its time.
 *
 * Waits:   always; at a time that has passed, until the tasks that are ready now have had a turn.
 * Cancel:  wakes at once and removes its timer.
 * Throws:  RangeError for NaN.
 * Model:   Trio sleep_until.
 *
 * @param at - a time of the clock of `now()`, in ms; `Infinity` waits until cancelled
 * @example let next = now(); for (;;) { yield* sample(); yield* sleepUntil((next += 1_000)); }
 */
export function sleepUntil(at: number): Operation<void> {
  checkTime("sleepUntil()", at);
  return waiting(() => (at <= now() ? new GiveWay() : new SleepUntil(at)));
}
