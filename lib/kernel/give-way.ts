/** The wait that goes behind the ready tasks once: the measure of a trip through the scheduler. */
import { DEFERRED, enter, FRESH, SETTLED, Wait, type WaitDescription } from "./instruction.js";
import { answer, PROBE } from "./probe.js";

/** One that has been read: nobody looks at it again, and the next trip needs no new one. */
let spare: GiveWay | null = null;

function recycle(wait: GiveWay): void {
  wait.task = null;
  spare = wait;
}

/** A fresh wait that gives way once. */
export function givingWay(): GiveWay {
  if (spare === null) return new GiveWay();
  const wait = spare;
  spare = null;
  wait.renew();
  return wait;
}

export class GiveWay extends Wait<void> {
  private hasGivenWay = false;

  // The general `next` would spend budget and call `begin` twice; every checkpoint in a program passes here.
  override next(sent?: unknown): unknown {
    if (sent !== undefined && sent === PROBE) {
      const reply = answer();
      return reply;
    }
    if (this.phase === SETTLED) {
      recycle(this);
      return this;
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
      // As `succeed` would do; nobody has to be woken, for the task is stepping.
      this.phase = SETTLED;
      this.done = true;
      this.value = undefined;
      return;
    }
    this.phase = DEFERRED;
    if (this.task !== null) this.task.wait = this;
    this.giveWay();
  }

  withdraw(): boolean {
    return true;
  }

  renew(): void {
    this.phase = FRESH;
    this.done = false;
    this.value = this;
    this.hasGivenWay = false;
  }

  describe(): WaitDescription {
    return { kind: "checkpoint" };
  }

  private giveWay(): void {
    this.hasGivenWay = true;
    this.task?.scheduler.requeue(this.task);
  }
}
