import { describe, expect, it } from "@jest/globals";
import { cancelScope, checkpoint, ensure, now, sleep, spawn, suspend, type CancelScope } from "coppice";
import { simulate, world } from "../support/virtual.js";

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
