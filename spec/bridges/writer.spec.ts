import { describe, expect, it } from "@jest/globals";
import { operation, run, sleep, spawn, suspend, useWriter } from "coppice";
import { endOf, quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

interface Sink {
  readonly stream: WritableStream<string>;
  readonly log: unknown[];
  /** Lets the write that is under way complete. */
  readonly drain: () => void;
  readonly fail: (error: unknown) => void;
}

/** Takes one chunk at a time, when it is told to. */
function sink(): Sink {
  const log: unknown[] = [];
  let done: () => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const stream = new WritableStream<string>(
    {
      write(chunk) {
        log.push(chunk);
        return new Promise<void>((resolve, reject) => {
          done = resolve;
          failed = reject;
        });
      },
      close: () => {
        log.push("closed");
      },
      abort: (reason) => {
        log.push({ aborted: reason as unknown });
      },
    },
    { highWaterMark: 1 },
  );
  return {
    stream,
    log,
    drain: () => {
      done();
    },
    fail: (error) => {
      failed(error);
    },
  };
}

describe("useWriter", () => {
  it("writes with backpressure: the next chunk waits for room", async () => {
    const { stream, log, drain } = sink();
    const task = run(function* () {
      const writer = yield* useWriter(stream);
      for (const chunk of ["a", "b"]) {
        yield* writer.write(chunk);
        log.push(`went on after ${chunk}`);
      }
    });
    await quiet();
    expect(log).toEqual(["a", "went on after a"]);
    drain();
    await quiet();
    expect(log).toEqual(["a", "went on after a", "b", "went on after b"]);
    drain();
    await task;
    expect(log.at(-1)).toBe("closed");
  });

  it("closes the stream at the end of the boundary, and waits until all is written", async () => {
    const { stream, log, drain } = sink();
    const task = run(function* () {
      yield* operation(function* () {
        yield* (yield* useWriter(stream)).write("a");
      })();
      log.push("after");
    });
    await quiet();
    expect(log).toEqual(["a"]);
    drain();
    await task;
    expect(log).toEqual(["a", "closed", "after"]);
    expect(stream.locked).toBe(false);
  });

  it("leaves the stream open with preventClose", async () => {
    const { stream, log } = sink();
    await run(useWriter(stream, { preventClose: true }));
    expect(log).toEqual([]);
    expect(stream.locked).toBe(false);
  });

  it("aborts the stream with the cancellation's reason", async () => {
    const { run } = world();
    const { stream, log } = sink();
    const reason = new Error("gone");
    await run(function* () {
      const task = yield* spawn(function* () {
        yield* operation(function* () {
          yield* useWriter(stream);
          yield* suspend();
        })();
      });
      yield* sleep(1);
      yield* task.cancel(reason);
    });
    expect(log).toEqual([{ aborted: reason }]);
  });

  it("aborts the stream with the error that the boundary fails with", async () => {
    const { stream, log } = sink();
    const error = new Error("failed");
    await endOf(
      simulate(function* () {
        yield* useWriter(stream);
        throw error;
      }),
    );
    expect(log).toEqual([{ aborted: error }]);
  });

  it("S6 does not write a chunk whose write was cancelled", async () => {
    const { stream, log } = sink();
    const task = run(function* () {
      const writer = yield* useWriter(stream);
      yield* writer.write("a");
      yield* writer.write("never");
    });
    await quiet();
    const gone = task.cancel("enough");
    await quiet();
    expect(log).toEqual(["a"]);
    void gone;
  });

  it("throws what the stream fails with at the next write", async () => {
    const { stream, fail } = sink();
    const error = new Error("disk full");
    const task = run(function* () {
      const writer = yield* useWriter(stream);
      yield* writer.write("a");
      yield* writer.write("b");
    });
    await quiet();
    fail(error);
    expect((await endOf(task)).error).toBe(error);
  });

  it("E5 refuses what is no WritableStream, or is locked", async () => {
    // @ts-expect-error -- no stream
    expect(() => useWriter({})).toThrow("useWriter() needs a WritableStream, got an object of class Object.");
    const { stream } = sink();
    stream.getWriter();
    expect((await endOf(simulate(useWriter(stream)))).error).toMatchObject({ name: "TypeError" });
  });
});
