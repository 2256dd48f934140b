import { describe, expect, it } from "@jest/globals";
import * as theirs from "effection";
import {
  attempt,
  ensure,
  ExceptionGroup,
  race,
  run,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  TimeoutError,
} from "coppice";
import { fromEffection, toEffection, whyCancelled } from "coppice/effection";
import { ourTurn, settled, theirCleanup, theirTurn } from "./support.js";

describe("fromEffection", () => {
  it("gives the value of a function* and of an operation", async () => {
    const five = function* () {
      yield* theirTurn();
      return 5;
    };
    expect(await run(fromEffection(five))).toBe(5);
    expect(await run(fromEffection(five()))).toBe(5);
    expect(await run(fromEffection(theirs.call(() => Promise.resolve("called"))))).toBe("called");
  });

  it("can be run again when it was given a function* or a described operation", async () => {
    const op = fromEffection(function* () {
      yield* theirTurn();
      return "again";
    });
    expect(await run(op)).toBe("again");
    expect(await run(op)).toBe("again");
    const described = fromEffection(theirs.sleep(0));
    await run(described);
    await run(described);
  });

  it("throws what theirs throws, the same object, whatever it is", async () => {
    for (const thrown of [new RangeError("r"), { plain: true }, "text", undefined]) {
      const caught = await run(
        attempt(
          fromEffection(function* () {
            yield* theirTurn();
            throw thrown;
          }),
        ),
      );
      expect(caught).toEqual({ ok: false, error: thrown });
      expect((caught as { error: unknown }).error).toBe(thrown);
    }
  });

  it("throws what a child of theirs throws", async () => {
    const error = new Error("child");
    const op = fromEffection(function* () {
      void (yield* theirs.spawn(function* () {
        yield* theirTurn();
        throw error;
      }));
      yield* theirs.suspend();
    });
    expect(await run(attempt(op))).toEqual({ ok: false, error });
  });

  it("throws what the function throws before it has an operation", async () => {
    const error = new Error("at once");
    const op = fromEffection((): theirs.Operation<void> => {
      throw error;
    });
    await expect(run(op)).rejects.toBe(error);
  });

  it("is halted and awaited when we cancel, before any cleanup of ours further out", async () => {
    const log: unknown[] = [];
    const task = run(function* () {
      try {
        yield* fromEffection(() => theirCleanup(log));
      } finally {
        log.push("ours");
      }
    });
    await settled();
    await task.cancel();
    expect(log).toEqual(["theirs waits", "theirs gone", "ours"]);
  });

  it("shows our reason to their cleanup", async () => {
    const seen: unknown[] = [];
    const reason = { because: "enough" };
    const task = run(
      fromEffection(function* () {
        expect(yield* whyCancelled()).toBeUndefined();
        try {
          yield* theirs.suspend();
        } finally {
          seen.push(yield* whyCancelled());
        }
      }),
    );
    await settled();
    await task.cancel(reason);
    expect(seen).toEqual([expect.objectContaining({ kind: "cancel", reason })]);
  });

  it("says undefined where nothing of ours is around", async () => {
    expect(await theirs.run(whyCancelled)).toBeUndefined();
  });

  it("throws CancelledError, which can be caught, when theirs was halted by its own side", async () => {
    const scope = theirs.createScope();
    const [inner, destroy] = scope;
    const halted = inner.run(() =>
      toEffection(function* () {
        return yield* attempt(
          fromEffection(function* () {
            const [own, end] = theirs.createScope(yield* theirs.useScope());
            const task = own.run(theirs.suspend);
            yield* theirs.until(end());
            yield* task;
          }),
        );
      }),
    );
    const { ok, ...rest } = (await halted) as { ok: boolean; error?: unknown };
    expect([ok, rest.error]).toEqual([false, expect.objectContaining({ message: "halted" })]);
    await destroy();
  });

  it("reports an error of their cleanup after a cancel", async () => {
    const error = new Error("cleanup");
    const task = run(
      fromEffection(function* () {
        try {
          yield* theirs.suspend();
        } finally {
          yield* theirTurn();
          // eslint-disable-next-line no-unsafe-finally -- what the spec is about
          throw error;
        }
      }),
    );
    await settled();
    await expect(task.cancel()).rejects.toBe(error);
    await expect(task).rejects.toBe(error);
  });

  it("drops neither the error of a body nor that of its cleanup (E2)", async () => {
    const [body, cleanup] = [new Error("body"), new Error("cleanup")];
    const op = fromEffection(function* () {
      yield* theirs.ensure(() => {
        throw cleanup;
      });
      yield* theirTurn();
      throw body;
    });
    const { error } = (await run(attempt(op))) as { error: ExceptionGroup };
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error.errors).toEqual([body, cleanup]);
  });

  it("waits for their cleanup when a body has failed, also when cancelled meanwhile", async () => {
    const log: unknown[] = [];
    const error = new Error("body");
    const task = run(function* () {
      return yield* attempt(
        fromEffection(function* () {
          yield* theirs.ensure(function* () {
            log.push("cleaning");
            yield* theirTurn();
            log.push("clean");
          });
          throw error;
        }),
      );
    });
    while (log.length === 0) await Promise.resolve();
    void task.cancel();
    await expect(task).rejects.toBe(error);
    expect(log).toEqual(["cleaning", "clean"]);
  });

  it("is halted and awaited as the loser of a race of ours", async () => {
    const log: unknown[] = [];
    const winner = await run(
      race([
        function* () {
          for (let i = 0; i < 3; i++) yield* ourTurn();
          return "ours";
        },
        fromEffection(() => theirCleanup(log)),
      ]),
    );
    expect([winner, ...log]).toEqual(["ours", "theirs waits", "theirs gone"]);
  });

  it("obeys a timeout of ours, which reports after their cleanup", async () => {
    const log: unknown[] = [];
    const error = await run(
      timeout(
        5,
        fromEffection(() => theirCleanup(log)),
      ),
    ).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(log).toEqual(["theirs waits", "theirs gone"]);
  });

  it("does not start what was cancelled before it could, and leaves nothing of it", async () => {
    const log: unknown[] = [];
    const task = run(fromEffection(() => theirCleanup(log)));
    await task.cancel();
    await settled();
    expect(log).toEqual([]);
  });

  it("passes a group of several errors through three levels, the same object", async () => {
    const errors = [new Error("a"), new Error("b")];
    const inner = taskGroup(function* (group) {
      for (const error of errors) {
        group.spawn(function* () {
          try {
            yield* suspend();
          } finally {
            // eslint-disable-next-line no-unsafe-finally -- both fail
            throw error;
          }
        });
      }
      yield* ourTurn();
      group.cancel();
    });
    let seen: unknown;
    const outer = fromEffection(function* () {
      try {
        yield* toEffection(inner);
      } catch (error) {
        seen = error;
        throw error;
      }
    });
    const { error } = (await run(attempt(outer))) as { error: ExceptionGroup };
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error).toBe(seen);
    expect(new Set(error.errors)).toEqual(new Set(errors));
  });

  it("unwinds three levels innermost first, and the reason arrives at all of them", async () => {
    const log: unknown[] = [];
    const task = run(function* () {
      try {
        yield* fromEffection(function* () {
          try {
            yield* toEffection(function* () {
              try {
                yield* fromEffection(() => theirCleanup(log, "innermost"));
              } finally {
                yield* sleep(0);
                log.push("ours inside");
              }
            });
          } finally {
            log.push((yield* whyCancelled())?.reason);
          }
        });
      } finally {
        log.push("outermost");
      }
    });
    await settled();
    await task.cancel("why");
    expect(log).toEqual(["innermost waits", "innermost gone", "ours inside", "why", "outermost"]);
  });

  it("runs in cleanup of ours, and theirs runs ours in its own", async () => {
    const log: unknown[] = [];
    const task = run(function* () {
      try {
        yield* suspend();
      } finally {
        yield* fromEffection(function* () {
          yield* toEffection(ourTurn());
          log.push("done in cleanup");
        });
      }
    });
    await task.cancel();
    expect(log).toEqual(["done in cleanup"]);
  });

  it("keeps its tasks below ours: what a spawned child crosses is gone with the boundary", async () => {
    const log: unknown[] = [];
    await run(
      scoped(function* () {
        yield* spawn(fromEffection(() => theirCleanup(log)));
        yield* ensure(() => log.push("ensured later, undone first"));
        for (let i = 0; i < 3; i++) yield* ourTurn();
      }),
    );
    expect(log).toEqual(["theirs waits", "ensured later, undone first", "theirs gone"]);
  });

  it.each([
    [5, "number"],
    [null, "object"],
    [Promise.resolve(), "a Promise"],
    [["a"], "object"],
  ])("refuses %p at once", (given, found) => {
    expect(() => fromEffection(given as never)).toThrow(
      `fromEffection() needs an operation or a function*, got ${found}`,
    );
  });

  it("refuses an unknown option, a generator object that was run, and await", async () => {
    expect(() => fromEffection(theirs.suspend(), { contxts: [] } as never)).toThrow('no option "contxts"');
    const made = theirCleanup([]);
    const op = fromEffection(made);
    await run(op).cancel();
    await expect(run(op)).rejects.toThrow("was run before");
    await expect(Promise.resolve(op as unknown)).rejects.toThrow("was awaited");
  });
});
