/** How often each id came. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(id: string): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  /** Those that never came. */
  missing(ids: readonly string[]): string[] {
    return ids.filter((id) => !this.#counts.has(id));
  }

  /** How many times more than once these came; all of them, when none are named. */
  repeats(ids: Iterable<string> = this.#counts.keys()): number {
    let sum = 0;
    for (const id of ids) sum += Math.max(0, (this.#counts.get(id) ?? 0) - 1);
    return sum;
  }
}
