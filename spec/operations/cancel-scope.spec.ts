import { describe, expect, it } from "@jest/globals";
import {
  cancelScope,
  checkpoint,
  ensure,
  now,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  timeout,
  TimeoutError,
  useScope,
  type CancelScope,
  type Operation,
} from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("cancelScope", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: cancelScope(() => gate.pass),
        complete: atOnce(() => gate.open("a")),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting,
      };
    },
    { value: "a", error: lost },
  );

  it("gives its body's value when nothing cancels it", async () => {
    const scopes: CancelScope[] = [];
    const value = await simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        yield* sleep(1);
        return "done";
      }),
    );
    expect(value).toBe("done");
    expect(scopes[0]).toMatchObject({ isCancelled: false, wasCancelled: false, deadline: Infinity });
    expect(scopes[0]?.cancellation).toBeUndefined();
  });

  it("ends quietly, with no value, when it is cancelled, and tells so afterwards", async () => {
    const log: string[] = [];
    const scopes: CancelScope[] = [];
    const { run } = world();
    await run(function* () {
      const value = yield* cancelScope(function* (scope) {
        scopes.push(scope);
        yield* spawn(function* () {
          yield* sleep(5);
          void scope.cancel("enough");
        });
        try {
          yield* suspend();
        } finally {
          yield* sleep(10);
          log.push(`cleaned up at ${now()}`);
        }
      });
      log.push(`gave ${String(value)} at ${now()}`);
    });
    expect(log).toEqual(["cleaned up at 15", "gave undefined at 15"]);
    expect(scopes[0]).toMatchObject({
      isCancelled: true,
      wasCancelled: true,
      cancellation: { kind: "cancel", reason: "enough" },
    });
  });

  it("cancelled by its own body lands at that very yield* (C8)", async () => {
    const log: string[] = [];
    await simulate(
      cancelScope(function* (scope) {
        try {
          yield* scope.cancel();
          log.push("went on");
        } finally {
          log.push("left");
        }
      }),
    );
    expect(log).toEqual(["left"]);
  });

  it("cancelled by a plain call in its body lands at the next yield point", async () => {
    const log: string[] = [];
    await simulate(
      cancelScope(function* (scope) {
        void scope.cancel();
        log.push("still here");
        yield* checkpoint();
        log.push("went on");
      }),
    );
    expect(log).toEqual(["still here"]);
  });

  it("keeps a value that came before the cancel: it was asked for, and did not happen (S6)", async () => {
    const scopes: CancelScope[] = [];
    const value = await simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        yield* checkpoint();
        void scope.cancel();
        return "done";
      }),
    );
    expect(value).toBe("done");
    expect(scopes[0]).toMatchObject({ isCancelled: true, wasCancelled: false });
  });

  it("does nothing when cancelled after its end, and when cancelled twice (C10)", async () => {
    const scopes: CancelScope[] = [];
    await simulate(function* () {
      yield* cancelScope(function* (scope) {
        scopes.push(scope);
        void scope.cancel("first");
        void scope.cancel("second");
        yield* checkpoint();
      });
      yield* cancelScope(function* (scope) {
        scopes.push(scope);
        yield* checkpoint();
      });
      for (const scope of scopes) yield* scope.cancel("late");
    });
    expect(scopes.map(({ cancellation }) => cancellation?.reason)).toEqual(["first", undefined]);
  });

  it("cancels its children too, and waits for them", async () => {
    const log: string[] = [];
    await simulate(
      cancelScope(function* (scope) {
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(3);
            log.push(`child gone at ${now()}`);
          }
        });
        yield* sleep(1);
        void scope.cancel();
        yield* suspend();
      }),
    );
    expect(log).toEqual(["child gone at 4"]);
  });

  it("throws what cleanup throws, even though it was cancelled (C5)", async () => {
    const scopes: CancelScope[] = [];
    const error: unknown = await simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        yield* ensure(() => fail(lost));
        void scope.cancel();
        yield* suspend();
      }),
    ).catch((thrown: unknown) => thrown);
    expect(error).toBe(lost);
    expect(scopes[0]?.wasCancelled).toBe(true);
  });

  it("cancelled from further out goes on outwards", async () => {
    const log: string[] = [];
    const scopes: CancelScope[] = [];
    await simulate(
      cancelScope(function* (outer) {
        scopes.push(outer);
        yield* cancelScope(function* (inner) {
          scopes.push(inner);
          void outer.cancel();
          yield* suspend();
        });
        log.push("behind the inner scope");
      }),
    );
    expect(log).toEqual([]);
    expect(scopes.map(({ wasCancelled }) => wasCancelled)).toEqual([true, false]);
  });

  it("cancelled at the same time as one further out leaves it to that one", async () => {
    const scopes: CancelScope[] = [];
    const log: string[] = [];
    await simulate(
      cancelScope(function* (first) {
        yield* cancelScope(function* (second) {
          yield* cancelScope(function* (third) {
            scopes.push(first, second, third);
            void third.cancel();
            void second.cancel();
            yield* suspend();
          });
          log.push("behind the third");
        });
        log.push("behind the second");
      }),
    );
    expect(log).toEqual(["behind the second"]);
    expect(scopes.map(({ isCancelled }) => isCancelled)).toEqual([false, true, true]);
    expect(scopes.map(({ wasCancelled }) => wasCancelled)).toEqual([false, true, false]);
  });

  it("can be cancelled from outside all tasks", async () => {
    const scopes: CancelScope[] = [];
    const task = simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        yield* suspend();
      }),
    );
    void scopes[0]?.cancel("from outside");
    await expect(task).resolves.toBeUndefined();
    expect(scopes[0]?.cancellation).toMatchObject({
      kind: "cancel",
      reason: "from outside",
      scope: expect.any(String),
      task: undefined,
    });
  });

  it("can run again: each run has a scope of its own", async () => {
    const scopes: CancelScope[] = [];
    const op = cancelScope(function* (scope) {
      scopes.push(scope);
      yield* checkpoint();
    });
    await simulate(function* () {
      yield* op;
      yield* op;
    });
    expect(new Set(scopes).size).toBe(2);
  });

  it("cuts short the cleanup of its body after `grace` (C7)", async () => {
    const { run } = world();
    const log: string[] = [];
    await expect(
      run(function* () {
        const scopes: CancelScope[] = [];
        yield* spawn(function* () {
          yield* sleep(5);
          void scopes[0]?.cancel("now", { grace: 20 });
        });
        yield* cancelScope(
          function* (scope) {
            scopes.push(scope);
            try {
              yield* suspend();
            } finally {
              log.push("cleaning up");
              yield* suspend();
            }
          },
          { name: "upload" },
        );
      }),
    ).rejects.toThrow(/Cleanup of "upload" took longer than its grace of 20 ms/);
    expect(log).toEqual(["cleaning up"]);
  });

  it.each([
    [5, "cancelScope() needs a function*, got the number 5."],
    [suspend(), "cancelScope() needs a function*, got an operation."],
  ])("E5 refuses %p as its body", (given, message) => {
    expect(() => cancelScope(given as never)).toThrow(new TypeError(message));
  });

  it("E5 refuses a bad deadline and misspelt options where it is called", () => {
    expect(() => cancelScope(() => suspend(), { deadline: Number.NaN })).toThrow(
      new RangeError(
        "cancelScope() needs a time of the runtime's clock in ms, such as now() + 500, got NaN.",
      ),
    );
    expect(() => cancelScope(() => suspend(), { deadline: new Date() as never })).toThrow(
      new TypeError(
        "cancelScope() needs a time of the runtime's clock in ms, such as now() + 500, got a Date.",
      ),
    );
    expect(() => cancelScope(() => suspend(), { dedline: 5 } as never)).toThrow(
      /no option "dedline"\. Did you mean "deadline"\?/,
    );
  });
});

