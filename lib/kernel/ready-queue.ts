/**
 * The ready tasks, first in, first out (S2): an intrusive ring, so that making a task ready allocates nothing. A task
 * is in it at most once; who enqueues guarantees that by its state.
 * Invariant: `#last.nextReady` is the first one. One reference to the ring, not two: the queue lives long and tasks
 * are young, and each such reference costs the collector a note.
 */
export interface Ready {
  nextReady: Ready | null;
}

export class ReadyQueue<R extends Ready> {
  #last: R | null = null;
  size = 0;

  push(item: R): void {
    this.pushFirst(item);
    this.#last = item;
  }

  /** Puts an item before all others. */
  pushFirst(item: R): void {
    const last = this.#last;
    if (last === null) {
      item.nextReady = item;
      this.#last = item;
    } else {
      item.nextReady = last.nextReady;
      last.nextReady = item;
    }
    this.size++;
  }

  shift(): R | null {
    const last = this.#last;
    return last === null ? null : this.#takeAfter(last);
  }

  /** Takes the item at the given place, for hosts that choose the order themselves (O3). */
  take(index: number): R | null {
    let before = this.#last;
    if (index >= this.size) return this.shift();
    // The ring holds only what `push` put in: the casts restore the type that Ready cannot name.
    for (let i = 0; i < index && before !== null; i++) before = before.nextReady as R | null;
    return before === null ? null : this.#takeAfter(before);
  }

  #takeAfter(before: R): R {
    const item = before.nextReady as R;
    if (item === before) this.#last = null;
    else {
      before.nextReady = item.nextReady;
      if (this.#last === item) this.#last = before;
    }
    item.nextReady = null;
    this.size--;
    return item;
  }
}
