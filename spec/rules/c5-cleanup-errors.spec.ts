import { describe, expect, it } from "@jest/globals";
import { attempt, ensure, ExceptionGroup, operation, sleep, suspend, timeout, type Operation } from "coppice";
import { byCancel, cancelAt, endOf, everyFormAndWay, NOTHING } from "../support/ways-to-cancel.js";
import { simulate } from "../support/virtual.js";

const fail = operation(function* fail(text: string) {
  yield* sleep(1);
  throw new Error(text);
});

const allMessages = (error: unknown): string[] =>
  error instanceof ExceptionGroup
    ? error.errors.flatMap(allMessages)
    : [error instanceof Error ? error.message : String(error)];

describe("an error thrown while unwinding", () => {
  it.each(everyFormAndWay)(
    "C5 resumes no catch of a cancelled frame, and is reported: %s",
    async (_, form, way) => {
      const log: string[] = [];
      const callee = form.define(function* callee() {
        try {
          yield* suspend();
        } finally {
          yield* fail("cleanup failed");
        }
      });
      const caller = form.define(function* caller() {
        try {
          yield* callee();
        } catch {
          log.push("CAUGHT");
        } finally {
          log.push("finally");
        }
        log.push("AFTER");
      });
      const trial = await cancelAt(way, 10, caller);
      expect(log).toEqual(["finally"]);
      expect(allMessages(trial.error)).toContain("cleanup failed");
      expect(trial.left).toEqual(NOTHING);
    },
  );

  it.each(everyFormAndWay)(
    "C5 lets the other levels clean up, and reports each failure: %s",
    async (_, form, way) => {
      const log: string[] = [];
      let inner: () => Operation<void> = suspend;
      for (const level of [1, 2, 3]) {
        const callee = inner;
        inner = form.define(function* caller() {
          try {
            yield* callee();
          } finally {
            log.push(`finally ${level}`);
            yield* fail(`failure ${level}`);
          }
        });
      }
      const trial = await cancelAt(way, 10, inner);
      expect(log).toEqual(["finally 1", "finally 2", "finally 3"]);
      expect(allMessages(trial.error).slice(-3)).toEqual(["failure 1", "failure 2", "failure 3"]);
    },
  );

  it("C5 skips a catch inside the very finally that fails, and the rest of that block", async () => {
    const log: string[] = [];
    const trial = await cancelAt(byCancel, 10, function* victim() {
      try {
        try {
          yield* suspend();
        } finally {
          try {
            yield* fail("in cleanup");
          } catch {
            log.push("CAUGHT");
          } finally {
            log.push("innermost finally");
          }
          log.push("REST");
        }
      } finally {
        log.push("outer finally");
      }
    });
    expect(log).toEqual(["innermost finally", "outer finally"]);
    expect(trial.ended).toBe("in cleanup");
  });

  it("C5 is a value for cleanup that attempts it", async () => {
    const log: unknown[] = [];
    const trial = await cancelAt(byCancel, 10, function* victim() {
      try {
        yield* suspend();
      } finally {
        const { ok } = yield* attempt(fail("expected"));
        log.push(ok, "and goes on");
      }
    });
    expect(log).toEqual([false, "and goes on"]);
    expect(trial.ended).toBe("CancelledError");
  });

  it("C5 may be caught as usual inside an operation that cleanup calls", async () => {
    const log: string[] = [];
    const careful = operation(function* careful() {
      try {
        yield* fail("expected");
      } catch (error) {
        log.push(`caught ${String(error)}`);
      }
      yield* sleep(1);
      log.push("and goes on");
    });
    const trial = await cancelAt(byCancel, 10, function* victim() {
      try {
        yield* suspend();
      } finally {
        yield* careful();
      }
    });
    expect(log).toEqual(["caught Error: expected", "and goes on"]);
    expect(trial.ended).toBe("CancelledError");
  });

  it("C5 is recorded when thrown synchronously by a finally", async () => {
    const log: string[] = [];
    const callee = operation(function* callee() {
      try {
        yield* suspend();
      } finally {
        // eslint-disable-next-line no-unsafe-finally -- a cleanup that fails at once
        throw new Error("thrown at once");
      }
    });
    const trial = await cancelAt(byCancel, 10, function* victim() {
      try {
        yield* callee();
      } catch {
        log.push("CAUGHT");
      }
      log.push("AFTER");
    });
    expect(log).toEqual([]);
    expect(trial.ended).toBe("thrown at once");
  });

  it("C5 surfaces at the boundary that was cancelled, and may be caught there", async () => {
    const log: string[] = [];
    const { ended } = await endOf(
      simulate(function* () {
        try {
          yield* timeout(5, function* inner() {
            try {
              yield* operation(function* innermost() {
                yield* ensure(() => fail("cleanup failed"));
                yield* suspend();
              })();
            } catch {
              log.push("CAUGHT INSIDE");
            }
          });
        } catch (error) {
          log.push(`caught outside: ${String(error)}`);
        }
        return "goes on";
      }),
    );
    expect(log).toEqual(["caught outside: Error: cleanup failed"]);
    expect(ended).toBe("value");
  });

  it("C5 fails the cancel() that waits for it, with the very error", async () => {
    const error = new Error("cleanup failed");
    const task = simulate(function* () {
      yield* ensure(() => {
        throw error;
      });
      yield* suspend();
    });
    await expect(task.cancel()).rejects.toBe(error);
    await expect(task).rejects.toBe(error);
    expect(task.state).toBe("failed");
  });

  it("C5 reports several in the order in which they occurred", async () => {
    const trial = await cancelAt(byCancel, 10, function* victim() {
      yield* ensure(() => fail("third"));
      yield* ensure(() => fail("second"));
      try {
        yield* suspend();
      } finally {
        yield* fail("first");
      }
    });
    expect(trial.error).toBeInstanceOf(ExceptionGroup);
    expect(allMessages(trial.error)).toEqual(["first", "second", "third"]);
  });
});
