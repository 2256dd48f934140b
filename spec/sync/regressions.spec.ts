/** Mistakes that libraries of this kind have really made, each as a spec, so that none of them is made here. */
import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  Barrier,
  Broadcast,
  checkpoint,
  Condition,
  createChannel,
  Event,
  Limiter,
  Lock,
  operation,
  Queue,
  RateLimit,
  select,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  withResolvers,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

interface Held {
  acquire(): Operation<void>;
  release(): void;
  with<T>(op: Operation<T>): Operation<T>;
}

const holdables: [string, () => Held][] = [
  ["Lock", () => new Lock()],
  ["Semaphore", () => new Semaphore(1)],
  ["Limiter", () => new Limiter(1)],
  ["Condition", () => new Condition()],
];

const getters: [
  string,
  () => { get: Operation<number>; put: (item: number) => boolean; left: () => number },
][] = [
  [
    "Queue",
    () => {
      const queue = new Queue<number>();
      return {
        get: queue.get(),
        put: (item) => queue.tryPut(item),
        left: () => queue.statistics().getting.length,
      };
    },
  ],
  [
    "a select of queues",
    () => {
      const [queue, other] = [new Queue<number>(), new Queue<number>()];
      const get = operation(function* () {
        return (yield* select([other.get(), queue.get()])).value;
      })();
      return { get, put: (item) => queue.tryPut(item), left: () => queue.statistics().getting.length };
    },
  ],
  [
    "a channel",
    () => {
      const [sender, receiver] = createChannel<number>();
      const left = (): number => receiver.statistics().receiving.length;
      return { get: receiver.receive(), put: (item) => sender.trySend(item), left };
    },
  ],
];

describe.each(holdables)("%s", (_, make) => {
  it.each(["before", "after"])(
    "B1, B2 a turn that was meant for a task cancelled %s the hand-over, in the same turn, is not lost",
    async (when) => {
      const held = make();
      const log: string[] = [];
      await simulate(function* () {
        yield* held.acquire();
        const victim = yield* spawn(held.with(suspend()));
        yield* spawn(
          held.with(
            operation(function* () {
              log.push("the next one has it");
            })(),
          ),
        );
        yield* sleep(1);
        if (when === "before") void victim.cancel();
        held.release();
        if (when === "after") void victim.cancel();
        yield* sleep(1);
        yield* held.acquire();
        log.push("free again");
      });
      expect(log).toEqual(["the next one has it", "free again"]);
    },
  );

  it("B4 a cancelled waiter does not hide a live one behind it, wherever in the line it stood", async () => {
    for (let victim = 0; victim < 4; victim++) {
      const held = make();
      const log: number[] = [];
      await simulate(function* () {
        yield* held.acquire();
        const tasks = [];
        for (let i = 0; i < 4; i++) {
          tasks.push(
            yield* spawn(
              held.with(
                operation(function* () {
                  log.push(i);
                })(),
              ),
            ),
          );
        }
        yield* sleep(1);
        void tasks[victim]?.cancel();
        held.release();
        yield* sleep(1);
      });
      expect(log).toEqual([0, 1, 2, 3].filter((i) => i !== victim));
    }
  });

  it("B6 a cancel that lands at the first step of `with` loses nothing: before, at and after the acquisition", async () => {
    for (let steps = 0; steps < 6; steps++) {
      const held = make();
      await simulate(function* () {
        const victim = yield* spawn(
          held.with(
            operation(function* () {
              yield* checkpoint();
              yield* checkpoint();
            })(),
          ),
        );
        for (let step = 0; step < steps; step++) yield* checkpoint();
        yield* victim.cancel();
        expect(yield* timeout(1, held.acquire(), { otherwise: "lost" })).toBeUndefined();
      });
    }
  });

  it("B7 a cancel in the line is a cancel: it is neither swallowed nor replaced", async () => {
    const held = make();
    const log: string[] = [];
    const reason = new Error("no longer needed");
    await simulate(function* () {
      yield* held.acquire();
      const victim = yield* spawn(function* () {
        try {
          yield* held.with(suspend());
          log.push("swallowed");
        } catch {
          log.push("replaced");
        } finally {
          log.push("cleanup");
        }
      });
      yield* sleep(1);
      yield* victim.cancel(reason);
      expect(yield* attempt(victim)).toMatchObject({ ok: false, error: { cause: reason } });
    });
    expect(log).toEqual(["cleanup"]);
  });

  it("B15 cannot be given back twice, and what was not given back stays taken", async () => {
    const held = make();
    await simulate(function* () {
      yield* held.acquire();
      held.release();
      expect(() => held.release()).toThrow(Error);
      yield* held.acquire();
      yield* yield* spawn(function* () {
        expect(yield* timeout(1, held.acquire(), { otherwise: "taken" })).toBe("taken");
      });
    });
  });

  it("B19 a timeout of 0 cancels an acquire that needs no waiting, and takes nothing (C12)", async () => {
    const held = make();
    await simulate(function* () {
      expect(yield* timeout(0, held.acquire(), { otherwise: "too late" })).toBe("too late");
      expect(yield* timeout(1, held.acquire(), { otherwise: "lost" })).toBeUndefined();
    });
  });
});

