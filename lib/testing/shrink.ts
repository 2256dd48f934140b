/** Makes a failing schedule shorter, as long as it fails: fewer choices that differ, then smaller ones. */
import type { Deviation } from "./schedule.js";

/** How many runs it may take. */
const MOST_RUNS = 500;
/** How many when each takes long. */
const MOST_LONG_RUNS = 20;

export class Shrinking {
  runs = 0;

  readonly #most: number;

  constructor(
    private readonly fails: (deviations: readonly Deviation[]) => Promise<boolean>,
    isLong: boolean,
  ) {
    this.#most = isLong ? MOST_LONG_RUNS : MOST_RUNS;
  }

  /** @param failing - what is known to fail */
  async shortest(failing: readonly Deviation[]): Promise<readonly Deviation[]> {
    if (await this.#stillFails([])) return [];
    return this.#smaller(await this.#fewer(failing));
  }

  /** Leaves out halves, then quarters, and so on down to single ones, again and again. */
  async #fewer(failing: readonly Deviation[]): Promise<readonly Deviation[]> {
    let left = failing;
    let size = Math.ceil(left.length / 2);
    while (size >= 1 && this.runs < this.#most) {
      const before = left.length;
      for (let from = 0; from < left.length;) {
        const fewer = [...left.slice(0, from), ...left.slice(from + size)];
        if (await this.#stillFails(fewer)) left = fewer;
        else from += size;
      }
      if (size === 1 && left.length === before) break;
      size = Math.max(1, Math.min(Math.ceil(size / 2), left.length));
    }
    return left;
  }

  /** The nearest in line that will do, at each choice that is left. */
  async #smaller(failing: readonly Deviation[]): Promise<readonly Deviation[]> {
    let left = failing;
    for (const [i, { at, place }] of failing.entries()) {
      for (let nearer = 1; nearer < place; nearer++) {
        const smaller = left.map((deviation, j) => (j === i ? { at, place: nearer } : deviation));
        if (!(await this.#stillFails(smaller))) continue;
        left = smaller;
        break;
      }
    }
    return left;
  }

  async #stillFails(deviations: readonly Deviation[]): Promise<boolean> {
    if (this.runs >= this.#most) return false;
    this.runs++;
    return this.fails(deviations);
  }
}
