/**
 * A loop over a source that keeps JavaScript's own `break`, `continue` and `return`. That there is an item is what
 * `next()` says, so a loop cannot go on without asking, and cannot ask without waiting for the answer.
 */
import { misuse } from "../errors/index.js";
import { instantly, waiting, type Operation } from "../kernel/index.js";
import { checkSource, open, type Item, type Opened, type Source } from "./source.js";

/** A loop over a source; one task at a time asks it. */
export interface Loop<T> {
  /**
   * Takes the next item.
   *
   * Waits:   until there is one, or the source has ended.
   * Cancel:  takes none.
   * Throws:  what the source throws; Error when the call before was not `yield*`-ed, or still waits.
   *
   * @returns whether there is one, as `value`
   */
  next(): Operation<boolean>;
  /**
   * The item that `next` has taken.
   *
   * @throws Error when there is none
   */
  readonly value: T;
  /**
   * Stops the source, and waits until it has, after a `break`. The end of the boundary in which the loop began does it
   * by itself.
   */
  close(): Operation<void>;
}

class SourceLoop<T> implements Loop<T> {
  item: Item<T> | null = null;
  /** Where the last question stands: `next()` was called, and not performed yet; or it waits. */
  state: "idle" | "asked" | "waiting" | "ended" = "idle";
  opened: Opened<T> | null = null;
  /** Part of the boundary that performs it, for that is what the source belongs to. */
  private readonly step = waiting(() => takeNext(this));

  constructor(readonly source: Source<T>) {}

  get value(): T {
    if (this.item !== null) return this.item.value;
    const text =
      "`value` was read while there is no item. Write while (yield* loop.next()) { const item = loop.value; … }.";
    throw misuse("NO_ITEM", text, Error);
  }

  next(): Operation<boolean> {
    if (this.state === "asked") {
      const text =
        "loop.next() was called, but not performed, so the loop would never wait. Write while (yield* loop.next()) …";
      throw misuse("NOT_PERFORMED", text, Error);
    }
    if (this.state === "idle") this.state = "asked";
    return this.step;
  }

  close(): Operation<void> {
    return closeLoop(this);
  }

  /** It waits no more; a loop that was closed meanwhile stays so. */
  answered(): void {
    if (this.state === "waiting") this.state = "idle";
  }
}

function* takeNext(loop: SourceLoop<unknown>): Operation<boolean> {
  if (loop.state === "waiting") return yield* busy;
  loop.item = null;
  if (loop.state === "ended") return yield* no;
  loop.state = "waiting";
  let item: Item<unknown> | undefined;
  try {
    loop.opened ??= yield* open(loop.source);
    item = yield* loop.opened.pull();
  } finally {
    // Also when cut off by a cancellation or an error: the loop may be asked again.
    loop.answered();
  }
  if (item === undefined) loop.state = "ended";
  else loop.item = item;
  return item !== undefined;
}

const no = instantly(() => false);
const busy = instantly((): never => {
  const text =
    "loop.next() was called while another task waits for the same loop. Use forEach() with `concurrency`.";
  throw misuse("BUSY", text, Error);
});

function* closeLoop(loop: SourceLoop<unknown>): Operation<void> {
  const { opened } = loop;
  loop.item = null;
  loop.state = "ended";
  if (opened === null) yield* no;
  else yield* opened.close();
}

/**
 * Makes a loop over a source, for bodies that use `break`, `continue` and `return`; `forEach` is for the rest. The
 * source is opened by the first `next()`, and belongs to the boundary that runs it.
 *
 * Model:   Python's async for, Effection each.
 *
 * @param source - a queue, a broadcast, a stream of events, an async iterable, an iterable
 * @example
 * const loop = each(queue);
 * while (yield* loop.next()) {
 *   const job = loop.value;
 *   if (job.kind === "stop") break;
 *   yield* work(job);
 * }
 */
export function each<T>(source: Source<T>): Loop<T> {
  checkSource("each", source);
  return new SourceLoop(source);
}
