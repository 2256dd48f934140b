import { combine, misuse, show } from "../errors/index.js";
import {
  boundaryOf,
  checkOptions,
  Cleanup,
  operation,
  registering,
  type Operation,
  type ScopeNode,
} from "../kernel/index.js";
import { abortReason, causeOf } from "../operations/index.js";
import { until } from "./promise.js";

/** A WHATWG stream that the current boundary writes to. */
export interface Writer<T> {
  /**
   * Writes a chunk.
   *
   * Waits:   until the stream has room: that is the backpressure.
   * Cancel:  the chunk is not written.
   * Throws:  what the stream has failed with.
   */
  write(chunk: T): Operation<void>;
  /**
   * Ends the stream. The end of the boundary does it by itself.
   *
   * Waits:   until everything is written.
   * Throws:  what the stream has failed with.
   */
  close(): Operation<void>;
}

class StreamWriter<T> implements Writer<T> {
  private closing: Promise<void> | null = null;

  constructor(
    private readonly writer: WritableStreamDefaultWriter<T>,
    private readonly scope: ScopeNode,
  ) {
    // Both reject for whoever looks; here only the waits do.
    void writer.closed.catch(() => undefined);
    void writer.ready.catch(() => undefined);
  }

  write(chunk: T): Operation<void> {
    return writeTo(this.writer as WritableStreamDefaultWriter, chunk);
  }

  close(): Operation<void> {
    return closeWriter(() => (this.closing ??= this.writer.close()));
  }

  /**
   * How the boundary leaves it: closed, or aborted when it was cancelled or failed.
   *
   * @internal
   */
  leave(preventClose: boolean): Operation<void> {
    const { writer, scope } = this;
    return closeWriter(async () => {
      try {
        const why = endOf(scope);
        if (why !== null) await writer.abort(why.reason);
        else if (!preventClose) await (this.closing ??= writer.close());
      } finally {
        writer.releaseLock();
      }
    });
  }
}

/** What a boundary that did not end well ends with, or null. */
function endOf(scope: ScopeNode): { readonly reason: unknown } | null {
  if (scope.errors !== null) return { reason: combine(scope.errors) };
  return scope.target === null ? null : { reason: abortReason(causeOf(scope)) };
}

const writeTo = operation(function* write(writer: WritableStreamDefaultWriter, chunk: unknown) {
  yield* until(writer.ready);
  // What becomes of the chunk shows at the next `ready`, or when the stream is closed.
  void writer.write(chunk).catch(() => undefined);
});

const closeWriter = operation(function* close(start: () => Promise<void>) {
  yield* until(start());
});

/** How to write. */
export interface WriterOptions {
  /** Leaves the stream open when the boundary ends well. */
  readonly preventClose?: boolean;
}

/**
 * Writes to a WHATWG `WritableStream`, which belongs to the current boundary: it is closed when the boundary ends well,
 * and aborted, with the error or the cancellation's reason, when it does not.
 *
 * Waits:   never; `write()` waits for room.
 * Throws:  TypeError when `stream` is none or has another writer.
 * Model:   the streams standard's `pipeTo`.
 *
 * @example
 * const writer = yield* useWriter(response.writable);
 * for (const row of rows) yield* writer.write(encode(row));
 */
export function useWriter<T>(stream: WritableStream<T>, options: WriterOptions = {}): Operation<Writer<T>> {
  if (
    typeof (stream as unknown) !== "object" ||
    (stream as unknown) === null ||
    typeof (stream as Partial<WritableStream>).getWriter !== "function"
  ) {
    throw misuse("NOT_A_STREAM", `useWriter() needs a WritableStream, got ${show(stream)}.`);
  }
  checkOptions("useWriter()", ["preventClose"], options);
  return registering((task) => {
    const scope = boundaryOf(task).needScope();
    const writer = new StreamWriter<T>(stream.getWriter(), scope);
    scope.link(new Cleanup(() => writer.leave(options.preventClose === true)));
    return writer;
  });
}
