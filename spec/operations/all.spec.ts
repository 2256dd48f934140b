import { describe, expect, it } from "@jest/globals";
import { all, CancelledError, ExceptionGroup, sleep, spawn, suspend } from "coppice";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { after, failAfter } from "./later.js";

const lost = new Error("lost");

describe("all", () => {
  answersSixQuestions(
    () => {
      const [left, right] = [new Gate<string>("left"), new Gate<string>("right")];
      return {
        operation: all([left.pass, right.pass]),
        complete: partByPart(
          () => left.open("a"),
          () => right.open("b"),
        ),
        fail: atOnce(() => right.fail(lost)),
        left: () => left.waiting + right.waiting,
      };
    },
    { value: ["a", "b"], error: lost },
  );

  it("runs the operations at the same time and keeps their order in the results", async () => {
    const { run, host } = world();
    const results = await run(all([() => after(30, "slow"), () => after(10, "fast"), after(20, "middle")]));
    expect([results, host.now()]).toEqual([["slow", "fast", "middle"], 30]);
  });

  it("starts them in their order", async () => {
    const log: number[] = [];
    await simulate(
      all(
        [1, 2, 3].map(
          (n) =>
            function* () {
              log.push(n);
            },
        ),
      ),
    );
    expect(log).toEqual([1, 2, 3]);
  });

  it("gives [] for none", async () => {
    await expect(simulate(all([]))).resolves.toEqual([]);
  });

  it("takes any iterable, once", async () => {
    let taken = 0;
    function* operations() {
      taken++;
      yield () => after(1, 1);
      yield () => after(1, 2);
    }
    await expect(simulate(all(new Set([() => after(1, "a")])))).resolves.toEqual(["a"]);
    await expect(simulate(all(operations()))).resolves.toEqual([1, 2]);
    expect(taken).toBe(1);
  });

  it("cancels the others when one fails, waits for their cleanup, and throws the failure as it is", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      try {
        yield* all([
          function* () {
            try {
              yield* suspend();
            } finally {
              yield* sleep(50);
              log.push("cleaned up");
            }
          },
          () => failAfter(10, lost),
        ]);
      } catch (error) {
        log.push(error === lost ? "caught the failure" : "caught something else");
      }
    });
    await task;
    expect(log).toEqual(["cleaned up", "caught the failure"]);
  });

  it("E2 adds what cleanup throws to the failure, causes first", async () => {
    const cleanup = new Error("cleanup");
    const task = simulate(
      all([
        function* () {
          try {
            yield* suspend();
          } finally {
            yield* failAfter(1, cleanup);
          }
        },
        () => failAfter(10, lost),
      ]),
    );
    await expect(task).rejects.toMatchObject({ name: "ExceptionGroup", errors: [lost, cleanup] });
  });

  it("E2 gathers failures of the same instant in their order", async () => {
    const [first, second] = [new Error("first"), new Error("second")];
    const seen = await simulate(function* () {
      try {
        return yield* all([() => failAfter(10, first), () => failAfter(10, second)]);
      } catch (error) {
        return error;
      }
    });
    expect(seen).toBeInstanceOf(ExceptionGroup);
    expect((seen as ExceptionGroup).errors).toEqual([first, second]);
  });

  it("C9 throws CancelledError when somebody cancelled one of its operations' tasks", async () => {
    const task = simulate(
      all([
        function* () {
          const child = yield* spawn(suspend());
          yield* child.cancel("not needed");
          return yield* child;
        },
      ]),
    );
    await expect(task).rejects.toBeInstanceOf(CancelledError);
  });

  it("is cancelled, not completed, by a cancel that comes before it has its last result", async () => {
    const [left, right] = [new Gate<string>("left"), new Gate<string>("right")];
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        log.push(`got ${(yield* all([left.pass, right.pass])).join()}`);
      });
      yield* sleep(1);
      left.open("a");
      right.open("b");
      yield* task.cancel();
      log.push(task.state);
    });
    expect(log).toEqual(["cancelled"]);
  });

  it("can run again from one description", async () => {
    const both = all([() => after(1, 1), () => after(2, 2)]);
    const twice = simulate(function* () {
      return [yield* both, yield* both];
    });
    await expect(twice).resolves.toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it.each([
    [null, "all() needs a list of operations, got null. Write all([a, b])."],
    [undefined, "all() needs a list of operations, got undefined. Write all([a, b])."],
    [5, "all() needs a list of operations, got the number 5. Write all([a, b])."],
    ["ab", 'all() needs a list of operations, got the string "ab". Write all([a, b]).'],
    [new Date(0), "all() needs a list of operations, got a Date. Write all([a, b])."],
    [sleep, 'all() needs a list of operations, got the function "sleep". Write all([a, b]).'],
    [[1], "all() needs an operation or a function*, got the number 1."],
    [[undefined], "all() needs an operation or a function*, got undefined."],
    [[Promise.resolve()], "all() needs an operation or a function*, got a Promise. Use until(promise)."],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => all(given as never)).toThrow(new TypeError(message));
  });

  it("E5 refuses one generator object in two places", async () => {
    const once = after(1, 1);
    await expect(simulate(all([once, once]))).rejects.toThrow("A generator object can run only once");
  });

  it("throws what its iterable throws, before anything is started", () => {
    function* broken() {
      yield sleep(1);
      throw lost;
    }
    expect(() => all(broken())).toThrow(lost);
  });
});
