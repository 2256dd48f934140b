import {
  checkDuration,
  Timer,
  Wait,
  waiting,
  type Due,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { checkpoint } from "./checkpoint.js";

class Sleep extends Wait<void> implements Due {
  private timer: Timer | null = null;

  constructor(private readonly ms: number) {
    super();
  }

  begin(): void {
    const scheduler = this.task?.scheduler;
    if (scheduler === undefined || this.ms === Infinity) return;
    this.timer = new Timer(scheduler.host.now() + this.ms, false, this);
    scheduler.addTimer(this.timer);
  }

  timeIsUp(): void {
    this.succeed();
  }

  withdraw(): boolean {
    if (this.timer !== null) this.task?.scheduler.removeTimer(this.timer);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "sleep", due: this.timer?.at };
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