describe("B15 a lock", () => {
  it("is not released under the wrong owner: not by a child, not by the task that waits next", async () => {
    const lock = new Lock({ name: "cache" });
    const errors: string[] = [];
    const meddle = operation(function* () {
      yield* checkpoint();
      try {
        lock.release();
      } catch (error) {
        errors.push(String(error));
      }
    });
    await simulate(
      lock.with(function* () {
        yield* spawn(meddle(), { name: "child" });
        yield* spawn(
          function* () {
            const waiting = yield* spawn(lock.acquire());
            yield* meddle();
            yield* waiting.cancel();
          },
          { name: "next" },
        );
        yield* sleep(1);
        expect(lock.isLocked).toBe(true);
      }),
      { name: "owner" },
    );
    expect(errors).toEqual([
      'Error: Task "child" released lock "cache", but task "owner" holds it.',
      'Error: Task "next" released lock "cache", but task "owner" holds it.',
    ]);
  });
});

describe("B3 a notification", () => {
  it.each(["before", "after"])(
    "that a waiter cancelled %s `notify`, in the same turn, has not used goes to the next",
    async (when) => {
      const condition = new Condition();
      const log: string[] = [];
      const waiter = operation(function* (name: string) {
        yield* condition.with(
          operation(function* () {
            yield* condition.wait();
            log.push(name);
          })(),
        );
      });
      await simulate(function* () {
        const victim = yield* spawn(waiter("victim"));
        yield* spawn(waiter("next"));
        yield* sleep(1);
        yield* condition.acquire();
        if (when === "before") void victim.cancel();
        condition.notify();
        if (when === "after") void victim.cancel();
        condition.release();
        yield* sleep(1);
      });
      expect(log).toEqual(["next"]);
    },
  );

  it("passes over any number of cancelled waiters, and is gone when all are", async () => {
    const condition = new Condition();
    await simulate(function* () {
      const waiters = [];
      for (let i = 0; i < 100; i++) waiters.push(yield* spawn(condition.with(condition.wait())));
      yield* sleep(1);
      yield* condition.acquire();
      condition.notify();
      for (const waiter of waiters) void waiter.cancel();
      condition.release();
      yield* sleep(1);
      expect(condition.statistics()).toEqual({ waiting: [], lock: { holder: undefined, waiting: [] } });
    });
  });
});

describe.each(getters)("%s", (_, make) => {
  it.each(["before", "after"])(
    "B5 loses no item to a task that is cancelled %s the hand-over, in the same turn",
    async (when) => {
      const { get, put } = make();
      const got: unknown[] = [];
      await simulate(function* () {
        const victim = yield* spawn(function* () {
          got.push(["victim", yield* get]);
          yield* checkpoint();
          got.push("never");
        });
        yield* sleep(1);
        if (when === "before") void victim.cancel();
        put(1);
        if (when === "after") void victim.cancel();
        yield* sleep(1);
        put(2);
        got.push(["next", yield* get]);
      });
      const kept =
        when === "before"
          ? [["next", 1]]
          : [
              ["victim", 1],
              ["next", 2],
            ];
      expect(got).toEqual(kept);
    },
  );

  it("B4, B17 keeps nothing of a thousand waits that were timed out", async () => {
    const { get, left } = make();
    const { run, scheduler } = world();
    await run(function* () {
      for (let i = 0; i < 1_000; i++) yield* timeout(1, get, { otherwise: undefined });
    });
    expect([left(), scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0, 0]);
  });
});

