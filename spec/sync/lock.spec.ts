import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  ensure,
  Lock,
  operation,
  resource,
  run,
  sleep,
  spawn,
  suspend,
  withResolvers,
  type Operation,
} from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

/** A lock that a task of its own holds, until it is told to let go or to end. */
function held(): { lock: Lock; letGo: () => void; abandon: () => void } {
  const lock = new Lock({ name: "cache" });
  const { operation, resolve } = withResolvers<boolean>();
  void run(function* holder() {
    yield* lock.acquire();
    if (yield* operation) lock.release();
  });
  return { lock, letGo: () => resolve(true), abandon: () => resolve(false) };
}

describe("Lock.acquire", () => {
  answersSixQuestions(
    () => {
      const { lock, letGo, abandon } = held();
      return {
        operation: lock.acquire(),
        complete: atOnce(letGo),
        fail: atOnce(abandon),
        left: () => lock.statistics().waiting.length,
      };
    },
    {
      value: undefined,
      error: new Error(
        'Lock "cache" will never be free: task "holder" ended without releasing it. Use lock.with(), or release it in a finally.',
      ),
    },
  );

  it("does not wait while the lock is free", async () => {
    const lock = new Lock();
    const log: unknown[] = [];
    await simulate(function* () {
      log.push(lock.isLocked);
      yield* lock.acquire();
      log.push(lock.isLocked);
      lock.release();
      log.push(lock.isLocked);
    });
    expect(log).toEqual([false, true, false]);
  });

  it("serves strictly first come, first served, and hands over directly: nobody barges in", async () => {
    const lock = new Lock();
    const log: string[] = [];
    await simulate(function* () {
      yield* lock.acquire();
      for (const name of ["a", "b", "c"]) {
        yield* spawn(function* () {
          yield* lock.acquire();
          log.push(name);
          yield* sleep(1);
          lock.release();
        });
      }
      yield* sleep(1);
      lock.release();
      log.push(`free for others: ${lock.tryAcquire()}`);
      yield* lock.acquire();
      log.push("the one that came back");
    });
    expect(log).toEqual(["free for others: false", "a", "b", "c", "the one that came back"]);
  });

  it("lets one task at a time in", async () => {
    const lock = new Lock();
    let inside = 0;
    let most = 0;
    await simulate(
      all(
        Array.from({ length: 5 }, () =>
          lock.with(function* () {
            most = Math.max(most, ++inside);
            yield* sleep(1);
            inside--;
          }),
        ),
      ),
    );
    expect([most, inside, lock.isLocked]).toEqual([1, 0, false]);
  });

  it("E5 refuses a second acquire by its owner, which would wait for itself for ever", async () => {
    const lock = new Lock({ name: "cache" });
    const errors: unknown[] = [];
    await simulate(
      function* () {
        yield* lock.acquire();
        const second = yield* attempt(lock.acquire());
        if (!second.ok) errors.push(second.error);
        try {
          lock.tryAcquire();
        } catch (error) {
          errors.push(error);
        }
        errors.push(lock.isLocked);
      },
      { name: "load" },
    );
    const refusal = Object.assign(
      new Error(
        'Task "load" acquired lock "cache", which it holds already, and would wait for itself for ever. Release it first.',
      ),
      { code: "COPPICE_LOCK_HELD" },
    );
    expect(errors).toEqual([refusal, refusal, true]);
  });

  it("fails for those that come after its owner has ended without releasing it", async () => {
    const lock = new Lock({ name: "cache" });
    await simulate(function* () {
      yield* yield* spawn(lock.acquire());
      yield* lock.acquire();
    }).then(
      () => expect("an error").toBe("thrown"),
      (error: unknown) => expect(error).toMatchObject({ code: "COPPICE_LOCK_ABANDONED" }),
    );
  });

  it("watches the owner that it was handed over to, and none that has released it", async () => {
    const lock = new Lock({ name: "cache" });
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* first() {
        yield* lock.acquire();
        yield* sleep(1);
        lock.release();
      });
      yield* spawn(function* second() {
        yield* lock.acquire();
        log.push("second has it");
        yield* sleep(1);
      });
      yield* spawn(function* third() {
        const { ok } = yield* attempt(lock.acquire());
        log.push(`third has it: ${ok}`);
      });
      yield* sleep(5);
    });
    expect(log).toEqual(["second has it", "third has it: false"]);
  });
});

describe("Lock.release", () => {
  it.each([
    ["that nobody holds", false, 'Task "b" released lock "cache", but nobody holds it.'],
    ["that another task holds", true, 'Task "b" released lock "cache", but task "a" holds it.'],
  ])("E5 refuses a release of a lock %s, naming the tasks", async (_, isHeld, message) => {
    const lock = new Lock({ name: "cache" });
    let error: unknown;
    await simulate(function* () {
      const a = yield* spawn(isHeld ? lock.with(suspend()) : suspend(), { name: "a" });
      const b = yield* spawn(
        function* () {
          yield* sleep(1);
          try {
            lock.release();
          } catch (caught) {
            error = caught;
          }
        },
        { name: "b" },
      );
      yield* b;
      yield* a.cancel();
    });
    expect(error).toEqual(Object.assign(new Error(message), { code: "COPPICE_LOCK_NOT_HELD" }));
  });

  it("E5 refuses what is done outside any task", () => {
    const lock = new Lock({ name: "cache" });
    expect(() => lock.release()).toThrow('Code outside any task released lock "cache", but nobody holds it.');
    expect(() => lock.tryAcquire()).toThrow('Lock "cache" was acquired outside any task');
  });

  it.each<[string, (lock: Lock) => Operation<unknown>]>([
    [
      "a finally",
      operation(function* (lock: Lock) {
        yield* lock.acquire();
        try {
          yield* suspend();
        } finally {
          yield* sleep(5);
          lock.release();
        }
      }),
    ],
    [
      "an ensure",
      operation(function* (lock: Lock) {
        yield* lock.acquire();
        yield* ensure(() => lock.release());
        yield* suspend();
      }),
    ],
    [
      "a resource",
      operation(function* (lock: Lock) {
        yield* resource<true>(function* (provide) {
          yield* lock.acquire();
          try {
            yield* provide(true);
          } finally {
            lock.release();
          }
        });
        yield* suspend();
      }),
    ],
  ])("works in cleanup: in %s", async (_, use) => {
    const lock = new Lock();
    await simulate(function* () {
      const task = yield* spawn(use(lock));
      yield* sleep(1);
      expect(lock.isLocked).toBe(true);
      yield* task.cancel();
    });
    expect(lock.isLocked).toBe(false);
  });
});
