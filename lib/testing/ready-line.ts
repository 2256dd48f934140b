/**
 * Who is ready, in order. The scheduler keeps that to itself; what it does is enough to know it: it tells of everything
 * that joins, and of every choice among two or more. A lone task is taken without a word, but then nobody else is left:
 * the line is always the last ones that joined and were not chosen.
 */
import type { TaskNode } from "../kernel/index.js";

/** How many names are kept of those that are gone. */
const MOST_KEPT = 1_024;

export class ReadyLine {
  #joined: TaskNode[] = [];
  #from = 0;

  join(task: TaskNode): void {
    this.#joined.push(task);
  }

  /** Takes back a `join` that was none. */
  leave(task: TaskNode): void {
    const at = this.#joined.lastIndexOf(task);
    if (at >= 0) this.#joined.splice(at, 1);
  }

  /** The `count` tasks that are ready. */
  look(count: number): readonly TaskNode[] {
    this.#from = this.#joined.length - count;
    if (this.#from > MOST_KEPT) {
      this.#joined = this.#joined.slice(this.#from);
      this.#from = 0;
    }
    return this.#joined.slice(Math.max(0, this.#from));
  }

  /** The chosen one leaves the line. */
  take(place: number): number {
    this.#joined.splice(Math.max(0, this.#from) + place, 1);
    return place;
  }
}
