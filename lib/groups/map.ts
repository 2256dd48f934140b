import { checkCount, checkFunction, checkOptions, type Operation } from "../kernel/index.js";
import type { Attempt } from "../operations/index.js";
import { mapping, type Work } from "./mapping.js";
import { checkSource, type Source } from "./source.js";

/** How to work on many items. */
export interface EachOptions {
  /** How many items are worked on at the same time; without a limit when left out. */
  readonly concurrency?: number;
  /** For messages and snapshots. */
  readonly name?: string;
}

/** How to map. */
export interface MapOptions extends EachOptions {
  /** Whether the results are in the order of the items, as when left out, or in that of completion. */
  readonly ordered?: boolean;
  /** Whether failures are collected among the results, instead of the first one cancelling the rest. */
  readonly settled?: boolean;
}

/** The names of the options, for checks. */
export const MAP_OPTIONS = ["concurrency", "ordered", "settled", "name"] as const;

/**
 * Runs an operation for every item and gives the results.
 *
 * Waits:   until the source has ended and all is done. The source is pulled only as fast as it is worked off.
 * Cancel:  cancels what runs and waits for its cleanup, then stops the source: an iterator's `return()` is awaited.
 * Throws:  the first failure, after the rest was cancelled and is gone; with what cleanup added, a group (E2).
 * Model:   Promise.all over array.map, with a limit; Trio's nursery with a capacity limiter.
 *
 * @param source - an array, an iterable, an async iterable, a stream, a queue, a broadcast
 * @param work - is given the item and its index
 * @param options - `settled`: give `{ ok, value }` or `{ ok, error }` for each instead of failing
 * @example const pages = yield* map(urls, fetchPage, { concurrency: 50 });
 */
export function map<T, R>(
  source: Source<T>,
  work: Work<T, R>,
  options: MapOptions & { readonly settled: true },
): Operation<Attempt<R>[]>;
export function map<T, R>(source: Source<T>, work: Work<T, R>, options?: MapOptions): Operation<R[]>;
export function map(
  source: Source<unknown>,
  work: Work<never, unknown>,
  options: MapOptions = {},
): Operation<unknown[]> {
  checkWork("map", source, work, options);
  const { concurrency = Infinity, ordered = true, settled = false, name } = options;
  return mapping({ caller: "map", source, work, concurrency, ordered, settled, keeps: true, name });
}

/** @throws TypeError or RangeError for what `map` and `forEach` cannot work with */
export function checkWork(caller: string, source: unknown, work: unknown, options: MapOptions): void {
  checkSource(caller, source);
  checkFunction(caller, work);
  checkOptions(`${caller}()`, MAP_OPTIONS, options);
  if (options.concurrency !== undefined) checkCount(`${caller}()`, "concurrency", 1, options.concurrency);
}
