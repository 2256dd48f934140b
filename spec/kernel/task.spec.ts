import { describe, expect, it } from "@jest/globals";
import { CancelledError, operation, run as runReally, sleep, spawn, suspend, type Task } from "coppice";
import { fail } from "../support/fail.js";
import { answersSixQuestions } from "../support/six-questions.js";
import { Gate } from "../support/gate.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("yield* task", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      const { run } = world();
      const target = run(gate.pass);
      return {
        operation: target,
        complete: function* () {
          yield* sleep(1);
          gate.open("a");
        },
        fail: function* () {
          yield* sleep(1);
          gate.fail(lost);
        },
        left: () => 0,
      };
    },
    { value: "a", error: lost },
  );

  it("throws CancelledError when somebody else cancelled the task: the waiter itself was not (C9)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const target = yield* spawn(suspend(), { name: "target" });
      yield* spawn(function* () {
        yield* sleep(1);
        yield* target.cancel("not needed");
      });
      try {
        yield* target;
      } catch (error) {
        log.push(String(error), error instanceof CancelledError ? String(error.cause) : "");
      }
      yield* sleep(1);
      log.push("the waiter goes on");
    });
    expect(log).toEqual([
      'CancelledError: Task "target" was cancelled: not needed.',
      "not needed",
      "the waiter goes on",
    ]);
  });

  it("leaves the task alone when the waiter is cancelled", async () => {
    const states = await simulate(function* () {
      const target = yield* spawn(suspend());
      const waiter = yield* spawn(target);
      yield* sleep(1);
      yield* waiter.cancel();
      return [waiter.state, target.state];
    });
    expect(states).toEqual(["cancelled", "waiting"]);
  });

  it("wakes 10,000 waiters in their order, and keeps nothing of those that left", async () => {
    const order = await simulate(function* () {
      const gate = new Gate();
      const target = yield* spawn(gate.pass);
      const seen: number[] = [];
      const tasks: Task<void>[] = [];
      for (let i = 0; i < 10_000; i++) {
        tasks.push(
          yield* spawn(function* () {
            yield* target;
            seen.push(i);
          }),
        );
      }
      yield* sleep(1);
      for (const [i, task] of tasks.entries()) if (i % 2 === 1) void task.cancel();
      gate.open();
      yield* sleep(1);
      return seen;
    });
    expect(order).toEqual(Array.from({ length: 5_000 }, (_, i) => 2 * i));
  });
});

describe("Task as a promise", () => {
  it("resolves, rejects, and rejects with CancelledError when cancelled", async () => {
    const { run } = world();
    const gate = new Gate<string>();
    const [completed, failed, cancelled] = [
      run(gate.pass),
      run(() => failing()),
      run(suspend(), { name: "parked" }),
    ];
    gate.open("value");
    await expect(completed).resolves.toBe("value");
    await expect(failed).rejects.toBe(lost);
    void cancelled.cancel();
    await expect(cancelled).rejects.toThrow(
      new CancelledError("parked", { kind: "cancel", reason: undefined, scope: "parked", task: undefined }),
    );
  });

  it("has then, catch and finally, and works with Promise's own functions", async () => {
    const { run } = world();
    const log: unknown[] = [];
    const one = run(function* () {
      yield* sleep(1);
      return 1;
    });
    log.push(await one.then((value) => value + 1));
    log.push(await run(failing).catch((error: unknown) => error === lost));
    log.push(await one.finally(() => log.push("finally")));
    log.push(await Promise.all([one, one]), await Promise.race([one, new Promise(() => undefined)]));
    expect(log).toEqual([2, true, "finally", 1, [1, 1], 1]);
  });

  it("is told apart as a Task, and is no generator that anybody could advance", () => {
    const { run } = world();
    const task = run(sleep(0));
    expect([Object.prototype.toString.call(task), "next" in task]).toEqual(["[object Task]", false]);
  });

  it("gives each who asks the same error object", async () => {
    const task = runReally(failing);
    const seen = await Promise.all([
      task.catch((error: unknown) => error),
      task.then(undefined, (error: unknown) => error),
    ]);
    expect(seen).toEqual([lost, lost]);
    expect(seen[0]).toBe(seen[1]);
  });

  it("is cancelled by await using, after whose block everything of it is gone", async () => {
    const log: string[] = [];
    const { run } = world();
    {
      await using task = run(function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(5);
          log.push("gone");
        }
      });
      log.push(task.state);
    }
    expect(log).toEqual(["waiting", "gone"]);
  });
});