describe("CancelScope.deadline", () => {
  it("cancels the scope when it passes, quietly", async () => {
    const log: string[] = [];
    const scopes: CancelScope[] = [];
    await simulate(function* () {
      const value = yield* cancelScope(
        function* (scope) {
          scopes.push(scope);
          yield* suspend();
        },
        { deadline: now() + 30 },
      );
      log.push(`${String(value)} at ${now()}`);
    });
    expect(log).toEqual(["undefined at 30"]);
    expect(scopes[0]).toMatchObject({ wasCancelled: true, deadline: 30, cancellation: { kind: "deadline" } });
  });

  it("can be moved on while the body waits", async () => {
    const log: string[] = [];
    await simulate(
      cancelScope(
        function* (scope) {
          yield* spawn(function* () {
            yield* sleep(20);
            scope.deadline += 100;
          });
          try {
            yield* suspend();
          } finally {
            log.push(`cut at ${now()}`);
          }
        },
        { deadline: 30 },
      ),
    );
    expect(log).toEqual(["cut at 130"]);
  });

  it("can be moved forward, and taken away", async () => {
    const log: string[] = [];
    const { run, scheduler } = world();
    await run(function* () {
      yield* cancelScope(
        function* (scope) {
          yield* sleep(1);
          scope.deadline = now() + 5;
          yield* suspend();
        },
        { deadline: 1_000 },
      );
      log.push(`first at ${now()}`);
      yield* cancelScope(
        function* (scope) {
          scope.deadline = Infinity;
          yield* sleep(5_000);
        },
        { deadline: now() + 1 },
      );
      log.push(`second at ${now()}`);
    });
    expect(log).toEqual(["first at 6", "second at 5006"]);
    expect(scheduler.timers.size).toBe(0);
  });

  it("set to a time that has passed, or to now, lands at the next yield point", async () => {
    for (const past of [-Infinity, -1, 0, 7]) {
      const log: string[] = [];
      await simulate(function* () {
        yield* sleep(7);
        yield* cancelScope(function* (scope) {
          scope.deadline = past;
          log.push("still here");
          yield* checkpoint();
          log.push("went on");
        });
        log.push(`behind at ${now()}`);
      });
      expect(log).toEqual(["still here", "behind at 7"]);
    }
  });

  it("that has passed when the scope begins still lets the body run to its first yield point (C12)", async () => {
    const log: string[] = [];
    await simulate(
      cancelScope(
        function* () {
          log.push("began");
          yield* checkpoint();
          log.push("went on");
        },
        { deadline: -5 },
      ),
    );
    expect(log).toEqual(["began"]);
  });

  it("moved from outside all tasks to a time that has passed cancels at once", async () => {
    const scopes: CancelScope[] = [];
    const task = simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        yield* suspend();
      }),
    );
    for (const scope of scopes) scope.deadline = -1;
    await expect(task).resolves.toBeUndefined();
    expect(scopes[0]?.wasCancelled).toBe(true);
  });

  it("never passes when it is infinite, and sets no timer", async () => {
    const { run, scheduler } = world();
    await run(
      cancelScope(function* () {
        expect(scheduler.timers.size).toBe(0);
        yield* checkpoint();
      }),
    );
  });

  it.each([
    [
      "while it unwinds",
      function* (scope: CancelScope, move: () => void) {
        try {
          void scope.cancel();
          yield* suspend();
        } finally {
          move();
        }
      },
      "it is unwinding",
    ],
    [
      "once it was cancelled",
      function* (scope: CancelScope, move: () => void) {
        void scope.cancel();
        move();
        yield* suspend();
      },
      "it has been cancelled",
    ],
    [
      "once its deadline has passed",
      function* (scope: CancelScope, move: () => void) {
        scope.deadline = now();
        move();
        yield* suspend();
      },
      "it has been cancelled",
    ],
    [
      "once its body has ended",
      function* (_: CancelScope, move: () => void) {
        yield* ensure(move);
      },
      "its body has ended",
    ],
  ])("E5 cannot be moved %s", async (_, body, found) => {
    const errors: unknown[] = [];
    await simulate(
      cancelScope(
        (scope) =>
          body(scope, () => {
            try {
              scope.deadline = now() + 100;
            } catch (error) {
              errors.push(error);
            }
          }),
        { name: "upload" },
      ),
    );
    expect(errors).toEqual([
      new Error(`Cannot move the deadline of cancel scope "upload": ${found}. Move it while its body runs.`),
    ]);
  });

  it("E5 cannot be moved after the end", async () => {
    const scopes: CancelScope[] = [];
    await simulate(
      cancelScope(
        function* (scope) {
          scopes.push(scope);
          yield* checkpoint();
        },
        { name: "upload" },
      ),
    );
    expect(() => {
      for (const scope of scopes) scope.deadline = 5;
    }).toThrow(
      new Error(
        'Cannot move the deadline of cancel scope "upload": it has ended. Move it while its body runs.',
      ),
    );
  });

  it("E5 refuses what is no time", async () => {
    const errors: unknown[] = [];
    await simulate(
      cancelScope(function* (scope) {
        yield* checkpoint();
        for (const bad of [Number.NaN, "soon", undefined]) {
          try {
            scope.deadline = bad as number;
          } catch (error) {
            errors.push(error);
          }
        }
      }),
    );
    expect(errors.map((error) => (error as Error).message)).toEqual([
      "deadline needs a time of the runtime's clock in ms, such as now() + 500, got NaN.",
      'deadline needs a time of the runtime\'s clock in ms, such as now() + 500, got the string "soon".',
      "deadline needs a time of the runtime's clock in ms, such as now() + 500, got undefined.",
    ]);
  });
});

