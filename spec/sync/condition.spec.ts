import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  checkpoint,
  Condition,
  Event,
  Lock,
  operation,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  type Operation,
} from "coppice";
import { answersSixQuestions } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

/** Waits inside `with`, which fails when the lock is not held at the end. */
const waitInside = operation(function* (condition: Condition) {
  return yield* condition.with(condition.wait());
});

/** A waiter that writes down what happens to it. */
const logged = operation(function* (condition: Condition, name: string, log: string[]) {
  yield* condition.acquire();
  try {
    yield* condition.wait();
    log.push(`${name} woken`);
  } finally {
    log.push(`${name} holds the lock: ${condition.statistics().lock.holder?.name === name}`);
    condition.release();
  }
});

function* notifying(condition: Condition, n?: number): Operation<void> {
  yield* condition.acquire();
  condition.notify(n);
  condition.release();
}

describe("Condition.wait", () => {
  answersSixQuestions(
    () => {
      const condition = new Condition();
      return {
        operation: waitInside(condition),
        *complete() {
          yield* sleep(1);
          yield* notifying(condition);
          yield* checkpoint();
        },
        left: () => condition.statistics().waiting.length + condition.statistics().lock.waiting.length,
      };
    },
    { value: undefined },
  );

  it("gives the lock away while it waits, and has it again when it goes on", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(logged(condition, "a", log), { name: "a" });
      yield* sleep(1);
      log.push(`locked while it waits: ${condition.isLocked}`);
      yield* condition.acquire();
      condition.notify();
      yield* sleep(1);
      log.push("released");
      condition.release();
      yield* sleep(1);
    });
    expect(log).toEqual(["locked while it waits: false", "released", "a woken", "a holds the lock: true"]);
  });

  it("wakes in the order of waiting, one after the other, as the lock comes free", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b", "c"]) yield* spawn(logged(condition, name, log), { name });
      yield* sleep(1);
      yield* notifying(condition, 2);
      yield* sleep(1);
      log.push("again");
      yield* notifying(condition, 2048);
      yield* sleep(1);
    });
    const rounds = ["a woken", "a holds the lock: true", "b woken", "b holds the lock: true"];
    expect(log).toEqual([...rounds, "again", "c woken", "c holds the lock: true"]);
  });

  it("comes back for the lock behind those that already wait for it", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(logged(condition, "waiter", log), { name: "waiter" });
      yield* sleep(1);
      yield* condition.acquire();
      yield* spawn(function* () {
        yield* condition.acquire();
        log.push("another was there first");
        condition.release();
      });
      yield* sleep(1);
      condition.notify();
      condition.release();
      yield* sleep(1);
    });
    expect(log).toEqual(["another was there first", "waiter woken", "waiter holds the lock: true"]);
  });

  it("holds the lock again when it is cancelled while nobody holds it", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      const waiter = yield* spawn(logged(condition, "a", log), { name: "a" });
      yield* sleep(1);
      yield* waiter.cancel();
      log.push(`locked: ${condition.isLocked}`);
    });
    expect(log).toEqual(["a holds the lock: true", "locked: false"]);
  });

  it("holds the lock again when it is cancelled while another task holds it, however long that takes", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      const waiter = yield* spawn(logged(condition, "a", log), { name: "a" });
      yield* sleep(1);
      yield* condition.acquire();
      void waiter.cancel();
      yield* sleep(1_000);
      log.push("released");
      condition.release();
      yield* sleep(1);
      log.push(`locked: ${condition.isLocked}`);
    });
    expect(log).toEqual(["released", "a holds the lock: true", "locked: false"]);
  });

  it("holds the lock again when it is timed out, before the TimeoutError arrives", async () => {
    const condition = new Condition();
    const outcome = await simulate(
      condition.with(function* () {
        const { ok } = yield* attempt(timeout(5, condition.wait()));
        return [ok, condition.isLocked];
      }),
    );
    expect(outcome).toEqual([false, true]);
  });

  it("keeps the reason of the cancellation, whatever happened on the way back to the lock", async () => {
    const condition = new Condition();
    const reason = new Error("no longer needed");
    await simulate(function* () {
      const waiter = yield* spawn(waitInside(condition));
      yield* sleep(1);
      yield* condition.acquire();
      condition.notify();
      void waiter.cancel(reason);
      yield* sleep(1);
      condition.release();
      const waited = yield* attempt(waiter);
      expect(waited).toMatchObject({ ok: false, error: { code: "COPPICE_CANCELLED", cause: reason } });
    });
  });

  it("passes a notification on when it is cancelled before it has the lock", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      const a = yield* spawn(logged(condition, "a", log), { name: "a" });
      yield* spawn(logged(condition, "b", log), { name: "b" });
      yield* sleep(1);
      yield* condition.acquire();
      condition.notify();
      void a.cancel();
      condition.release();
      yield* sleep(1);
    });
    expect(log).toEqual(["a holds the lock: true", "b woken", "b holds the lock: true"]);
  });

  it("S6 has completed when it has the lock: a cancel after that lands later, and no notification goes on", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      const a = yield* spawn(logged(condition, "a", log), { name: "a" });
      const b = yield* spawn(logged(condition, "b", log), { name: "b" });
      yield* sleep(1);
      yield* condition.acquire();
      condition.notify();
      condition.release();
      yield* a.cancel();
      yield* sleep(1);
      log.push(`b waits: ${condition.statistics().waiting.length === 1}`);
      yield* b.cancel();
    });
    expect(log).toEqual(["a woken", "a holds the lock: true", "b waits: true", "b holds the lock: true"]);
  });

  it("of a task that is cancelled before it begins keeps the lock", async () => {
    const condition = new Condition();
    const log: string[] = [];
    await simulate(function* () {
      const waiter = yield* spawn(
        function* () {
          yield* condition.acquire();
          void waiter.cancel();
          try {
            yield* condition.wait();
            log.push("went on");
          } finally {
            log.push(`holds it: ${condition.statistics().lock.holder?.name}`);
            condition.release();
          }
        },
        { name: "a" },
      );
      yield* sleep(1);
    });
    expect(log).toEqual(["holds it: a"]);
  });

  it("C7 is cut short when the grace of its cancel is over, and the release that follows is then nothing", async () => {
    const condition = new Condition({ name: "stock" });
    const log: string[] = [];
    const { run } = world();
    const waiter = run(waitInside(condition), { name: "waiter" });
    await run(function* () {
      yield* condition.acquire();
      const cancelled = yield* attempt(waiter.cancel("enough", { grace: 10 }));
      if (!cancelled.ok) log.push(String(cancelled.error));
      log.push(`waiting: ${condition.statistics().lock.waiting.length}`);
      condition.release();
      log.push(`locked: ${condition.isLocked}`);
    });
    expect(log).toHaveLength(3);
    expect(log[0]).toMatch(
      /^CleanupError: .* its grace of 10 ms and was cut short in "waiter" \(lock "stock"/,
    );
    expect(log.slice(1)).toEqual(["waiting: 0", "locked: false"]);
  });

  it.each(["before the cancel", "after the cancel"])(
    "C5 reports a lock that is never given back, %s, as an error of cleanup, and leaves it at that",
    async (when) => {
      const condition = new Condition({ name: "stock" });
      const { run } = world();
      const waiter = run(waitInside(condition), { name: "waiter" });
      const cancelled = await run(function* () {
        const letGo = new Event();
        const forgetful = yield* spawn(function* forgetful() {
          yield* condition.acquire();
          yield* letGo.wait();
        });
        yield* sleep(1);
        if (when === "before the cancel") {
          letGo.set();
          yield* forgetful;
        }
        const cancelling = waiter.cancel();
        letGo.set();
        return yield* attempt(cancelling);
      });
      expect(cancelled).toMatchObject({ ok: false, error: { code: "COPPICE_LOCK_ABANDONED" } });
      await expect(waiter).rejects.toMatchObject({ code: "COPPICE_LOCK_ABANDONED" });
    },
  );

  it("fails when the task that notified it ends without releasing the lock, which it then does not hold", async () => {
    const condition = new Condition({ name: "stock" });
    const { run } = world();
    const waiter = run(attempt(waitInside(condition)));
    await run(function* forgetful() {
      yield* condition.acquire();
      condition.notify();
      yield* sleep(1);
    });
    expect(await waiter).toMatchObject({ ok: false, error: { code: "COPPICE_LOCK_ABANDONED" } });
  });

  it("E5 refuses to wait without the lock", async () => {
    const condition = new Condition({ name: "stock" });
    const outcome = await simulate(attempt(condition.wait()), { name: "main" });
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        code: "COPPICE_LOCK_NOT_HELD",
        message:
          'Task "main" waited for condition "stock" without holding its lock: nobody holds it. Do it inside condition.with().',
      },
    });
  });
});

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
