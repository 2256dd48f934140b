/** Seeded worlds for laws: every choice of order is drawn, and a failure names its seed. */
import { runOn, Scheduler, type Operable } from "../../lib/kernel/index.js";
import { VirtualHost } from "../support/virtual.js";

/** A small generator of numbers that look drawn; the same for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) % 2_147_483_647 || 1;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % limit;
  }

  /** Whether something of this probability happens. */
  happens(percent: number): boolean {
    return this.below(100) < percent;
  }
}

class ShuffledHost extends VirtualHost {
  constructor(private readonly chance: Chance) {
    super();
  }

  chooseReady(count: number): number {
    return this.chance.below(count);
  }

  chooseTimer(count: number): number {
    return this.chance.below(count);
  }
}

/** Runs a program in many drawn worlds, and reports the seed of the first that fails. */
export async function inDrawnWorlds(
  count: number,
  program: (chance: Chance, isShuffled: boolean) => { op: Operable<unknown>; check: () => void },
): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    const chance = new Chance(seed);
    // Half of the worlds keep to the scheduler's own order.
    const isShuffled = seed % 2 === 1;
    const host = isShuffled ? new ShuffledHost(chance) : new VirtualHost();
    const scheduler = new Scheduler(host);
    const { op, check } = program(chance, isShuffled);
    try {
      await runOn(scheduler, op);
      check();
      if (scheduler.timers.size > 0 || scheduler.readyCount > 0)
        throw new Error("Something was left behind.");
    } catch (error) {
      throw new Error(`Failed with seed ${seed}.`, { cause: error });
    }
  }
}
