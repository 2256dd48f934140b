/**
 * Consuming async iterables and WHATWG streams from operations. One item is pulled at a time, when it is asked for;
 * the source is told to stop, and awaited, when the boundary ends.
 *
 * P1 At most one pull is under way; its item is kept for a later `next()` when the one that asked was cancelled (S6).
 * P2 The source is stopped once, and not at all when it has ended or failed by itself.
 */
import {
  boundaryOf,
  Cleanup,
  combine,
  misuse,
  operation,
  registering,
  show,
  Wait,
  waiting,
  type Operation,
  type ScopeNode,
  type TaskNode,
  type WaitDescription,
} from "../kernel/index.js";
import { reportLate } from "./abandoned.js";
import { abortReason, causeOf, isAbortError } from "./abort-signal.js";
import { until } from "./promise.js";

/** A loop over an async iterable. One task at a time asks it. */
export interface Iteration<T> {
  /**
   * Pulls the next item.
   *
   * Waits:   until the source has one, or ends.
   * Cancel:  takes none; an item that is under way is kept for the next call.
   * Throws:  what the source throws.
   *
   * @returns whether there is one, as `value`
   */
  next(): Operation<boolean>;
  /** The item that `next` has pulled. */
  readonly value: T;
  /**
   * Tells the source to stop before it has ended, and waits until it has. The end of the boundary does it by itself.
   *
   * Throws:  what the source throws in stopping.
   */
  close(): Operation<void>;
}

/** A source as the loop sees it: how to pull from it, and how to stop it where that is possible. */
interface Source<T> {
  pull(): PromiseLike<IteratorResult<T, unknown>>;
  readonly stop: ((reason: unknown, isPulling: boolean) => Promise<unknown>) | undefined;
}

class Cursor<T> implements Iteration<T> {
  private pulling: Promise<IteratorResult<T, unknown>> | null = null;
  /** The outcome of the pull, until somebody takes it. */
  private arrived: { readonly result: IteratorResult<T, unknown> } | { readonly error: unknown } | null =
    null;
  private waiting: Pull<T> | null = null;
  private hasEnded = false;
  private item: { readonly value: T } | null = null;
  private stopping: Promise<readonly unknown[]> | null = null;
  private readonly cleanup = new Cleanup(() => this.close());

  constructor(
    private readonly source: Source<T>,
    private readonly task: TaskNode,
    private readonly scope: ScopeNode,
  ) {
    scope.link(this.cleanup);
  }

  get value(): T {
    if (this.item !== null) return this.item.value;
    const text =
      "`value` was read while there is no item. Write while (yield* items.next()) use(items.value).";
    throw misuse("NO_ITEM", text, Error);
  }

  next(): Operation<boolean> {
    return waiting(() => new Pull(this));
  }

  close(): Operation<void> {
    return closed(this);
  }

  /** @internal */
  begin(wait: Pull<T>): void {
    if (this.waiting !== null) {
      const text =
        "next() was called while another task waits for the same loop. Use forEach with `concurrency`.";
      throw misuse("BUSY", text, Error);
    }
    this.item = null;
    if (this.hasEnded) {
      wait.succeed(false);
      return;
    }
    this.waiting = wait;
    if (this.pulling === null) this.pull();
    else this.handOver();
  }

  /** @internal */
  leave(): void {
    this.waiting = null;
  }

  private pull(): void {
    // Async, so that a `next()` that throws fails the pull. One reaction serves all who will wait for it.
    const pulling = (async () => await this.source.pull())();
    this.pulling = pulling;
    pulling.then(
      (result) => {
        this.arrived = { result };
        this.handOver();
      },
      (error: unknown) => {
        this.arrived = { error };
        this.handOver();
      },
    );
  }

  private handOver(): void {
    const { arrived, waiting: wait } = this;
    if (arrived === null || wait === null) return;
    this.arrived = this.pulling = this.waiting = null;
    if ("error" in arrived) {
      this.end();
      wait.fail(arrived.error);
    } else if (arrived.result.done === true) {
      this.end();
      wait.succeed(false);
    } else {
      this.item = { value: arrived.result.value };
      wait.succeed(true);
    }
  }

  /**
   * Tells the source to stop, once; gives the errors of it.
   *
   * @internal
   */
  stop(): Promise<readonly unknown[]> {
    return (this.stopping ??= this.hasEnded ? NOTHING : settle(this.startStopping()));
  }

  /**
   * There is nothing to stop any more: a long-lived scope does not collect loops that are over (B4).
   *
   * @internal
   */
  end(): void {
    this.hasEnded = true;
    this.cleanup.owner?.unlink(this.cleanup);
  }

