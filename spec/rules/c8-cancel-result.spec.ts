import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  ensure,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  useScope,
  type Operation,
  type Scope,
  type Task,
} from "coppice";
import { endOf, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Waits for ever, and cleans up for a while. */
const slowToGo = operation(function* (log: string[], name: string, ms: number): Operation<void> {
  try {
    yield* suspend();
  } finally {
    yield* sleep(ms);
    log.push(`${name} gone`);
  }
});

describe("task.cancel()", () => {
  it("C8 acts at once, whether anybody waits for its result or not", () => {
    const log: string[] = [];
    const { run, scheduler } = world();
    const task = run(function* () {
      try {
        yield* suspend();
      } finally {
        log.push("cleanup");
      }
    });
    void task.cancel();
    expect(log).toEqual(["cleanup"]);
    expect(task.state).toBe("cancelled");
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });

  it("C8 gives a promise that completes when the task and everything below it is gone", async () => {
    const log: string[] = [];
    const { host, run } = world();
    const task = run(function* () {
      yield* spawn(function* () {
        yield* spawn(slowToGo(log, "grandchild", 20));
        yield* slowToGo(log, "child", 10);
      });
      yield* slowToGo(log, "task", 5);
    });
    await Promise.resolve();
    await task.cancel();
    expect(log).toEqual(["task gone", "child gone", "grandchild gone"]);
    expect(host.now()).toBe(20);
  });

  it("C8 gives an operation that completes when the task and everything below it is gone", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(slowToGo(log, "task", 10));
      yield* sleep(1);
      yield* task.cancel();
      log.push("cancel completed");
    });
    expect(log).toEqual(["task gone", "cancel completed"]);
  });

  it("C8 gives a result that can be waited for by many, again and afterwards", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(slowToGo(log, "task", 10));
      yield* sleep(1);
      const gone = task.cancel();
      const waiters = [];
      for (const name of ["a", "b"]) {
        waiters.push(
          yield* spawn(function* () {
            yield* gone;
            log.push(name);
          }),
        );
      }
      for (const waiter of waiters) yield* waiter;
      yield* gone;
      yield* task.cancel();
      log.push("again");
    });
    expect(log).toEqual(["task gone", "a", "b", "again"]);
  });

  it("C8 completes although the task had a value or failed by itself in the meantime", async () => {
    await simulate(function* () {
      const completed = yield* spawn(function* () {
        return 1;
      });
      yield* completed;
      expect(yield* completed.cancel()).toBeUndefined();
      expect(completed.result()).toBe(1);
    });
    const { run } = world();
    const failed = run(function* (): Operation<void> {
      throw new Error("by itself");
    });
    await expect(failed.cancel()).resolves.toBeUndefined();
    await expect(failed).rejects.toThrow("by itself");
  });

  it("C8 fails with the errors of cleanup, at every level, and only with those", async () => {
    const { run } = world();
    const task = run(function* () {
      yield* spawn(function* () {
        yield* ensure(() => {
          throw new Error("cleanup of the child failed");
        });
        yield* suspend();
      });
      yield* suspend();
    });
    await expect(task.cancel("reason")).rejects.toThrow("cleanup of the child failed");
    await expect(task).rejects.toThrow("cleanup of the child failed");
  });

  it("C8 does not fail with the failure that was being cleaned up after", async () => {
    const { run } = world();
    const task = run(function* () {
      yield* ensure(() => sleep(10));
      throw new Error("failed by itself");
    });
    await expect(task.cancel()).resolves.toBeUndefined();
    await expect(task).rejects.toThrow("failed by itself");
  });

  it("C8 fails with what goes wrong in cleanup that was under way already", async () => {
    const { run } = world();
    const task = run(function* () {
      yield* ensure(function* () {
        yield* sleep(10);
        throw new Error("cleanup failed");
      });
      return "value";
    });
    await expect(task.cancel()).rejects.toThrow("cleanup failed");
    await expect(task).rejects.toThrow("cleanup failed");
  });

  it("C8 leaves a waiter that is itself cancelled in peace", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(slowToGo(log, "task", 10));
      const waiter = yield* spawn(function* () {
        yield* sleep(1);
        yield* task.cancel();
        log.push("WENT ON");
      });
      yield* sleep(5);
      yield* waiter.cancel();
      log.push("waiter gone");
      yield* attempt(task);
    });
    expect(log).toEqual(["waiter gone", "task gone"]);
  });
});

