/** Who chooses in an exploration: chance, a schedule, or a plan that tries everything. */
import { quote, type TaskNode } from "../kernel/index.js";
import type { Order } from "./host.js";
import { Random } from "./random.js";
import { Trace, type Deviation } from "./schedule.js";

/** An order that notes what it chose. */
export abstract class TracedOrder implements Order {
  readonly trace = new Trace();
  /** Who went before whom, at each choice that differs from first come, first served; when asked for. */
  readonly #steps: ((firstId: number) => string)[] = [];
  #isTelling = false;

  tell(): this {
    this.#isTelling = true;
    return this;
  }

  /** @param root - the first task of the run: the others are numbered from there, which is the same in every run */
  stepsBelow(root: TaskNode): string[] {
    return this.#steps.map((describe) => describe(root.id));
  }

  chooseReady(count: number, ready: readonly TaskNode[] = []): number {
    const place = this.trace.add(this.choose(count, ready), count);
    const [first, chosen] = [ready[0], ready[place]];
    this.#note(place, (firstId) => `${nameOf(chosen, firstId)} goes before ${nameOf(first, firstId)}`);
    return place;
  }

  chooseTimer(count: number): number {
    const place = this.trace.add(this.choose(count, []), count);
    this.#note(place, () => `timer ${place + 1} of ${count} of the same instant fires first`);
    return place;
  }

  #note(place: number, describe: (firstId: number) => string): void {
    if (place === 0 || !this.#isTelling) return;
    const choice = this.trace.places.length;
    this.#steps.push((firstId) => `choice ${choice}: ${describe(firstId)}`);
  }

  protected abstract choose(count: number, ready: readonly TaskNode[]): number;
}

function nameOf(task: TaskNode | undefined, firstId: number): string {
  return task === undefined ? "a task" : `task ${task.id - firstId + 1} ${quote(task.name)}`;
}

/** First come, first served, but for some choices. */
export class ScheduledOrder extends TracedOrder {
  readonly #places: ReadonlyMap<number, number>;

  constructor(deviations: readonly Deviation[]) {
    super();
    this.#places = new Map(deviations.map(({ at, place }) => [at, place]));
  }

  protected override choose(count: number): number {
    const place = this.#places.get(this.trace.places.length + 1) ?? 0;
    return Math.min(place, count - 1);
  }
}

/** Begins as it is told, then first come, first served: for trying all orders one after the other. */
export class PrefixOrder extends TracedOrder {
  constructor(private readonly prefix: readonly number[]) {
    super();
  }

  protected override choose(count: number): number {
    return Math.min(this.prefix[this.trace.places.length] ?? 0, count - 1);
  }

  /** Whether there were the choices that the beginning was made for. */
  get hasKept(): boolean {
    const { places } = this.trace;
    return this.prefix.every((place, i) => places[i] === place);
  }

  /** How the next order begins, or null when this was the last one. */
  next(): number[] | null {
    const { places, counts } = this.trace;
    for (let i = places.length - 1; i >= 0; i--) {
      const place = (places[i] ?? 0) + 1;
      if (place < (counts[i] ?? 0)) return [...places.slice(0, i), place];
    }
    return null;
  }
}

/** From here on a seed is no chance: what is above it spells out the choices, each as one digit of its own base. */
const FIRST_SPELT = 2 ** 32;

/** The order that a seed stands for. */
export function orderOf(seed: number): TracedOrder {
  return seed < FIRST_SPELT ? new SeededOrder(seed) : new SpeltOrder(seed - FIRST_SPELT);
}

/** The seed that spells out what was chosen; undefined when that is too much for a number. */
export function seedFor({ places, counts }: Trace): number | undefined {
  let [spelt, base] = [0, 1];
  for (const [i, place] of places.entries()) {
    spelt += place * base;
    base *= counts[i] ?? 1;
    if (spelt + FIRST_SPELT > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return FIRST_SPELT + spelt;
}

class SpeltOrder extends TracedOrder {
  constructor(private left: number) {
    super();
  }

  protected override choose(count: number): number {
    const place = this.left % count;
    this.left = Math.floor(this.left / count);
    return place;
  }
}

/**
 * Chance, in several manners, for different bugs show under different ones. The seed says which.
 *
 * | manner   | chooses                                                                            |
 * | -------- | ---------------------------------------------------------------------------------- |
 * | any      | anybody, each time                                                                 |
 * | rarely   | whose turn it is, and anybody now and then                                         |
 * | newest   | mostly whoever came last, so that somebody waits very long                         |
 * | priority | whoever has the highest of priorities drawn by lot, changed now and then (PCT)      |
 */
export class SeededOrder extends TracedOrder {
  readonly #random: Random;
  readonly #choose: (count: number, ready: readonly TaskNode[]) => number;
  readonly #priorities = new Map<TaskNode, number>();

  constructor(seed: number) {
    super();
    const random = new Random(seed);
    this.#random = random;
    const rarity = 2 ** (1 + random.below(4));
    const manners = [
      (count: number) => random.below(count),
      (count: number) => (random.oneIn(rarity) ? random.below(count) : 0),
      (count: number) => (random.oneIn(rarity) ? random.below(count) : count - 1),
      (count: number, ready: readonly TaskNode[]) => this.#highest(count, ready, rarity),
    ];
    this.#choose = manners[random.below(manners.length)] ?? (() => 0);
  }

  protected override choose(count: number, ready: readonly TaskNode[]): number {
    return this.#choose(count, ready);
  }

  #highest(count: number, ready: readonly TaskNode[], rarity: number): number {
    if (ready.length !== count) return this.#random.below(count);
    let best = 0;
    for (const [place, task] of ready.entries()) {
      if (this.#priorityOf(task) > this.#priorityOf(ready[best] ?? task)) best = place;
    }
    const chosen = ready[best];
    // Now and then whoever was first comes last from now on.
    if (chosen !== undefined && this.#random.oneIn(4 * rarity))
      this.#priorities.set(chosen, -this.trace.places.length);
    return best;
  }

  #priorityOf(task: TaskNode): number {
    let priority = this.#priorities.get(task);
    if (priority === undefined) this.#priorities.set(task, (priority = 1 + this.#random.below(1_000_000)));
    return priority;
  }
}
