import { misuse } from "../errors/index.js";
import { checkDuration, waiting, type Operation } from "../kernel/index.js";
import { Alarm } from "./alarm.js";

/** Ticks at fixed times, to be waited for one by one; a source for `each`, `forEach` and `map`. */
export interface Interval {
  /**
   * Waits for the next tick.
   *
   * Waits:   until it is due; when one or more were missed, until the ready tasks have had a turn.
   * Cancel:  takes none.
   *
   * @returns how many ticks there have been, this one included; more than one more than before when some were missed
   */
  get(): Operation<number>;
}

class Ticks implements Interval {
  private startedAt: number | null = null;
  private ticks = 0;
  private readonly tick = waiting(() => new Tick(this));

  constructor(readonly ms: number) {}

  get(): Operation<number> {
    return this.tick;
  }

  /** When the next tick is due; the first call sets the start. */
  next(now: number): number {
    this.startedAt ??= now;
    return this.startedAt + (this.ticks + 1) * this.ms;
  }

  /** Ticks that were missed fold into one. */
  take(now: number): number {
    const passed = Math.floor((now - (this.startedAt ?? now)) / this.ms);
    this.ticks = Math.max(this.ticks + 1, passed);
    return this.ticks;
  }
}

/** A wait for the next tick, which counts it when it wakes. */
class Tick extends Alarm<number> {
  constructor(private readonly ticks: Ticks) {
    super();
  }

  protected override dueAt(now: number): number {
    return this.ticks.next(now);
  }

  timeIsUp(): void {
    // By the clock of the task that waits: timers fire outside all tasks.
    if (this.task !== null) this.succeed(this.ticks.take(this.task.scheduler.host.now()));
  }
}

/**
 * Makes ticks at fixed times, `ms` apart, beginning `ms` after the first one is asked for. They do not drift, and what
 * was missed while the work took longer is one tick, not a burst.
 *
 * Throws:  RangeError when `ms` is not above 0.
 * Model:   tokio's interval, Effection interval.
 *
 * @param ms - how far apart they are, in milliseconds
 * @example const ticks = each(interval(1_000)); while (yield* ticks.next()) yield* sample();
 */
export function interval(ms: number): Interval {
  checkDuration("interval", "", ms);
  if (ms === 0) {
    throw misuse(
      "DURATION",
      "interval() needs a number of milliseconds above 0, got 0. For a loop without a pause use checkpoint().",
      RangeError,
    );
  }
  return new Ticks(ms);
}
