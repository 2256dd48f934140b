/** Tasks that put and get, and note when they have. */
import type { Operation, Queue } from "coppice";
import type { Note } from "../support/story.js";

export function filled<Q extends Queue<number>>(queue: Q, ...items: number[]): Q {
  for (const item of items) queue.tryPut(item);
  return queue;
}

export function getting<T>(note: Note, name: string, queue: Queue<T>) {
  return function* get(): Operation<void> {
    note(`${name} got ${String(yield* queue.get())}`);
  };
}

export function putting<T extends number | string>(note: Note, item: T, queue: Queue<T>) {
  return function* put(): Operation<void> {
    yield* queue.put(item);
    note(`put ${item}`);
  };
}
