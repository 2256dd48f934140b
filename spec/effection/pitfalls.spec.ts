/** The pitfalls of joining two runtimes, each with its number in the notes on Effection. */
import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import * as theirs from "effection";
import {
  abandonedWork,
  attempt,
  CancelledError,
  CleanupError,
  createContext,
  ensure,
  run,
  sleep,
  spawn,
  suspend,
  type Operation,
  type Task,
} from "coppice";
import { fromEffection, toEffection, type TheirOperable } from "coppice/effection";
import { ourTurn, settled, theirCleanup, theirTurn, turn } from "./support.js";

describe("fromEffection", () => {
  it("owns what it runs: nothing of theirs goes on when we are cancelled (B-1)", async () => {
    const log: string[] = [];
    const task = run(
      fromEffection(function* () {
        for (;;) {
          yield* theirTurn();
          log.push("tick");
        }
      }),
    );
    await settled();
    await task.cancel();
    const ticks = log.length;
    await settled();
    expect(ticks).toBeGreaterThan(0);
    expect(log).toHaveLength(ticks);
  });

  it("halts without anybody looking at the result of the cancel (B-2)", async () => {
    const log: unknown[] = [];
    const task = run(fromEffection(() => theirCleanup(log)));
    await settled();
    void task.cancel();
    await settled();
    expect(log).toEqual(["theirs waits", "theirs gone"]);
  });

  it('takes a user\'s error "halted" for an error (B-3)', async () => {
    const error = new Error("halted");
    const op = fromEffection(function* () {
      yield* theirTurn();
      throw error;
    });
    expect(await run(attempt(op))).toEqual({ ok: false, error });
    // And one that comes out of cleanup after our own halt is an error of cleanup.
    const task = run(
      fromEffection(function* () {
        yield* theirs.ensure(() => {
          throw error;
        });
        yield* theirs.suspend();
      }),
    );
    await settled();
    await expect(task.cancel()).rejects.toBe(error);
    await expect(task).rejects.toBe(error);
  });

  it("does not take a halted body whose finally waits for one that completed (B-4)", async () => {
    const log: unknown[] = [];
    const [scope, destroy] = theirs.createScope();
    const ended = scope.run(() =>
      toEffection(function* () {
        // Their own side destroys the scope that it runs in.
        log.push(yield* attempt(fromEffection(() => theirCleanup(log))));
      }),
    );
    await settled();
    const [inner] = childrenOf(scope);
    expect(inner).toBeDefined();
    await theirs.run(() => destroyed(inner));
    await ended;
    expect(log).toEqual(["theirs waits", "theirs gone", { ok: false, error: expect.any(CancelledError) }]);
    await destroy();
  });

  it("does not report the body's error as one of the cleanup (B-5)", async () => {
    const error = new Error("body");
    const log: unknown[] = [];
    const task = run(
      fromEffection(function* () {
        yield* theirs.ensure(function* () {
          log.push("cleaning");
          yield* theirTurn();
        });
        throw error;
      }),
    );
    while (log.length === 0) await Promise.resolve();
    void task.cancel();
    // The very error, not a group of it with itself.
    await expect(task).rejects.toBe(error);
  });

  it("hands over the value that theirs had when the cancel came during its teardown (B-6, S6)", async () => {
    const log: unknown[] = [];
    const task = run(function* () {
      const value = yield* fromEffection(function* () {
        yield* theirs.ensure(function* () {
          log.push("teardown");
          yield* theirTurn();
        });
        return "value";
      });
      log.push(value);
      yield* sleep(0);
      log.push("never");
    });
    while (log.length === 0) await Promise.resolve();
    await task.cancel();
    expect(log).toEqual(["teardown", "value"]);
  });

  it("waits for code of theirs that goes on behind a halted call, as long as the grace allows (B-7)", async () => {
    const loop = { isEndless: true };
    const goesOn = (log: unknown[], isEndless: boolean) =>
      fromEffection(function* () {
        yield* theirCleanup(log);
        // Effection comes here although it was halted.
        log.push("went on");
        do yield* theirTurn();
        while (isEndless && loop.isEndless);
        log.push("ended");
      });
    const log: unknown[] = [];
    const task = run(goesOn(log, false));
    await settled();
    await task.cancel();
    expect(log).toEqual(["theirs waits", "theirs gone", "went on", "ended"]);

    const endless = run(goesOn([], true));
    await settled();
    const error: unknown = await endless
      .cancel(undefined, { grace: 20 })
      .then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CleanupError);
    expect((error as Error).message).toContain('effection "effection"');
    await expect(endless).rejects.toBe(error);
    loop.isEndless = false;
  });

  it("cannot fire our timers amid a loop of theirs that never waits (B-8)", async () => {
    const log: string[] = [];
    await run(function* () {
      yield* spawn(function* () {
        yield* sleep(1);
        log.push("timer");
      });
      yield* fromEffection(function* () {
        yield* theirTurn();
        const until = performance.now() + 20;
        while (performance.now() < until) yield* theirs.call(() => 1);
        log.push("loop");
      });
      yield* sleep(30);
    });
    expect(log).toEqual(["loop", "timer"]);
  });

  it("sees a ring: cleanup of theirs that waits for the task of ours that waits for it (B-17)", async () => {
    const seen: unknown[] = [];
    const tasks: Task<void>[] = [];
    const task: Task<void> = run(
      fromEffection(function* () {
        try {
          yield* theirs.suspend();
        } finally {
          try {
            for (const waiting of tasks) yield* toEffection(waiting);
          } catch (error) {
            seen.push((error as Error).message);
          }
        }
      }),
    );
    tasks.push(task);
    await settled();
    await task.cancel();
    expect(seen).toEqual([
      expect.stringContaining("waits for the very operation of Effection that would wait for it"),
    ]);
  });

  it("hands a Task or Future of theirs over as it is (B-20)", async () => {
    const name = await run(function* () {
      const task = yield* fromEffection(
        theirs.spawn(function* () {
          yield* theirTurn();
          return "done";
        }),
      );
      return yield* fromEffection(task);
    });
    expect(name).toBe("done");
  });

  it("runs operations of another copy of Effection (B-22)", async () => {
    const copy = createRequire(import.meta.url)("effection") as typeof theirs;
    expect(copy.run).not.toBe(theirs.run);
    const log: unknown[] = [];
    const op = function* () {
      const task = yield* copy.spawn(function* () {
        yield* copy.sleep(0);
        return "copy";
      });
      try {
        return yield* task;
      } finally {
        log.push("clean");
      }
    };
    expect(await run(fromEffection(op))).toBe("copy");
    const halted = run(
      fromEffection(function* () {
        yield* copy.ensure(() => void log.push("ensured"));
        yield* copy.suspend();
      }),
    );
    await settled();
    await halted.cancel();
    expect(log).toEqual(["clean", "ensured"]);
  });
});