describe("nested deadlines", () => {
  /** Runs a nest of timeouts, outermost first, and tells which of them threw, and when. */
  async function nest(...lengths: number[]): Promise<string> {
    const { run } = world();
    const body = lengths.reduceRight<() => ReturnType<typeof suspend>>(
      (inner, ms, level) => () =>
        (function* () {
          try {
            return yield* timeout(ms, inner);
          } catch (error) {
            if (error instanceof TimeoutError) throw new Error(`${level} at ${now()}`, { cause: error });
            throw error;
          }
        })(),
      () => suspend(),
    );
    const error: unknown = await run(body).catch((thrown: unknown) => thrown);
    return (error as Error).message;
  }

  it("the tightest one acts, and its owner reports", async () => {
    expect(await nest(100, 20, 50)).toBe("1 at 20");
    expect(await nest(100, 50, 20)).toBe("2 at 20");
    expect(await nest(10, 50, 20)).toBe("0 at 10");
    expect(await nest(Infinity, Infinity, 20)).toBe("2 at 20");
  });

  it("C11 of equal ones the outer reports", async () => {
    expect(await nest(20, 20)).toBe("0 at 20");
    expect(await nest(50, 20, 20)).toBe("1 at 20");
    expect(await nest(0, 0)).toBe("0 at 0");
  });

  it("C11 of two that have both passed, the outer one reports, also when it passed during the cleanup", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const outcome = yield* timeout(
        15,
        timeout(10, function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(20);
          }
        }),
        { otherwise: "the outer one" },
      );
      log.push(`${String(outcome)} at ${now()}`);
    });
    expect(log).toEqual(["the outer one at 30"]);
  });

  it("C11 the outer reports also when its deadline was made equal later", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const outcome = yield* timeout(
        1_000,
        function* (outer) {
          return yield* timeout(10, function* () {
            outer.deadline = 10;
            yield* suspend();
          });
        },
        { otherwise: "the outer one" },
      );
      log.push(`${String(outcome)} at ${now()}`);
    });
    expect(log).toEqual(["the outer one at 10"]);
  });

  it("an outer one that passes after the inner one was caught still acts", async () => {
    const log: string[] = [];
    await simulate(
      timeout(
        30,
        function* () {
          try {
            yield* timeout(10, suspend());
          } catch (error) {
            log.push(`inner at ${now()}: ${(error as Error).name}`);
          }
          yield* suspend();
        },
        { otherwise: log.push("otherwise") },
      ),
    );
    expect(log).toEqual(["otherwise", "inner at 10: TimeoutError"]);
  });

  it("a timeout in a cleanup bounds that cleanup alone", async () => {
    const log: string[] = [];
    await expect(
      simulate(
        timeout(10, function* () {
          try {
            yield* suspend();
          } finally {
            yield* timeout(5, suspend(), { otherwise: undefined });
            log.push(`cleaned up at ${now()}`);
          }
        }),
      ),
    ).rejects.toThrow(TimeoutError);
    expect(log).toEqual(["cleaned up at 15"]);
  });
});