describe("a task that cancels", () => {
  it("C8 itself does not wait for itself: the cancellation lands at that very yield*", async () => {
    const log: string[] = [];
    const { run } = world();
    await run(function* () {
      const task: Task<void> = yield* spawn(function* () {
        try {
          log.push("before");
          yield* task.cancel();
          log.push("WENT ON");
        } finally {
          log.push("finally");
        }
      });
      expect((yield* attempt(task)).ok).toBe(false);
    });
    expect(log).toEqual(["before", "finally"]);
  });

  it("C8 its parent does not wait for it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const parent: Task<void> = yield* spawn(function* () {
        yield* spawn(function* child() {
          try {
            yield* sleep(1);
            yield* parent.cancel();
            log.push("WENT ON");
          } finally {
            yield* sleep(1);
            log.push("child gone");
          }
        });
        yield* slowToGo(log, "parent", 1);
      });
      yield* attempt(parent);
    });
    expect(log).toEqual(["child gone", "parent gone"]);
  });

  it("C8 its child waits for it, and goes on", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(slowToGo(log, "child", 10));
      yield* sleep(1);
      yield* child.cancel();
      log.push("parent goes on");
    });
    expect(log).toEqual(["child gone", "parent goes on"]);
  });

  it("C8 its own scope, or one around it, does not wait for it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* scoped(function* outer() {
        const outer = yield* useScope();
        yield* scoped(function* inner() {
          yield* spawn(slowToGo(log, "sibling", 5));
          yield* sleep(1);
          yield* outer.cancel();
          log.push("WENT ON");
        });
        log.push("WENT ON");
      });
      log.push("outside goes on");
    });
    expect(log).toEqual(["sibling gone", "outside goes on"]);
  });

  it("C8 itself again, or an ancestor, from its cleanup does not wait either", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const parent: Task<void> = yield* spawn(function* () {
        const child: Task<void> = yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* child.cancel();
            log.push("itself");
            yield* parent.cancel();
            log.push("its parent");
            yield* sleep(1);
            log.push("cleanup goes on");
          }
        });
        yield* sleep(1);
        yield* child.cancel();
      });
      yield* attempt(parent);
    });
    expect(log).toEqual(["itself", "its parent", "cleanup goes on"]);
  });

  it("C8 another one that cancels it ends, both cleaned up", async () => {
    const log: string[] = [];
    const { run, scheduler } = world();
    await run(function* () {
      const tasks: Task<void>[] = [];
      for (const other of [1, 0]) {
        tasks.push(
          yield* spawn(function* () {
            try {
              yield* sleep(1);
              yield* tasks[other]?.cancel() ?? suspend();
            } finally {
              yield* sleep(1);
              log.push(`gone ${other}`);
            }
          }),
        );
      }
      for (const task of tasks) yield* attempt(task);
    });
    expect([...log].sort()).toEqual(["gone 0", "gone 1"]);
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });
});

describe("scope.cancel() and group.cancel()", () => {
  it("C8 give a result that completes when all of it is gone, also for another task", async () => {
    const log: string[] = [];
    const { run } = world();
    const given: { scope?: Scope } = {};
    const owner = run(function* () {
      yield* scoped(
        operation(function* () {
          given.scope = yield* useScope();
          yield* spawn(slowToGo(log, "child", 10));
          yield* slowToGo(log, "body", 5);
        }),
      );
      yield* sleep(100);
    });
    const other = run(function* () {
      yield* given.scope?.cancel() ?? suspend();
      log.push("known to another task");
    });
    await given.scope?.cancel();
    log.push("known outside");
    await other;
    expect(log).toEqual(["body gone", "child gone", "known to another task", "known outside"]);
    await owner;
  });

  it("C8 end quietly: only cancellation from further out goes on outwards", async () => {
    const log: unknown[] = [];
    await simulate(function* () {
      log.push(
        yield* taskGroup(function* (group) {
          yield* sleep(1);
          yield* group.cancel();
          return "value";
        }),
      );
      log.push(
        yield* scoped(function* () {
          yield* (yield* useScope()).cancel();
          return "value";
        }),
      );
    });
    expect(log).toEqual([undefined, undefined]);
  });

  it("C8 fail with errors of cleanup, which the boundary throws, too", async () => {
    const log: string[] = [];
    const { ended } = await endOf(
      simulate(function* () {
        yield* scoped(function* () {
          const scope = yield* useScope();
          yield* ensure(() => {
            throw new Error("cleanup failed");
          });
          scope.cancel().then(
            () => log.push("NO ERROR"),
            (error: unknown) => log.push(String(error)),
          );
          yield* suspend();
        });
      }),
    );
    expect(ended).toBe("cleanup failed");
    expect(log).toEqual(["Error: cleanup failed"]);
  });

  it("C8 do not fail with what a boundary further in had failed with before the request", async () => {
    const error = new Error("body");
    const { run } = world();
    const log: string[] = [];
    const task = run(function* () {
      yield* scoped(function* () {
        yield* ensure(() => sleep(5));
        throw error;
      });
    });
    await run(sleep(1));
    await task.cancel();
    log.push("gone");
    await expect(task).rejects.toBe(error);
    expect(log).toEqual(["gone"]);
  });
});
