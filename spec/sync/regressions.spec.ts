import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  checkpoint,
  Condition,
  Limiter,
  Lock,
  operation,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  type Operation,
} from "coppice";
import { simulate } from "../support/virtual.js";

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
