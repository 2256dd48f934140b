import { describe, expect, it } from "@jest/globals";
import { sleep, spawn, timeout } from "coppice";
import { drained } from "../support/drained.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { jobs, shutDown } from "./jobs.js";

describe("Queue.get", () => {
  answersSixQuestions(
    () => {
      const queue = jobs();
      return {
        operation: queue.get(),
        complete: atOnce(() => {
          if (!queue.isShutDown && queue.isEmpty) queue.tryPut("a");
        }),
        fail: atOnce(() => queue.shutdown()),
        left: () => 0,
      };
    },
    { value: "a", error: shutDown("get from") },
  );

  it("takes the oldest item", async () => {
    const queue = jobs();
    for (const item of ["a", "b", "c"]) queue.tryPut(item);
    const items = await simulate(function* () {
      return [yield* queue.get(), yield* queue.get(), yield* queue.get()];
    });
    expect(items).toEqual(["a", "b", "c"]);
  });

  it("serves strictly first come, first served: nobody barges past a waiter", async () => {
    const queue = jobs<number>();
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b"]) {
        yield* spawn(function* () {
          log.push(`${name} got ${yield* queue.get()}`);
        });
      }
      yield* sleep(1);
      queue.tryPut(1);
      queue.tryPut(2);
      log.push(queue.tryGet() === undefined ? "nothing for tryGet" : "tryGet barged in");
      yield* sleep(1);
    });
    expect(log).toEqual(["nothing for tryGet", "a got 1", "b got 2"]);
  });

  it("leaves the item to the next waiter when a waiter was cancelled before the hand-over", async () => {
    const queue = jobs();
    const log: string[] = [];
    await simulate(function* () {
      const first = yield* spawn(queue.get());
      yield* spawn(function* () {
        log.push(`second got ${yield* queue.get()}`);
      });
      yield* sleep(1);
      void first.cancel();
      queue.tryPut("a");
      yield* sleep(1);
    });
    expect([...log, ...drained(queue)]).toEqual(["second got a"]);
  });

  it("loses no item to a timeout of the very instant at which it is put (S6)", async () => {
    const queue = jobs<number>();
    const { run } = world();
    const taken: number[] = [];
    let timeouts = 0;
    await run(function* () {
      yield* spawn(function* () {
        for (;;) {
          const item = yield* timeout(10, queue.get(), { otherwise: null });
          if (item === null) timeouts++;
          else taken.push(item);
        }
      });
      for (let i = 0; i < 40; i++) {
        yield* sleep(10);
        queue.tryPut(i);
      }
    });
    expect(timeouts).toBeGreaterThan(0);
    expect([...taken, ...drained(queue)]).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("goes on giving what is in it after a graceful shutdown, then throws", async () => {
    const queue = jobs();
    queue.tryPut("last");
    queue.shutdown();
    const item = await simulate(queue.get());
    await expect(simulate(queue.get())).rejects.toThrow(shutDown("get from"));
    expect(item).toBe("last");
  });

  it("gives undefined as an item like any other", () => {
    const queue = jobs<string | undefined>();
    queue.tryPut(undefined);
    expect([queue.size, queue.tryGet(), queue.tryGet()]).toEqual([1, { value: undefined }, undefined]);
  });

  it("passes items through untouched, whatever they are", async () => {
    const items = [Object.freeze({}), new Proxy({}, {}), Promise.resolve(1), null, Symbol("s"), NaN];
    const queue = jobs<unknown>();
    for (const item of items) queue.tryPut(item);
    const taken = await simulate(function* () {
      const all: { item: unknown }[] = [];
      while (!queue.isEmpty) all.push({ item: yield* queue.get() });
      return all;
    });
    expect(taken.every(({ item }, i) => Object.is(item, items[i]))).toBe(true);
  });
});

describe("Queue.put", () => {
  answersSixQuestions(
    () => {
      const queue = jobs(1);
      queue.tryPut("first");
      return {
        operation: queue.put("second"),
        complete: atOnce(() => queue.tryGet()),
        fail: atOnce(() => queue.shutdown()),
        left: () => 0,
      };
    },
    { value: undefined, error: shutDown("put into") },
  );

  it("does not wait while there is room", async () => {
    const queue = jobs(2);
    const sizes = await simulate(function* () {
      yield* queue.put("a");
      yield* queue.put("b");
      return [queue.size, queue.isFull, queue.tryPut("c")];
    });
    expect(sizes).toEqual([2, true, false]);
  });

  it("lets the putters in, in their order, as room comes up", async () => {
    const queue = jobs(1);
    const log: string[] = [];
    await simulate(function* () {
      yield* queue.put("first");
      for (const name of ["a", "b", "c"]) {
        yield* spawn(function* () {
          yield* queue.put(name);
          log.push(`${name} is in`);
        });
      }
      yield* sleep(1);
      for (let i = 0; i < 4; i++) {
        log.push(`took ${yield* queue.get()}`);
        yield* sleep(1);
      }
    });
    expect(log).toEqual(["took first", "a is in", "took a", "b is in", "took b", "c is in", "took c"]);
  });

  it("of a cancelled task puts nothing, and lets the one behind it through", async () => {
    const queue = jobs(1);
    await simulate(function* () {
      yield* queue.put("first");
      const second = yield* spawn(queue.put("second"));
      const third = yield* spawn(queue.put("third"));
      yield* sleep(1);
      yield* second.cancel();
      queue.tryGet();
      yield* third;
    });
    expect(drained(queue)).toEqual(["third"]);
  });

  it("with capacity 0 waits until the item is taken: a rendezvous", async () => {
    const queue = jobs(0);
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        yield* queue.put("a");
        log.push("was taken");
      });
      yield* sleep(5);
      log.push(`size ${queue.size}, took ${yield* queue.get()}`);
      yield* sleep(1);
      log.push(`nobody there: ${queue.tryPut("b")}`);
    });
    expect(log).toEqual(["size 0, took a", "was taken", "nobody there: false"]);
  });

  it("fails at once on a queue that was shut down, and while it waits", async () => {
    const queue = jobs(1);
    const task = simulate(function* () {
      yield* queue.put("a");
      yield* spawn(function* () {
        yield* sleep(1);
        queue.shutdown();
      });
      yield* queue.put("b");
    });
    await expect(task).rejects.toThrow(shutDown("put into"));
    await expect(simulate(queue.put("c"))).rejects.toThrow(shutDown("put into"));
    expect(() => queue.tryPut("d")).toThrow(shutDown("put into"));
    expect(drained(queue)).toEqual(["a"]);
  });
});