/** The scopes of theirs below one of theirs, and destroying one: what `api.Scope` and their inspector look at. */
const children = theirs.createContext<Set<theirs.Scope>>("@effection/scope.children");

function childrenOf(scope: theirs.Scope | undefined): theirs.Scope[] {
  return [...(scope?.get(children) ?? [])];
}

function destroyed(scope: theirs.Scope | undefined): theirs.Operation<void> {
  return (scope as unknown as { destroy(): theirs.Operation<void> }).destroy();
}

describe("toEffection", () => {
  it("owns what it runs: nothing of ours goes on when theirs is halted (B-9)", async () => {
    const log: string[] = [];
    const task = theirs.run(() =>
      toEffection(function* () {
        for (;;) {
          yield* ourTurn();
          log.push("tick");
        }
      }),
    );
    await settled();
    await task.halt();
    const ticks = log.length;
    await settled();
    expect(ticks).toBeGreaterThan(0);
    expect(log).toHaveLength(ticks);
  });

  const ourCleanup = (log: unknown[]) =>
    function* () {
      yield* ensure(function* () {
        yield* ourTurn();
        yield* ourTurn();
        log.push("clean");
      });
      log.push("ready");
      yield* suspend();
    };

  it("lets a halt resolve when our cleanup is done, and not before (B-10)", async () => {
    const log: unknown[] = [];
    const task = theirs.run(() => toEffection(ourCleanup(log)));
    await settled();
    await task.halt();
    expect(log).toEqual(["ready", "clean"]);
  });

  it("does not resume its caller after the halt that it waited for (B-11)", async () => {
    const log: unknown[] = [];
    const task = theirs.run(function* () {
      yield* toEffection(ourCleanup(log));
      log.push("resumed");
    });
    await settled();
    await task.halt();
    await settled();
    expect(log).toEqual(["ready", "clean"]);
  });

  it("fails where it stands, inside the catch of its caller (B-12)", async () => {
    const caught = await theirs.run(function* () {
      try {
        return yield* toEffection(function* (): Operation<string> {
          yield* ourTurn();
          throw new Error("ours");
        });
      } catch (error) {
        yield* theirTurn();
        return (error as Error).message;
      }
    });
    expect(caught).toBe("ours");
  });

  it("works inside scoped and beside ensure of theirs (B-13)", async () => {
    const log: unknown[] = [];
    const task = theirs.run(() =>
      theirs.scoped(function* () {
        yield* theirs.ensure(() => void log.push("theirs after"));
        yield* toEffection(ourCleanup(log));
      }),
    );
    await settled();
    await task.halt();
    expect(log).toEqual(["ready", "clean", "theirs after"]);
  });

  it("is one effect, in the protocol that the installed version speaks (B-14)", () => {
    const iterator = toEffection(suspend())[Symbol.iterator]();
    const { value, done } = iterator.next();
    expect(done).toBe(false);
    expect(value).toMatchObject({ description: "coppice effection" });
    expect((value as { enter: unknown }).enter).toBeInstanceOf(Function);
    // What the bridge uses of it: `enter(resolve, routine)` gives an exit, which is given a callback.
    const effect = theirs.suspend()[Symbol.iterator]().next().value as theirs.Effect<unknown>;
    const left: unknown[] = [];
    const routine = {} as theirs.Coroutine;
    effect.enter(() => undefined, routine)((result) => left.push(result));
    expect(left).toEqual([theirs.Ok()]);
  });

  it("reports an error of our cleanup that is the very error of another task (B-15)", async () => {
    const error = new Error("shared");
    const task = theirs.run(() =>
      toEffection(function* () {
        yield* ensure(() => {
          throw error;
        });
        yield* suspend();
      }),
    );
    await settled();
    await expect(task.halt()).rejects.toBe(error);
  });

  it("does not report as cleanup what ours had failed with before the halt (B-15)", async () => {
    const log: unknown[] = [];
    const task = theirs.run(() =>
      toEffection(function* () {
        yield* ensure(function* () {
          log.push("cleaning");
          yield* ourTurn();
          log.push("clean");
        });
        yield* ourTurn();
        throw new Error("body");
      }),
    );
    while (log.length === 0) await turn();
    await task.halt();
    expect(log).toEqual(["cleaning", "clean"]);
  });

  it("answers every halt, also one whose cleanup throws what is no error (B-16)", async () => {
    const task = theirs.run(() =>
      toEffection(function* () {
        yield* ensure(() => {
          throw "text";
        });
        yield* suspend();
      }),
    );
    await settled();
    const answered: unknown = await task.halt().then(undefined, (thrown: unknown) => thrown);
    expect(answered).toBe("text");
  });

  it("answers a halt that comes twice, and a failure of a sibling amid it (B-16)", async () => {
    const log: unknown[] = [];
    const task = theirs.run(function* () {
      void (yield* theirs.spawn(function* () {
        try {
          yield* theirs.suspend();
        } finally {
          yield* theirTurn();
        }
      }));
      yield* toEffection(ourCleanup(log));
    });
    await settled();
    await Promise.all([task.halt(), task.halt()]);
    expect(log).toEqual(["ready", "clean"]);
  });

  it("hands a Task of ours over as it is (B-20)", async () => {
    const value = await theirs.run(function* () {
      const task = yield* toEffection(
        spawn(function* () {
          yield* ourTurn();
          return "done";
        }),
      );
      return yield* toEffection(task);
    });
    expect(value).toBe("done");
  });
});

