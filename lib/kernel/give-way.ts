/** The wait that goes behind the ready tasks once: the measure of a trip through the scheduler. */
import { DEFERRED, enter, FRESH, Wait, type WaitDescription } from "./instruction.js";
import { answer, PROBE } from "./probe.js";

export class GiveWay extends Wait<void> {
  private hasGivenWay = false;

  // The general `next` would spend budget and call `begin` twice; every checkpoint in a program passes here.
  override next(sent?: unknown): unknown {
    if (sent === PROBE) {
      const reply = answer();
      return reply;
    }
    if (this.phase !== FRESH) return super.next(sent);
    const task = enter(this);
    this.phase = DEFERRED;
    task.wait = this;
    // With a cancellation pending the scheduler decides whether it lands, or this begins behind a shield.
    if (task.interrupts === 0) this.giveWay();
    return this;
  }

  begin(): void {
    if (this.hasGivenWay) {
      this.succeed();
      return;
    }
    this.phase = DEFERRED;
    if (this.task !== null) this.task.wait = this;
    this.giveWay();
  }

  withdraw(): boolean {
    return true;
  }

  describe(): WaitDescription {
    return { kind: "checkpoint" };
  }

  private giveWay(): void {
    this.hasGivenWay = true;
    this.task?.scheduler.requeue(this.task);
  }
}
