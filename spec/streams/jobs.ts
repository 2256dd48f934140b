/** A queue of the name "jobs", and how it refuses when it was shut down. */
import { Queue, QueueShutDown } from "coppice";

export const shutDown = (what: string) => new QueueShutDown(`Cannot ${what} queue "jobs": it was shut down.`);

export function jobs<T = string>(capacity = Infinity): Queue<T> {
  return new Queue<T>({ name: "jobs", capacity });
}