describe("a timeout whose function takes the scope", () => {
  it("can have its deadline moved, and then throws at the new one", async () => {
    const error: unknown = await simulate(
      timeout(
        10,
        operationTaking(function* (scope) {
          scope.deadline += 90;
          yield* suspend();
        }),
      ),
    ).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new TimeoutError('"taking" took longer than 100 ms.'));
  });

  it("does not time out when its deadline is taken away", async () => {
    await expect(
      simulate(
        timeout(10, function* (scope) {
          scope.deadline = Infinity;
          yield* sleep(1_000);
          return now();
        }),
      ),
    ).resolves.toBe(1_000);
  });

  it("ends quietly when the scope is cancelled by hand: that is no timeout", async () => {
    await expect(
      simulate(
        timeout(10, function* (scope) {
          void scope.cancel();
          yield* suspend();
        }),
      ),
    ).resolves.toBeUndefined();
  });

  function operationTaking(body: (scope: CancelScope) => Operation<void>) {
    return Object.defineProperty((scope: CancelScope) => body(scope), "name", { value: "taking" });
  }
});

describe("a scope that was cancelled through useScope", () => {
  it("is the same boundary: it tells so", async () => {
    const scopes: CancelScope[] = [];
    await simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        const same = yield* useScope();
        yield* same.cancel();
      }),
    );
    expect(scopes[0]?.wasCancelled).toBe(true);
  });

  it("is not the boundary of an operation called in it", async () => {
    const log: string[] = [];
    const inner = operation(function* inner() {
      const scope = yield* useScope();
      yield* scope.cancel();
    });
    await simulate(
      cancelScope(function* (scope) {
        yield* scoped(inner());
        log.push(`went on, ${String(scope.isCancelled)}`);
      }),
    );
    expect(log).toEqual(["went on, false"]);
  });
});
