import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  Barrier,
  Broadcast,
  checkpoint,
  createChannel,
  Event,
  operation,
  Queue,
  RateLimit,
  select,
  sleep,
  spawn,
  suspend,
  timeout,
  withResolvers,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

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
