import type { Operation } from "../kernel/index.js";
import type { Attempt } from "../operations/index.js";
import { checkWork, type MapOptions } from "./map.js";
import { mapping, type Work } from "./mapping.js";
import type { Source } from "./source.js";

/**
 * Runs an operation for every item: the consumer of a queue, a stream of events, a long list.
 *
 * Waits:   until the source has ended (a queue: was shut down and is empty) and all is done. The source is pulled only
 *          as fast as it is worked off.
 * Cancel:  cancels what runs and waits for its cleanup, then stops the source. An item that was taken from a queue is
 *          worked on to its first yield point, so that it is never lost without notice (S6, C12).
 * Throws:  the first failure, after the rest was cancelled and is gone; with what cleanup added, a group (E2).
 * Model:   the worker tasks over a queue of asyncio; Trio's `async for` into a nursery.
 * Pitfall: who uses `queue.join()` calls `queue.taskDone()` for each item, as with `queue.get()`.
 *
 * @param source - an array, an iterable, an async iterable, a stream, a queue, a broadcast
 * @param work - is given the item and its index
 * @param options - `settled`: give `{ ok, value }` or `{ ok, error }` for each instead of failing
 * @example yield* forEach(queue, (user) => pool.store(user), { concurrency: 4 });
 */
export function forEach<T, R>(
  source: Source<T>,
  work: Work<T, R>,
  options: MapOptions & { readonly settled: true },
): Operation<Attempt<R>[]>;
export function forEach<T>(source: Source<T>, work: Work<T, unknown>, options?: MapOptions): Operation<void>;
export function forEach(
  source: Source<unknown>,
  work: Work<never, unknown>,
  options: MapOptions = {},
): Operation<unknown> {
  checkWork("forEach", source, work, options);
  const { concurrency = Infinity, ordered = true, settled = false, name } = options;
  return mapping({ caller: "forEach", source, work, concurrency, ordered, settled, keeps: settled, name });
}
