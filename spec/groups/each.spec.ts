import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { Broadcast, each, map, now, on, operation, Queue, scoped, sleep, spawn, type Loop } from "coppice";
import { fail } from "../support/fail.js";
import { simulate } from "../support/virtual.js";

const lost = new Error("lost");

function filled<T>(...items: T[]): Queue<T> {
  const queue = new Queue<T>();
  for (const item of items) queue.tryPut(item);
  queue.shutdown();
  return queue;
}

describe("each", () => {
  it("goes through a queue until it was shut down and is empty", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const queue = new Queue<string>();
      yield* spawn(function* () {
        for (const item of ["a", "b"]) {
          yield* sleep(5);
          yield* queue.put(item);
        }
        queue.shutdown();
      });
      const loop = each(queue);
      while (yield* loop.next()) {
        const item = loop.value;
        log.push(`${item} at ${now()}`);
      }
      log.push(`end at ${now()}`);
    });
    expect(log).toEqual(["a at 5", "b at 10", "end at 10"]);
  });

  it("keeps JavaScript's own break, continue and return", async () => {
    const find = operation(function* find(queue: Queue<number>) {
      const seen: number[] = [];
      const loop = each(queue);
      while (yield* loop.next()) {
        const n = loop.value;
        if (n === 2) continue;
        seen.push(n);
        if (n === 4) break;
        if (n === 9) return seen;
      }
      seen.push(-1);
      return seen;
    });
    await expect(simulate(find(filled(1, 2, 3, 4, 5)))).resolves.toEqual([1, 3, 4, -1]);
    await expect(simulate(find(filled(1, 9, 5)))).resolves.toEqual([1, 9]);
  });

  it("takes nothing from a queue beyond what it was asked for", async () => {
    const queue = filled(1, 2, 3);
    await simulate(function* () {
      const loop = each(queue);
      while (yield* loop.next()) if (loop.value === 2) break;
    });
    expect(queue.tryGet()).toEqual({ value: 3 });
  });

  it("goes through whatever is iterable", async () => {
    const collect = operation(function* collect<T>(loop: Loop<T>) {
      const items: T[] = [];
      while (yield* loop.next()) items.push(loop.value);
      return items;
    });
    await expect(simulate(collect(each([1, undefined, 3])))).resolves.toEqual([1, undefined, 3]);
    await expect(simulate(collect(each(new Set(["a"]))))).resolves.toEqual(["a"]);
    await expect(simulate(collect(each([])))).resolves.toEqual([]);
    const source = (async function* () {
      yield await Promise.resolve(1);
      yield 2;
    })();
    await expect(simulate(collect(each(source)))).resolves.toEqual([1, 2]);
    await expect(simulate(collect(each(new Blob(["ab"]).stream())))).resolves.toEqual([
      new Uint8Array([97, 98]),
    ]);
  });

  it("subscribes to a broadcast with its first question, until its boundary ends", async () => {
    const prices = new Broadcast<number>();
    const seen: number[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        yield* sleep(1);
        expect(prices.subscribers).toBe(1);
        for (const n of [1, 2, 3]) prices.send(n);
      });
      yield* scoped(function* () {
        const loop = each(prices);
        expect(prices.subscribers).toBe(0);
        while (yield* loop.next()) {
          seen.push(loop.value);
          if (loop.value === 2) break;
        }
      });
      expect(prices.subscribers).toBe(0);
    });
    expect(seen).toEqual([1, 2]);
  });

  it("goes through events", async () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    await simulate(function* () {
      const loop = each(yield* on<[number]>(emitter, "tick"));
      emitter.emit("tick", 1);
      emitter.emit("tick", 2);
      while (yield* loop.next()) {
        const [n] = loop.value;
        seen.push(n);
        if (n === 2) return;
      }
    });
    expect(seen).toEqual([1, 2]);
    expect(emitter.listenerCount("tick")).toBe(0);
  });

  it("is a source itself", async () => {
    const double = operation(function* double(n: number) {
      yield* sleep(0);
      return n * 2;
    });
    await expect(simulate(map(each([1, 2]), double))).resolves.toEqual([2, 4]);
  });

  it("says false for ever once the source has ended", async () => {
    await simulate(function* () {
      const loop = each([1]);
      expect([yield* loop.next(), yield* loop.next(), yield* loop.next()]).toEqual([true, false, false]);
    });
  });

  it("throws what the source throws", async () => {
    function* source() {
      yield 1;
      fail(lost);
    }
    const seen: number[] = [];
    await expect(
      simulate(function* () {
        const loop = each(source());
        while (yield* loop.next()) seen.push(loop.value);
      }),
    ).rejects.toBe(lost);
    expect(seen).toEqual([1]);
  });

  it("E5 refuses what is no source, where it is called", () => {
    for (const given of [null, 5, {}, sleep(1), Promise.resolve([])]) {
      expect(() => each(given as never)).toThrow(/^each\(\) needs an iterable, an async iterable, a queue/);
    }
  });
});
