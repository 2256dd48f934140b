import { describe, expect, it } from "@jest/globals";
import {
  Barrier,
  Broadcast,
  Condition,
  createChannel,
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
  withResolvers,
  type Operation,
  type WaitDescription,
} from "coppice";
import { nodeOf } from "../../lib/kernel/index.js";
import { simulate, world } from "../support/virtual.js";

/** How a task that is parked on an operation says what it waits for. */
async function described(prepare: () => Operation<Operation<unknown>>): Promise<WaitDescription | undefined> {
  let found: WaitDescription | undefined;
  await simulate(
    function* () {
      const waiter = yield* spawn(yield* prepare(), { name: "waiter" });
      yield* sleep(1);
      found = nodeOf(waiter).wait?.describe();
      yield* waiter.cancel();
    },
    { name: "main" },
  );
  return found;
}

/** Without the parts that are not there. */
function plain(description: WaitDescription | undefined): unknown {
  return JSON.parse(JSON.stringify(description ?? null)) as unknown;
}

function* only(op: Operation<unknown>): Operation<Operation<unknown>> {
  yield* sleep(0);
  return op;
}

describe("O1 a wait says what it waits for", () => {
  it.each<[string, () => Operation<Operation<unknown>>, object]>([
    ["event", () => only(new Event({ name: "ready" }).wait()), { kind: "event", on: "ready" }],
    ["barrier", () => only(new Barrier(2, { name: "start" }).wait()), { kind: "barrier", on: "start" }],
    ["deferred", () => only(withResolvers({ name: "reply" }).operation), { kind: "deferred", on: "reply" }],
    ["queue get", () => only(new Queue({ name: "jobs" }).get()), { kind: "queue get", on: "jobs" }],
    [
      "queue put",
      () => only(new Queue({ name: "jobs", capacity: 0 }).put(1)),
      { kind: "queue put", on: "jobs" },
    ],
    [
      "queue join",
      () => {
        const queue = new Queue({ name: "jobs" });
        queue.tryPut(1);
        return only(queue.join());
      },
      { kind: "queue join", on: "jobs" },
    ],
    [
      "channel",
      () => only(createChannel({ name: "pipe", capacity: 0 })[0].send(1)),
      { kind: "channel put", on: "pipe" },
    ],
    [
      "subscription",
      function* () {
        return (yield* new Broadcast({ name: "prices" }).subscribe({ name: "chart" })).get();
      },
      { kind: "subscription get", on: "chart" },
    ],
    [
      "broadcast",
      function* () {
        const broadcast = new Broadcast<number>({ name: "prices", capacity: 1 });
        yield* broadcast.subscribe();
        yield* broadcast.put(1);
        return broadcast.put(2);
      },
      { kind: "broadcast put", on: "prices" },
    ],
    [
      "rate limit",
      function* () {
        const limit = new RateLimit(1, 100, { name: "api" });
        yield* limit.acquire();
        return limit.acquire();
      },
      { kind: "rate limit", on: "api", due: 100 },
    ],
  ])("%s", async (_, prepare, description) => {
    expect(plain(await described(prepare))).toEqual(description);
  });

  it.each<[string, () => { acquire(): Operation<void> }]>([
    ["lock", () => new Lock({ name: "cache" })],
    ["semaphore", () => new Semaphore(1, { name: "cache" })],
    ["limiter", () => new Limiter(1, { name: "cache" })],
  ])("%s: and who holds it", async (kind, make) => {
    const held = make();
    const found = await described(function* () {
      yield* held.acquire();
      return held.acquire();
    });
    expect(plain(found)).toMatchObject({ kind, on: "cache", heldBy: ["main"] });
  });

  it("condition: first the condition, then its lock and who holds that", async () => {
    const condition = new Condition({ name: "stock" });
    const found: (WaitDescription | undefined)[] = [];
    await simulate(
      function* () {
        const waiter = yield* spawn(condition.with(condition.wait()));
        yield* sleep(1);
        found.push(nodeOf(waiter).wait?.describe());
        yield* condition.acquire();
        condition.notify();
        found.push(nodeOf(waiter).wait?.describe());
        condition.release();
        yield* waiter;
      },
      { name: "main" },
    );
    expect(found.map(plain)).toMatchObject([
      { kind: "condition", on: "stock" },
      { kind: "lock", on: "stock", heldBy: ["main"] },
    ]);
  });

  it("select: each of which one would do", async () => {
    const found = await described(() =>
      only(
        select({
          job: new Queue({ name: "jobs" }).get(),
          stop: new Event({ name: "stop" }).wait(),
          idle: sleep(9),
        }),
      ),
    );
    expect(plain(found)).toMatchObject({
      kind: "select",
      on: "job, stop, idle",
      anyOf: [{ kind: "queue get", on: "jobs" }, { kind: "event", on: "stop" }, { kind: "sleep" }],
      due: 9,
    });
  });

  it("select: also of a turn among others", async () => {
    const task = world().run(select([suspend(), sleep(0)]));
    expect(plain(nodeOf(task).wait?.describe())).toMatchObject({
      kind: "select",
      anyOf: [{ kind: "suspend" }, { kind: "checkpoint", due: 0 }],
      due: 0,
    });
    await expect(task).resolves.toEqual({ index: 1, value: undefined });
  });

  it("prints a deadlock of two locks as a cycle", async () => {
    const [left, right] = [new Lock({ name: "left" }), new Lock({ name: "right" })];
    const cycle: unknown[] = [];
    await simulate(function* () {
      const take = (first: Lock, second: Lock): Operation<void> =>
        first.with(function* () {
          yield* sleep(1);
          yield* second.acquire();
        });
      const tasks = [
        yield* spawn(take(left, right), { name: "a" }),
        yield* spawn(take(right, left), { name: "b" }),
      ];
      yield* sleep(2);
      for (const task of tasks) {
        const { on, heldBy } = nodeOf(task).wait?.describe() ?? {};
        cycle.push(`${task.name} waits for ${on}, held by ${heldBy?.join()}`);
      }
      for (const task of tasks) yield* task.cancel();
    });
    expect(cycle).toEqual(["a waits for right, held by b", "b waits for left, held by a"]);
  });
});

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
