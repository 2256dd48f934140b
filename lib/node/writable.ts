import { finished, type Writable } from "node:stream";
import { until, type Writer } from "../bridges/index.js";
import { combine, misuse, show } from "../errors/index.js";
import {
  boundaryOf,
  checkOptions,
  Cleanup,
  operation,
  registering,
  Wait,
  waiting,
  type Operation,
  type ScopeNode,
  type WaitDescription,
} from "../kernel/index.js";
import { abortReason, causeOf } from "../operations/index.js";

/** A Node stream that the current boundary writes to. */
class StreamWriter<T> implements Writer<T> {
  private failure: { readonly error: unknown } | null = null;
  private readonly waits = new Set<Write<T>>();
  private ending: Promise<void> | null = null;

  constructor(
    readonly stream: Writable,
    private readonly scope: ScopeNode,
  ) {
    stream.on("error", this.onError);
    stream.on("drain", this.onDrain);
    stream.on("close", this.onClose);
  }

  write(chunk: T): Operation<void> {
    return waiting(() => new Write<T>(this, chunk));
  }

  close(): Operation<void> {
    return settled(() => this.end());
  }

  /** @internal Writes at once, or keeps the wait until there is room. */
  begin(write: Write<T>): void {
    const { failure, stream } = this;
    if (failure !== null) write.fail(failure.error);
    else if (stream.destroyed || stream.writableEnded) write.fail(closedError());
    else if (stream.writableNeedDrain) this.waits.add(write);
    else {
      stream.write(write.chunk);
      write.succeed();
    }
  }

  /** @internal */
  withdraw(write: Write<T>): void {
    this.waits.delete(write);
  }

  /**
   * How the boundary leaves the stream: ended, or destroyed when it was cancelled or failed.
   *
   * @internal
   */
  leave(preventClose: boolean): Operation<void> {
    return settled(async () => {
      const { scope, stream } = this;
      try {
        if (scope.errors !== null) await this.destroy(combine(scope.errors));
        else if (scope.target !== null) await this.destroy(abortReason(causeOf(scope)));
        else if (!preventClose) await this.end();
      } finally {
        stream.off("error", this.onError);
        stream.off("drain", this.onDrain);
        stream.off("close", this.onClose);
      }
    });
  }

  private readonly onError = (error: unknown): void => {
    this.failure ??= { error };
    for (const write of this.take()) write.fail(error);
  };

  private readonly onDrain = (): void => {
    for (const write of this.take()) this.begin(write);
  };

  private readonly onClose = (): void => {
    for (const write of this.take()) write.fail(closedError());
  };

  private take(): Write<T>[] {
    const waits = [...this.waits];
    this.waits.clear();
    return waits;
  }

  private end(): Promise<void> {
    const { stream } = this;
    return (this.ending ??= new Promise((resolve, reject) => {
      if (this.failure !== null) {
        reject(this.failure.error);
        return;
      }
      const forget = finished(stream, { readable: false }, (error) => {
        forget();
        if (error) reject(error);
        else resolve();
      });
      stream.end();
    }));
  }

  /** A stream destroyed with a reason would report it as an error of its own: it is told the reason, and no more. */
  private destroy(reason: unknown): Promise<void> {
    const { stream } = this;
    return new Promise((resolve) => {
      if (stream.closed) resolve();
      else stream.once("close", resolve);
      stream.destroy(
        reason instanceof Error ? reason : new Error("The writer was cancelled.", { cause: reason }),
      );
    });
  }
}

class Write<T> extends Wait<void> {
  constructor(
    private readonly writer: StreamWriter<T>,
    readonly chunk: T,
  ) {
    super();
  }

  begin(): void {
    this.writer.begin(this);
  }

  withdraw(): boolean {
    this.writer.withdraw(this);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "stream", on: "room", isOutside: true };
  }
}

const settled = operation(function* (start: () => Promise<void>) {
  yield* until(start());
});

function closedError(): Error {
  return misuse("STREAM_CLOSED", "Cannot write to the stream: it was closed.", Error);
}

/** How to write to a Node stream. */
export interface WritableOptions {
  /** Leaves the stream open when the boundary ends well: for `process.stdout` and the like. */
  readonly preventClose?: boolean;
}

/**
 * Writes to a Node stream, which belongs to the current boundary: it is ended when the boundary ends well, and
 * destroyed, with the error or the cancellation's reason, when it does not. For reading none of this is needed: a
 * Readable is an async iterable, which `forEach` and `each` take.
 *
 * Waits:   never; `write()` waits for room, `close()` until everything is written.
 * Throws:  TypeError when `stream` is none. What the stream fails with is thrown by the next `write` or by `close`.
 * Pitfall: a stream whose destruction does not close it, as with `autoDestroy: false`, is waited for.
 *
 * @example
 * const file = yield* useWritable(createWriteStream("rows.csv"));
 * yield* forEach(rows, (row) => file.write(`${row.join(",")}\n`), { concurrency: 1 });
 */
export function useWritable<T = string | Uint8Array>(
  stream: Writable,
  options: WritableOptions = {},
): Operation<Writer<T>> {
  if (typeof (stream as unknown) !== "object" || typeof (stream as Partial<Writable>).write !== "function") {
    throw misuse("NOT_A_STREAM", `useWritable() needs a Writable, got ${show(stream)}.`);
  }
  checkOptions("useWritable()", ["preventClose"], options);
  return registering((task) => {
    const scope = boundaryOf(task).needScope();
    const writer = new StreamWriter<T>(stream, scope);
    scope.link(new Cleanup(() => writer.leave(options.preventClose === true)));
    return writer;
  });
}
