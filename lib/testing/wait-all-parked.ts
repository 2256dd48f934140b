import { currentScheduler, Wait, waiting, type Operation, type WaitDescription } from "../kernel/index.js";

/** Comes back after a turn of the event loop in which no task was ready. */
class AllParked extends Wait<void> {
  #isGone = false;

  begin(): void {
    const scheduler = currentScheduler();
    const look = (): void => {
      if (this.#isGone) return;
      if (scheduler.readyCount === 0) this.succeed();
      else scheduler.host.macrotask(look);
    };
    scheduler.host.macrotask(look);
  }

  withdraw(): boolean {
    this.#isGone = true;
    return true;
  }

  describe(): WaitDescription {
    return { kind: "all parked", isOutside: false };
  }
}

const allParked = waiting(() => new AllParked());

/**
 * Waits until every other task is parked: whatever can go on without time passing has gone on, promises that have
 * settled included.
 *
 * Waits:   always, for a turn of the event loop at least; time does not move.
 * Model:   Trio testing.wait_all_tasks_blocked.
 *
 * @example
 * const consumer = yield* spawn(consume(queue));
 * yield* waitAllParked();   // the consumer waits at the queue now
 */
export function waitAllParked(): Operation<void> {
  return allParked;
}
