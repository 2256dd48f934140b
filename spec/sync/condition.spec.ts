import { describe, expect, it } from "@jest/globals";
import { attempt, checkpoint, Condition, Event, operation, sleep, spawn, timeout } from "coppice";
import { answersSixQuestions } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { logged, notifying } from "./condition-tasks.js";

/** Waits inside `with`, which fails when the lock is not held at the end. */
const waitInside = operation(function* (condition: Condition) {
  return yield* condition.with(condition.wait());
});

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
