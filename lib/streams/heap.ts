import { misuse } from "../errors/index.js";

interface Ranked<T> {
  readonly item: T;
  /** Equals come out in the order in which they went in. */
  readonly order: number;
}

/**
 * A store that gives the smallest item first, in a binary heap; equal ones in the order in which they came.
 *
 * H1 `compare` is foreign code and may throw: it is asked first, and the heap changed afterwards.
 */
export class Heap<T> {
  readonly #heap: Ranked<T>[] = [];
  #pushed = 0;

  constructor(private readonly compare: (one: T, other: T) => number) {}

  get size(): number {
    return this.#heap.length;
  }

  push(item: T): void {
    const heap = this.#heap;
    const pushed: Ranked<T> = { item, order: this.#pushed };
    const path: number[] = [heap.length];
    for (let slot = heap.length; slot > 0;) {
      slot = (slot - 1) >> 1;
      if (!this.#comesBefore(pushed, this.#at(slot))) break;
      path.push(slot);
    }
    this.#pushed++;
    this.#shiftAlong(path, pushed);
  }

  /** Takes the smallest item; there must be one. */
  shift(): T {
    const first = this.#at(0);
    const last = this.#at(this.#heap.length - 1);
    const path = this.#pathDown(last);
    this.#heap.pop();
    if (this.#heap.length > 0) this.#shiftAlong(path, last);
    return first.item;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  /** Where the gap at the top goes down to, until the last entry fits into it. */
  #pathDown(last: Ranked<T>): number[] {
    const size = this.#heap.length - 1;
    const path = [0];
    for (let slot = 0; ;) {
      let child = 2 * slot + 1;
      if (child >= size) return path;
      if (child + 1 < size && this.#comesBefore(this.#at(child + 1), this.#at(child))) child++;
      if (!this.#comesBefore(this.#at(child), last)) return path;
      path.push(child);
      slot = child;
    }
  }

  /** Moves the entries along a path by one place each, and puts an entry where the last one was. */
  #shiftAlong(path: readonly number[], entry: Ranked<T>): void {
    let gap = path[0] ?? 0;
    for (let i = 1; i < path.length; i++) {
      const slot = path[i] ?? 0;
      this.#heap[gap] = this.#at(slot);
      gap = slot;
    }
    this.#heap[gap] = entry;
  }

  #comesBefore(one: Ranked<T>, other: Ranked<T>): boolean {
    const order = this.compare(one.item, other.item);
    return order < 0 || (!(order > 0) && one.order < other.order);
  }

  #at(slot: number): Ranked<T> {
    const entry = this.#heap[slot];
    if (entry === undefined)
      throw misuse("EMPTY", "A heap has no entry there. Look at its size first.", RangeError);
    return entry;
  }
}
