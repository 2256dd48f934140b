import { describe, expect, it } from "@jest/globals";
import { attempt, LifoQueue, PriorityQueue, sleep, spawn, type Queue } from "coppice";
import { Heap } from "../../lib/streams/heap.js";
import { drained } from "../support/drained.js";
import { simulate } from "../support/virtual.js";

function filled<T, Q extends Queue<T>>(queue: Q, items: readonly T[]): Q {
  for (const item of items) queue.tryPut(item);
  return queue;
}

describe("LifoQueue", () => {
  it("gives the newest item first", () => {
    expect(drained(filled(new LifoQueue<number>(), [1, 3, 2]))).toEqual([2, 3, 1]);
  });

  it("serves getters and putters first come, first served all the same", async () => {
    const queue = new LifoQueue<number>({ capacity: 1 });
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b"]) {
        yield* spawn(function* () {
          log.push(`${name} got ${yield* queue.get()}`);
        });
      }
      yield* sleep(1);
      for (const item of [1, 2]) yield* queue.put(item);
      yield* queue.put(3);
      for (const item of [4, 5]) yield* spawn(queue.put(item));
      yield* sleep(1);
      log.push(...[yield* queue.get(), yield* queue.get(), yield* queue.get()].map(String));
    });
    expect(log).toEqual(["a got 1", "b got 2", "3", "4", "5"]);
  });
});

describe("PriorityQueue", () => {
  it.each<[string, unknown[], unknown[]]>([
    ["numbers", [1, 3, 2, -Infinity, 2.5], [-Infinity, 1, 2, 2.5, 3]],
    ["texts", ["b", "a", "c"], ["a", "b", "c"]],
    ["bigints beside numbers", [2n, 1, 3n], [1, 2n, 3n]],
    ["dates", [new Date(2), new Date(1)], [new Date(1), new Date(2)]],
    ["arrays, place by place", [[1, "b"], [0, "z"], [1, "a"], [1]], [[0, "z"], [1], [1, "a"], [1, "b"]]],
  ])("gives the smallest first, of %s", (_, items, sorted) => {
    expect(drained(filled(new PriorityQueue<unknown>(), items))).toEqual(sorted);
  });

  it("gives equal items in the order in which they were put, whatever comes with their rank", () => {
    const jobs = Array.from({ length: 20 }, (_, i) => [i % 3, { i }] as const);
    const order = drained(filled(new PriorityQueue<readonly [number, { i: number }]>(), jobs)).map(
      ([, { i }]) => i,
    );
    const expected = [0, 1, 2].flatMap((rank) => jobs.filter(([r]) => r === rank).map(([, { i }]) => i));
    expect(order).toEqual(expected);
  });

  it("compares as it is told", () => {
    const longest = new PriorityQueue<string>({ compare: (a, b) => b.length - a.length });
    expect(drained(filled(longest, ["a", "ccc", "bb", "dd"]))).toEqual(["ccc", "bb", "dd", "a"]);
  });

  it("gives the smallest of what is there, as items come and go", () => {
    const queue = new PriorityQueue<number>();
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) % 1_000;
    const model: number[] = [];
    for (let step = 0; step < 5_000; step++) {
      if (model.length === 0 || random() < 550) {
        const item = random();
        queue.tryPut(item);
        model.push(item);
        model.sort((a, b) => a - b);
      } else expect(queue.tryGet()).toEqual({ value: model.shift() });
    }
    expect(drained(queue)).toEqual(model);
  });

  it("puts items of waiting putters at their place when room comes up", async () => {
    const queue = new PriorityQueue<number>({ capacity: 1 });
    const items = await simulate(function* () {
      yield* queue.put(5);
      yield* spawn(queue.put(9));
      yield* spawn(queue.put(1));
      yield* sleep(1);
      return [yield* queue.get(), yield* queue.get(), yield* queue.get()];
    });
    expect(items).toEqual([5, 9, 1]);
  });

  it.each<[string, unknown, string]>([
    ["an object", {}, "an object of class Object"],
    ["an array that starts with one", [{}, 1], "an array"],
    ["an empty array", [], "an array"],
    ["NaN", NaN, "the number NaN"],
    ["an invalid date", new Date(NaN), "a Date"],
    ["nothing", undefined, "undefined"],
  ])("E5 refuses %s at the put: it has no order of its own", (_, item, shown) => {
    const queue = new PriorityQueue<unknown>({ name: "jobs" });
    const text = `Cannot put ${shown} into priority queue "jobs": it has no order of its own. Put [priority, item], or make the queue with \`compare\`.`;
    expect(() => queue.put(item)).toThrow(text);
    expect(() => queue.tryPut(item)).toThrow(text);
    expect(queue.size).toBe(0);
  });

  it("E5 refuses items of two kinds, and keeps what is in it", async () => {
    const queue = new PriorityQueue<unknown>();
    queue.tryPut(1);
    expect(() => queue.tryPut("a")).toThrow('A priority queue cannot order the string "a" and the number 1.');
    expect(await simulate(attempt(queue.put([1])))).toMatchObject({ ok: false });
    expect(drained(queue)).toEqual([1]);
  });

  it("fails a putter whose item cannot be placed, not the getter that made room", async () => {
    const queue = new PriorityQueue<number>({
      capacity: 2,
      compare: (a, b) => {
        if (a === 13 || b === 13) throw new Error("unlucky");
        return a - b;
      },
    });
    await simulate(function* () {
      filled(queue, [1, 2]);
      const unlucky = yield* spawn(attempt(queue.put(13)));
      const lucky = yield* spawn(attempt(queue.put(3)));
      yield* sleep(1);
      expect(yield* queue.get()).toBe(1);
      expect([(yield* unlucky).ok, (yield* lucky).ok]).toEqual([false, true]);
    });
    expect([drained(queue), queue.unfinished]).toEqual([[2, 3], 3]);
  });

  it("E5 refuses a compare that is no function", () => {
    // @ts-expect-error no function
    expect(() => new PriorityQueue({ compare: "up" })).toThrow(
      "new PriorityQueue() needs a function as `compare`",
    );
  });
});

describe("Heap", () => {
  it("H1 is unchanged when compare throws while it takes", () => {
    let isBroken = false;
    const heap = new Heap<number>((a, b) => {
      if (isBroken) throw new Error("broken");
      return a - b;
    });
    for (const item of [5, 1, 4, 2, 3]) heap.push(item);
    isBroken = true;
    expect(() => heap.shift()).toThrow("broken");
    expect(() => heap.push(0)).toThrow("broken");
    isBroken = false;
    expect(Array.from({ length: heap.size }, () => heap.shift())).toEqual([1, 2, 3, 4, 5]);
    expect(() => heap.shift()).toThrow(RangeError);
  });
});
