import { describe, expect, it } from "@jest/globals";
import { all, checkpoint, operation, Semaphore, sleep, spawn } from "coppice";
import { simulate } from "../support/virtual.js";

describe("new Semaphore with `free`", () => {
  it("starts with fewer free than there are, which others give", async () => {
    const signals = new Semaphore(3, { free: 0 });
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        yield* signals.acquire();
        log.push("signalled");
      });
      yield* sleep(1);
      log.push(`free: ${signals.free}`);
      signals.release();
      signals.release();
      yield* sleep(1);
      log.push(`free: ${signals.free}`);
    });
    expect(log).toEqual(["free: 0", "signalled", "free: 1"]);
    signals.release();
    signals.release();
    expect(() => signals.release()).toThrow('Semaphore "semaphore" has all its 3 permits back.');
  });

  it("and Infinity counts signals without an end, as asyncio.Semaphore does", () => {
    const signals = new Semaphore(Infinity, { free: 1 });
    for (let i = 0; i < 5; i++) signals.release();
    const taken = [];
    for (let i = 0; i < 7; i++) taken.push(signals.tryAcquire());
    expect(taken).toEqual([true, true, true, true, true, true, false]);
  });

  it.each([-1, 1.5, 4, NaN])("E5 refuses %d free of 3", (free) => {
    expect(() => new Semaphore(3, { free })).toThrow(RangeError);
  });
});

describe("Semaphore, in the order of asyncio's own tests", () => {
  it("gives a permit that was meant for a cancelled task to the next, and to no more than one", async () => {
    const semaphore = new Semaphore(Infinity, { free: 0 });
    const done: number[] = [];
    await simulate(function* () {
      const tasks = [];
      for (let i = 1; i <= 4; i++) {
        tasks.push(
          yield* spawn(function* () {
            yield* semaphore.acquire();
            done.push(i);
          }),
        );
      }
      yield* sleep(1);
      for (const task of tasks.slice(0, 2)) void task.cancel();
      semaphore.release();
      yield* sleep(1);
      expect(done).toEqual([3]);
      yield* all(tasks.slice(3).map((task) => operation(() => task.cancel())()));
    });
    expect([done, semaphore.waiting, semaphore.free]).toEqual([[3], 0, 0]);
  });

  it("goes round: a task that gives back and asks again stands behind the others", async () => {
    const semaphore = new Semaphore(1);
    const log: string[] = [];
    const twice = operation(function* (name: string) {
      for (const turn of [1, 2]) {
        yield* semaphore.acquire();
        log.push(`${name}${turn}`);
        yield* sleep(1);
        semaphore.release();
      }
    });
    await simulate(all(["a", "b", "c"].map((name) => twice(name))));
    expect(log).toEqual(["a1", "b1", "c1", "a2", "b2", "c2"]);
  });

  it("keeps no permit of a task that was handed it and cancelled before it could go on", async () => {
    const semaphore = new Semaphore(1);
    const log: string[] = [];
    await simulate(function* () {
      const victim = yield* spawn(function* () {
        yield* checkpoint();
        yield* semaphore.with(function* () {
          log.push("victim inside");
          yield* sleep(1);
          log.push("never");
        });
      });
      yield* semaphore.with(sleep(1));
      yield* victim.cancel();
      yield* semaphore.acquire();
      log.push("mine");
    });
    expect([log, semaphore.free]).toEqual([["mine"], 0]);
  });
});
