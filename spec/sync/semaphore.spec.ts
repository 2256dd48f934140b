import { describe, expect, it } from "@jest/globals";
import { Semaphore, sleep, spawn, suspend, type Task } from "coppice";
import { fail } from "../support/fail.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

function taken(permits: number): Semaphore {
  const semaphore = new Semaphore(permits, { name: "limit" });
  for (let i = 0; i < permits; i++) semaphore.tryAcquire();
  return semaphore;
}

describe("Semaphore.acquire", () => {
  answersSixQuestions(
    () => {
      const semaphore = taken(1);
      return {
        operation: semaphore.acquire(),
        complete: atOnce(() => semaphore.release()),
        left: () => semaphore.waiting,
      };
    },
    { value: undefined },
  );

  it("does not wait while a permit is free", async () => {
    const semaphore = new Semaphore(2);
    const free = await simulate(function* () {
      yield* semaphore.acquire();
      yield* semaphore.acquire();
      return [semaphore.free, semaphore.tryAcquire()];
    });
    expect(free).toEqual([0, false]);
  });

  it("serves strictly first come, first served: a permit given back goes to the longest waiter", async () => {
    const semaphore = taken(1);
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b"]) {
        yield* spawn(function* () {
          yield* semaphore.acquire();
          log.push(name);
        });
      }
      yield* sleep(1);
      semaphore.release();
      log.push(`nobody barges in: ${semaphore.tryAcquire()}`);
      yield* sleep(1);
      semaphore.release();
      yield* sleep(1);
    });
    expect(log).toEqual(["nobody barges in: false", "a", "b"]);
  });

  it("loses no permit to a waiter that is cancelled before the hand-over", async () => {
    const semaphore = taken(1);
    const log: string[] = [];
    await simulate(function* () {
      const first = yield* spawn(semaphore.acquire());
      yield* spawn(function* () {
        yield* semaphore.acquire();
        log.push("second has it");
      });
      yield* sleep(1);
      void first.cancel();
      semaphore.release();
      yield* sleep(1);
    });
    expect([...log, semaphore.free, semaphore.waiting]).toEqual(["second has it", 0, 0]);
  });

  it("loses no permit to a waiter that is cancelled after the hand-over, in the same turn (S6)", async () => {
    const semaphore = taken(1);
    await simulate(function* () {
      const waiter = yield* spawn(function* () {
        yield* semaphore.acquire();
        try {
          yield* suspend();
        } finally {
          semaphore.release();
        }
      });
      yield* sleep(1);
      semaphore.release();
      yield* waiter.cancel();
    });
    expect([semaphore.free, semaphore.waiting]).toEqual([1, 0]);
  });

  it("a cancelled waiter in the middle of the line hides nobody behind it", async () => {
    const semaphore = taken(1);
    const log: string[] = [];
    await simulate(function* () {
      const tasks: Task<void>[] = [];
      for (const name of ["a", "b", "c"]) {
        tasks.push(
          yield* spawn(function* () {
            yield* semaphore.acquire();
            log.push(name);
            semaphore.release();
          }),
        );
      }
      yield* sleep(1);
      yield* (tasks[1] ?? fail("no task")).cancel();
      semaphore.release();
      yield* sleep(1);
    });
    expect([...log, semaphore.free]).toEqual(["a", "c", 1]);
  });
});
