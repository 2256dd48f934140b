/**
 * What plain async/await has to bring along itself, written as a good engineer would: first come, first
 * served, handed over directly, linear in the number of waiters.
 */
import { Fifo } from "./fifo.mjs";

/** Waits until the signal aborts. */
export function parked(/** @type {AbortSignal} */ signal) {
  return new Promise((_resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export class TimedOut extends Error {}

/**
 * @param {number} ms
 * @param {(signal: AbortSignal) => Promise<unknown>} work
 */
export async function withTimeout(ms, work) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimedOut()), ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

export class AsyncSemaphore {
  #free;
  #waiting = new Fifo();

  constructor(/** @type {number} */ permits) {
    this.#free = permits;
  }

  async acquire() {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
  }

  release() {
    if (this.#waiting.length > 0) this.#waiting.shift()();
    else this.#free += 1;
  }
}

export class AsyncQueue {
  #capacity;
  #items = new Fifo();
  #getters = new Fifo();
  #putters = new Fifo();

  constructor(/** @type {number} */ capacity) {
    this.#capacity = capacity;
  }

  async put(item) {
    if (this.#getters.length > 0) this.#getters.shift()(item);
    else if (this.#items.length < this.#capacity) this.#items.push(item);
    else await new Promise((resolve) => this.#putters.push({ item, resolve }));
  }

  async get() {
    if (this.#items.length === 0) return new Promise((resolve) => this.#getters.push(resolve));
    const item = this.#items.shift();
    if (this.#putters.length > 0) {
      const putter = this.#putters.shift();
      this.#items.push(putter.item);
      putter.resolve();
    }
    return item;
  }
}
