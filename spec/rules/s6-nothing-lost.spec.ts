import { describe, expect, it } from "@jest/globals";
import { checkpoint, Queue, Semaphore, sleep, spawn, timeout, type Operation } from "coppice";
import { simulate } from "../support/virtual.js";

describe("a thousand random turns", () => {
  it("S6 lose no item and no permit to cancellations, deadlines and races of both", async () => {
    for (let seed = 1; seed <= 100; seed++)
      expect({ seed, ...(await traffic(seed)) }).toEqual({ seed, ...WHOLE });
  });
});

const ITEMS = 20;
const WHOLE = { items: ITEMS, permits: 2, twice: 0 };

/** Producers and consumers that are cancelled and timed out at random; counts what is left at the end. */
async function traffic(seed: number): Promise<typeof WHOLE> {
  let state = seed;
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  const queue = new Queue<number>({ capacity: seed % 4 });
  const permits = new Semaphore(2);
  const consumed: number[] = [];
  const returned: number[] = [];
  function* consumer(): Operation<void> {
    const item = yield* queue.get();
    consumed.push(item);
    yield* permits.with(sleep(random(3)));
  }
  function* producer(item: number): Operation<void> {
    let isPut = false;
    try {
      yield* queue.put(item);
      isPut = true;
    } finally {
      if (!isPut) returned.push(item);
    }
  }
  await simulate(function* () {
    for (let i = 0; i < ITEMS; i++) {
      const tasks = [
        yield* spawn(producer(i)),
        yield* spawn(timeout(random(4), consumer, { otherwise: undefined })),
      ];
      for (const task of tasks) if (random(3) === 0) void task.cancel();
      yield* random(2) === 0 ? sleep(random(3)) : checkpoint();
      for (const task of tasks) if (random(3) === 0) void task.cancel();
    }
    yield* sleep(100);
  });
  for (let rest = queue.tryGet(); rest !== undefined; rest = queue.tryGet()) consumed.push(rest.value);
  const all = [...consumed, ...returned];
  return { items: all.length, permits: permits.free, twice: all.length - new Set(all).size };
}
