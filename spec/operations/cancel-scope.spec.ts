import { describe, expect, it } from "@jest/globals";
import { cancelScope, checkpoint, ensure, now, sleep, spawn, suspend, type CancelScope } from "coppice";
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
