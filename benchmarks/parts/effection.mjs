/**
 * What Effection's core leaves to its user (its queues have no bound, it has no semaphore and no timeout),
 * written with its own `action` and `race` as its documentation does.
 */
import { action, race, sleep } from "effection";

import { Fifo } from "./fifo.mjs";

/**
 * One trip through Effection's scheduler. Its documentation has no operation that gives way: `sleep(0)` is what
 * people write, and that is a timer of 1 ms; its own benchmarks use `call(() => Promise.resolve())`. An action
 * that resolves at once is faster than either, so that is what stands for a trip here.
 */
export const ready = action((resolve) => {
  resolve();
  return () => {};
});

export class TimedOut extends Error {}

export function* timebox(ms, operation) {
  return yield* race([operation, expiry(ms)]);
}

function* expiry(ms) {
  yield* sleep(ms);
  throw new TimedOut();
}

/** Waits in `line` until another operation takes it out and calls it. */
function turnIn(line, prepare = (resolve) => resolve) {
  return action((resolve) => {
    line.push(prepare(resolve));
    return () => {};
  });
}

export class EffectionSemaphore {
  #free;
  #waiting = new Fifo();

  constructor(permits) {
    this.#free = permits;
  }

  *acquire() {
    if (this.#free > 0) this.#free -= 1;
    else yield* turnIn(this.#waiting);
  }

  release() {
    if (this.#waiting.length > 0) this.#waiting.shift()();
    else this.#free += 1;
  }
}

export class EffectionQueue {
  #capacity;
  #items = new Fifo();
  #getters = new Fifo();
  #putters = new Fifo();

  constructor(capacity) {
    this.#capacity = capacity;
  }

  *put(item) {
    if (this.#getters.length > 0) this.#getters.shift()(item);
    else if (this.#items.length < this.#capacity) this.#items.push(item);
    else yield* turnIn(this.#putters, (resolve) => ({ item, resolve }));
  }

  *get() {
    if (this.#items.length === 0) return yield* turnIn(this.#getters);
    const item = this.#items.shift();
    if (this.#putters.length > 0) {
      const putter = this.#putters.shift();
      this.#items.push(putter.item);
      putter.resolve();
    }
    return item;
  }
}
