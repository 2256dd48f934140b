import { describe, expect, it } from "@jest/globals";
import { attempt, Lock, sleep, spawn, suspend, timeout } from "coppice";
import { simulate } from "../support/virtual.js";

describe("Lock.with", () => {
  it("gives what the operation gives, and the lock back", async () => {
    const lock = new Lock();
    const value = await simulate(
      lock.with(function* () {
        yield* sleep(1);
        return 42;
      }),
    );
    expect([value, lock.isLocked]).toEqual([42, false]);
  });

  it.each(["throw", "cancel", "timeout"])(
    "gives the lock back when its operation ends by %s",
    async (how) => {
      const lock = new Lock();
      await simulate(function* () {
        const task = yield* spawn(
          attempt(
            timeout(
              how === "timeout" ? 5 : Infinity,
              lock.with(function* () {
                yield* sleep(1);
                if (how === "throw") throw new Error("lost");
                yield* suspend();
              }),
            ),
          ),
        );
        yield* sleep(2);
        if (how === "cancel") yield* task.cancel();
        else yield* task;
      });
      expect(lock.isLocked).toBe(false);
    },
  );

  it("keeps the lock until what its operation started is gone", async () => {
    const lock = new Lock();
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(
        lock.with(function* () {
          yield* spawn(function* child() {
            try {
              yield* suspend();
            } finally {
              yield* sleep(5);
              log.push("child gone");
            }
          });
          yield* sleep(1);
        }),
      );
      yield* sleep(0);
      yield* lock.acquire();
      log.push("next owner");
    });
    expect(log).toEqual(["child gone", "next owner"]);
  });

  it("E5 refuses what is no operation at the call", () => {
    // @ts-expect-error a number is no operation
    expect(() => new Lock().with(42)).toThrow(
      "Lock.with() needs an operation or a function*, got the number 42.",
    );
  });
});

describe("Lock.tryAcquire", () => {
  it("takes the lock for the running task, or says that it did not", async () => {
    const lock = new Lock();
    const log: boolean[] = [];
    await simulate(function* () {
      log.push(lock.tryAcquire());
      yield* yield* spawn(function* () {
        log.push(lock.tryAcquire());
      });
      lock.release();
      log.push(lock.tryAcquire());
    });
    expect(log).toEqual([true, false, true]);
  });
});

describe("new Lock", () => {
  it("E5 refuses misspelt options", () => {
    // @ts-expect-error no such option
    expect(() => new Lock({ nmae: "cache" })).toThrow(
      'new Lock() has no option "nmae". Did you mean "name"?',
    );
  });
});
