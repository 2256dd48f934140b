/** A first-in-first-out store in a ring: constant time at both ends, memory in step with what is in it. */
export class Fifo<T> {
  #ring: (T | undefined)[] = new Array<T | undefined>(8);
  #head = 0;
  size = 0;

  push(item: T): void {
    if (this.size === this.#ring.length) this.#resize(this.size * 2);
    this.#ring[(this.#head + this.size) & (this.#ring.length - 1)] = item;
    this.size++;
  }

  /** Takes the oldest item; there must be one. */
  shift(): T {
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.size--;
    if (this.size > 32 && this.size < this.#ring.length / 4) this.#resize(this.#ring.length / 2);
    // Within `size` every place was filled by `push`; T itself may be undefined.
    return item as T;
  }

  clear(): void {
    this.#ring = new Array<T | undefined>(8);
    this.#head = this.size = 0;
  }

  /** The length stays a power of two, so that places wrap by a mask. */
  #resize(length: number): void {
    const ring = new Array<T | undefined>(length);
    for (let i = 0; i < this.size; i++) ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
