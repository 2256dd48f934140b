/** A last-in-first-out store. */
export class Lifo<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the newest item; there must be one. */
  shift(): T {
    // Who takes has looked at `size`; T itself may be undefined.
    return this.#items.pop() as T;
  }

  clear(): void {
    this.#items.length = 0;
  }
}
