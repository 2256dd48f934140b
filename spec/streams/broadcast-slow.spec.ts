import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  Broadcast,
  checkpoint,
  QueueShutDown,
  sleep,
  SlowSubscriberError,
  spawn,
  suspend,
  timeout,
  type Operation,
} from "coppice";
import { drained } from "../support/drained.js";
import { simulate, world } from "../support/virtual.js";
import { subscribed } from "./subscribed.js";

describe("a subscriber that is slow", () => {
  /** Sends five items to a subscriber that may be two behind and takes none meanwhile. */
  const overrun = function* (
    whenFull: "drop-oldest" | "drop-newest" | "fail",
  ): Operation<{ items: number[]; dropped: number; isClosed: boolean; end: unknown }> {
    const broadcast = new Broadcast<number>({ capacity: 2, whenFull });
    const subscription = yield* broadcast.subscribe({ name: "chart" });
    for (let item = 1; item <= 5; item++) broadcast.send(item);
    const { isClosed } = subscription;
    const items = drained(subscription);
    const end = yield* attempt(timeout(1, subscription.get(), { otherwise: "waits for the next" }));
    return { items, dropped: subscription.dropped, isClosed, end };
  };
  const waits = { ok: true, value: "waits for the next" };

  it("misses the oldest items", async () => {
    const seen = await simulate(overrun("drop-oldest"));
    expect(seen).toEqual({ items: [4, 5], dropped: 3, isClosed: false, end: waits });
  });

  it("misses the newest items", async () => {
    const seen = await simulate(overrun("drop-newest"));
    expect(seen).toEqual({ items: [1, 2], dropped: 3, isClosed: false, end: waits });
  });

  it("fails, at the place of the first item that it missed", async () => {
    const seen = await simulate(overrun("fail"));
    const error = new SlowSubscriberError(
      'Subscription "chart" was 2 items behind, and missed the next one.',
    );
    expect(seen).toEqual({ items: [1, 2], dropped: 0, isClosed: true, end: { ok: false, error } });
  });

  it("makes a plain send fail when it is to be waited for, and nobody gets the item", async () => {
    const broadcast = new Broadcast<number>({ name: "prices" });
    await simulate(function* () {
      const [fast, slow] = [
        yield* broadcast.subscribe(),
        yield* broadcast.subscribe({ capacity: 1, name: "chart" }),
      ];
      broadcast.send(1);
      expect(() => broadcast.send(2)).toThrow(
        'Cannot send to broadcast "prices" without waiting: "chart" is 1 items behind. Use yield* broadcast.put(item), or another `whenFull`.',
      );
      expect(broadcast.trySend(2)).toBe(false);
      expect([drained(fast), drained(slow)]).toEqual([[1], [1]]);
    });
  });

  it("is treated as it says itself, beside others that are treated otherwise", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1, whenFull: "drop-newest" });
    await simulate(function* () {
      const all = yield* broadcast.subscribe({ capacity: Infinity });
      const latest = yield* broadcast.subscribe({ whenFull: "drop-oldest" });
      const first = yield* broadcast.subscribe();
      const failing = yield* broadcast.subscribe({ whenFull: "fail" });
      for (const item of [1, 2, 3]) broadcast.send(item);
      expect([all, latest, first, failing].map(drained)).toEqual([[1, 2, 3], [3], [1], [1]]);
      expect([broadcast.subscribers, failing.isClosed]).toEqual([3, true]);
    });
  });
});

describe("Broadcast.shutdown", () => {
  it("lets subscribers see what they have not seen yet, and refuses to send", async () => {
    const broadcast = new Broadcast<number>({ name: "prices" });
    await simulate(function* () {
      const subscription = yield* broadcast.subscribe();
      broadcast.send(1);
      broadcast.shutdown();
      expect(() => broadcast.send(2)).toThrow('Cannot send to broadcast "prices": it was shut down.');
      expect(yield* attempt(broadcast.put(2))).toMatchObject({ ok: false });
      expect(yield* subscription.get()).toBe(1);
      expect(yield* attempt(subscription.get())).toMatchObject({
        ok: false,
        error: expect.any(QueueShutDown),
      });
      const late = yield* broadcast.subscribe();
      expect(yield* attempt(late.get())).toMatchObject({ ok: false, error: expect.any(QueueShutDown) });
    });
    expect([broadcast.isShutDown, broadcast.subscribers]).toEqual([true, 0]);
  });

  it("drops what they have not seen when told so, and wakes all that wait on either side", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1 });
    await simulate(function* () {
      const [full, empty] = [yield* broadcast.subscribe(), yield* broadcast.subscribe()];
      yield* broadcast.put(1);
      yield* empty.get();
      const getting = yield* spawn(attempt(empty.get()));
      const putting = yield* spawn(attempt(broadcast.put(2)));
      yield* sleep(1);
      broadcast.shutdown({ immediate: true });
      expect([(yield* getting).ok, (yield* putting).ok, full.size]).toEqual([false, false, 0]);
    });
  });
});

