/**
 * The classes of bugs that runtimes of this kind have had, a row each, in the order of the list that was collected.
 * More on those of locks, queues and signals is in spec/sync/regressions*.spec.ts and spec/bridges.
 */
import { getEventListeners } from "node:events";
import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  call,
  checkpoint,
  Condition,
  ensure,
  Event,
  Lock,
  Queue,
  race,
  resource,
  run,
  scoped,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  timeout,
  until,
  type Operation,
} from "coppice";
import { deferredPromise } from "../support/deferred.js";
import { simulate, world } from "../support/virtual.js";

/** Runs what waits for a thing, cancels it right before or after `hand`, and says what the next one gets. */
async function nextAfterCancel(
  when: "before" | "after",
  wait: () => Operation<unknown>,
  hand: () => void,
): Promise<unknown> {
  return simulate(function* () {
    const victim = yield* spawn(wait());
    const next = yield* spawn(attempt(wait()));
    yield* sleep(1);
    if (when === "before") void victim.cancel();
    hand();
    if (when === "after") void victim.cancel();
    return yield* timeout(1, () => next[Symbol.iterator]() as never, { otherwise: "sleeps for ever" });
  });
}

describe("a bug that others had", () => {
  it("B1 a permit handed to a waiter that is cancelled goes to the next one", async () => {
    const semaphore = new Semaphore(1, { free: 0 });
    const got = await nextAfterCancel(
      "before",
      () => semaphore.acquire(),
      () => semaphore.release(),
    );
    expect(got).toEqual({ ok: true, value: undefined });
  });

  it("B2 a lock that its next owner is cancelled for is free for the one behind", async () => {
    const lock = new Lock();
    const log: string[] = [];
    await simulate(function* () {
      yield* lock.acquire();
      const victim = yield* spawn(lock.with(suspend()));
      yield* spawn(lock.with(() => ensure(() => log.push("has it"))));
      yield* sleep(1);
      lock.release();
      void victim.cancel();
      yield* sleep(1);
    });
    expect([log, lock.isLocked]).toEqual([["has it"], false]);
  });

  it("B3 a notification meant for a cancelled waiter reaches the next one", async () => {
    const condition = new Condition();
    const log: string[] = [];
    const waiter = (name: string): Operation<void> =>
      condition.with(function* () {
        yield* condition.wait();
        log.push(name);
      });
    await simulate(function* () {
      const victim = yield* spawn(waiter("victim"));
      const other = yield* spawn(waiter("other"));
      yield* sleep(1);
      yield* condition.with(function* () {
        condition.notify();
        void victim.cancel();
      });
      yield* sleep(1);
      yield* other.cancel();
    });
    expect(log).toEqual(["other"]);
  });

  it("B4 a cancelled waiter does not stay in the line and hide a live one", async () => {
    const event = new Event();
    const queue = new Queue<number>();
    await simulate(function* () {
      const victims = [yield* spawn(event.wait()), yield* spawn(queue.get())];
      const live = yield* spawn(queue.get());
      yield* sleep(1);
      for (const victim of victims) yield* victim.cancel();
      expect([event.statistics().waiting.length, queue.statistics().getting.length]).toEqual([0, 1]);
      queue.tryPut(1);
      expect(yield* live).toBe(1);
    });
  });

  it.each(["before", "after"] as const)(
    "B5 an item is not lost with a getter that is cancelled %s it is handed over",
    async (when) => {
      const queue = new Queue<number>();
      const first = await nextAfterCancel(
        when,
        () => queue.get(),
        () => queue.tryPut(1),
      );
      // Handed over before the cancel it was the victim's: then nothing of it is left, and the next one waits.
      expect(first).toEqual(when === "before" ? { ok: true, value: 1 } : "sleeps for ever");
      expect(queue.size).toBe(0);
    },
  );

  it("B6 no cancel lands between taking a permit and the installation of its release", async () => {
    for (let steps = 0; steps < 6; steps++) {
      const semaphore = new Semaphore(1);
      await simulate(function* () {
        const victim = yield* spawn(semaphore.with(checkpoint()));
        for (let step = 0; step < steps; step++) yield* checkpoint();
        yield* victim.cancel();
      });
      expect(semaphore.free).toBe(1);
    }
  });

  it("B7 a cancel of a waiting condition is neither swallowed nor replaced", async () => {
    const condition = new Condition();
    const task = simulate(condition.with(condition.wait()));
    await task.cancel("mine");
    await expect(task).rejects.toMatchObject({ code: "COPPICE_CANCELLED", cause: "mine" });
    expect(condition.isLocked).toBe(false);
  });

  it("B8 a cancel is done when the cleanup is, and not before", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(5);
          log.push("cleaned up");
        }
      });
      yield* sleep(1);
      yield* task.cancel();
      log.push("done");
    });
    expect(log).toEqual(["cleaned up", "done"]);
  });

  it("B9 a cancel does not fail with the body's own error when the cleanup succeeded", async () => {
    const { run: start } = world();
    const task = start(function* () {
      yield* ensure(() => sleep(5));
      throw new Error("of the body");
    });
    await task.cancel();
    await expect(task).rejects.toThrow("of the body");
  });

  it("B10 who waits for a task that is cancelled by another path is told", async () => {
    const told = await simulate(function* () {
      const task = yield* spawn(scoped(suspend()));
      const waiter = yield* spawn(attempt(task));
      yield* sleep(1);
      yield* task.cancel();
      return yield* waiter;
    });
    expect(told).toMatchObject({ ok: false, error: { code: "COPPICE_CANCELLED" } });
  });

  it("B11 what runs while the scheduler steps loses no cleanup and no cancel", async () => {
    const log: string[] = [];
    const { run: start } = world();
    await start(function* () {
      const inner = start(function* () {
        yield* ensure(() => log.push("inner cleanup"));
        yield* suspend();
      });
      yield* checkpoint();
      void inner.cancel();
      yield* checkpoint();
    });
    expect(log).toEqual(["inner cleanup"]);
  });

  it("B12 a cancel returns when the task has really stopped, also below a shield", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(
        shield(function* () {
          yield* sleep(5);
          log.push("stopped");
        }),
      );
      yield* sleep(1);
      yield* task.cancel();
      log.push("done");
    });
    expect(log).toEqual(["stopped", "done"]);
  });

  it("B13 the cleanup of what loses a race runs, a thousand times", async () => {
    let cleaned = 0;
    await simulate(function* () {
      for (let i = 0; i < 1_000; i++) {
        yield* race([
          checkpoint(),
          function* () {
            yield* ensure(() => cleaned++);
            yield* suspend();
          },
        ]);
      }
    });
    expect(cleaned).toBe(1_000);
  });

  it("B14 what a resource had acquired is given back when it fails to acquire the rest", async () => {
    const log: string[] = [];
    const part = resource<undefined>(function* (provide) {
      try {
        yield* provide(undefined);
      } finally {
        log.push("given back");
      }
    });
    const whole = resource<undefined>(function* () {
      yield* part;
      yield* sleep(1);
      throw new Error("no connection");
    });
    await expect(simulate(whole)).rejects.toThrow("no connection");
    expect(log).toEqual(["given back"]);
  });

  it("B15 a lock is not released under the wrong owner", async () => {
    const lock = new Lock({ name: "cache" });
    await simulate(
      lock.with(function* () {
        const thief = yield* spawn(
          attempt(function* () {
            lock.release();
          }),
        );
        expect(yield* thief).toMatchObject({ ok: false });
        expect(lock.isLocked).toBe(true);
      }),
    );
  });

  it("B16 an iterable that can be read once is read once", async () => {
    let reads = 0;
    function* ops(): Generator<() => Operation<number>> {
      reads++;
      for (const n of [1, 2, 3]) {
        yield function* () {
          yield* sleep(n);
          return n;
        };
      }
    }
    expect([await simulate(all(ops())), reads]).toEqual([[1, 2, 3], 1]);
  });

  it("B17 a long-lived signal keeps no listener of what has ended", async () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 100; i++) await run(checkpoint(), { signal });
    const calls = await simulate(function* () {
      const signals: AbortSignal[] = [];
      for (let i = 0; i < 10; i++) yield* call((own) => void signals.push(own));
      return signals.map((own) => getEventListeners(own, "abort").length);
    });
    expect([getEventListeners(signal, "abort").length, ...new Set(calls)]).toEqual([0, 0]);
  });

  it("B18 closing and clearing at the same time wakes everybody once", async () => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    const woken = await simulate(function* () {
      const joiner = yield* spawn(queue.join());
      yield* sleep(1);
      queue.tryGet();
      queue.taskDone();
      queue.shutdown({ immediate: true });
      return yield* attempt(joiner);
    });
    expect([woken, queue.unfinished]).toEqual([{ ok: true, value: undefined }, 0]);
  });

  it("B19 a timeout of zero cancels at the first yield point, whether it has to wait or not (C12)", async () => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    const got = await simulate(timeout(0, queue.get(), { otherwise: "late" }));
    expect([got, queue.size]).toEqual(["late", 1]);
  });

  it("B20 an end does not hang on a promise that nobody settles any more", async () => {
    const { promise } = deferredPromise<never>();
    const { scheduler, run: start } = world();
    const task = start(function* () {
      yield* spawn(until(promise));
      yield* suspend();
    });
    await task.cancel();
    expect([...scheduler.roots]).toEqual([]);
  });
});
