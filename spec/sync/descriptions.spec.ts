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
