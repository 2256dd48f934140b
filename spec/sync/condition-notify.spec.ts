import { describe, expect, it } from "@jest/globals";
import { checkpoint, Condition, Event, Lock, Semaphore, sleep, spawn, suspend, timeout } from "coppice";
import { simulate } from "../support/virtual.js";
import { logged, notifying } from "./condition-tasks.js";

describe("Condition.waitFor", () => {
  it("asks at first and after every notification, with the lock held, and gives what the predicate gave", async () => {
    const condition = new Condition();
    const log: unknown[] = [];
    let stock = 0;
    await simulate(function* () {
      const waiter = yield* spawn(
        condition.with(
          condition.waitFor(() => {
            log.push(`asked at ${stock}, locked: ${condition.isLocked}`);
            return stock >= 2 && { stock };
          }),
        ),
      );
      while (stock < 2) {
        yield* sleep(1);
        stock++;
        yield* notifying(condition);
      }
      log.push(yield* waiter);
    });
    const asked = ["asked at 0, locked: true", "asked at 1, locked: true", "asked at 2, locked: true"];
    expect(log.slice(0, 3)).toEqual(asked);
    expect(log[3]).toEqual({ stock: 2 });
  });

  it("does not wait when the predicate holds", async () => {
    const condition = new Condition();
    expect(await simulate(condition.with(condition.waitFor(() => [1, 2, 3])))).toEqual([1, 2, 3]);
  });

  it("throws what the predicate throws, with the lock held", async () => {
    const condition = new Condition();
    const lost = new Error("lost");
    await expect(
      simulate(
        condition.with(
          condition.waitFor(() => {
            throw lost;
          }),
        ),
      ),
    ).rejects.toBe(lost);
    expect(condition.isLocked).toBe(false);
  });

  it("E5 needs the lock from the start, and a function", async () => {
    const condition = new Condition({ name: "stock" });
    await expect(simulate(condition.waitFor(() => true))).rejects.toMatchObject({
      code: "COPPICE_LOCK_NOT_HELD",
    });
    // @ts-expect-error no function
    expect(() => condition.waitFor(true)).toThrow("waitFor() needs a function that says whether to go on");
  });
});

describe("Condition.notify", () => {
  it("E5 refuses to notify without the lock, and outside any task", async () => {
    const condition = new Condition({ name: "stock" });
    const text = 'notified condition "stock" without holding its lock: nobody holds it.';
    expect(() => condition.notify()).toThrow(`Code outside any task ${text}`);
    await simulate(
      function* () {
        expect(() => condition.notifyAll()).toThrow(`Task "main" ${text}`);
        yield* spawn(condition.with(suspend()), { name: "other" });
        yield* sleep(1);
        expect(() => condition.notify()).toThrow('without holding its lock: task "other" holds it.');
      },
      { name: "main" },
    );
  });

  it("wakes nobody when told 0, and everybody with notifyAll", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b"]) yield* spawn(logged(condition, name, log), { name });
      yield* sleep(1);
      yield* notifying(condition, 0);
      yield* sleep(1);
      log.push(`waiting: ${condition.statistics().waiting.length}`);
      yield* condition.acquire();
      condition.notifyAll();
      condition.release();
      yield* sleep(1);
    });
    const woken = ["a woken", "a holds the lock: true", "b woken", "b holds the lock: true"];
    expect(log).toEqual(["waiting: 2", ...woken]);
  });

  it("keeps no notification for those that come later", async () => {
    const condition = new Condition();
    const outcome = await simulate(function* () {
      yield* notifying(condition);
      return yield* condition.with(timeout(5, condition.wait(), { otherwise: "still waiting" }));
    });
    expect(outcome).toBe("still waiting");
  });

  it.each([-1, 1.5, NaN])("E5 refuses %d as a number of tasks", async (n) => {
    const condition = new Condition();
    await expect(simulate(notifying(condition, n))).rejects.toBeInstanceOf(RangeError);
  });
});

describe("Condition.tryAcquire", () => {
  it("takes its lock if it is free", async () => {
    const condition = new Condition();
    const taken = await simulate(function* () {
      const first = condition.tryAcquire();
      const second = yield* yield* spawn(function* () {
        return condition.tryAcquire();
      });
      condition.release();
      return [first, second, condition.lock.isLocked];
    });
    expect(taken).toEqual([true, false, false]);
  });
});

describe("new Condition", () => {
  it("shares a lock with others when told so", async () => {
    const lock = new Lock({ name: "shared" });
    const [full, empty] = [new Condition({ lock }), new Condition({ lock })];
    const log: string[] = [];
    await simulate(function* () {
      yield* full.acquire();
      log.push(`${lock.isLocked} ${empty.isLocked}`);
      yield* spawn(logged(empty, "a", log), { name: "a" });
      yield* sleep(1);
      full.release();
      yield* sleep(1);
      yield* lock.with(function* () {
        yield* checkpoint();
        empty.notify();
      });
      yield* sleep(1);
    });
    expect(log).toEqual(["true true", "a woken", "a holds the lock: true"]);
  });

  it.each([
    ["a semaphore", new Semaphore(1)],
    ["an event", new Event()],
    ["the class", Lock],
  ])("E5 refuses %s as its lock", (_, lock) => {
    // @ts-expect-error none of these is a lock
    expect(() => new Condition({ lock })).toThrow("new Condition() needs a Lock as `lock`");
  });
});