  private startStopping(): Promise<unknown>[] {
    const { pulling, source } = this;
    this.hasEnded = true;
    this.arrived = this.pulling = null;
    // At the end of its boundary the cleanup is out of the list already, while it is being run.
    const reason = abortReason(causeOf(this.scope));
    const pulled = pulling === null ? [] : [withoutEcho(pulling, reason)];
    if (source.stop !== undefined) return [...pulled, source.stop(reason, pulling !== null)];
    // Nothing can make it settle: nobody waits for it, and its failure is reported all the same.
    for (const late of pulled)
      late.catch((error: unknown) => {
        reportLate(this.task, error);
      });
    return [];
  }
}

const NOTHING: Promise<readonly unknown[]> = Promise.resolve([]);

async function settle(promises: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const outcomes = await Promise.allSettled(promises);
  const errors: unknown[] = outcomes.flatMap((o) => (o.status === "rejected" ? [o.reason as unknown] : []));
  return [...new Set(errors)];
}

class Pull<T> extends Wait<boolean> {
  constructor(private readonly cursor: Cursor<T>) {
    super();
  }

  begin(): void {
    this.cursor.begin(this);
  }

  withdraw(): boolean {
    this.cursor.leave();
    return true;
  }

  describe(): WaitDescription {
    return { kind: "iteration" };
  }
}

/** A pull that is cut off by its source being stopped says so by an error of its own; others are real. */
async function withoutEcho(pulling: Promise<unknown>, reason: unknown): Promise<void> {
  try {
    await pulling;
  } catch (error) {
    if (error !== reason && !isAbortError(error)) throw error;
  }
}

/** Cancelled on its way, it leaves the rest to the boundary's own cleanup, which waits for the same end. */
const closed = operation(function* close(cursor: Pick<Cursor<unknown>, "stop" | "end">) {
  const errors = yield* until(cursor.stop());
  cursor.end();
  if (errors.length > 0) throw combine(errors);
});

/**
 * Loops over an async iterable or a WHATWG `ReadableStream` from inside an operation. Items are pulled one at a time,
 * when the loop asks: that is the backpressure. The source belongs to the current boundary: its `return()` (a stream's
 * `cancel`) is called and awaited when the boundary ends before the source does.
 *
 * Waits:   never; `next()` waits.
 * Cancel:  as the end of the boundary; a stream is cancelled with the cancellation's reason.
 * Throws:  TypeError when `source` is neither.
 * Pitfall: an async generator that waits for something inside stops only when that is over. Where the source has
 *          `Symbol.asyncDispose` as well, as Node's streams have, it is disposed of, which does not wait.
 *
 * @example
 * const lines = yield* iterate(file.readLines());
 * while (yield* lines.next()) {
 *   if (lines.value === "") break;
 *   yield* handle(lines.value);
 * }
 */
export function iterate<T>(source: AsyncIterable<T> | ReadableStream<T>): Operation<Iteration<T>> {
  if (!isReadableStream(source) && !isAsyncIterable(source)) {
    throw misuse(
      "NOT_ITERABLE",
      `iterate() needs an async iterable or a ReadableStream, got ${show(source)}. Use for…of for arrays and other iterables.`,
    );
  }
  return registering((task) => {
    const opened = isReadableStream(source) ? reading(source) : pulling(source);
    return new Cursor<T>(opened, task, boundaryOf(task).needScope());
  });
}

function isReadableStream(source: unknown): source is ReadableStream {
  return (
    typeof source === "object" &&
    source !== null &&
    "getReader" in source &&
    typeof source.getReader === "function"
  );
}

function isAsyncIterable(source: unknown): source is AsyncIterable<unknown> {
  return typeof source === "object" && source !== null && Symbol.asyncIterator in source;
}

/** Through a reader of its own: a stream's iterator would make `return()` wait for the pull that is under way. */
function reading<T>(stream: ReadableStream<T>): Source<T> {
  const reader = stream.getReader();
  return {
    pull: async () => {
      const { done, value } = await reader.read();
      if (!done) return { done, value };
      reader.releaseLock();
      return { done, value: undefined };
    },
    stop: async (reason) => {
      await reader.cancel(reason);
      reader.releaseLock();
    },
  };
}

function pulling<T>(iterable: AsyncIterable<T>): Source<T> {
  const iterator = iterable[Symbol.asyncIterator]();
  const pull = (): Promise<IteratorResult<T, unknown>> => iterator.next();
  const disposable = iterable as Partial<AsyncDisposable>;
  const stop = async (_: unknown, isPulling: boolean): Promise<void> => {
    const returned = iterator.return?.();
    // A `return()` queues behind the pull; disposing of a source that is more than its iterator ends the pull.
    if (isPulling && (iterator as unknown) !== iterable) await disposable[Symbol.asyncDispose]?.();
    await returned;
  };
  const canStop = iterator.return !== undefined;
  return { pull, stop: canStop ? stop : undefined };
}
