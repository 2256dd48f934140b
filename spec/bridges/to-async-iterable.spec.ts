import { describe, expect, it } from "@jest/globals";
import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { checkpoint, ensure, on, Queue, spawn, suspend, toAsyncIterable, until, type Emit } from "coppice";
import { quiet } from "../support/ways-to-cancel.js";

async function take<T>(stream: AsyncIterable<T>, most: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of stream) if (taken.push(item) === most) break;
  return taken;
}

/** Counts from 0, noting what it does. */
function counting(log: string[]) {
  return function* count(emit: Emit<number>) {
    try {
      for (let n = 0; ; n++) {
        log.push(`emit ${n}`);
        yield* emit(n);
      }
    } finally {
      yield* checkpoint();
      log.push("cleanup");
    }
  };
}

describe("toAsyncIterable", () => {
  it("gives what the operation emits, and ends with it", async () => {
    const stream = toAsyncIterable<string>(function* (emit) {
      yield* emit("a");
      yield* emit("b");
    });
    expect(await take(stream, 10)).toEqual(["a", "b"]);
  });

  it("runs the operation only while the consumer waits for a value", async () => {
    const log: string[] = [];
    const stream = toAsyncIterable(counting(log))[Symbol.asyncIterator]();
    await quiet();
    expect(log).toEqual([]);
    await stream.next();
    await quiet();
    expect(log).toEqual(["emit 0"]);
    await stream.next();
    await quiet();
    expect(log).toEqual(["emit 0", "emit 1"]);
    await stream.return?.();
  });

  it("cancels the operation when the consumer breaks out, and waits for its cleanup", async () => {
    const log: string[] = [];
    for await (const n of toAsyncIterable(counting(log))) if (n === 1) break;
    log.push("after the loop");
    expect(log).toEqual(["emit 0", "emit 1", "cleanup", "after the loop"]);
  });

  it("runs the operation anew for each loop", async () => {
    const stream = toAsyncIterable(counting([]));
    expect([await take(stream, 2), await take(stream, 3)]).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
  });

  it("throws into the loop what the operation throws, once, and has ended then", async () => {
    const error = new Error("broken");
    const stream = toAsyncIterable<number>(function* (emit) {
      yield* emit(1);
      throw error;
    })[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    await expect(stream.next()).rejects.toBe(error);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("E2 throws out of the loop what cleanup throws after a break", async () => {
    const stream = toAsyncIterable<number>(function* (emit) {
      yield* ensure(() => {
        throw new Error("cleanup");
      });
      yield* emit(1);
    });
    await expect(take(stream, 1)).rejects.toThrow("cleanup");
  });

  it("E2 throws the failure of a child that came while nobody waited", async () => {
    let fail: (error: Error) => void = () => undefined;
    const stream = toAsyncIterable<number>(function* (emit) {
      yield* spawn(until(new Promise((_, reject) => (fail = reject))));
      yield* emit(1);
    })[Symbol.asyncIterator]();
    await stream.next();
    fail(new Error("child"));
    await quiet();
    await expect(stream.next()).rejects.toThrow("child");
  });

  it("answers requests that were made together in order", async () => {
    const stream = toAsyncIterable(counting([]))[Symbol.asyncIterator]();
    const results = await Promise.all([stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ value }) => value as unknown)).toEqual([0, 1, 2]);
    await stream.return?.();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("answers requests that wait when the stream is left", async () => {
    const stream = toAsyncIterable<number>(() => suspend())[Symbol.asyncIterator]();
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("takes turns between tasks that emit", async () => {
    const stream = toAsyncIterable<string>(function* (emit) {
      for (const name of ["a", "b"]) {
        yield* spawn(function* () {
          for (let n = 0; n < 2; n++) yield* emit(`${name}${n}`);
        });
      }
      yield* suspend();
    });
    expect(await take(stream, 4)).toEqual(["a0", "b0", "a1", "b1"]);
  });

  it("starts nothing when it is left before the first value", async () => {
    const log: string[] = [];
    await toAsyncIterable(counting(log))[Symbol.asyncIterator]().return?.();
    expect(log).toEqual([]);
  });

  it("is cancelled by a signal, and throws its reason into the loop", async () => {
    const log: string[] = [];
    const controller = new AbortController();
    const stream = toAsyncIterable(counting(log), { signal: controller.signal });
    const reason = new Error("gone");
    const loop = (async () => {
      for await (const n of stream) if (n === 1) controller.abort(reason);
    })();
    await expect(loop).rejects.toBe(reason);
    expect(log).toEqual(["emit 0", "emit 1", "cleanup"]);
  });

  it("empties a queue until it is shut down", async () => {
    const queue = new Queue<number>();
    for (const n of [1, 2, 3]) queue.tryPut(n);
    queue.shutdown();
    expect(await take(toAsyncIterable(queue), 10)).toEqual([1, 2, 3]);
  });

  it("opens a queue with an operation, for as long as the loop lasts", async () => {
    const emitter = new EventEmitter();
    const stream = toAsyncIterable(on<[number]>(emitter, "tick"))[Symbol.asyncIterator]();
    const first = stream.next();
    emitter.emit("tick", 7);
    expect(await first).toEqual({ done: false, value: [7] });
    expect(emitter.listenerCount("tick")).toBe(1);
    await stream.return?.();
    expect(emitter.listenerCount("tick")).toBe(0);
  });

  it("feeds a Node stream, whose destruction cancels the operation", async () => {
    const log: string[] = [];
    const readable = Readable.from(toAsyncIterable(counting(log)), { highWaterMark: 1 });
    for await (const n of readable) if (n === 1) break;
    await quiet();
    expect(log.at(-1)).toBe("cleanup");
  });

  it("E5 refuses what makes no stream", () => {
    // @ts-expect-error -- no stream
    expect(() => toAsyncIterable(17)).toThrow(/needs an operation or a function\*/);
    // @ts-expect-error -- misspelt
    expect(() => toAsyncIterable(suspend(), { sinal: 1 })).toThrow(/Did you mean "signal"/);
  });
});
