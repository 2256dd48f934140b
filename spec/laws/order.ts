/** Who goes next, where there is a choice: always the first, or drawn from a seed. */
export class Chooser {
  /** How many were to choose from, choice by choice: two interpreters that agree have the same. */
  readonly counts: number[] = [];
  #state: number;

  /** @param seed - 0 for first come, first served */
  constructor(private readonly seed: number) {
    this.#state = seed;
  }

  choose(count: number): number {
    this.counts.push(count);
    if (this.seed === 0) return 0;
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return (this.#state >>> 8) % count;
  }
}
