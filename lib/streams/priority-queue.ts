import { misuse, show } from "../errors/index.js";
import { checkOptions, type Operation } from "../kernel/index.js";
import { Heap } from "./heap.js";
import { Queue, type QueueOptions } from "./queue.js";
import { checkRank, compareRanks } from "./ranks.js";

/** How to make a priority queue. */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /**
   * Says which of two items comes first, as for `Array.sort`: a negative number for the first one. When left out, the
   * smaller number, text, bigint or date does; arrays are compared place by place.
   */
  readonly compare?: (one: T, other: T) => number;
}

/**
 * A queue that gives the smallest item first, and equal ones in the order in which they were put. All else is as in
 * `Queue`; tasks are still served first come, first served.
 *
 * Model:   asyncio.PriorityQueue.
 * Pitfall: an array such as `[priority, job]` is compared by its numbers, texts and dates only: jobs of one priority
 *          come first in, first out, whatever they are.
 *
 * @example
 * const jobs = new PriorityQueue<Job>({ compare: (a, b) => a.due - b.due });
 * const marks = new PriorityQueue<[number, string]>(); // [1, "urgent"] before [2, "can wait"]
 */
export class PriorityQueue<T> extends Queue<T> {
  readonly #isRanked: boolean;

  /** @throws RangeError when `capacity` is no whole number of at least 0 and not `Infinity` */
  constructor(options: PriorityQueueOptions<T> = {}) {
    checkOptions("new PriorityQueue()", ["capacity", "compare", "name"], options);
    const { compare = compareRanks, ...rest } = options;
    // Typed for those who write types.
    if (typeof (compare as unknown) !== "function") {
      throw misuse(
        "NOT_A_FUNCTION",
        `new PriorityQueue() needs a function as \`compare\`, got ${show(compare)}.`,
      );
    }
    super(rest, new Heap<T>(compare));
    this.#isRanked = options.compare === undefined;
  }

  /**
   * Puts an item in: see `Queue.put`.
   *
   * @throws TypeError for an item that has no rank of its own, when the queue was made without `compare`
   */
  override put(item: T): Operation<void> {
    if (this.#isRanked) checkRank(this.name, item);
    return super.put(item);
  }

  /** Puts an item in if that needs no waiting: see `Queue.tryPut`; throws as `put`. A plain call. */
  override tryPut(item: T): boolean {
    if (this.#isRanked) checkRank(this.name, item);
    return super.tryPut(item);
  }
}
