import { describe, expect, it } from "@jest/globals";
import { Broadcast, ExceptionGroup, map, operation, Queue, sleep, spawn, suspend, timeout } from "coppice";
import { fail } from "../support/fail.js";
import { rejectionOf } from "../support/rejection.js";
import { simulate } from "../support/virtual.js";
import { double } from "./double.js";

const lost = new Error("lost");

describe("map over a queue", () => {
  it("gives the results when the queue was shut down and is empty", async () => {
    await expect(
      simulate(function* () {
        const queue = new Queue<number>();
        yield* spawn(function* () {
          for (const n of [1, 2, 3]) {
            yield* queue.put(n);
            yield* sleep(10);
          }
          queue.shutdown();
        });
        return yield* map(queue, double);
      }),
    ).resolves.toEqual([2, 4, 6]);
  });
});

describe("map over a broadcast", () => {
  it("sees what is sent while it runs, and unsubscribes at its end", async () => {
    const prices = new Broadcast<number>();
    await expect(
      simulate(function* () {
        yield* spawn(function* () {
          yield* sleep(1);
          for (const n of [1, 2]) prices.send(n);
          prices.shutdown();
        });
        return yield* map(prices, double);
      }),
    ).resolves.toEqual([2, 4]);
    expect(prices.subscribers).toBe(0);
  });
});

describe("map over an async iterable", () => {
  /** An async generator that keeps a record of what is done with it. */
  function recorded(log: string[], count = 3) {
    return (async function* () {
      try {
        for (let n = 1; n <= count; n++) {
          log.push(`pull ${n}`);
          await Promise.resolve();
          yield n;
        }
      } finally {
        await new Promise((resolve) => setImmediate(resolve));
        log.push("returned");
      }
    })();
  }

  it("pulls it as fast as it is worked off, and gives the results", async () => {
    const log: string[] = [];
    const results = await simulate(
      map(
        recorded(log),
        function* (n) {
          log.push(`begin ${n}`);
          yield* sleep(5);
          log.push(`end ${n}`);
          return n;
        },
        { concurrency: 1 },
      ),
    );
    expect(results).toEqual([1, 2, 3]);
    expect(log).toEqual([
      ...["pull 1", "begin 1", "end 1", "pull 2", "begin 2", "end 2", "pull 3", "begin 3", "end 3"],
      "returned",
    ]);
  });

  it("returns it, and waits for that, when cancelled", async () => {
    const log: string[] = [];
    await simulate(
      timeout(
        5,
        map(
          recorded(log),
          function* (n) {
            try {
              yield* suspend();
            } finally {
              log.push(`left ${n}`);
            }
          },
          { concurrency: 2 },
        ),
        { otherwise: undefined },
      ),
    );
    log.push("behind");
    expect(log).toEqual(["pull 1", "pull 2", "left 2", "left 1", "returned", "behind"]);
  });

  it("returns it, and waits for that, when an item fails", async () => {
    const log: string[] = [];
    await expect(
      simulate(
        map(
          recorded(log),
          function* () {
            yield* sleep(1);
            fail(lost);
          },
          { concurrency: 1 },
        ),
      ),
    ).rejects.toBe(lost);
    expect(log).toEqual(["pull 1", "returned"]);
  });

  it("adds what the return throws to the failure", async () => {
    const source = (async function* () {
      try {
        yield await Promise.resolve(1);
        yield 2;
      } finally {
        fail("cleanup");
      }
    })();
    const error = await rejectionOf(
      simulate(
        map(
          source,
          function* () {
            yield* sleep(1);
            fail(lost);
          },
          { concurrency: 1 },
        ),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost, "cleanup"]);
  });

  it("throws what it throws, without returning it", async () => {
    const calls: string[] = [];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(lost),
        return: () => {
          calls.push("return");
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
    await expect(simulate(map(source, double))).rejects.toBe(lost);
    expect(calls).toEqual([]);
  });

  it("works with one that has no return", async () => {
    let count = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: count === 2, value: count++ }),
      }),
    };
    await expect(simulate(map(source as AsyncIterable<number>, double))).resolves.toEqual([0, 2]);
  });

  it("works over a ReadableStream, and cancels it when cut off", async () => {
    const log: string[] = [];
    const make = () =>
      new ReadableStream<number>({
        start(controller) {
          controller.enqueue(1);
          controller.enqueue(2);
          if (log.length > 0) return;
          controller.close();
        },
        cancel: (reason) => void log.push(`cancelled: ${String(reason)}`),
      });
    await expect(simulate(map(make(), double))).resolves.toEqual([2, 4]);
    log.push("second");
    const task = simulate(map(make(), double));
    await new Promise((resolve) => setImmediate(resolve));
    await task.cancel("enough");
    expect(log).toEqual(["second", "cancelled: enough"]);
  });
});

describe("map over an iterable", () => {
  it("returns an iterator that it leaves before its end", async () => {
    const log: string[] = [];
    function* source() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        log.push("returned");
      }
    }
    await simulate(
      timeout(
        5,
        map(source(), () => suspend(), { concurrency: 2 }),
        { otherwise: undefined },
      ),
    );
    expect(log).toEqual(["returned"]);
  });

  it("takes a text by its characters, a Set and a Map by their entries", async () => {
    const same = operation(function* same<T>(item: T) {
      yield* sleep(0);
      return item;
    });
    await expect(simulate(map("ab", same))).resolves.toEqual(["a", "b"]);
    await expect(simulate(map(new Map([["k", 1]]), same))).resolves.toEqual([["k", 1]]);
  });
});

describe("map over an iterator written by hand", () => {
  /** Says by a number that it is done, as JavaScript's own loops let it. */
  function counting(): Iterator<number> {
    let left = 3;
    return { next: () => ({ done: (left === 0 ? 1 : 0) as never, value: left-- }) };
  }

  function countingLater(): AsyncIterator<number> {
    const counter = counting();
    return { next: () => Promise.resolve(counter.next()) };
  }

  it.each<[string, Iterable<number> | AsyncIterable<number>]>([
    ["an iterable", { [Symbol.iterator]: counting }],
    ["an async iterable", { [Symbol.asyncIterator]: countingLater }],
  ])("ends where its `done` counts as true: %s", async (_, source) => {
    const work = (n: number) => (n < -9 ? fail(new Error("endless")) : double(Math.max(n, 0)));
    await expect(simulate(map(source, work, { concurrency: 1 }))).resolves.toEqual([6, 4, 2]);
  });
});