describe("Task.state", () => {
  it("goes from ready through running and waiting to how it ended", async () => {
    const states: string[] = [];
    await simulate(function* () {
      const task: Task<void> = yield* spawn(function* () {
        states.push(task.state);
        yield* sleep(5);
      });
      states.push(task.state);
      yield* sleep(1);
      states.push(task.state);
      yield* task;
      states.push(task.state);
      const cancelled = yield* spawn(suspend());
      yield* cancelled.cancel();
      states.push(cancelled.state);
    });
    const failed = simulate(failing);
    await failed.catch(() => undefined);
    expect([...states, failed.state]).toEqual([
      "ready",
      "running",
      "waiting",
      "completed",
      "cancelled",
      "failed",
    ]);
  });

  it("stays what it is while a cancelled task cleans up, and is cancelled when that is done", async () => {
    const states: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(5);
        }
      });
      yield* sleep(1);
      const gone = task.cancel();
      states.push(task.state);
      yield* sleep(1);
      states.push(task.state);
      yield* gone;
      states.push(task.state);
    });
    expect(states).toEqual(["ready", "waiting", "cancelled"]);
  });
});

describe("run", () => {
  it("gives a task at once, which has run up to its first suspension (S1)", async () => {
    const log: string[] = [];
    const task = runReally(
      operation(function* work() {
        log.push("started");
        yield* sleep(1);
        log.push("woken");
        return "value";
      })(),
      { name: "work of today" },
    );
    log.push(task.name);
    await expect(task).resolves.toBe("value");
    expect(log).toEqual(["started", "work of today", "woken"]);
  });

  it("does not start anything for a signal that is aborted already (C12)", async () => {
    let started = 0;
    const task = runReally(
      function* () {
        started++;
        yield* sleep(1);
      },
      { signal: AbortSignal.abort("no") },
    );
    await expect(task).rejects.toBe("no");
    expect([started, task.state]).toEqual([0, "cancelled"]);
  });

  it("keeps one listener on a signal however many tasks follow it, and none when they have ended", async () => {
    const counting = new CountingSignal();
    const { run } = world();
    const tasks = Array.from({ length: 100 }, () => run(sleep(5), { signal: counting as never }));
    const during = counting.listeners;
    await Promise.all(tasks);
    expect([during, counting.listeners]).toEqual([1, 0]);
  });

  it("cancels all that follow a signal, also one that was started after others had ended", async () => {
    const controller = new AbortController();
    const { run } = world();
    const follow = () => run(suspend(), { signal: controller.signal });
    const first = follow();
    await first.cancel();
    const [second, third] = [follow(), follow()];
    controller.abort("all of you");
    await expect(second).rejects.toBe("all of you");
    await expect(third).rejects.toBe("all of you");
  });

  it("may have its signal aborted by the task itself", async () => {
    const controller = new AbortController();
    const { run } = world();
    const log: string[] = [];
    const task = run(
      function* () {
        controller.abort("enough");
        log.push("goes on up to its next yield point");
        yield* sleep(0);
        log.push("never");
      },
      { signal: controller.signal },
    );
    await expect(task).rejects.toBe("enough");
    expect(log).toEqual(["goes on up to its next yield point"]);
  });
});

/** A signal that counts its listeners. */
class CountingSignal extends EventTarget {
  readonly aborted = false;
  readonly reason: unknown = undefined;
  listeners = 0;

  override addEventListener(...parameters: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...parameters);
  }

  override removeEventListener(...parameters: Parameters<EventTarget["removeEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...parameters);
  }
}

function* failing() {
  yield* sleep(1);
  fail(lost);
}