describe("B17 what is waited for again and again", () => {
  it.each<[string, () => { wait: Operation<unknown>; left: () => number }]>([
    [
      "an event",
      () => {
        const event = new Event();
        return { wait: event.wait(), left: () => event.statistics().waiting.length };
      },
    ],
    [
      "a barrier",
      () => {
        const barrier = new Barrier(2);
        return { wait: barrier.wait(), left: () => barrier.waiting };
      },
    ],
    ["a deferred", () => ({ wait: withResolvers().operation, left: () => 0 })],
    [
      "a rate limit",
      () => {
        const limit = new RateLimit(1, Infinity);
        void simulate(limit.acquire());
        return { wait: limit.acquire(), left: () => limit.statistics().waiting.length };
      },
    ],
    [
      "a join",
      () => {
        const queue = new Queue<number>();
        queue.tryPut(1);
        return { wait: queue.join(), left: () => queue.statistics().joining.length };
      },
    ],
  ])("keeps nothing of its waiters: %s", async (_, make) => {
    const { wait, left } = make();
    const { run, scheduler } = world();
    await run(function* () {
      for (let i = 0; i < 500; i++) {
        yield* timeout(1, wait, { otherwise: undefined });
        yield* timeout(1, select([wait, suspend()]), { otherwise: undefined });
      }
    });
    expect([left(), scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0, 0]);
  });
});

describe("B18 closing at the same time as clearing", () => {
  it("wakes the joiners once, whether the last item is done before or after an immediate shutdown", async () => {
    for (const isDoneFirst of [true, false]) {
      const queue = new Queue<number>();
      const log: string[] = [];
      await simulate(function* () {
        for (const item of [1, 2]) queue.tryPut(item);
        yield* queue.get();
        yield* spawn(function* () {
          yield* queue.join();
          log.push("joined");
        });
        yield* sleep(1);
        if (isDoneFirst) queue.taskDone();
        queue.shutdown({ immediate: true });
        if (!isDoneFirst) queue.taskDone();
        queue.shutdown({ immediate: true });
        yield* sleep(1);
      });
      expect([log, queue.unfinished]).toEqual([["joined"], 0]);
    }
  });

  it("fails every waiter once, when what they do on waking closes again, clears or puts", () => {
    const { run } = world();
    const queue = new Queue<number>({ capacity: 1 });
    queue.tryPut(1);
    const log: string[] = [];
    for (const name of ["a", "b"]) {
      void run(function* () {
        const { ok } = yield* attempt(queue.put(2));
        log.push(`${name} put: ${ok}`);
        queue.shutdown({ immediate: name === "a" });
        log.push(`${name} sees ${queue.size}`);
      });
    }
    queue.shutdown();
    expect(log).toEqual(["a put: false", "a sees 0", "b put: false", "b sees 0"]);
  });

  it("resets a barrier that its waiters abort on waking", () => {
    const { run } = world();
    const barrier = new Barrier(3);
    const log: unknown[] = [];
    for (const name of ["a", "b"]) {
      void run(function* () {
        const { ok } = yield* attempt(barrier.wait());
        log.push(`${name}: ${ok}`);
        if (name === "a") barrier.abort();
      });
    }
    barrier.reset();
    expect([log, barrier.isBroken, barrier.waiting]).toEqual([["a: false", "b: false"], true, 0]);
  });

  it("closes a subscription that its own waiter closes on waking", () => {
    const { run } = world();
    const broadcast = new Broadcast<number>();
    const log: unknown[] = [];
    void run(function* () {
      const subscription = yield* broadcast.subscribe();
      log.push((yield* attempt(subscription.get())).ok);
      subscription.close();
      subscription.close();
      broadcast.shutdown({ immediate: true });
      log.push(subscription.isClosed);
    });
    broadcast.shutdown();
    expect([log, broadcast.subscribers]).toEqual([[false, true], 0]);
  });
});

describe("B19 a timeout of 0", () => {
  it("takes no item that is there and puts none that there is room for (C12)", async () => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    await simulate(function* () {
      expect(yield* timeout(0, queue.get(), { otherwise: "too late" })).toBe("too late");
      expect(yield* timeout(0, queue.put(2), { otherwise: "too late" })).toBe("too late");
      expect(yield* timeout(0, select([queue.get(), queue.put(2)]), { otherwise: "too late" })).toBe(
        "too late",
      );
    });
    expect(queue.size).toBe(1);
  });
});
