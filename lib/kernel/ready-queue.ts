/**
 * The ready tasks, first in, first out (S2): an intrusive list, so that making a task ready allocates
 * nothing. A task is in it at most once; who enqueues guarantees that by its state.
 */
export interface Ready {
  nextReady: Ready | null;
}

export class ReadyQueue<R extends Ready> {
  #first: R | null = null;
  #last: R | null = null;
  size = 0;

  push(item: R): void {
    if (this.#last === null) this.#first = item;
    else this.#last.nextReady = item;
    this.#last = item;
    this.size++;
  }

  /** Puts an item before all others. */
  pushFirst(item: R): void {
    item.nextReady = this.#first;
    this.#first = item;
    this.#last ??= item;
    this.size++;
  }

  shift(): R | null {
    const item = this.#first;
    if (item === null) return null;
    // The list holds only what `push` put in: the cast restores the type that Ready cannot name.
    this.#first = item.nextReady as R | null;
    if (this.#first === null) this.#last = null;
    item.nextReady = null;
    this.size--;
    return item;
  }

  /** Takes the item at the given place, for hosts that choose the order themselves (O3). */
  take(index: number): R | null {
    if (index <= 0) return this.shift();
    let before = this.#first;
    for (let i = 1; i < index && before !== null; i++) before = before.nextReady as R | null;
    const item = before === null ? null : (before.nextReady as R | null);
    if (before === null || item === null) return this.shift();
    before.nextReady = item.nextReady;
    if (this.#last === item) this.#last = before;
    item.nextReady = null;
    this.size--;
    return item;
  }
}
