/**
 * Everything that waits for a time, in one binary heap: a sleeping or timed task costs no host timer.
 * Order (S4): earlier first; at the same instant deadlines before wake-ups, each in the order in which
 * they were made, which for deadlines is outer before inner.
 * Invariant: `slot` is the timer's index in the heap, or -1 when it is in none.
 */
export class Timer {
  slot = -1;
  order = 0;

  /**
   * @param at - when it is due, in ms of the host's clock
   * @param isDeadline - deadlines come before wake-ups of the same instant
   * @param due - whom to call, where the timer is no class of its own
   */
  constructor(
    public at: number,
    readonly isDeadline: boolean,
    private readonly due?: Due,
  ) {}

  /** Called once when it is due; it is out of the heap by then. */
  timeIsUp(): void {
    this.due?.timeIsUp();
  }
}

/** What a timer calls. An object, so that setting a timer needs no closure. */
export interface Due {
  timeIsUp(): void;
}

export class Timers {
  readonly #heap: Timer[] = [];
  #made = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The timer that is due first, or undefined. */
  get first(): Timer | undefined {
    return this.#heap[0];
  }

  add(timer: Timer): void {
    // A deadline that is moved keeps its rank among those of the same instant.
    if (timer.order === 0) timer.order = ++this.#made;
    timer.slot = this.#heap.length;
    this.#heap.push(timer);
    this.#rise(timer, timer.slot);
  }

  remove(timer: Timer): void {
    const { slot } = timer;
    if (slot < 0) return;
    timer.slot = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === timer) return;
    this.#heap[slot] = last;
    last.slot = slot;
    this.#sink(last, slot);
    this.#rise(last, last.slot);
  }

  /** All timers due at the instant of the first one, in order; for hosts that choose among equals (O3). */
  [Symbol.iterator](): Iterator<Timer> {
    return this.#heap.values();
  }

  #rise(timer: Timer, from: number): void {
    const heap = this.#heap;
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !comesBefore(timer, parent)) break;
      heap[slot] = parent;
      parent.slot = slot;
      slot = above;
    }
    heap[slot] = timer;
    timer.slot = slot;
  }

  #sink(timer: Timer, from: number): void {
    const heap = this.#heap;
    let slot = from;
    for (;;) {
      let below = 2 * slot + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && comesBefore(right, child)) {
        below++;
        child = right;
      }
      if (!comesBefore(child, timer)) break;
      heap[slot] = child;
      child.slot = slot;
      slot = below;
    }
    heap[slot] = timer;
    timer.slot = slot;
  }
}

function comesBefore(a: Timer, b: Timer): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.isDeadline !== b.isDeadline) return a.isDeadline;
  return a.order < b.order;
}
