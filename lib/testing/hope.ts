/**
 * How long the clock stands still for the world outside, in real ms.
 *
 * | next timer | somebody waits for the outside | something under way there | stands still for                       |
 * | ---------- | ------------------------------ | ------------------------- | -------------------------------------- |
 * | yes        | no                             | a request to the system   | `patienceMs`, until it has given up    |
 * | yes        | no                             | nothing, or anything else | no time at all                         |
 * | yes        | yes                            | no                        | `quietMs`, once for every such wait    |
 * | yes        | yes                            | yes                       | `patienceMs`, once; then as long as    |
 * |            |                                |                           | the timer would really take            |
 * | no         | no                             | no                        | no time: a deadlock                    |
 * | no         | no                             | yes                       | `STUCK_MS`                             |
 * | no         | yes                            | no                        | `patienceMs`                           |
 * | no         | yes                            | yes                       | for ever; `patienceMs` with a cycle    |
 */
import type { TaskNode } from "../kernel/index.js";
import { findCycle } from "./deadlock.js";
import type { Parked } from "./outside-waits.js";
import type { RealWorld } from "./real-world.js";

const PATIENCE_MS = 1_000;
const QUIET_MS = 100;
const STUCK_MS = 4_000;

export class Hope {
  /** Waits that were given their time in vain while nothing was under way. */
  #hopeless: WeakSet<object> | null = null;
  /** Waits that were given their time in vain while something was. */
  #slow: WeakSet<object> | null = null;
  #hasGivenUp = false;
  /** Whether it stands still for a request, and for no wait. */
  #isForRequest = false;

  constructor(
    private readonly real: RealWorld,
    private readonly patienceMs = PATIENCE_MS,
    private readonly quietMs = Math.min(QUIET_MS, patienceMs),
  ) {}

  /** Whether it has waited for an outside that did not answer. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /**
   * @param dueMs - how far away the next timer is, `Infinity` without one
   * @param mayCallBack - whether the code under test has called for anything that could call back
   */
  limitMs(parked: Parked, dueMs: number, roots: readonly TaskNode[], mayCallBack: boolean): number {
    if (dueMs === Infinity) return this.#limitForEver(parked, this.real.isBusy, roots);
    const hoped = parked.waits.filter((wait) => this.#hopeless?.has(wait) !== true);
    if (hoped.length === 0) {
      const isWorthIt = mayCallBack && !this.#hasGivenUp && parked.waits.length === 0;
      this.#isForRequest = isWorthIt && this.real.hasRequest;
      return this.#isForRequest ? this.patienceMs : 0;
    }
    const { isBusy } = this.real;
    if (parked.side !== "outside" && isBusy !== true) return 0;
    if (isBusy !== true) return isBusy === undefined ? this.patienceMs : this.quietMs;
    return hoped.every((wait) => this.#slow?.has(wait) === true) ? dueMs : this.patienceMs + dueMs;
  }

  #limitForEver({ side }: Parked, isBusy: boolean | undefined, roots: readonly TaskNode[]): number {
    if (side === "outside")
      return isBusy === false || findCycle(roots).length > 0 ? this.patienceMs : Infinity;
    return isBusy === true ? Math.min(STUCK_MS, this.patienceMs * 4) : 0;
  }

  /** Notes that the outside did not come. */
  giveUp({ waits }: Parked): void {
    if (waits.length === 0 && !this.#isForRequest) return;
    this.#hasGivenUp = true;
    const vain =
      this.real.isBusy === true ? (this.#slow ??= new WeakSet()) : (this.#hopeless ??= new WeakSet());
    for (const wait of waits) vain.add(wait);
  }
}
