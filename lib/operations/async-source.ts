/**
 * Where items come from that are pulled by promises: async iterables and WHATWG streams. Knows how to pull and how to
 * stop; who pulls when, and who waits for the stop, is decided by those who use it.
 */
import { Wait, waiting, type Operation, type WaitDescription } from "../kernel/index.js";

/** An opened source. */
export interface AsyncSource<T> {
  /** Asks for the next item. */
  pull(): PromiseLike<IteratorResult<T, unknown>>;
  /**
   * Tells the source to stop; absent where nothing can be told to.
   *
   * @param reason - for streams, which pass it on
   * @param isPulling - whether a pull is under way
   */
  readonly stop: ((reason: unknown, isPulling: boolean) => Promise<unknown>) | undefined;
}

export function isReadableStream(given: unknown): given is ReadableStream {
  return (
    typeof given === "object" &&
    given !== null &&
    "getReader" in given &&
    typeof given.getReader === "function"
  );
}

export function isAsyncIterable(given: unknown): given is AsyncIterable<unknown> {
  return typeof given === "object" && given !== null && Symbol.asyncIterator in given;
}

/** Opens an async iterable or a stream. */
export function openAsync<T>(given: AsyncIterable<T> | ReadableStream<T>): AsyncSource<T> {
  return isReadableStream(given) ? reading(given) : pulling(given);
}

/** Through a reader of its own: a stream's iterator would make `return()` wait for the pull that is under way. */
function reading<T>(stream: ReadableStream<T>): AsyncSource<T> {
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

function pulling<T>(iterable: AsyncIterable<T>): AsyncSource<T> {
  const iterator = iterable[Symbol.asyncIterator]();
  const disposable = iterable as Partial<AsyncDisposable>;
  const stop = async (_: unknown, isPulling: boolean): Promise<void> => {
    const returned = iterator.return?.();
    // A `return()` queues behind the pull; disposing of a source that is more than its iterator ends the pull.
    if (isPulling && (iterator as unknown) !== iterable) await disposable[Symbol.asyncDispose]?.();
    await returned;
  };
  return {
    // Async, so that a `next()` that throws fails the pull.
    pull: async () => await iterator.next(),
    stop: iterator.return === undefined ? undefined : stop,
  };
}

class Settling<T> extends Wait<T> {
  constructor(
    private readonly promise: PromiseLike<T>,
    private readonly kind: string,
  ) {
    super();
  }

  begin(): void {
    this.promise.then(
      (value) => {
        this.succeed(value);
      },
      (error: unknown) => {
        this.fail(error);
      },
    );
  }

  withdraw(): boolean {
    return true;
  }

  describe(): WaitDescription {
    return { kind: this.kind };
  }
}

/** Waits for a promise that nobody else waits for. */
export function settling<T>(promise: PromiseLike<T>, kind: string): Operation<T> {
  return waiting(() => new Settling(promise, kind));
}
