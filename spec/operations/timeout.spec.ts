import { describe, expect, it } from "@jest/globals";
import {
  operation,
  race,
  run as runReally,
  scoped,
  sleep,
  spawn,
  suspend,
  timeout,
  TimeoutError,
} from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("timeout", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: timeout(1_000, gate.pass),
        complete: atOnce(() => gate.open("a")),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting,
      };
    },
    { value: "a", error: lost },
  );

  it("cancels the operation when time runs out, and throws after its cleanup (C11)", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const loadUser = operation(function* loadUser() {
      try {
        yield* suspend();
      } finally {
        yield* sleep(50);
        log.push(`cleaned up at ${host.now()}`);
      }
    });
    const error: unknown = await run(timeout(2_000, loadUser())).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      message: '"loadUser" took longer than 2000 ms.',
      code: "COPPICE_TIMEOUT",
      name: "TimeoutError",
    });
    expect(log).toEqual(["cleaned up at 2050"]);
  });

  it("gives `otherwise` instead of throwing, whatever it is", async () => {
    await expect(simulate(timeout(5, suspend(), { otherwise: "late" }))).resolves.toBe("late");
    await expect(simulate(timeout(5, suspend(), { otherwise: undefined }))).resolves.toBeUndefined();
    await expect(
      simulate(
        timeout(
          5,
          function* () {
            return "in time";
          },
          { otherwise: "late" },
        ),
      ),
    ).resolves.toBe("in time");
  });

  it("throws as usual when `otherwise` is left out of the options", async () => {
    await expect(simulate(timeout(5, suspend(), {} as never))).rejects.toBeInstanceOf(TimeoutError);
  });

  it("starts no task: it is a boundary on the task's own stack (C11)", async () => {
    const { run, scheduler } = world();
    let children = -1;
    await run(function* () {
      yield* timeout(5, function* () {
        children = [...scheduler.roots].length - 1;
        yield* sleep(1);
      });
    });
    expect(children).toBe(0);
  });

  it("with 0 cancels the operation at its first yield point (C12)", async () => {
    const log: string[] = [];
    const task = simulate(
      timeout(0, function* () {
        log.push("begins");
        try {
          yield* sleep(0);
          log.push("never");
        } finally {
          log.push("cleanup");
        }
      }),
    );
    await expect(task).rejects.toBeInstanceOf(TimeoutError);
    expect(log).toEqual(["begins", "cleanup"]);
  });

  it("with 0 lets an operation without yield points complete", async () => {
    await expect(
      simulate(
        timeout(0, function* () {
          return 1;
        }),
      ),
    ).resolves.toBe(1);
  });

  it("with Infinity sets no limit and no timer", async () => {
    const { run, scheduler } = world();
    const task = run(timeout(Infinity, suspend()));
    const timers = scheduler.timers.size;
    await task.cancel();
    expect([timers, task.state]).toEqual([0, "cancelled"]);
  });

  it("keeps a completion of the very instant at which time runs out when it came first (S6)", async () => {
    const gate = new Gate<string>();
    const result = await simulate(function* () {
      const task = yield* spawn(timeout(10, gate.pass, { otherwise: "late" }));
      yield* spawn(function* () {
        yield* sleep(9);
        gate.open("in time");
      });
      return yield* task;
    });
    expect(result).toBe("in time");
  });

  it("is told before a sleep of the same length: deadlines come first (S4)", async () => {
    await expect(simulate(timeout(10, sleep(10), { otherwise: "late" }))).resolves.toBe("late");
  });

  it("reports the outer of two deadlines that have both passed", async () => {
    const outer = operation(function* outer() {
      yield* timeout(10, suspend(), { otherwise: "inner" });
      yield* suspend();
    });
    await expect(simulate(timeout(10, outer()))).rejects.toMatchObject({
      message: '"outer" took longer than 10 ms.',
    });
  });

  it("reports the inner deadline when it passes first, and goes on", async () => {
    const { run, host } = world();
    const values = await run(
      timeout(100, function* () {
        const inner = yield* timeout(10, suspend(), { otherwise: "inner" });
        yield* sleep(5);
        return [inner, host.now()];
      }),
    );
    expect(values).toEqual(["inner", 15]);
  });

  it("does not convert a cancellation from further out", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        const value = yield* timeout(1_000, suspend(), { otherwise: "late" });
        log.push(value);
      });
      yield* sleep(1);
      yield* task.cancel();
      log.push(task.state);
    });
    expect(log).toEqual(["cancelled"]);
  });

  it("throws what cleanup throws instead of its own error", async () => {
    const task = simulate(
      timeout(5, function* () {
        try {
          yield* suspend();
        } finally {
          fail(lost);
        }
      }),
    );
    await expect(task).rejects.toBe(lost);
  });

  it("reaches what the operation has spawned, and waits for it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* timeout(
        5,
        function* () {
          yield* spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* sleep(20);
              log.push("child cleaned up");
            }
          });
          yield* suspend();
        },
        { otherwise: undefined },
      );
      log.push("over");
    });
    expect(log).toEqual(["child cleaned up", "over"]);
  });

  it("takes its timer away when the operation is done, also inside a long-lived task", async () => {
    const { run, scheduler } = world();
    const sizes = await run(function* () {
      for (let i = 0; i < 100; i++) yield* timeout(60_000, sleep(0));
      return scheduler.timers.size;
    });
    expect(sizes).toBe(0);
  });

  it("takes limits beyond what host timers take", async () => {
    await expect(simulate(timeout(2 ** 40, sleep(2 ** 33)))).resolves.toBeUndefined();
    await expect(runReally(timeout(2 ** 40, sleep(1)))).resolves.toBeUndefined();
  });

  it("leaves its losing side of a race alone", async () => {
    const winner = await simulate(
      race([timeout(5, suspend(), { otherwise: "a" }), timeout(4, suspend(), { otherwise: "b" })]),
    );
    expect(winner).toBe("b");
  });

  it.each([
    [-1, RangeError, "timeout() needs a number of milliseconds that is 0 or more, got -1."],
    [NaN, RangeError, "timeout() needs a number of milliseconds that is 0 or more, got NaN."],
    ["5s", TypeError, 'timeout() needs a number of milliseconds that is 0 or more, got the string "5s".'],
    [undefined, TypeError, "timeout() needs a number of milliseconds that is 0 or more, got undefined."],
  ])("E5 refuses %p where it is called", (ms, Class, message) => {
    expect(() => timeout(ms as number, suspend())).toThrow(new Class(message));
  });

  it("E5 refuses misspelt options and what is no operation where it is called", () => {
    expect(() => timeout(5, suspend(), { otherwize: 1 } as never)).toThrow(
      new TypeError('timeout() has no option "otherwize". Did you mean "otherwise"?'),
    );
    expect(() => timeout(5, suspend(), 7 as never)).toThrow(
      new TypeError("timeout() needs an object of options, got the number 7. Write { otherwise: … }."),
    );
    expect(() => timeout(5, undefined as never)).toThrow(
      new TypeError("timeout() needs an operation or a function*, got undefined."),
    );
  });

  it("can be nested in scoped and run again from one description", async () => {
    const limited = scoped(timeout(5, suspend(), { otherwise: 1 }));
    await expect(
      simulate(function* () {
        return (yield* limited) + (yield* limited);
      }),
    ).resolves.toBe(2);
  });
});
