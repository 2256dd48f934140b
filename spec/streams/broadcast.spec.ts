import { describe, expect, it } from "@jest/globals";
import { attempt, Broadcast, forEach, QueueShutDown, scoped, sleep, spawn, suspend } from "coppice";
import { drained } from "../support/drained.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";
import { subscribed } from "./subscribed.js";

describe("Broadcast", () => {
  it("shows every item to every subscriber, in one order", async () => {
    const broadcast = new Broadcast<number>();
    const seen: Record<string, number[]> = { a: [], b: [] };
    await simulate(function* () {
      for (const name of ["a", "b"]) {
        yield* spawn(function* () {
          const subscription = yield* broadcast.subscribe();
          for (;;) {
            seen[name]?.push(yield* subscription.get());
            yield* sleep(name === "a" ? 1 : 3);
          }
        });
      }
      yield* sleep(1);
      for (const item of [1, 2, 3]) broadcast.send(item);
      yield* sleep(20);
    });
    expect(seen).toEqual({ a: [1, 2, 3], b: [1, 2, 3] });
  });

  it("shows a subscriber what is sent from then on, until its boundary ends", async () => {
    const broadcast = new Broadcast<number>();
    const log: unknown[] = [];
    await simulate(function* () {
      broadcast.send(0);
      yield* scoped(function* () {
        const subscription = yield* broadcast.subscribe();
        log.push(broadcast.subscribers);
        broadcast.send(1);
        log.push(yield* subscription.get());
      });
      log.push(broadcast.subscribers);
      broadcast.send(2);
    });
    expect(log).toEqual([1, 1, 0]);
  });

  it("sends to nobody when nobody has subscribed", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1 });
    await simulate(function* () {
      for (let i = 0; i < 10; i++) yield* broadcast.put(i);
      expect(broadcast.trySend(10)).toBe(true);
    });
    expect(broadcast.subscribers).toBe(0);
  });

  it("is a source for loops, which end when it is shut down", async () => {
    const broadcast = new Broadcast<number>();
    const seen: number[] = [];
    await simulate(function* () {
      const loop = yield* spawn(
        forEach(broadcast, function* (item) {
          seen.push(item);
        }),
      );
      yield* sleep(1);
      broadcast.send(1);
      broadcast.send(2);
      broadcast.shutdown();
      yield* loop;
    });
    expect(seen).toEqual([1, 2]);
  });
});

describe("Subscription.get", () => {
  answersSixQuestions(
    () => {
      const broadcast = new Broadcast<string>({ name: "prices" });
      const subscription = subscribed(broadcast);
      return {
        operation: subscription.get(),
        complete: atOnce(() => {
          if (broadcast.subscribers === 1 && subscription.size === 0) broadcast.send("a");
        }),
        fail: atOnce(() => broadcast.shutdown()),
        left: () => subscription.statistics().getting.length,
      };
    },
    { value: "a", error: new QueueShutDown('Cannot get from broadcast "prices": it was shut down.') },
  );

  it("loses no item to a waiter that is cancelled in the turn in which it is sent", async () => {
    const broadcast = new Broadcast<number>();
    await simulate(function* () {
      const subscription = yield* broadcast.subscribe();
      const waiter = yield* spawn(subscription.get());
      yield* sleep(1);
      void waiter.cancel();
      broadcast.send(1);
      expect(drained(subscription)).toEqual([1]);
    });
  });

  it("ends with `using`, and says how far behind it is", async () => {
    const broadcast = new Broadcast<number>({ name: "prices" });
    await simulate(function* () {
      const subscription = yield* broadcast.subscribe();
      broadcast.send(1);
      expect([subscription.name, subscription.statistics().size]).toEqual(["prices", 1]);
      subscription[Symbol.dispose]();
      expect([subscription.isClosed, subscription.size]).toEqual([true, 0]);
    });
  });

  it("throws when it was closed, also while it waits", async () => {
    const broadcast = new Broadcast<number>();
    await simulate(function* () {
      const subscription = yield* broadcast.subscribe({ name: "chart" });
      const waiter = yield* spawn(attempt(subscription.get()));
      yield* sleep(1);
      subscription.close();
      const error = new QueueShutDown('Cannot get from subscription "chart": it was closed.');
      expect(yield* waiter).toEqual({ ok: false, error });
      expect(yield* attempt(subscription.get())).toEqual({ ok: false, error });
      expect([subscription.isClosed, broadcast.subscribers]).toEqual([true, 0]);
    });
  });
});

describe("Broadcast.put", () => {
  answersSixQuestions(
    () => {
      const broadcast = new Broadcast<string>({ name: "prices", capacity: 1 });
      const subscription = subscribed(broadcast);
      broadcast.send("first");
      return {
        operation: broadcast.put("second"),
        complete: atOnce(() => subscription.tryGet()),
        fail: atOnce(() => broadcast.shutdown()),
        left: () => broadcast.statistics().putting.length,
      };
    },
    { value: undefined, error: new QueueShutDown('Cannot send to broadcast "prices": it was shut down.') },
  );

  it("waits until every subscriber that is to be waited for has room, then all see the item at once", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1 });
    await simulate(function* () {
      const [fast, slow] = [yield* broadcast.subscribe(), yield* broadcast.subscribe()];
      yield* broadcast.put(1);
      const putting = yield* spawn(broadcast.put(2));
      yield* sleep(1);
      expect(yield* fast.get()).toBe(1);
      yield* sleep(1);
      expect([putting.state, fast.size, slow.size]).toEqual(["waiting", 0, 1]);
      expect(yield* slow.get()).toBe(1);
      yield* putting;
      expect([fast.size, slow.size]).toEqual([1, 1]);
    });
  });

  it("serves senders first come, first served, and lets nobody send past them", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1 });
    const seen: number[] = [];
    await simulate(function* () {
      const subscription = yield* broadcast.subscribe();
      yield* broadcast.put(1);
      for (const item of [2, 3, 4]) yield* spawn(broadcast.put(item));
      yield* sleep(1);
      expect(broadcast.trySend(5)).toBe(false);
      for (let i = 0; i < 4; i++) seen.push(yield* subscription.get());
    });
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it("goes on when the subscriber that it waits for is gone", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1 });
    await simulate(function* () {
      const stalled = yield* spawn(function* () {
        yield* broadcast.subscribe();
        yield* suspend();
      });
      yield* sleep(1);
      yield* broadcast.put(1);
      const putting = yield* spawn(broadcast.put(2));
      yield* sleep(1);
      yield* stalled.cancel();
      yield* putting;
      expect(broadcast.subscribers).toBe(0);
    });
  });

  it("shows nobody the item of a sender that is cancelled in the turn in which room comes up", async () => {
    const broadcast = new Broadcast<number>({ capacity: 1 });
    await simulate(function* () {
      const subscription = yield* broadcast.subscribe();
      yield* broadcast.put(1);
      const senders = [yield* spawn(broadcast.put(2)), yield* spawn(broadcast.put(3))];
      yield* sleep(1);
      void senders[0]?.cancel();
      expect([yield* subscription.get(), yield* subscription.get(), subscription.size]).toEqual([1, 3, 0]);
    });
  });
});
