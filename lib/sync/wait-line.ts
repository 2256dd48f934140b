/**
 * The fair line of waiting tasks on which queues, semaphores and the others stand: strictly first come, first
 * served. A wait that is withdrawn leaves the line at once, so that nothing can be handed to it any more (S6).
 *
 * W1 Who serves a wait takes it out of the line first, and brings its own state up to date before it settles the
 *    wait: settled from outside all tasks, the woken task runs within that call (S3).
 * W2 Several are settled as one change (`settleAll`, `asOneChange`): nobody runs before everybody is served.
 */
import { areRivals, contestOf, Wait } from "../kernel/index.js";

/** A wait that stands in a line until it is served. */
export abstract class LineWait<T> extends Wait<T> {
  /** @internal */
  ahead: LineWait<unknown> | null = null;
  /** @internal */
  behind: LineWait<unknown> | null = null;
  /** @internal */
  line: WaitLine<LineWait<unknown>> | null = null;

  withdraw(): boolean {
    this.line?.leave(this);
    return true;
  }
}

export class WaitLine<W extends LineWait<never> | LineWait<unknown>> {
  #first: LineWait<unknown> | null = null;
  #last: LineWait<unknown> | null = null;
  length = 0;

  join(wait: W): void {
    // A line holds waits of one kind; the links are typed for all kinds.
    const joining = wait as unknown as LineWait<unknown>;
    joining.line = this;
    joining.ahead = this.#last;
    if (this.#last === null) this.#first = joining;
    else this.#last.behind = joining;
    this.#last = joining;
    this.length++;
  }

  leave(wait: LineWait<unknown>): void {
    if (wait.line !== (this as unknown)) return;
    if (wait.ahead === null) this.#first = wait.behind;
    else wait.ahead.behind = wait.behind;
    if (wait.behind === null) this.#last = wait.ahead;
    else wait.behind.ahead = wait.ahead;
    wait.ahead = wait.behind = wait.line = null;
    this.length--;
  }

  /** The one that has waited longest. */
  get first(): W | null {
    return this.#first as unknown as W | null;
  }

  /** Takes the one that has waited longest out of the line, to be served. */
  shift(): W | null {
    const first = this.#first;
    if (first !== null) this.leave(first);
    return first as unknown as W | null;
  }

  /** As `shift`, for one that will be served by another wait: a wait does not serve its rival in a select. */
  shiftFor(server: Wait<unknown>): W | null {
    if (this.#first === null) return null;
    if (contestOf(server) === null) return this.shift();
    for (let wait: LineWait<unknown> | null = this.#first; wait !== null; wait = wait.behind) {
      if (areRivals(wait, server)) continue;
      this.leave(wait);
      return wait as unknown as W;
    }
    return null;
  }

  /** Serves all that wait, first come first, as one change. */
  settleAll(settle: (wait: W) => void): void {
    if (this.#first === null) return;
    asOneChange(this.#first, () => {
      for (let wait = this.shift(); wait !== null; wait = this.shift()) settle(wait);
    });
  }

  /** Those that wait, first come first. */
  *[Symbol.iterator](): Generator<W> {
    for (let wait = this.#first; wait !== null; wait = wait.behind) yield wait as unknown as W;
  }
}

/** Settles several waits before any task runs; `one` is one of them, or null when there are none. */
export function asOneChange(one: LineWait<never> | LineWait<unknown> | null, change: () => void): void {
  const task = one?.task ?? null;
  if (task === null) change();
  else task.scheduler.batch(change);
}
