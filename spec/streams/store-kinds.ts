/** The three kinds of queues, for tables of what all of them do. */
import { LifoQueue, PriorityQueue, Queue, type QueueOptions } from "coppice";

export const queueKinds: [string, (options?: QueueOptions) => Queue<number>][] = [
  ["Queue", (options) => new Queue(options)],
  ["PriorityQueue", (options) => new PriorityQueue(options)],
  ["LifoQueue", (options) => new LifoQueue(options)],
];
