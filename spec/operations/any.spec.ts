import { describe, expect, it } from "@jest/globals";
import { any, ensure, ExceptionGroup, now, operation, sleep, spawn, suspend, useScope } from "coppice";
import { throwAfter, valueAfter } from "../support/doings.js";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { rejectionOf } from "../support/rejection.js";
import { answersSixQuestions, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");
const gone = new Error("gone");

describe("any", () => {
  answersSixQuestions(
    () => {
      const first = new Gate<string>();
      const second = new Gate<string>();
      return {
        operation: any([first.pass, second.pass]),
        complete: partByPart(
          () => first.fail(lost),
          () => second.open("b"),
        ),
        left: () => first.waiting + second.waiting,
      };
    },
    { value: "b" },
  );

  it("gives the first success, cancels the others and waits for their cleanup", async () => {
    const log: string[] = [];
    const { run } = world();
    const value = await run(function* () {
      const winner = yield* any([
        valueAfter(10, "a"),
        valueAfter(5, "b"),
        function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(20);
            log.push(`gone at ${now()}`);
          }
        },
      ]);
      log.push(`behind at ${now()}`);
      return winner;
    });
    expect(value).toBe("b");
    expect(log).toEqual(["gone at 25", "behind at 25"]);
  });

  it("goes on while something may still succeed", async () => {
    await expect(simulate(any([throwAfter(1, lost), throwAfter(2, gone), valueAfter(3, "c")]))).resolves.toBe(
      "c",
    );
  });

  it("throws a group of all failures, in the order in which they occurred, when all fail", async () => {
    const error = await rejectionOf(
      simulate(any([throwAfter(3, lost), throwAfter(1, gone), throwAfter(2, "text")])),
    );
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error).toMatchObject({ message: "All 3 operations failed" });
    expect((error as ExceptionGroup).errors).toEqual([gone, "text", lost]);
  });

  it("throws a group for a single operation too", async () => {
    const error = await rejectionOf(simulate(any([throwAfter(1, lost)])));
    expect(error).toMatchObject({ message: "The only operation failed", errors: [lost] });
  });

  it("can be caught: its failure does not fail the boundary", async () => {
    await expect(
      simulate(function* () {
        try {
          yield* any([throwAfter(1, lost)]);
        } catch {
          yield* sleep(1);
        }
        return "went on";
      }),
    ).resolves.toBe("went on");
  });

  it("takes what succeeds at once, without waiting for the rest", async () => {
    const { run, host } = world();
    await expect(
      run(
        any([
          suspend(),
          function* () {
            return "at once";
          },
        ]),
      ),
    ).resolves.toBe("at once");
    expect(host.now()).toBe(0);
  });

  it("throws what the cleanup of a loser throws (E2)", async () => {
    const error = await rejectionOf(
      simulate(
        any([
          valueAfter(1, "a"),
          function* () {
            yield* ensure(() => fail(lost));
            yield* suspend();
          },
        ]),
      ),
    );
    expect(error).toBe(lost);
  });

  it("counts a waited-for task that was cancelled as a failure", async () => {
    const error = await rejectionOf(
      simulate(function* () {
        const task = yield* spawn(suspend());
        yield* spawn(function* () {
          yield* sleep(1);
          yield* task.cancel("enough");
        });
        yield* any([task]);
      }),
    );
    expect(error).toMatchObject({ errors: [{ name: "CancelledError" }] });
  });

  it("counts one that its own scope has cancelled as a success without a value", async () => {
    const quits = operation(function* quits() {
      const scope = yield* useScope();
      yield* scope.cancel();
      return "never";
    });
    await expect(simulate(any([quits()]))).resolves.toBeUndefined();
  });

  it("takes any iterable, once", async () => {
    await expect(simulate(any(new Set([valueAfter(2, "a"), valueAfter(1, "b")])))).resolves.toBe("b");
  });

  it("E5 refuses an empty list, and what is no list of operations", () => {
    expect(() => any([])).toThrow(
      new RangeError("any() needs at least one operation, got none: it would never end."),
    );
    expect(() => any(null as never)).toThrow(/^any\(\) needs a list of operations, got null/);
    expect(() => any([5] as never)).toThrow(/^any\(\) needs an operation or a function\*, got the number 5/);
  });
});
