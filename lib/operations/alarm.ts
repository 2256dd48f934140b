import { Timer, Wait, type Due, type WaitDescription } from "../kernel/index.js";

/** A wait for a time of the runtime's clock. */
export abstract class Alarm<T> extends Wait<T> implements Due {
  private timer: Timer | null = null;

  begin(): void {
    const scheduler = this.task?.scheduler;
    if (scheduler === undefined) return;
    const at = this.dueAt(scheduler.host.now());
    if (at === Infinity) return;
    this.timer = new Timer(at, false, this);
    scheduler.addTimer(this.timer);
  }

  /** When it is due, asked for as it begins. */
  protected abstract dueAt(now: number): number;

  abstract timeIsUp(): void;

  withdraw(): boolean {
    if (this.timer !== null) this.task?.scheduler.removeTimer(this.timer);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "sleep", due: this.timer?.at };
  }
}

/** A wait for a time, and for nothing but it. */
export abstract class SilentAlarm extends Alarm<void> {
  timeIsUp(): void {
    this.succeed();
  }
}