describe("a broadcast that is sent to from outside all tasks", () => {
  it("shows an item to all before any of them goes on: what they send is seen after it", () => {
    const { run } = world();
    const broadcast = new Broadcast<string>();
    const log: string[] = [];
    for (const name of ["a", "b"]) {
      void run(function* () {
        const subscription = yield* broadcast.subscribe();
        for (;;) {
          const item = yield* subscription.get();
          log.push(`${name} saw ${item}`);
          if (item === "1" && name === "a") broadcast.send("2");
        }
      });
    }
    broadcast.send("1");
    expect(log).toEqual(["a saw 1", "a saw 2", "b saw 1", "b saw 2"]);
  });

  it("loses no item to a subscriber whose waiter is cancelled by another subscriber", async () => {
    const { run } = world();
    const broadcast = new Broadcast<number>();
    const log: string[] = [];
    const second = { cancel: (): unknown => undefined };
    void run(function* () {
      const subscription = yield* broadcast.subscribe();
      yield* subscription.get();
      second.cancel();
      yield* suspend();
    });
    const subscription = subscribed(broadcast);
    const waiter = run(function* () {
      log.push(`got ${yield* subscription.get()}`);
      yield* checkpoint();
      log.push("never");
    });
    second.cancel = () => waiter.cancel();
    broadcast.send(1);
    await expect(waiter).rejects.toMatchObject({ code: "COPPICE_CANCELLED" });
    expect([log, subscription.size]).toEqual([["got 1"], 0]);
  });
});

describe("new Broadcast", () => {
  it.each([0, -1, 1.5, NaN])("E5 refuses a capacity of %d", (capacity) => {
    expect(() => new Broadcast({ capacity })).toThrow(RangeError);
    expect(() => new Broadcast().subscribe({ capacity })).toThrow(RangeError);
  });

  it("E5 refuses a policy that it does not know, and misspelt options", () => {
    const text =
      'needs one of "wait", "drop-oldest", "drop-newest", "fail" as `whenFull`, got the string "block".';
    // @ts-expect-error no such policy
    expect(() => new Broadcast({ whenFull: "block" })).toThrow(`new Broadcast() ${text}`);
    // @ts-expect-error no such policy
    expect(() => new Broadcast().subscribe({ whenFull: "block" })).toThrow(`subscribe() ${text}`);
    // @ts-expect-error no such option
    expect(() => new Broadcast({ whenful: "wait" })).toThrow('Did you mean "whenFull"?');
  });
});

describe("statistics of a broadcast", () => {
  it("say how far behind each subscriber is, and who waits", async () => {
    const broadcast = new Broadcast<number>({ capacity: 2 });
    await simulate(function* () {
      const behind = yield* broadcast.subscribe({ name: "behind" });
      yield* broadcast.put(1);
      const upToDate = yield* broadcast.subscribe({
        name: "up to date",
        whenFull: "drop-oldest",
        capacity: 1,
      });
      yield* spawn(upToDate.get(), { name: "getter" });
      yield* sleep(1);
      expect(broadcast.statistics()).toMatchObject({
        isShutDown: false,
        putting: [],
        subscriptions: [
          { name: "behind", size: 1, capacity: 2, whenFull: "wait", dropped: 0, getting: [] },
          {
            name: "up to date",
            size: 0,
            capacity: 1,
            whenFull: "drop-oldest",
            getting: [{ name: "getter" }],
          },
        ],
      });
      broadcast.send(2);
      yield* spawn(broadcast.put(3), { name: "sender" });
      yield* sleep(1);
      expect(broadcast.statistics().putting).toMatchObject([{ name: "sender", since: 1 }]);
      drained(behind);
    });
  });
});
