import { checkOptions } from "../kernel/index.js";
import { Lifo } from "./lifo.js";
import { Queue, type QueueOptions } from "./queue.js";

/**
 * A queue that gives the newest item first. All else is as in `Queue`; tasks are still served first come, first served.
 *
 * Model:   asyncio.LifoQueue.
 *
 * @example const spare = new LifoQueue<Connection>(); // the one used last is the warmest
 */
export class LifoQueue<T> extends Queue<T> {
  /** @throws RangeError when `capacity` is no whole number of at least 0 and not `Infinity` */
  constructor(options: QueueOptions = {}) {
    checkOptions("new LifoQueue()", ["capacity", "name"], options);
    super(options, new Lifo<T>());
  }
}
