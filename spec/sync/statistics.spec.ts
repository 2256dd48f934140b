import { describe, expect, it } from "@jest/globals";
import {
  Barrier,
  Condition,
  Event,
  Limiter,
  Lock,
  Queue,
  RateLimit,
  select,
  Semaphore,
  sleep,
  spawn,
  suspend,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("statistics", () => {
  const task = (name: string, since: number): object => ({ name, since, id: expect.any(Number) as unknown });

  it("of a lock: who holds it and who waits, since when", async () => {
    const lock = new Lock();
    await simulate(function* () {
      const holder = yield* spawn(lock.with(suspend()), { name: "holder" });
      yield* sleep(5);
      const waiters = [yield* spawn(lock.acquire(), { name: "a" })];
      yield* sleep(5);
      waiters.push(yield* spawn(lock.acquire(), { name: "b" }));
      yield* sleep(5);
      expect(lock.statistics()).toEqual({
        holder: task("holder", 0),
        waiting: [task("a", 5), task("b", 10)],
      });
      for (const waiter of waiters) yield* waiter.cancel();
      yield* holder.cancel();
    });
    expect(lock.statistics()).toEqual({ holder: undefined, waiting: [] });
  });

  it("of a semaphore: who took a permit and did not give it back, oldest first", async () => {
    const semaphore = new Semaphore(3);
    const { run } = world();
    await run(
      function* () {
        yield* semaphore.acquire();
        yield* spawn(semaphore.with(suspend()), { name: "other" });
        yield* sleep(5);
        expect(semaphore.tryAcquire()).toBe(true);
        const waiter = yield* spawn(semaphore.acquire(), { name: "waiter" });
        yield* sleep(5);
        const holders = [task("main", 0), task("other", 0), task("main", 5)];
        expect(semaphore.statistics()).toEqual({
          permits: 3,
          free: 0,
          holders,
          waiting: [task("waiter", 5)],
        });
        semaphore.release();
        yield* waiter;
        expect(semaphore.statistics().holders).toEqual([
          task("other", 0),
          task("main", 5),
          task("waiter", 10),
        ]);
        throw new Error("over");
      },
      { name: "main" },
    ).then(
      () => expect("an error").toBe("thrown"),
      (error: unknown) => expect(error).toMatchObject({ message: "over" }),
    );
    expect(semaphore.statistics().holders.map(({ name }) => name)).toEqual(["main", "waiter"]);
  });

  it("of a semaphore with very many permits name no holders", () => {
    const semaphore = new Semaphore(1_000);
    semaphore.tryAcquire();
    expect(semaphore.statistics()).toEqual({ permits: 1_000, free: 999, holders: [], waiting: [] });
  });

  it("of a limiter: who has borrowed, tasks and others", async () => {
    const limiter = new Limiter(2);
    await simulate(
      function* () {
        yield* limiter.acquire();
        yield* sleep(5);
        yield* limiter.acquireOnBehalfOf("worker 1");
        const { total, borrowed, holders } = limiter.statistics();
        expect([total, borrowed, holders.map(({ name, since }) => [name, since])]).toEqual([
          2,
          2,
          [
            ["main", 0],
            ["worker 1", 5],
          ],
        ]);
      },
      { name: "main" },
    );
  });

  it("of a queue: how full it is, and who waits on either side", async () => {
    const queue = new Queue<number>({ capacity: 1 });
    await simulate(function* () {
      yield* queue.put(1);
      for (const name of ["a", "b"]) yield* spawn(queue.put(2), { name });
      yield* spawn(queue.join(), { name: "joiner" });
      yield* sleep(1);
      expect(queue.statistics()).toEqual({
        size: 1,
        capacity: 1,
        unfinished: 1,
        isShutDown: false,
        putting: [task("a", 0), task("b", 0)],
        getting: [],
        joining: [task("joiner", 0)],
      });
      queue.shutdown({ immediate: true });
    }).then(
      () => expect("an error").toBe("thrown"),
      (error: unknown) => expect(error).toMatchObject({ errors: expect.any(Array) as unknown }),
    );
  });

  it("of a condition, a barrier, an event and a rate limit: who waits, since when", async () => {
    const [condition, barrier, event] = [new Condition(), new Barrier(3), new Event()];
    const limit = new RateLimit(1, 100);
    await simulate(function* () {
      yield* limit.acquire();
      yield* sleep(5);
      const tasks = [
        yield* spawn(condition.with(condition.wait()), { name: "a" }),
        yield* spawn(barrier.wait(), { name: "b" }),
        yield* spawn(select([event.wait()]), { name: "c" }),
        yield* spawn(limit.acquire(), { name: "d" }),
      ];
      yield* sleep(1);
      expect(condition.statistics()).toEqual({
        waiting: [task("a", 5)],
        lock: { holder: undefined, waiting: [] },
      });
      expect(barrier.statistics()).toEqual({ parties: 3, isBroken: false, waiting: [task("b", 5)] });
      expect(event.statistics()).toEqual({ isSet: false, waiting: [task("c", 5)] });
      expect(limit.statistics()).toEqual({ limit: 1, interval: 100, next: 100, waiting: [task("d", 5)] });
      for (const waiter of tasks) yield* waiter.cancel();
    });
  });
});