describe("an operation without the bridge", () => {
  it("of theirs in ours fails at once, and the error names fromEffection (B-18)", async () => {
    const without = (op: theirs.Operation<unknown>): Operation<void> =>
      (function* () {
        // What plain JavaScript lets everybody write.
        yield* op as unknown as Operation<void>;
      })();
    const used: theirs.Operation<unknown>[] = [
      theirs.sleep(1),
      theirs.suspend(),
      theirs.useScope(),
      theirs.spawn(theirs.suspend),
      theirs.until(Promise.resolve()),
    ];
    for (const op of used) {
      await expect(run(without(op))).rejects.toThrow(
        "yielded an operation of Effection. Write yield* fromEffection",
      );
    }
    // As the operation itself, where there is no generator to throw into.
    await expect(run(theirs.sleep(1) as unknown as Operation<void>)).rejects.toThrow("fromEffection");
  });

  it("of theirs in ours can be caught where it stands (B-18)", async () => {
    const caught = await run(function* () {
      try {
        yield* theirs.sleep(1) as unknown as Operation<void>;
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    });
    expect(caught).toContain("fromEffection");
  });

  it("of ours in theirs fails at once (B-18)", async () => {
    const used: (() => unknown)[] = [() => sleep(1), () => suspend(), () => attempt(suspend())];
    for (const make of used) {
      await expect(
        theirs.run(function* () {
          yield* make() as theirs.Operation<unknown>;
        }),
      ).rejects.toThrow("used outside any task");
      await expect(
        run(
          fromEffection(function* () {
            yield* make() as theirs.Operation<unknown>;
          }),
        ),
      ).rejects.toThrow("used outside any task");
    }
  });
});

describe("both sides", () => {
  it("see the contexts of the scope that they were called from (B-19)", async () => {
    const [mine, yours] = [createContext<string>("mine"), theirs.createContext<string>("yours")];
    const read = fromEffection(function* () {
      return yield* toEffection(function* () {
        const inner = yield* fromEffection(yours.get());
        return [yield* mine.get(), inner];
      });
    });
    const seen = await theirs.run(() =>
      yours.with("y", () =>
        toEffection(function* () {
          return yield* mine.with("m", read);
        }),
      ),
    );
    expect(seen).toEqual(["m", "y"]);
  });

  it("report a failure once, to whoever waits, and never to the host besides (B-21)", async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", listen);
    try {
      const fail: TheirOperable<void> = function* () {
        yield* theirTurn();
        throw new Error("theirs");
      };
      await run(attempt(fromEffection(fail)));
      await theirs.run(function* () {
        try {
          yield* toEffection(function* () {
            yield* ourTurn();
            throw new Error("ours");
          });
        } catch {
          // Seen.
        }
      });
      await settled();
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", listen);
    }
    expect([...abandonedWork()]).toEqual([]);
  });
});
