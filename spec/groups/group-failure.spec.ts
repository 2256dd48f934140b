import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  ensure,
  now,
  operation,
  resource,
  sleep,
  spawn,
  suspend,
  taskGroup,
  type Operation,
  type Task,
} from "coppice";
import { throwAfter } from "../support/doings.js";
import { fail } from "../support/fail.js";
import { simulate } from "../support/virtual.js";
import { cleaning, groupOf, nestOf } from "./failing-children.js";

const lost = new Error("lost");
const broken = new TypeError("broken");

describe("a task group in which something fails", () => {
  it("throws a group with the one error of a task", async () => {
    const error = await groupOf(
      taskGroup(function* (group) {
        group.spawn(throwAfter(1, lost));
        yield* sleep(0);
      }),
    );
    expect(error.errors).toEqual([lost]);
    expect(error.errors[0]).toBe(lost);
  });

  it("throws a group with the one error of its body, and cancels its tasks", async () => {
    const tasks: Task<unknown>[] = [];
    for (const wait of [0, 10]) {
      const error = await groupOf(
        taskGroup(function* (group) {
          tasks.push(group.spawn(sleep(100)));
          if (wait > 0) yield* sleep(wait);
          fail(lost);
        }),
      );
      expect(error.errors).toEqual([lost]);
    }
    expect(tasks.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });

  it("throws all errors of tasks that fail in the same instant", async () => {
    const error = await groupOf(
      taskGroup(function* (group) {
        for (const one of [lost, broken, "text"]) group.spawn(throwAfter(5, one));
        yield* suspend();
      }),
    );
    expect(error.errors).toEqual([lost, broken, "text"]);
  });

  it("throws the errors of body and tasks in the order in which they occurred", async () => {
    const bodyFirst = await groupOf(
      taskGroup(function* (group) {
        group.spawn(cleaning(() => fail("cleanup of the task")));
        yield* sleep(1);
        fail("body");
      }),
    );
    expect(bodyFirst.errors).toEqual(["body", "cleanup of the task"]);
    const taskFirst = await groupOf(
      taskGroup(function* (group) {
        group.spawn(throwAfter(1, "task"));
        group.spawn(cleaning(() => fail("cleanup of the sibling")));
        yield* cleaning(() => fail("cleanup of the body"))();
      }),
    );
    expect(taskFirst.errors).toEqual(["task", "cleanup of the body", "cleanup of the sibling"]);
  });

  it("adds what cleanups and resources of the body throw, after the causes (E2)", async () => {
    const error = await groupOf(
      taskGroup(function* (group) {
        yield* ensure(() => fail("ensure"));
        yield* resource<string>(function* (provide) {
          try {
            yield* provide("pool");
          } finally {
            fail("resource");
          }
        });
        group.spawn(throwAfter(1, "task"));
        yield* cleaning(() => fail("finally"))();
      }),
    );
    expect(error.errors).toEqual(["task", "finally", "resource", "ensure"]);
  });

  it("wakes its body at once, and does not throw into it: its catch sees nothing", async () => {
    const log: string[] = [];
    await groupOf(
      taskGroup(function* (group) {
        const task = group.spawn(throwAfter(5, lost));
        try {
          yield* task;
        } catch {
          log.push("caught");
        } finally {
          log.push(`left at ${now()}`);
        }
      }),
    );
    expect(log).toEqual(["left at 5"]);
  });

  it("does not go on behind the group, nor in cancelled siblings", async () => {
    const log: string[] = [];
    await groupOf(function* () {
      yield* taskGroup(function* (group) {
        group.spawn(throwAfter(1, lost));
        group.spawn(function* () {
          yield* sleep(5);
          log.push("sibling went on");
        });
        yield* sleep(5);
        log.push("body went on");
      });
      log.push("caller went on");
    });
    expect(log).toEqual([]);
  });

  it("leaves siblings that had ended with their results, and cancels the others", async () => {
    const tasks: Task<unknown>[] = [];
    await groupOf(
      taskGroup(function* (group) {
        tasks.push(
          group.spawn(function* () {
            yield* checkpoint();
            return "done";
          }),
          group.spawn(throwAfter(1, lost)),
          group.spawn(suspend()),
        );
        yield* suspend();
      }),
    );
    expect(tasks.map(({ state }) => state)).toEqual(["completed", "failed", "cancelled"]);
    expect(tasks[0]?.result()).toBe("done");
    expect(() => tasks[1]?.result()).toThrow(lost);
  });

  it("fails with the errors of tasks that a cleanup spawns", async () => {
    const error = await groupOf(
      taskGroup(function* (group) {
        group.spawn(throwAfter(1, "task"));
        try {
          yield* suspend();
        } finally {
          group.spawn(() => fail("spawned in a cleanup"));
        }
      }),
    );
    expect(error.errors).toEqual(["task", "spawned in a cleanup"]);
  });

  it("E5 refuses what a cleanup spawns into it once it is closing, and counts that among its errors", async () => {
    const log: string[] = [];
    const error = await groupOf(
      taskGroup(
        function* (group) {
          group.spawn(throwAfter(1, lost));
          group.spawn(
            cleaning(() => {
              group.spawn(function* late() {
                log.push("began");
                yield* sleep(0);
              });
            }),
          );
          yield* suspend();
        },
        { name: "jobs" },
      ),
    );
    expect(log).toEqual([]);
    expect(error.errors).toEqual([
      lost,
      new Error(
        'Cannot spawn "late" in scope "jobs": it is closing. Spawn before its body returns, or use a longer-lived scope.',
      ),
    ]);
  });

  it("takes what a task spawns that is cancelled in the same turn and has not landed: it owns what it was given (C12)", async () => {
    const log: string[] = [];
    const error = await groupOf(
      taskGroup(function* (group) {
        group.spawn(throwAfter(5, lost));
        group.spawn(function* accept() {
          yield* sleep(5);
          // The connection came in the instant of the failure.
          group.spawn(function* handle() {
            try {
              log.push("handed over");
              yield* sleep(0);
              log.push("went on");
            } finally {
              yield* sleep(3);
              log.push(`given back at ${now()}`);
            }
          });
          yield* sleep(0);
        });
        yield* suspend();
      }),
    );
    expect(log).toEqual(["handed over", "given back at 8"]);
    expect(error.errors).toEqual([lost]);
  });

  it("stops tasks that breed without end", async () => {
    let bred = 0;
    const error = await groupOf(
      taskGroup(function* (group) {
        const hydra: () => Operation<void> = operation(function* grow() {
          bred++;
          yield* sleep(1);
          group.spawn(hydra());
          group.spawn(hydra());
        });
        group.spawn(hydra());
        while (bred < 10) yield* sleep(1);
        fail(lost);
      }),
    );
    expect(error.errors).toEqual([lost]);
    expect(bred).toBeLessThan(40);
  });

  it("a task that somebody waits for elsewhere fails there too, with the same error", async () => {
    const seen: unknown[] = [];
    const error = await groupOf(function* () {
      yield* taskGroup(function* (group) {
        const task = group.spawn(throwAfter(2, lost));
        yield* spawn(function* () {
          try {
            yield* task;
          } catch (thrown) {
            seen.push(thrown);
          }
        });
        yield* suspend();
      });
    });
    expect(error.errors).toEqual([lost]);
    expect(seen).toEqual([]);
  });

  it("throws the same object to all who ask", async () => {
    const error = await groupOf(function* () {
      const task = yield* spawn(taskGroup((group) => (group.spawn(throwAfter(1, lost)), suspend())));
      yield* task;
    });
    expect(error.errors).toEqual([lost]);
  });

  it("handles an error in one that is nested, and goes on", async () => {
    const log: unknown[] = [];
    await simulate(
      taskGroup(function* (outer) {
        outer.spawn(function* () {
          yield* sleep(10);
          log.push(`outer task at ${now()}`);
        });
        try {
          yield* taskGroup(function* (inner) {
            inner.spawn(throwAfter(5, lost));
            yield* suspend();
          });
        } catch (error) {
          log.push(nestOf(error));
        }
      }),
    );
    expect(log).toEqual([[lost], "outer task at 10"]);
  });
});
