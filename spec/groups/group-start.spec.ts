import { describe, expect, it } from "@jest/globals";
import {
  CancelledError,
  cancelScope,
  createContext,
  ensure,
  ExceptionGroup,
  now,
  operation,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  type Started,
  type Task,
  type TaskGroup,
} from "coppice";
import { fail } from "../support/fail.js";
import { rejectionOf } from "../support/rejection.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

/** A server that is ready after `ms`, and serves as long again. */
function serving(ms: number, port = 80) {
  return function* serve(started: Started<number>) {
    yield* sleep(ms);
    started(port);
    yield* sleep(ms);
    return "served";
  };
}

describe("TaskGroup.start", () => {
  it("waits until the task is ready, and gives what it says; the group then waits for the task", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* taskGroup(function* (group) {
        log.push(`port ${yield* group.start(serving(10, 8080))} at ${now()}`);
      });
      log.push(`end at ${now()}`);
    });
    expect(log).toEqual(["port 8080 at 10", "end at 20"]);
  });

  it("may be ready without a value", async () => {
    await expect(
      simulate(
        taskGroup(function* (group) {
          return yield* group.start(function* (started) {
            started();
            yield* sleep(1);
          });
        }),
      ),
    ).resolves.toBeUndefined();
  });

  it("throws what the task throws before it is ready: that fails the start, and not the group", async () => {
    const log: unknown[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(function* () {
          yield* sleep(20);
          log.push("sibling done");
        });
        try {
          yield* group.start(function* () {
            yield* sleep(5);
            fail(lost);
          });
        } catch (error) {
          log.push(error, `at ${now()}`);
        }
      }),
    );
    expect(log).toEqual([lost, "at 5", "sibling done"]);
  });

  it("a task that fails after it was ready fails the group", async () => {
    const error = await rejectionOf(
      simulate(
        taskGroup(function* (group) {
          yield* group.start(function* (started) {
            started();
            yield* sleep(5);
            fail(lost);
          });
          yield* suspend();
        }),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost]);
  });

  it("an error that nobody catches fails the body, once", async () => {
    const error = await rejectionOf(
      simulate(
        taskGroup(function* (group) {
          yield* group.start(function* () {
            yield* sleep(1);
            fail(lost);
          });
        }),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost]);
  });

  it("throws when the task ends without being ready", async () => {
    const error = await rejectionOf(
      simulate(
        taskGroup(function* (group) {
          yield* group.start(function* serve() {
            yield* sleep(1);
          });
        }),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([
      new Error(
        'Task "serve" ended without calling started(). Call started() when it is ready, or use group.spawn().',
      ),
    ]);
  });

  it("refuses a second call of started, in the task", async () => {
    const errors: unknown[] = [];
    await simulate(
      taskGroup(function* (group) {
        yield* group.start(function* serve(started) {
          started();
          try {
            started();
          } catch (error) {
            errors.push(error);
          }
          yield* sleep(1);
        });
      }),
    );
    expect(errors).toEqual([
      new Error('Task "serve" called started() twice. Call it once, when the task is ready.'),
    ]);
  });

  it("ignores started once the task is gone", async () => {
    const late: Started<void>[] = [];
    await simulate(
      taskGroup(function* (group) {
        try {
          yield* group.start(function* (started) {
            late.push(started);
            yield* sleep(1);
          });
        } catch {
          yield* sleep(1);
        }
        for (const started of late) started();
      }),
    );
    expect(late).toHaveLength(1);
  });

  it("cancelled before the task is ready cancels the task, and waits for its cleanup", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        const value = yield* timeout(
          5,
          group.start<string>(function* () {
            try {
              yield* suspend();
            } finally {
              yield* sleep(10);
              log.push(`gone at ${now()}`);
            }
          }),
          { otherwise: "late" },
        );
        log.push(`${value} at ${now()}`);
      }),
    );
    expect(log).toEqual(["gone at 15", "late at 15"]);
  });

  it("cancelled, takes no notice of started, and of errors only as errors of cleanup", async () => {
    const log: string[] = [];
    const error = await rejectionOf(
      simulate(
        taskGroup(function* (group) {
          yield* timeout(
            5,
            group.start<string>(function* (started) {
              try {
                yield* suspend();
              } finally {
                started("too late");
                yield* ensure(() => fail(lost));
              }
            }),
            { otherwise: "late" },
          );
          log.push("went on");
        }),
      ),
    );
    expect(log).toEqual([]);
    expect((error as ExceptionGroup).errors).toEqual([lost]);
  });

  it("is cancelled with the group, before and after it is ready", async () => {
    for (const when of [5, 15]) {
      const log: string[] = [];
      await simulate(
        taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(when);
            void group.cancel();
          });
          yield* group.start<number>(function* serve(started) {
            try {
              yield* serving(10)(started);
            } finally {
              log.push(`left at ${now()}`);
            }
          });
          yield* suspend();
        }),
      );
      expect(log).toEqual([`left at ${when}`]);
    }
  });

  it("throws CancelledError into a caller outside the group, when the group is cancelled before", async () => {
    const error = await rejectionOf(
      simulate(function* () {
        const groups: TaskGroup[] = [];
        yield* spawn(
          taskGroup(function* (group) {
            groups.push(group);
            yield* suspend();
          }),
        );
        yield* sleep(1);
        yield* spawn(function* () {
          yield* sleep(5);
          yield* groups[0]?.cancel("closing time") ?? sleep(0);
        });
        yield* groups[0]?.start(serving(10)) ?? sleep(0);
      }),
    );
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).cancellation).toMatchObject({ kind: "cancel", reason: "closing time" });
  });

  it("keeps the group open as long as a start is under way", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (outer) {
        yield* taskGroup(function* (group) {
          outer.spawn(group.start(serving(20)));
          yield* sleep(5);
          outer.spawn(group.start(serving(30)));
          yield* sleep(1);
        });
        log.push(`inner ended at ${now()}`);
      }),
    );
    expect(log).toEqual(["inner ended at 65"]);
  });

  it("lets the group end when a start that kept it open fails", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (outer) {
        yield* taskGroup(function* (group) {
          outer.spawn(function* () {
            try {
              yield* group.start(function* () {
                yield* sleep(7);
                fail(lost);
              });
            } catch (error) {
              log.push(`${String(error === lost)} at ${now()}`);
              yield* sleep(0);
            }
          });
          yield* sleep(1);
        });
        log.push(`inner ended at ${now()}`);
      }),
    );
    expect(log.sort()).toEqual(["inner ended at 7", "true at 7"]);
  });

  it("E5 refuses when the group is over", async () => {
    const groups: TaskGroup[] = [];
    const error = await rejectionOf(
      simulate(function* () {
        yield* taskGroup(
          function* (group) {
            groups.push(group);
            yield* sleep(0);
          },
          { name: "servers" },
        );
        yield* groups[0]?.start(serving(1)) ?? sleep(0);
      }),
    );
    expect(error).toEqual(
      new Error(
        'Cannot start "serve" in scope "servers": it has ended. Spawn before its body returns, or use a longer-lived scope.',
      ),
    );
  });

  it("E5 refuses what is no function, and misspelt options, where it is called", async () => {
    const errors: unknown[] = [];
    await simulate(
      taskGroup(function* (group) {
        for (const call of [
          () => group.start(5 as never),
          () => group.start(suspend() as never),
          () => group.start(serving(1), { nam: "x" } as never),
        ]) {
          errors.push(yield* caught(call));
        }
      }),
    );
    expect(errors).toEqual([
      new TypeError("group.start() needs a function*, got the number 5."),
      new TypeError("group.start() needs a function*, got an operation."),
      new TypeError('group.start() has no option "nam". Did you mean "name"?'),
    ]);
  });

  const caught = operation(function* caught(act: () => unknown) {
    yield* sleep(0);
    try {
      act();
    } catch (error) {
      return error;
    }
    return "nothing";
  });

  it("runs the task to its first yield point also when the group is cancelled by then (C12)", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        yield* shield(function* () {
          void group.cancel();
          try {
            yield* group.start<string>(function* (started) {
              log.push("began");
              yield* sleep(0);
              started("went on");
            });
          } catch (error) {
            log.push((error as Error).name);
            yield* sleep(0);
          }
        });
      }),
    );
    expect(log).toEqual(["began", "CancelledError"]);
  });

  it("takes its context from the caller, and its lifetime from the group (B5)", async () => {
    const user = createContext<string>("user");
    const seen: unknown[] = [];
    await simulate(
      taskGroup(function* (group) {
        yield* user.with("ada", () =>
          group.start(function* (started) {
            started();
            yield* sleep(10);
            seen.push(yield* user.get(), now());
          }),
        );
      }),
    );
    expect(seen).toEqual(["ada", 10]);
  });

  it("names the task for messages", async () => {
    const tasks: string[] = [];
    const error = await rejectionOf(
      simulate(
        taskGroup(function* (group) {
          yield* group.start(
            function* () {
              yield* sleep(0);
            },
            { name: "listener" },
          );
        }),
      ),
    );
    tasks.push(String((error as ExceptionGroup).errors[0]));
    expect(tasks[0]).toMatch(/Task "listener" ended without calling started/);
  });

  it("counts against the group's concurrency, and waits its turn", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          group.spawn(function* first() {
            yield* sleep(10);
          });
          yield* group.start(serving(5));
          log.push(`ready at ${now()}`);
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["ready at 15"]);
  });

  it("cancelled while it waits its turn, is gone at once", async () => {
    const log: string[] = [];
    const tasks: Task<unknown>[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          tasks.push(group.spawn(sleep(50)));
          yield* cancelScope(
            function* () {
              yield* group.start(function* (started) {
                log.push("began");
                yield* sleep(1);
                started();
              });
            },
            { deadline: 5 },
          );
          log.push(`behind at ${now()}`);
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["began", "behind at 5"]);
  });

  it("leaves nothing behind", async () => {
    const { run, scheduler } = world();
    await run(
      taskGroup(function* (group) {
        yield* group.start(serving(1));
        yield* timeout(1, group.start(serving(50)), { otherwise: 0 });
      }),
    );
    expect([scheduler.timers.size, scheduler.readyCount, [...scheduler.roots].length]).toEqual([0, 0, 0]);
  });
});
